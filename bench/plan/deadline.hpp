// Whether answers are there by their deadline, the first plan included.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace posthaste::bench {

/// A thousand deadlines, log-uniform from a millisecond to a second, by the wall's clock, on
/// instances of 100 to 1000 jobs in turn, one after the other. Prints how long past it the answer
/// came at the 99.9th percentile, in the thread's CPU time and on the wall.
Status run_deadlines(std::filesystem::path const& data);

}  // namespace posthaste::bench
