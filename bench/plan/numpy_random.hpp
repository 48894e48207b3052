// The numbers that NumPy's default generator draws for a seed: some published streams are made so.
//
// Gives    what numpy.random.default_rng(seed).integers(n, size=k) gives, one number after the
//          other.
// Source   SeedSequence and PCG64 of NumPy 1.24 (O'Neill 2014: XSL-RR 128/64), bounds by Lemire
//          (2019).
// Threads  one object a thread
#pragma once

#include <cstdint>
#include <optional>

namespace posthaste::bench {

class NumpyRandom {
public:
    explicit NumpyRandom(std::uint32_t seed);

    /// Uniform in [0, bound). Requires: bound > 1.
    std::uint32_t below(std::uint32_t bound);

    std::uint64_t next();

private:
    __extension__ using Wide = unsigned __int128;

    void step();
    std::uint32_t next_half();

    Wide state_ = 0;
    Wide increment_ = 0;
    std::optional<std::uint32_t> half_;  ///< the high half of the last one, not used yet
};

}  // namespace posthaste::bench
