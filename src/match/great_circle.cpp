#include "match/great_circle.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/assert.hpp"

namespace posthaste::match {
namespace {

constexpr unsigned one_bits = 30;
constexpr std::int64_t one = 1LL << one_bits;

/// The cosine of an angle in 1e-7 degrees within +-90 degrees, times `one`.
std::int64_t cosine(std::int64_t angle) {
    // pi / 180 x 1e-7 x 2^30 x 2^20.
    constexpr std::int64_t radians_factor = 1'965'066;
    std::int64_t const radians = (std::abs(angle) * radians_factor) >> 20U;
    std::int64_t const square = (radians * radians) >> one_bits;
    // 1 - x^2/(1*2) (1 - x^2/(3*4) (1 - ...)): six terms are right to 1e-7 up to 90 degrees.
    std::int64_t sum = one;
    for (std::int64_t k = 11; k > 0; k -= 2)
        sum = one - ((square * sum) >> one_bits) / (k * (k + 1));
    return std::max<std::int64_t>(sum, 0);
}

/// The root of `square`, rounded down.
std::uint64_t root(std::uint64_t square) {
    if (square < 2) return square;
    unsigned const half = static_cast<unsigned>(std::bit_width(square) - 1) / 2;
    // One step of Newton's method from 2^half; the steps after it come down to the root.
    std::uint64_t guess = (1ULL << half) / 2 + (square >> (half + 1)) + 1;
    for (;;) {
        std::uint64_t const next = (guess + square / guess) / 2;
        if (next >= guess) return guess;
        guess = next;
    }
}

}  // namespace

std::int64_t great_circle_mm(model::Position from, model::Position to) {
    ASSERT(model::is_on_earth(from));
    ASSERT(model::is_on_earth(to));
    // 2 pi x 6371.0088 km / 360 degrees = 11.1195080 mm for 1e-7 degree, times 2^20.
    constexpr std::int64_t mm_factor = 11'659'649;
    std::int64_t const lat_sum = std::int64_t{from.lat} + to.lat;
    std::int64_t const lat_span = std::abs(std::int64_t{from.lat} - to.lat);
    std::int64_t const lon_direct = std::abs(std::int64_t{from.lon} - to.lon);
    std::int64_t const lon_span = std::min(lon_direct, std::int64_t{2} * model::lon_max - lon_direct);

    std::int64_t const north = (lat_span * mm_factor) >> 20U;
    std::int64_t const along = (lon_span * mm_factor) >> 20U;
    std::int64_t const east = ((along >> 5U) * cosine(lat_sum / 2)) >> (one_bits - 5);
    // Their squares add up below 2^63; beyond 1000 km a few millimetres are given up for that.
    unsigned const cut = std::max(north, east) < (1LL << 30U) ? 0 : 5;
    auto const x = static_cast<std::uint64_t>(east) >> cut;
    auto const y = static_cast<std::uint64_t>(north) >> cut;
    return static_cast<std::int64_t>(root(x * x + y * y) << cut);
}

}  // namespace posthaste::match
