// Numbers, degrees and times as text, without floating point.
//
// Gives    parse_*: nothing when the text is not exactly one such value, or out of its range.
// Units    degrees: 1e-7 degree; digits past the seventh are rounded, halves away from zero.
//          Times are UTC; a text without an offset is taken as UTC.
// Threads  pure
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "model/place.hpp"

namespace posthaste::demand {

std::optional<std::int64_t> parse_integer(std::string_view text);

/// "57.7012345", "-0.5", "12"; no exponent.
std::optional<std::int32_t> parse_degrees(std::string_view text);
std::string format_degrees(std::int32_t degrees);

/// Both parse and lie on the earth.
std::optional<model::Position> parse_position(std::string_view lat, std::string_view lon);

/// "2026-03-02T08:00:00.250Z", "2026-03-02 08:00", "2026-03-02 08:00:00 +01:00".
std::optional<Instant> parse_time(std::string_view text);
/// "2026-03-02T08:00:00.250Z".
std::string format_time(Instant time);

}  // namespace posthaste::demand
