// Decimal text -> integer, exactly: no floating point between the tracker's digits and ours.
//
// Takes    a JSON number, or the same with a leading plus, or without digits on one side of the
//          point (".5", "5."), at most number_bytes_max bytes.
// Gives    the value times 10^decimals, rounded half away from zero; beyond +-scaled_max it is
//          scaled_max (which no range check lets pass). Nothing when it is not such a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace posthaste::ingest {

constexpr std::size_t number_bytes_max = 64;
constexpr std::int64_t scaled_max = 1'000'000'000'000'000'000;

/// Requires: decimals <= 9.
std::optional<std::int64_t> parse_scaled(std::string_view text, unsigned decimals);

/// value * numerator / denominator, rounded half away from zero; saturates at +-scaled_max.
/// Requires: denominator > 0.
std::int64_t scale_ratio(std::int64_t value, std::int64_t numerator, std::int64_t denominator);

}  // namespace posthaste::ingest
