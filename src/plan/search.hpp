// Plans by a deadline: the best routes that the steps or the time at hand allow.
//
// Takes    a Problem; what its vehicles have as `route` is where the search begins.
// Gives    routes in which every rule holds, from the first moment on: what is locked stays, what
//          cannot be served is left out. The answer is never worse than the best seen.
// Order    equal problem, seed, steps and islands: equal answer, on every machine and with any
//          Crew. With a clock the answer depends on the machine, its rules do not.
// Limits   a step takes well under a millisecond on the largest problem; the clock is asked at
//          least every step that is as long as that.
// Threads  solve() uses only the threads of the Crew it is given
// Source   Christiaens, Vanden Berghe (2020), Slack induction by string removals,
//          doi:10.1287/trsc.2019.0914; for plain problems (one kind of vehicle, one load, visits
//          one by one) the hybrid genetic search of Vidal et al. as well (genetic/genetic.hpp).
//          Where a vehicle is dear, up to half of the budget looks for fewer of them first.
#pragma once

#include <functional>

#include "plan/problem.hpp"

namespace posthaste::plan {

/// What has come of it so far.
struct Progress {
    std::uint64_t steps = 0;
    std::int64_t micros = 0;  ///< as the clock says; 0 without one
    Score score;
};

struct Budget {
    std::uint64_t steps = 0;  ///< of each island; 0: as many as the time allows
    std::int64_t micros = 0;  ///< of all of them; 0: as long as the steps take
    /// Microseconds since the search was asked for. Required where `micros` is given.
    std::function<std::int64_t()> clock;
};

/// Runs every task, at once or one after the other, and returns when all are done.
using Crew = std::function<void(std::vector<std::function<void()>> const& tasks)>;

struct Settings {
    std::uint64_t seed = 1;
    /// Searches with a seed each; the best answer is given.
    std::uint32_t islands = 1;
    Crew crew;  ///< none: one after the other, as far as the time goes
    std::function<void(Progress const&)> on_better;  ///< of the first island, on its thread
};

struct Answer {
    Routes routes;
    Score score;
    std::vector<std::uint32_t> unserved;  ///< jobs, ascending
    std::uint64_t steps = 0;
};

/// Requires: fault_in(problem).empty(), steps or micros, an island.
Answer solve(Problem const& problem, Budget const& budget, Settings const& settings);

}  // namespace posthaste::plan
