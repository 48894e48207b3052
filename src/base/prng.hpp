// Seeded random numbers: the same sequence for a seed on every machine and compiler.
//
// Source   xoshiro256** 1.0 (Blackman, Vigna 2018), seeded by splitmix64. The standard library's
//          distributions differ between implementations, so the few we need stand here, in
//          integers.
// Threads  one object per thread
#pragma once

#include <array>
#include <cstdint>

#include "base/assert.hpp"

namespace posthaste {

class Prng {
public:
    explicit Prng(std::uint64_t seed) {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31U);
        }
    }

    std::uint64_t next() {
        std::uint64_t const result = rotate_left(state_[1] * 5, 7) * 9;
        std::uint64_t const shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotate_left(state_[3], 45);
        return result;
    }

    /// Uniform in [0, bound); the bias below 2^-32 for bounds below 2^32 is accepted.
    /// Requires: bound > 0.
    std::uint64_t below(std::uint64_t bound) {
        ASSERT(bound > 0);
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64U);
    }

    /// Uniform in [low, high], both included. Requires: low <= high.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        ASSERT(low <= high);
        auto const span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        return low + static_cast<std::int64_t>(span == 0 ? next() : below(span));
    }

    /// True `per_mille` times in a thousand.
    bool chance(std::uint64_t per_mille) { return below(1000) < per_mille; }

    /// A generator of its own, so that one part's draws do not shift another's.
    Prng fork() { return Prng{next()}; }

private:
    static constexpr std::uint64_t rotate_left(std::uint64_t value, unsigned count) {
        return (value << count) | (value >> (64U - count));
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace posthaste
