// Runs of the planner on benchmark instances, each on one thread by its CPU clock.
//
// Takes    instances and the CPU seconds of each. A run that reaches the best known ends there.
// Gives    what came of each, checked twice: by the checker against the problem, and against the
//          file in double precision. Progress goes to standard error.
// Units    costs as the best-known files have them; gap in percent.
// Order    as the instances are given, however many run at once.
// Errors   a plan that breaks a rule ends the bench: no figure of it would count.
// Threads  as many runs side by side as there are cores, four at most.
#pragma once

#include <vector>

#include "bench/plan/file_check.hpp"
#include "bench/plan/instances.hpp"

namespace posthaste::bench {

struct Run {
    FileCost cost;
    std::size_t unserved = 0;
    double seconds = 0;
    double gap = 0;  ///< 100 where jobs are left out
    std::uint64_t hash = 0;
};

struct RunSettings {
    std::int64_t seconds = 0;  ///< of CPU, each
    /// Finished runs are kept here and taken from here; empty: nowhere.
    std::filesystem::path kept;
};

Result<std::vector<Run>> run_all(
    std::vector<Instance> const& instances, RunSettings const& settings
);

}  // namespace posthaste::bench
