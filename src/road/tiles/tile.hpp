// Vector tiles of a network: squares of the map for who draws it, with the roads that count there.
//
// Takes    a network; which tile (zoom, column from the west, row from the north).
// Gives    Mapbox Vector Tile 2.1: layer `roads` with lines (class, name, oneway, way), and layer
//          `places` with points (kind, name) where the network has a gazetteer. From zoom 17 layer
//          `houses` (number). Nothing there: an empty text.
// Shapes   4,096 units a side. Lines are clipped 64 units outside, and lose points that change less
//          than a 1,024th of a side; at tile_zoom_full and beyond less than a unit.
// Order    classes from the motorway down; then ways by id: the same network, the same bytes on one
//          machine. Degrees become units by floating point: a picture, which decides nothing.
// Cost     in a city below 3 ms a tile, in a release build.
// Threads  shared immutable
// Limits   tile_points_max of lines, tile_segments_max of a class: the roads that count least are
//          left out.
// Source   https://github.com/mapbox/vector-tile-spec/tree/master/2.1; tiles as OpenStreetMap's
//          slippy map (spherical Mercator).
#pragma once

#include <string>

#include "road/tiles/lines.hpp"

namespace posthaste::road {

constexpr std::uint32_t tile_zoom_max = 22;
constexpr std::uint32_t tile_zoom_full = 16;  ///< further in there is no more to see than houses
constexpr std::uint32_t tile_zoom_houses = 17;
constexpr std::size_t tile_points_max = 60'000;
constexpr std::size_t tile_segments_max = 60'000;
constexpr std::size_t tile_spots_max = 5000;

struct TileKey {
    std::uint32_t zoom = 0;
    std::uint32_t x = 0;
    std::uint32_t y = 0;

    bool is_valid() const { return zoom <= tile_zoom_max && x < (1U << zoom) && y < (1U << zoom); }
};

/// From which zoom on a class of road is drawn.
std::uint32_t zoom_of(RoadClass road_class);

class Tiles {
public:
    /// Requires: `network` outlives it.
    explicit Tiles(Network const& network);

    /// Requires: key.is_valid().
    std::string make(TileKey key) const;
    RoadLines const& lines() const { return lines_; }

private:
    Network const& network_;
    RoadLines lines_;
    BoxTree places_;
    BoxTree houses_;
};

}  // namespace posthaste::road
