// What the parts of this bench share: how good foreseen times were.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "bench/support/bench.hpp"
#include "road/traffic/eta_model.hpp"

namespace posthaste::bench {

/// Of one drive.
struct Outcome {
    Millis free;  ///< foreseen in free flow
    Millis took;
};

/// Makes the sum of errors of `free` times it least.
double best_constant(std::vector<Outcome> const& outcomes);

struct Score {
    std::size_t count = 0;
    std::size_t covered = 0;
    double error_ms = 0;
    double rival_error_ms = 0;
    ResultHash hash;

    void add(Outcome const& outcome, double constant, road::EtaBand const& band) {
        auto const took = static_cast<double>(outcome.took.count());
        ++count;
        covered += outcome.took <= band.p90 ? 1U : 0U;
        error_ms += std::abs(took - static_cast<double>(band.p50.count()));
        rival_error_ms += std::abs(took - constant * static_cast<double>(outcome.free.count()));
        hash.add(static_cast<std::uint64_t>(band.p50.count()));
        hash.add(static_cast<std::uint64_t>(band.p90.count()));
    }
};

void print_score(std::string const& name, Score const& score);

void run_trips(std::filesystem::path const& data, Options const& options);

}  // namespace posthaste::bench
