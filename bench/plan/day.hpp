// A simulated day of field service, dispatched three ways (sim/day): what planning again is worth.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "bench/support/bench.hpp"

namespace posthaste::bench {

/// Ten days (quick: four) on the roads of Manhattan, at places where the city was asked for help;
/// on a plane where the data is absent, and it says so. Prints lateness, driving and moved promises
/// of all days together, each way, and ours against the greedy one.
Status run_day_bench(std::filesystem::path const& data, Options const& options);

}  // namespace posthaste::bench
