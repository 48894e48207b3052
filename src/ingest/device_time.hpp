// The ways trackers write a time -> Instant.
//
// Units    numbers: seconds since the epoch below 2^31, else milliseconds; fractions count.
//          Text: 2026-11-21T23:02:42.123Z, with Z or an offset (+01:00, +0100, +01), a T or a space
//          between date and time; digits past the millisecond are cut off. Years 1..9999.
// Gives    nothing when it is none of these, or no such day or hour.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.hpp"

namespace posthaste::ingest {

enum class Zone : std::uint8_t { required, utc_if_absent };

std::optional<Instant> parse_epoch(std::string_view number);
std::optional<Instant> parse_timestamp(std::string_view text, Zone zone);

}  // namespace posthaste::ingest
