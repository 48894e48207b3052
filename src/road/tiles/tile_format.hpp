// The numbers of the vector tile format's fields.
//
// Source   Mapbox Vector Tile Specification 2.1, vector_tile.proto.
#pragma once

#include <cstdint>

namespace posthaste::road::mvt {

constexpr std::uint32_t extent = 4096;  // units of a tile's side

constexpr std::uint32_t tile_layers = 3;
constexpr std::uint32_t layer_name = 1;
constexpr std::uint32_t layer_features = 2;
constexpr std::uint32_t layer_keys = 3;
constexpr std::uint32_t layer_values = 4;
constexpr std::uint32_t layer_extent = 5;
constexpr std::uint32_t layer_version = 15;
constexpr std::uint32_t feature_tags = 2;
constexpr std::uint32_t feature_type = 3;
constexpr std::uint32_t feature_geometry = 4;
constexpr std::uint32_t value_string = 1;
constexpr std::uint32_t value_sint = 6;
constexpr std::uint32_t type_points = 1;
constexpr std::uint32_t type_lines = 2;

}  // namespace posthaste::road::mvt
