// Lines as text, and lines with fewer points.
//
// Takes    positions; or text from outside, of any content.
// Gives    encode(), decode(): an encoded polyline, latitude first. simplify(): the same line
//          without the points that lie within a thousandth of its extent of what is left.
// Units    five or six decimals of a degree, rounded half away from zero.
// Errors   decode: nothing for text that is no polyline, leaves the earth, or has more than
//          `points_max` points.
// Cost     encode, decode: linear; simplify: n log n on roads, n^2 at worst.
// Threads  pure
// Source   Google, Encoded Polyline Algorithm Format; Douglas and Peucker, 1973,
//          doi:10.3138/FM57-6770-U75U-7727.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/place.hpp"

namespace posthaste::road {

using model::Position;

/// The decimals of a degree.
enum class Precision : std::uint8_t { five = 5, six = 6 };

std::string encode(std::span<Position const> line, Precision precision);
std::optional<std::vector<Position>> decode(
    std::string_view text, Precision precision, std::size_t points_max
);

/// The first and the last point stay.
std::vector<Position> simplify(std::span<Position const> line);

}  // namespace posthaste::road
