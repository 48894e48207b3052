// The trips of a file: who drove from where to where, and where they were when.
//
// Takes    JSON of [{"path": [[lon, lat], ...], "timestamps": [seconds, ...]}, ...].
// Gives    each trip's fixes, one at each point of its path and at most fix_gap apart: a path is
//          simplified, whoever drove it was on the straight line between its points.
// Errors   not_found, malformed.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"

namespace posthaste::bench {

constexpr Millis fix_gap{15'000};

/// At least two.
using TripFixes = std::vector<model::Fix>;

/// Seconds count from `begin`; agents are numbered from 1.
Result<std::vector<TripFixes>> read_trips(std::filesystem::path const& file, Instant begin);

}  // namespace posthaste::bench
