// How far estimated times of arrival are off, learned from a fleet's fixes: taxi trips, a city.
#include "bench/eta/eta.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "bench/support/bench.hpp"

namespace posthaste::bench {

// The factor that makes the sum of all errors least: a median by what was foreseen.
double best_constant(std::vector<Outcome> const& outcomes) {
    std::vector<std::pair<double, double>> ratios;
    double whole = 0;
    for (auto const& outcome : outcomes) {
        auto const free = static_cast<double>(outcome.free.count());
        ratios.emplace_back(static_cast<double>(outcome.took.count()) / free, free);
        whole += free;
    }
    std::ranges::sort(ratios);
    double sum = 0;
    for (auto const& [ratio, weight] : ratios) {
        sum += weight;
        if (sum >= whole / 2) return ratio;
    }
    return 1;
}

void print_score(std::string const& name, Score const& score) {
    auto const count = static_cast<double>(score.count);
    print(
        {.bench = "eta",
         .metric = name + "_mae",
         .value = score.error_ms / count / 1000,
         .unit = "s",
         .better = Better::lower,
         .rival = "free flow x the best constant of the same training trips",
         .rival_value = score.rival_error_ms / count / 1000,
         .hash = score.hash.value()}
    );
    print(
        {.bench = "eta",
         .metric = name + "_p90_coverage",
         .value = 100 * static_cast<double>(score.covered) / count,
         .unit = "% of " + std::to_string(score.count) + " drives",
         .hash = score.hash.value()}
    );
}

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    namespace bench = posthaste::bench;
    auto const options = bench::read_options(argc, argv);
    std::filesystem::path const data{POSTHASTE_SHARED_DATA};
    if (options.wants("trips")) bench::run_trips(data, options);
}
