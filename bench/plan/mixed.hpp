// How good plans of mixed problems are (mixed_set.hpp): the gap to our own long runs.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "bench/support/bench.hpp"

namespace posthaste::bench {

/// Each instance for the options' seconds, 10 if they say none, against mixed_best.csv. Prints the
/// cost of each and `mixed_gap`; who leaves a job out counts 100.
/// Errors: io_failed without the data; corrupt where a plan breaks a rule, or the kept figures are
/// of other instances.
Status run_mixed(std::filesystem::path const& data, Options const& options);

/// Each instance for the options' seconds, 180 if they say none, with two seeds; what is better
/// than mixed_best.csv is written there.
Status run_mixed_long(std::filesystem::path const& data, Options const& options);

}  // namespace posthaste::bench
