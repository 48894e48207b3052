// What is drawn under a board: the lines of a map's main roads, as small as they can be.
//
// Takes    what demand/ways.hpp reads.
// Gives    GeoJSON: for each kind of road, the widest first, one MultiLineString with the property
//          `highway`; and `copyright`.
//          The data is "(c) OpenStreetMap contributors, ODbL 1.0": whoever shows it says so.
// Units    degrees to the fifth decimal: one metre.
// Errors   demand/ways.hpp's; malformed when there is no such road.
// Limits   road_map_bytes_max: a kind that does not fit is left out whole.
#pragma once

#include <istream>
#include <string>

#include "base/result.hpp"

namespace posthaste::demand {

constexpr std::size_t road_map_bytes_max = std::size_t{2} * 1024 * 1024;

Result<std::string> read_road_map(
    std::istream& geojson, std::size_t bytes_max = road_map_bytes_max
);

}  // namespace posthaste::demand
