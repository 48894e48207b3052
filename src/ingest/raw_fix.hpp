// What a tracker says, in our units but not yet believed: the parsers' output, the filter's input.
//
// Units    lat, lon: 1e-7 degree, rounded half away from zero from the decimal text itself, and
//          not yet checked: checked_place() is the one door to model::Position.
//          Speeds arrive as knots, m/s or km/h and are mm/s here.
// Limits   device at most device_bytes_max bytes of printable UTF-8; a Batch at most
// batch_fixes_max
//          fixes. A longer batch is refused whole (limit_exceeded), so the sender can split it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/fix.hpp"
#include "model/place.hpp"

namespace posthaste::ingest {

constexpr std::size_t device_bytes_max = 64;
constexpr std::size_t batch_bytes_max = std::size_t{4} * 1024 * 1024;
constexpr std::size_t batch_fixes_max = 10'000;
constexpr std::size_t line_bytes_max = 4096;
/// Of one message of a tracker: a query, a form, an OwnTracks or Traccar body.
constexpr std::size_t message_bytes_max = 65'536;

using Source = model::FixSource;

struct UnsafeLatitude {
    std::int64_t e7 = 0;
    bool operator==(UnsafeLatitude const&) const = default;
};
struct UnsafeLongitude {
    std::int64_t e7 = 0;
    bool operator==(UnsafeLongitude const&) const = default;
};

/// Nothing when it is not on the earth. A longitude of exactly 180 stays 180.
std::optional<model::Position> checked_place(UnsafeLatitude lat, UnsafeLongitude lon);

struct RawFix {
    std::string device;  ///< as the tracker calls itself; whose it is, the caller knows
    UnsafeLatitude lat;
    UnsafeLongitude lon;
    Instant time;                   ///< by the device's clock
    std::int32_t accuracy_m = 0;    ///< radius, rounded up; 0: not said
    std::int32_t speed_mm_s = -1;   ///< -1: not said
    std::int32_t heading_deg = -1;  ///< 0..359; -1: not said
    std::int8_t battery = -1;       ///< percent; -1: not said
    bool has_fix = true;            ///< false: the device itself says that it has no GPS fix
    bool is_mock = false;           ///< the phone says that another app made the position up
    Source source = Source::ndjson;
    std::uint32_t line = 0;  ///< where in its batch, from 1

    bool operator==(RawFix const&) const = default;
};

struct LineError {
    std::uint32_t line = 0;  ///< from 1
    Error error;             ///< malformed or limit_exceeded; the detail names field and remedy
};

struct Batch {
    std::vector<RawFix> fixes;      ///< in the order of the body
    std::vector<LineError> errors;  ///< in the order of the body
    std::string ignored;            ///< why a message that is no position was accepted and dropped
};

/// By event time, then as sent: a backlog in any order gives the same track (the filter reads one
/// agent's fixes in this order). Cost: O(n) when already in order, as most are.
void sort_by_time(std::vector<RawFix>& fixes);

}  // namespace posthaste::ingest
