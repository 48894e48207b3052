// Directions on the ground, in integers; private to turns and snapping.
//
// Units    half units of geo/distance.hpp; x east, y north.
// Threads  pure
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "geo/distance.hpp"

namespace posthaste::road {

struct Vector {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

/// `cosine`: of the latitude, with 30 binary digits after the point.
inline Vector vector_between(model::Position source, model::Position target, std::int64_t cosine) {
    auto const east = geo::lon_difference(source.lon, target.lon);
    return {(east * cosine) >> 29U, 2 * (std::int64_t{target.lat} - source.lat)};
}

/// The same direction, below 2^23, so that products of two fit.
inline Vector shrunk(Vector v) {
    while (std::max(std::abs(v.x), std::abs(v.y)) > (1 << 23))
        v = {v.x / 2, v.y / 2};
    return v;
}

/// 0 straight on, 1000 at a right angle, 2000 back; `unknown` where one of them has no length.
inline std::int64_t bend(Vector in, Vector out, std::int64_t unknown) {
    auto const length = [](Vector v) {
        return static_cast<std::int64_t>(
            geo::isqrt(static_cast<std::uint64_t>(v.x * v.x + v.y * v.y))
        );
    };
    in = shrunk(in);
    out = shrunk(out);
    auto const product = length(in) * length(out);
    if (product == 0) return unknown;
    // Lengths are rounded down, so of two short steps the cosine may come out above one.
    auto const cosine = (in.x * out.x + in.y * out.y) * 1000 / product;
    return 1000 - std::clamp<std::int64_t>(cosine, -1000, 1000);
}

}  // namespace posthaste::road
