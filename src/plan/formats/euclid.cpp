#include "plan/formats/euclid.hpp"

#include <algorithm>

#include "geo/distance.hpp"

namespace posthaste::plan {

namespace {

// The side of a unit in which all points stand at whole numbers: 1000 or 1 a unit of the file.
std::int64_t parts_of_unit(std::vector<Point> const& points) {
    bool const whole = std::ranges::all_of(points, [](Point const& point) {
        return point.x % 1000 == 0 && point.y % 1000 == 0;
    });
    return whole ? 1 : 1000;
}

// The root of `square`, in units of 1 / parts. Rounding the root to a whole number of parts first
// does not change how many whole units it comes to.
std::uint64_t root(std::uint64_t square, std::uint64_t parts, Rounding rounding) {
    auto const low = geo::isqrt(square);
    switch (rounding) {
        case Rounding::down:
            return low / parts;
        case Rounding::nearest:
            if (parts > 1) return (low + parts / 2) / parts;
            return low + (square - low * low > low ? 1 : 0);  // above (low + 1/2) squared
        case Rounding::up:
            return (low + (low * low < square ? 1 : 0) + parts - 1) / parts;
    }
    return 0;
}

}  // namespace

Result<std::vector<Leg>> straight_legs(
    std::vector<Point> const& points, std::int64_t scale, Rounding rounding
) {
    auto const parts = parts_of_unit(points);
    auto const side = 1000 / parts;
    auto const factor = static_cast<std::uint64_t>(scale) * static_cast<std::uint64_t>(scale);
    constexpr std::uint64_t square_max = std::uint64_t{1} << 62U;
    constexpr std::uint64_t length_end = no_way;
    auto const whole_parts = static_cast<std::uint64_t>(parts);
    std::vector<Leg> legs(points.size() * points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            auto const dx = (points[i].x - points[j].x) / side;
            auto const dy = (points[i].y - points[j].y) / side;
            auto const square = static_cast<std::uint64_t>(dx * dx + dy * dy);
            bool const fits = square <= square_max / factor;
            auto const length = fits ? root(square * factor, whole_parts, rounding) : length_end;
            if (length >= length_end) {
                return Error{
                    Errc::limit_exceeded,
                    "places " + std::to_string(i) + " and " + std::to_string(j) +
                        " are too far apart for distances in 1/" + std::to_string(scale) +
                        " of a unit"};
            }
            auto const value = static_cast<std::int32_t>(length);
            legs[i * points.size() + j] = {value, value};
            legs[j * points.size() + i] = {value, value};
        }
    }
    return legs;
}

}  // namespace posthaste::plan
