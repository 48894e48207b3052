// Straight lines between points as legs, without floating point.
//
// Units    coordinates in thousandths of the file's unit; legs in 1 / scale of it, time = distance.
// Errors   limit_exceeded: two points too far apart for a leg.
// Cost     one integer square root a pair of points.
// Threads  pure
#pragma once

#include "base/result.hpp"
#include "plan/problem.hpp"

namespace posthaste::plan {

struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

constexpr std::int64_t coordinate_max = 1'000'000;  ///< either way, in the file's unit

enum class Rounding : std::uint8_t { down, nearest, up };

/// Row by row. Exact: the root is rounded once, and not at all where it is whole.
Result<std::vector<Leg>> straight_legs(
    std::vector<Point> const& points, std::int64_t scale, Rounding rounding
);

}  // namespace posthaste::plan
