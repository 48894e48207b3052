// How good plans are after some CPU seconds: the gap to the best known of public benchmarks.
//
// solomon, homberger, lilim, mixed, day, deadline and insert are what it is called with; none: all.
// mixed_long, by name only: the runs that mixed is held against, which it keeps. One thread and
// seed 1 each; --seconds N instead of each one's own. Instances run side by side, one a core: CPU
// seconds of a thread are what counts. A run that reaches the best known ends there. What finished
// is kept for the same commit (bin/bench says where), so that a full run can be taken up again.
#include <array>
#include <cstdlib>
#include <map>

#include "bench/plan/day.hpp"
#include "bench/plan/deadline.hpp"
#include "bench/plan/insert.hpp"
#include "bench/plan/mixed.hpp"
#include "bench/plan/runs.hpp"
#include "bench/support/bench.hpp"

namespace posthaste::bench {

namespace {

// As peers published or as they were measured on other, fewer instances.
struct Rival {
    std::string_view name;
    double gap = 0;
};

std::map<std::string, Rival> const rivals{
    {"solomon", {"PyVRP, other instances", 0.07}},
    {"homberger_200", {"HGS-VRPTW, other instances", 0.08}},
    {"homberger_400", {"HGS-VRPTW, other instances", 0.36}},
    {"homberger_1000", {"PyVRP, other instances", 2.1}}};

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
    std::int64_t other_seconds
) {
    double sum = 0;
    double count = 0;
    ResultHash hash;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        sum += counts[i] ? runs[i].gap : 0;
        count += counts[i] ? 1 : 0;
        hash.add(runs[i].hash);
    }
    auto const rival = other_seconds == 0 ? rivals.find(group.name()) : rivals.end();
    bool const is_known = rival != rivals.end();
    auto const metric = metric_of(group, "gap", other_seconds);
    auto const unit = "% above the best known, mean of " + std::to_string(static_cast<int>(count));
    print(
        {.bench = "plan",
         .metric = metric,
         .value = count == 0 ? 100 : sum / count,
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
    std::int64_t other_seconds
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
    print_gap(group, runs, counts, other_seconds);
}

// The instances of a group stand together.
void print_groups(
    std::vector<Instance> const& instances, std::vector<Run> const& runs, std::int64_t other_seconds
) {
    for (auto const& group : groups()) {
        std::vector<Instance> of_group;
        std::vector<Run> its_runs;
        for (std::size_t i = 0; i < instances.size(); ++i) {
            if (instances[i].group != group.name()) continue;
            of_group.push_back(instances[i]);
            its_runs.push_back(runs[i]);
        }
        if (!its_runs.empty()) print_group(group, of_group, its_runs, other_seconds);
    }
}

Status run(Options const& options) {
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
        print_groups(all, runs, settings.seconds == bench.seconds ? 0 : settings.seconds);
    }
    if (options.wants("mixed")) TRY(run_mixed(data, options));
    if (options.names("mixed_long")) TRY(run_mixed_long(data, options));
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
