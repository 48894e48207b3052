// Instant: a point in time, milliseconds since the Unix epoch, UTC. A span is Millis; the two do
// not mix: Instant - Instant is Millis, Instant + Millis is Instant, and Instant + Instant is
// nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "base/quantity.hpp"

namespace posthaste {

class Instant {
public:
    constexpr Instant() = default;
    constexpr explicit Instant(std::int64_t millis) : millis_{millis} {}

    constexpr std::int64_t millis() const { return millis_; }

    constexpr auto operator<=>(Instant const&) const = default;
    constexpr Instant operator+(Millis span) const { return Instant{millis_ + span.count()}; }
    constexpr Instant operator-(Millis span) const { return Instant{millis_ - span.count()}; }
    constexpr Millis operator-(Instant other) const { return Millis{millis_ - other.millis_}; }

private:
    std::int64_t millis_ = 0;
};

/// "No limit". Far enough to be after every real instant, near enough to add spans to.
constexpr Instant instant_max{std::numeric_limits<std::int64_t>::max() / 4};

}  // namespace posthaste
