#include "bench/plan/mixed.hpp"

#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <tuple>

#include "bench/plan/mixed_set.hpp"
#include "bench/plan/side_by_side.hpp"
#include "bench/plan/thread_clock.hpp"
#include "plan/checker.hpp"
#include "plan/search.hpp"

namespace posthaste::bench {

namespace {

constexpr std::int64_t usual_seconds = 10;
constexpr std::int64_t long_seconds = 180;
constexpr std::uint64_t judged_seed = 1;
constexpr std::array<std::uint64_t, 2> long_seeds{11, 12};  // not the one that is judged
constexpr char const* table_file = POSTHASTE_MIXED_BEST;
constexpr char const* table_head = "instance,problem,cost,vehicles,cpu_seconds,seed";

struct Outcome {
    std::size_t unserved = 0;
    std::int64_t cost = 0;
    std::size_t vehicles = 0;
    std::int64_t seconds = 0;
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;  ///< of the routes
};

Status check(plan::Problem const& problem, plan::Answer const& answer) {
    plan::Plan whole;
    for (std::uint32_t i = 0; i < answer.routes.size(); ++i)
        whole.push_back(
            answer.routes[i].empty()
                ? std::vector<plan::Entry>{}
                : plan::timetable({problem, i, answer.routes[i], nullptr}).entries
        );
    auto const verdict = plan::check_plan(problem, whole);
    if (!verdict.broken.empty()) return Error{Errc::corrupt, verdict.broken.front()};
    if (verdict.score != answer.score) return Error{Errc::corrupt, "the score is not the plan's"};
    return Unit{};
}

Result<Outcome> solve_for(
    MixedInstance const& instance, std::int64_t seconds, std::uint64_t planner_seed
) {
    auto const start = thread_cpu_nanos();
    plan::Budget budget;
    budget.micros = seconds * 1'000'000;
    budget.clock = [&] { return (thread_cpu_nanos() - start) / 1000; };
    plan::Settings settings;
    settings.seed = planner_seed;
    auto const answer = plan::solve(instance.problem, budget, settings);
    TRY(check(instance.problem, answer));
    Outcome outcome{answer.unserved.size(), answer.score.cost, 0, seconds, planner_seed, 0};
    ResultHash hash;
    for (auto const& route : answer.routes) {
        outcome.vehicles += route.empty() ? 0U : 1U;
        for (auto const stop : route)
            hash.add(std::uint64_t{stop.job} * plan::visits_per_job_max + stop.visit + 1);
        hash.add(0);
    }
    outcome.hash = hash.value();
    return outcome;
}

struct Asked {
    std::size_t instance = 0;
    std::int64_t seconds = 0;
    std::uint64_t seed = 0;
};

Result<std::vector<Outcome>> solve_all(
    std::vector<MixedInstance> const& instances, std::vector<Asked> const& asked
) {
    std::vector<Outcome> outcomes(asked.size());
    std::mutex telling;
    std::optional<Error> failure;
    side_by_side(asked.size(), [&](std::size_t i) {
        auto const& instance = instances[asked[i].instance];
        auto const outcome = solve_for(instance, asked[i].seconds, asked[i].seed);
        std::scoped_lock const lock{telling};
        if (!outcome.ok()) {
            failure = Error{outcome.error().code, instance.name + ": " + outcome.error().detail};
            return false;
        }
        outcomes[i] = outcome.value();
        std::fprintf(
            stderr,
            "  mixed %-12s seed %2llu %4lld s  %3zu vehicles  cost %lld%s\n",
            instance.name.c_str(),
            static_cast<unsigned long long>(outcomes[i].seed),
            static_cast<long long>(outcomes[i].seconds),
            outcomes[i].vehicles,
            static_cast<long long>(outcomes[i].cost),
            outcomes[i].unserved == 0 ? "" : "   NOT ALL SERVED"
        );
        return true;
    });
    if (failure) return *failure;
    return outcomes;
}

// --- what the long runs came to, a line each ---

struct Best {
    std::uint64_t problem = 0;  ///< its hash
    std::int64_t cost = 0;
    std::size_t vehicles = 0;
    std::int64_t seconds = 0;
    std::uint64_t seed = 0;
};
using Table = std::map<std::string, Best>;

Table read_table() {
    Table table;
    std::ifstream lines{table_file};
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::ranges::replace(line, ',', ' ');
        std::stringstream fields{line};
        std::string name;
        Best best;
        if (fields >> name >> std::hex >> best.problem >> std::dec >> best.cost >> best.vehicles >>
            best.seconds >> best.seed)
            table[name] = best;
    }
    return table;
}

Status write_table(std::vector<MixedInstance> const& instances, Table const& table) {
    std::ofstream lines{table_file};
    lines << table_head << '\n';
    for (auto const& instance : instances) {
        auto const known = table.find(instance.name);
        if (known == table.end()) continue;
        auto const& best = known->second;
        lines << instance.name << ',' << std::hex << best.problem << std::dec << ',' << best.cost
              << ',' << best.vehicles << ',' << best.seconds << ',' << best.seed << '\n';
    }
    lines.flush();
    if (!lines) return Error{Errc::io_failed, std::string{"cannot write "} + table_file};
    return Unit{};
}

Result<std::vector<MixedInstance>> instances_in(std::filesystem::path const& data) {
    return mixed_set(TRY(open_ground(data / "roads/gothenburg_2016.osm.pbf")));
}

void print_one(MixedInstance const& instance, Outcome const& outcome, Best const& best) {
    auto const metric = "mixed_" + instance.name;
    auto const rival = "our own after " + std::to_string(best.seconds) + " s (" +
                       std::to_string(best.vehicles) + " vehicles)";
    auto const unit = "s of driving and fixed (" + std::to_string(outcome.vehicles) + " vehicles)";
    print(
        {.bench = "plan",
         .metric = metric,
         .value = outcome.unserved == 0 ? static_cast<double>(outcome.cost) : 0,
         .unit = outcome.unserved == 0 ? unit : "unserved",
         .better = Better::lower,
         .rival = rival,
         .rival_value = static_cast<double>(best.cost),
         .hash = outcome.hash}
    );
}

double gap_of(Outcome const& outcome, Best const& best) {
    if (outcome.unserved > 0) return 100;
    return 100 * static_cast<double>(outcome.cost - best.cost) / static_cast<double>(best.cost);
}

}  // namespace

Status run_mixed(std::filesystem::path const& data, Options const& options) {
    auto const instances = TRY(instances_in(data));
    auto const table = read_table();
    auto const seconds = options.seconds == 0 ? usual_seconds : options.seconds;
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        auto const known = table.find(instances[i].name);
        if (known == table.end() || known->second.problem != instances[i].hash)
            return Error{
                Errc::corrupt,
                instances[i].name + ": no long run of it is kept; run bin/bench plan mixed_long"};
        asked.push_back({i, seconds, judged_seed});
    }
    auto const outcomes = TRY(solve_all(instances, asked));
    double sum = 0;
    ResultHash hash;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        auto const& best = table.at(instances[i].name);
        print_one(instances[i], outcomes[i], best);
        sum += gap_of(outcomes[i], best);
        hash.add(outcomes[i].hash);
    }
    auto const suffix = seconds == usual_seconds ? "" : "_" + std::to_string(seconds) + "s";
    auto const unit = "% above our own long runs, mean of " + std::to_string(instances.size());
    print(
        {.bench = "plan",
         .metric = "mixed_gap" + suffix,
         .value = sum / static_cast<double>(instances.size()),
         .unit = unit,
         .better = Better::lower,
         .hash = hash.value()}
    );
    return Unit{};
}

Status run_mixed_long(std::filesystem::path const& data, Options const& options) {
    auto const instances = TRY(instances_in(data));
    auto table = read_table();
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < instances.size(); ++i)
        for (auto const planner_seed : long_seeds)
            asked.push_back({i, options.seconds == 0 ? long_seconds : options.seconds, planner_seed}
            );
    auto const outcomes = TRY(solve_all(instances, asked));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        auto const& instance = instances[asked[i].instance];
        auto const& outcome = outcomes[i];
        auto& best = table[instance.name];
        bool const is_other = best.problem != instance.hash;
        if (outcome.unserved > 0) {
            return Error{Errc::corrupt, instance.name + ": not all can be served"};
        }
        bool const is_better =
            std::tuple{outcome.cost, -outcome.seconds} < std::tuple{best.cost, -best.seconds};
        if (is_other || is_better)
            best = {instance.hash, outcome.cost, outcome.vehicles, outcome.seconds, outcome.seed};
    }
    return write_table(instances, table);
}

}  // namespace posthaste::bench
