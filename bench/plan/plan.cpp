// How good plans are after some CPU seconds: the gap to the best known of public benchmarks.
//
// solomon, homberger, lilim, mixed, dynamic, day, deadline and insert are what it is called with;
// none: all. One thread and seed 1 each; --seconds N instead of each one's own. Instances run side
// by side, one a core: CPU seconds of a thread are what counts. A run that reaches the best known
// ends there. What finished is kept for the same commit (bin/bench says where), so that a full run
// can be taken up again.
// By name only: mixed_long, the runs that mixed is held against, which it keeps; dynamic_steps,
// which counts steps instead of seconds: the same routes on every machine; and dynamic_solver, no
// bench: it speaks to the competition's environment (bench/PROTOCOL.md).
#include <array>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>

#include "bench/plan/day.hpp"
#include "bench/plan/deadline.hpp"
#include "bench/plan/dispatch_wire.hpp"
#include "bench/plan/dynamic.hpp"
#include "bench/plan/insert.hpp"
#include "bench/plan/mixed.hpp"
#include "bench/plan/runs.hpp"
#include "bench/support/bench.hpp"

namespace posthaste::bench {

namespace {

// On the quick list: HGS-VRPTW, the baseline of EURO-NeurIPS 2022, measured here with these seconds
// (bench/PROTOCOL.md says how). On all instances: what peers published of other, fewer ones.
struct Rival {
    std::string_view name;
    double gap = 0;
};

constexpr std::string_view measured = "HGS-VRPTW, same list";

std::map<std::string, Rival> const rivals_of_quick{
    {"solomon_gap", {measured, 0}},
    {"homberger_gap_200", {measured, 0.003}},
    {"homberger_gap_400", {measured, 0.161}},
    {"homberger_gap_1000", {measured, 2.354}},
    {"homberger_gap_200_10s", {measured, 0.054}},
    {"homberger_gap_400_10s", {measured, 0.689}}};

std::map<std::string, Rival> const rivals_of_all{
    {"solomon_gap", {"PyVRP, other instances", 0.07}},
    {"homberger_gap_200", {"HGS-VRPTW, other instances", 0.08}},
    {"homberger_gap_400", {"HGS-VRPTW, other instances", 0.36}},
    {"homberger_gap_1000", {"PyVRP, other instances", 2.1}}};

struct Bench {
    std::string_view name;
    std::int64_t seconds = 0;
};
constexpr auto benches = std::to_array<Bench>({{"solomon", 10}, {"homberger", 60}, {"lilim", 60}});

// gap, gap_200, ...: of what was left after the bench's own seconds, or else how many.
std::string metric_of(Group const& group, std::string const& what, std::int64_t other_seconds) {
    auto name = group.bench + "_" + what + (group.size.empty() ? "" : "_" + group.size);
    return other_seconds == 0 ? name : name + "_" + std::to_string(other_seconds) + "s";
}

void print_each(std::vector<Instance> const& instances, std::vector<Run> const& runs) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        auto const& best = instances[i].best;
        auto const vehicles = std::to_string(runs[i].cost.vehicles);
        auto const known = "best known (" + std::to_string(best.vehicles) + " vehicles)";
        print(
            {.bench = "plan",
             .metric = instances[i].name,
             .value = runs[i].unserved == 0 ? runs[i].cost.distance : 0,
             .unit = runs[i].unserved == 0 ? "distance (" + vehicles + " vehicles)" : "unserved",
             .better = Better::lower,
             .rival = known,
             .rival_value = best.cost,
             .hash = runs[i].hash}
        );
    }
}

void print_gap(
    Group const& group,
    std::vector<Run> const& runs,
    std::vector<bool> const& counts,
    std::int64_t other_seconds,
    bool quick
) {
    double sum = 0;
    double count = 0;
    ResultHash hash;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        sum += counts[i] ? runs[i].gap : 0;
        count += counts[i] ? 1 : 0;
        hash.add(runs[i].hash);
    }
    auto const metric = metric_of(group, "gap", other_seconds);
    auto const& rivals = quick ? rivals_of_quick : rivals_of_all;
    auto const rival = rivals.find(metric);
    bool const is_known = rival != rivals.end();
    auto const unit = "% above the best known, mean of " + std::to_string(static_cast<int>(count));
    print(
        {.bench = "plan",
         .metric = metric,
         .value = count == 0 ? 100 : std::round(1e6 * sum / count) / 1e6 + 0.0,  // no -0
         .unit = unit,
         .better = Better::lower,
         .rival = is_known ? rival->second.name : "",
         .rival_value = is_known ? rival->second.gap : 0,
         .hash = hash.value()}
    );
}

void print_group(
    Group const& group,
    std::vector<Instance> const& instances,
    std::vector<Run> const& runs,
    std::int64_t other_seconds,
    bool quick
) {
    print_each(instances, runs);
    std::vector<bool> counts(runs.size(), true);
    if (group.bench == "lilim") {
        double same = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            counts[i] =
                runs[i].unserved == 0 && runs[i].cost.vehicles <= instances[i].best.vehicles;
            same += counts[i] ? 1 : 0;
        }
        auto const metric = metric_of(group, "same_vehicles", other_seconds);
        print(
            {.bench = "plan",
             .metric = metric,
             .value = 100 * same / static_cast<double>(runs.size()),
             .unit = "% of " + std::to_string(runs.size())}
        );
    }
    print_gap(group, runs, counts, other_seconds, quick);
}

// The instances of a group stand together.
void print_groups(
    std::vector<Instance> const& instances,
    std::vector<Run> const& runs,
    std::int64_t other_seconds,
    bool quick
) {
    for (auto const& group : groups()) {
        std::vector<Instance> of_group;
        std::vector<Run> its_runs;
        for (std::size_t i = 0; i < instances.size(); ++i) {
            if (instances[i].group != group.name()) continue;
            of_group.push_back(instances[i]);
            its_runs.push_back(runs[i]);
        }
        if (!its_runs.empty()) print_group(group, of_group, its_runs, other_seconds, quick);
    }
}

constexpr std::uint64_t dynamic_steps = 400;
constexpr std::int64_t dynamic_seconds = 120;
constexpr std::int64_t dynamic_seconds_quick = 3;

bool is_named(Options const& options, std::string_view metric) {
    return !options.metrics.empty() && options.wants(metric);
}

Status run_dynamics(
    Options const& options, std::filesystem::path const& data, std::filesystem::path const& kept
) {
    if (options.wants("dynamic")) {
        auto const own = options.quick ? dynamic_seconds_quick : dynamic_seconds;
        (void)TRY(run_dynamic(data, {options.seconds == 0 ? own : options.seconds, 0, kept}));
    }
    if (is_named(options, "dynamic_steps")) return run_dynamic(data, {0, dynamic_steps, {}});
    return Unit{};
}

// By the wall's clock, which the environment goes by; without --seconds by steps.
Status run_solver(Options const& options) {
    Stopwatch const watch;
    Effort effort;
    effort.micros = options.seconds * 1'000'000;
    effort.steps = dynamic_steps;
    effort.clock = [&] { return watch.nanos() / 1000; };
    return serve_environment(std::cin, std::cout, effort);
}

Status run(Options const& options) {
    if (is_named(options, "dynamic_solver")) return run_solver(options);
    if (options.wants("insert")) run_insert();
    std::filesystem::path const data{POSTHASTE_SHARED_DATA};
    auto const* const kept = std::getenv("POSTHASTE_BENCH_KEPT");  // NOLINT(concurrency-mt-unsafe)
    for (auto const& bench : benches) {
        if (!options.wants(bench.name)) continue;
        RunSettings settings;
        settings.seconds = options.seconds == 0 ? bench.seconds : options.seconds;
        if (kept != nullptr && !options.quick) settings.kept = kept;
        std::vector<Instance> all;
        for (auto const& group : groups()) {
            if (group.bench != bench.name) continue;
            auto const instances = TRY(instances_of(data, group, options.quick));
            all.insert(all.end(), instances.begin(), instances.end());
        }
        auto const runs = TRY(run_all(all, settings));
        auto const other_seconds = settings.seconds == bench.seconds ? 0 : settings.seconds;
        print_groups(all, runs, other_seconds, options.quick);
    }
    if (options.wants("mixed")) TRY(run_mixed(data, options));
    if (options.names("mixed_long")) TRY(run_mixed_long(data, options));
    (void)TRY(run_dynamics(options, data, kept != nullptr && !options.quick ? kept : ""));
    if (options.wants("day")) TRY(run_day_bench(data, options));
    if (options.wants("deadline")) return run_deadlines(data);
    return Unit{};
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    auto const done = posthaste::bench::run(posthaste::bench::read_options(argc, argv));
    if (done.ok()) return 0;
    std::fprintf(stderr, "bench plan: %s\n", done.error().detail.c_str());
    return 1;
}
