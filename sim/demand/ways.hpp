// The roads of a map, one after the other.
//
// Takes    a GeoJSON FeatureCollection of ways, as overpass-turbo exports OpenStreetMap:
// LineStrings
//          with the properties `highway`, `access`, `motor_vehicle`.
// Gives    each road that one may drive, in the file's order.
// Errors   malformed, not a FeatureCollection; limit_exceeded; what `take` says, which ends it.
// Cost     reads once, memory for one road.
// Limits   way_places_max for one road.
#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/place.hpp"

namespace posthaste::demand {

constexpr std::size_t way_places_max = 4'000'000;

struct Way {
    std::string highway;  ///< "motorway", "residential", ...
    std::vector<model::Position> line;
};

Status read_ways(std::istream& geojson, std::function<Status(Way)> const& take);

}  // namespace posthaste::demand
