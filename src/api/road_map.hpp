// What is drawn under a board where no map was given: the roads of the network.
//
// Gives    GeoJSON: for each kind of road, the widest first, one MultiLineString with the property
//          `highway`; and `copyright`. As `serve --map` makes of a GeoJSON file.
// Units    degrees to the fifth decimal: one metre. Lines lose bends of a thousandth of their
//          extent.
// Order    the same network, the same text.
// Limits   road_map_bytes_max: the kinds that do not fit any more are left out.
#pragma once

#include <string>

#include "road/network.hpp"

namespace posthaste::api {

constexpr std::size_t road_map_bytes_max = std::size_t{2} * 1024 * 1024;

std::string road_map(road::Network const& network, std::size_t bytes_max = road_map_bytes_max);

}  // namespace posthaste::api
