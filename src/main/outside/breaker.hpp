// A circuit breaker: after failures in a row a server is left alone for a while, longer each time.
//
// Shapes   closed: all is asked. Open: nothing, until its time is over; then one question (half
//          open), whose answer closes it or opens it for twice as long, with a jitter.
// Threads  one
#pragma once

#include <algorithm>

#include "base/instant.hpp"
#include "base/prng.hpp"

namespace posthaste::main {

class Breaker {
public:
    static constexpr unsigned failures_max = 5;
    static constexpr Millis open_first{5000};
    static constexpr Millis open_most{120'000};

    explicit Breaker(std::uint64_t seed) : prng_{seed} {}

    bool lets_ask(Instant now) const { return now >= until_; }
    bool is_open() const { return until_ > Instant{}; }

    void succeeded() {
        failures_ = 0;
        span_ = open_first;
        until_ = {};
    }
    void failed(Instant now) {
        if (++failures_ < failures_max) return;
        until_ = now + Millis{span_.count() * prng_.between(800, 1200) / 1000};
        span_ = std::min(span_ * 2, open_most);
    }

private:
    Prng prng_;
    unsigned failures_ = 0;
    Millis span_ = open_first;
    Instant until_;
};

}  // namespace posthaste::main
