// The allocate bench on roads: every candidate's arrival is a drive over the network.
#pragma once

#include <filesystem>

#include "bench/support/bench.hpp"

namespace posthaste::bench {

void allocate_on_roads(std::filesystem::path const& city, Options const& options);

}  // namespace posthaste::bench
