// Days on which requests come hour by hour: what it costs to serve them, beside the best of the
// EURO-NeurIPS 2022 competition.
//
// Takes    its 15 instances in the shared data, each with the seed of its final.
// Gives    `dynamic_NAME`: each day's cost, beside the winner's; `dynamic_mean`, and
//          `total_vs_winner`, ours / the winner's of all days. Every route is checked.
// Order    days side by side, one a core.
#pragma once

#include <filesystem>

#include "bench/plan/dispatch_policy.hpp"

namespace posthaste::bench {

struct DynamicSettings {
    std::int64_t seconds = 0;  ///< of CPU an epoch; 0: `steps` of each search
    std::uint64_t steps = 0;
    std::filesystem::path kept;  ///< finished days are kept here and taken from here; or nowhere
};

Status run_dynamic(std::filesystem::path const& data, DynamicSettings const& settings);

}  // namespace posthaste::bench
