// How much worse a step may make things: less and less, as simulated annealing has it, in integers.
//
// Gives    tolerance(): -T ln u for a u drawn from (0, 1), T falling from `hot` to `cold` in equal
//          ratios as `done` grows from 0 to done_max.
// Cost     O(1)
// Threads  pure but for the generator
#pragma once

#include <algorithm>
#include <array>

#include "base/prng.hpp"
#include "plan/problem.hpp"

namespace posthaste::plan {

class Cooling {
public:
    /// Requires: hot >= cold >= 1, hot < 2^46.
    Cooling(Cost hot, Cost cold);

    static constexpr std::uint32_t done_max = 256;

    void set_done(std::uint32_t done) { now_ = by_done_[std::min(done, done_max)]; }
    Cost tolerance(Prng& prng) const;

private:
    std::array<Cost, done_max + 1> by_done_{};  ///< in 1/256
    Cost now_ = 0;
};

}  // namespace posthaste::plan
