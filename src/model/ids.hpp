// The ids of everything a region holds. Bits and rules: base/ids.hpp.
#pragma once

#include <compare>
#include <cstdint>

#include "base/ids.hpp"

namespace posthaste::model {

enum class JobId : std::uint64_t {};
enum class AgentId : std::uint64_t {};
enum class AssignmentId : std::uint64_t {};
enum class OfferId : std::uint64_t {};
enum class BookingId : std::uint64_t {};
enum class ZoneId : std::uint64_t {};
enum class WorkflowId : std::uint64_t {};
enum class RoadReportId : std::uint64_t {};
enum class KeyId : std::uint64_t {};
/// A person whose data lies encrypted outside the log; the log only refers to them.
enum class SubjectId : std::uint64_t {};

/// Numbers a region's events from 1, without gaps. 0 means "none".
using EventNumber = std::uint64_t;

/// A client's name for one command, time-ordered (UUID version 7): the first 48 bits are
/// milliseconds since the epoch. Zero means "none".
struct CommandId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    auto operator<=>(CommandId const&) const = default;
    bool is_zero() const { return high == 0 && low == 0; }
    static void fields(auto& self, auto&& field) {
        field(1, "high", self.high);
        field(2, "low", self.low);
    }
};

}  // namespace posthaste::model
