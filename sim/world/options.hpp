// What one simulated run is like: all of it from the seed.
#pragma once

#include <cstdint>

#include "base/prng.hpp"
#include "base/quantity.hpp"

namespace posthaste::sim {

struct Options {
    std::uint64_t seed = 1;
    Millis span{3'600'000};         ///< with faults
    Millis settle{40 * 3'600'000};  ///< without, until everything must have settled
    std::int64_t agents = 8;
    std::int64_t jobs = 40;

    // In a thousand messages, turns, or taps.
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t late = 0;
    std::uint64_t crash = 0;       ///< between turns
    std::uint64_t bad_append = 0;  ///< lost, torn, or stored and not told
    std::uint64_t clock_jump = 0;
    std::uint64_t snapshot = 0;
    std::uint64_t rude = 0;      ///< declines, ignores, drops, drives elsewhere, vanishes
    std::uint64_t meddling = 0;  ///< cancels, edits, reassigns, plans, pauses
};

/// Which faults there are at all, then how often: so that some runs are calm in all but one way.
Options options_for(std::uint64_t seed);

}  // namespace posthaste::sim
