#include "geo/distance.hpp"

#include <algorithm>

namespace posthaste::geo::detail {

namespace {

constexpr std::int64_t one = std::int64_t{1} << 30U;

std::int64_t sine(std::int64_t angle) {
    return cosine(quarter_turn - angle);
}

// The angle whose sine is `value`, which is at most sin(45 degrees): found in the cosines from
// behind, between two entries by the straight line that cosine() uses too.
std::int64_t arc_sine(std::int64_t value) {
    auto const above =
        std::upper_bound(cosines.begin(), cosines.end(), value, [](auto wanted, auto entry) {
            return wanted > entry;
        });
    auto const i = (above - cosines.begin()) - 1;
    std::int64_t const low = *(above - 1);
    std::int64_t const rest = ((low - value) << cosine_step_bits) / (low - *above);
    return std::max<std::int64_t>(0, quarter_turn - (i << cosine_step_bits) - rest);
}

}  // namespace

// The haversine. A difference in units is half of it in half units, just what is asked for here.
std::uint64_t far_square(Position a, Position b) {
    std::int64_t const dlat = std::abs(std::int64_t{a.lat} - b.lat);
    std::int64_t const dlon = std::abs(lon_difference(a.lon, b.lon));
    std::int64_t const parallels =
        (cosine(2 * std::abs(std::int64_t{a.lat})) * cosine(2 * std::abs(std::int64_t{b.lat}))) /
        one;
    std::int64_t const by_lat = sine(dlat) * sine(dlat);
    std::int64_t const by_lon = parallels * ((sine(dlon) * sine(dlon)) / one);
    std::int64_t const haversine = std::clamp<std::int64_t>(by_lat + by_lon, 0, one * one);
    auto const half_angle = [](std::int64_t squared_sine) {
        return arc_sine(static_cast<std::int64_t>(isqrt(static_cast<std::uint64_t>(squared_sine))));
    };
    std::int64_t const angle = haversine <= one * one / 2
                                   ? half_angle(haversine)
                                   : quarter_turn - half_angle((one * one) - haversine);
    auto const root = static_cast<std::uint64_t>(2 * angle);
    return root * root;
}

}  // namespace posthaste::geo::detail
