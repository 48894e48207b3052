// A zone as geometry: does it hold a place, how does a way cross its edge; and which zones can be.
//
// Takes    zones as people draw them.
// Gives    zone_fault(): why a zone cannot be. For all others a Shape, on a plane of units where
//          the antimeridian is unrolled: x may be a little more than one turn.
// Units    1e-7 degree; fractions of a way with fraction_bits binary digits.
// Errors   cannot fail; a Shape is only made of a zone without fault.
// Cost     O(points) each; zone_fault up to O(points^2), 10 ms for the largest ring.
// Source   point in polygon by counting edges (W. R. Franklin's pnpoly), in exact integers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "geo/distance.hpp"
#include "model/zone.hpp"

namespace posthaste::geo {

constexpr std::int64_t zone_extent_max = 200'000'000;  // 20 degrees
constexpr std::int64_t zone_lat_max = 850'000'000;
constexpr Metres zone_radius_max{500'000};

/// Why this cannot be a zone, for whoever drew it; nothing when it can.
std::optional<std::string> zone_fault(model::Zone const& zone);

namespace detail {

/// On the plane: x is east of the antimeridian, y is latitude.
struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;

    bool operator==(Point const&) const = default;
};

Point to_plane(Position place);

struct Box {
    Point low;
    Point high;

    bool overlaps(Box const& other) const {
        return low.x <= other.high.x && other.low.x <= high.x && low.y <= other.high.y &&
               other.low.y <= high.y;
    }
};

struct Shape {
    model::ZoneId id{};
    std::vector<Point> ring;  ///< empty: a circle
    Position centre;
    Metres radius;
    Box box;  ///< around it all; low.x in [0, lon_turn)
};

/// Requires: the zone has no fault.
Shape make_shape(model::Zone const& zone);

/// The place on the plane, on the side of the antimeridian where the shape is.
Point to_plane_near(Shape const& shape, Position place);

bool holds(Shape const& shape, Point point);

/// Whether the point is further than `margin` from the shape. Requires: it is not inside.
bool is_beyond(Shape const& shape, Point point, Metres margin);

constexpr unsigned fraction_bits = 20;

/// Where a way crosses the edge first and last, in fractions of the way.
struct Stretch {
    std::int64_t first = 0;
    std::int64_t last = 0;
};
std::optional<Stretch> crossed(Shape const& shape, Point from, Point to);

/// How a box lies to the shape; `part` when in doubt.
enum class Share : std::uint8_t { none, part, whole };
Share share(Shape const& shape, Box const& box);

}  // namespace detail

}  // namespace posthaste::geo
