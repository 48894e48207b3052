// The clock: the one source of "now". A turn reads it once; the simulator has its own.
#pragma once

#include "base/instant.hpp"

namespace posthaste::node {

class Clock {
public:
    Clock() = default;
    Clock(Clock const&) = delete;
    Clock& operator=(Clock const&) = delete;
    virtual ~Clock() = default;

    virtual Instant now() const = 0;
};

/// The machine's: UTC, and it may jump; a region's own time does not run back (see Shard).
class SystemClock final : public Clock {
public:
    Instant now() const override;
};

}  // namespace posthaste::node
