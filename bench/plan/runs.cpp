#include "bench/plan/runs.hpp"

#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>

#include "bench/plan/side_by_side.hpp"
#include "bench/plan/thread_clock.hpp"
#include "bench/support/bench.hpp"
#include "plan/checker.hpp"
#include "plan/formats/read_problem.hpp"
#include "plan/search.hpp"

namespace posthaste::bench {

namespace {

constexpr std::uint64_t planner_seed = 1;
constexpr double same_cost = 0.01;  // what rounding up every distance may add

std::int64_t thread_cpu_micros() {
    return thread_cpu_nanos() / 1000;
}

// What a score is in the benchmark's terms.
FileCost cost_of(plan::NamedProblem const& read, plan::Score const& score) {
    auto const fixed = read.problem.vehicles[0].fixed;
    FileCost cost;
    cost.vehicles = fixed == 0 ? 0 : static_cast<std::size_t>(score.cost / fixed);
    auto const distance = fixed == 0 ? score.cost : score.cost % fixed;
    cost.distance = static_cast<double>(distance) / static_cast<double>(read.scale);
    return cost;
}

// Without a cost of vehicles theirs is 0: distance decides.
bool reaches(FileCost const& cost, BestKnown const& best) {
    return cost.vehicles <= best.vehicles && cost.distance <= best.cost + same_cost;
}

NumberedRoutes numbered(plan::Problem const& problem, plan::Routes const& routes) {
    NumberedRoutes numbers;
    for (auto const& route : routes) {
        auto& stops = numbers.emplace_back();
        for (auto const stop : route)
            stops.push_back(problem.visit(stop).place);
    }
    return numbers;
}

std::uint64_t hash_of(NumberedRoutes const& routes) {
    ResultHash hash;
    for (auto const& route : routes) {
        for (auto const stop : route)
            hash.add(stop);
        hash.add(0);
    }
    return hash.value();
}

Result<plan::Answer> solve_for(
    plan::NamedProblem const& read, Instance const& instance, std::int64_t seconds
) {
    auto const start = thread_cpu_micros();
    bool is_best = false;
    plan::Budget budget;
    budget.micros = seconds * 1'000'000;
    budget.clock = [&] { return is_best ? budget.micros : thread_cpu_micros() - start; };
    plan::Settings settings;
    settings.seed = planner_seed;
    settings.on_better = [&](plan::Progress const& progress) {
        is_best =
            progress.score.unserved == 0 && reaches(cost_of(read, progress.score), instance.best);
    };
    auto answer = plan::solve(read.problem, budget, settings);
    auto const verdict = plan::check_routes(read.problem, answer.routes);
    if (!verdict.broken.empty()) return Error{Errc::corrupt, verdict.broken.front()};
    if (verdict.score != answer.score) return Error{Errc::corrupt, "the score is not the plan's"};
    return answer;
}

Result<Run> run_one(Instance const& instance, std::int64_t seconds) {
    auto const text = TRY(text_of(instance.file));
    auto const read = TRY(plan::read_problem(text));
    auto const start = thread_cpu_micros();
    auto const answer = TRY(solve_for(read, instance, seconds));
    Run run;
    run.seconds = static_cast<double>(thread_cpu_micros() - start) / 1e6;
    auto const routes = numbered(read.problem, answer.routes);
    run.hash = hash_of(routes);
    run.unserved = answer.unserved.size();
    run.gap = 100;
    if (run.unserved > 0) return run;
    bool const has_pairs = read.format == plan::Format::lilim;
    run.cost = TRY((has_pairs ? check_lilim : check_solomon)(text, routes));
    run.gap = 100 * (run.cost.distance - instance.best.cost) / instance.best.cost;
    return run;
}

// Runs that an earlier start of the same program finished, a line each.
class Kept {
public:
    explicit Kept(RunSettings const& settings) : settings_{settings} {
        std::ifstream lines{settings.kept};
        std::string line;
        while (std::getline(lines, line)) {
            std::stringstream fields{line};
            std::string name;
            Run run;
            if (fields >> name >> run.cost.vehicles >> run.cost.distance >> run.unserved >>
                run.seconds >> run.gap >> run.hash)
                runs_[name] = run;
        }
    }

    std::optional<Run> find(Instance const& instance) const {
        auto const found = runs_.find(key_of(instance));
        if (found == runs_.end()) return std::nullopt;
        return found->second;
    }

    void add(Instance const& instance, Run const& run) const {
        if (settings_.kept.empty()) return;
        std::ofstream line{settings_.kept, std::ios::app};
        line.precision(12);
        line << key_of(instance) << ' ' << run.cost.vehicles << ' ' << run.cost.distance << ' '
             << run.unserved << ' ' << run.seconds << ' ' << run.gap << ' ' << run.hash
             << std::endl;
    }

private:
    std::string key_of(Instance const& instance) const {
        return instance.group + "/" + instance.name + "/" + std::to_string(settings_.seconds);
    }

    RunSettings const& settings_;
    std::map<std::string, Run> runs_;
};

void tell(Instance const& instance, Run const& run) {
    std::fprintf(
        stderr,
        "  %-14s %-9s %3zu vehicles %10.1f   best known %3zu %10.1f   gap %6.3f %%   %4.1f s%s\n",
        instance.group.c_str(),
        instance.name.c_str(),
        run.cost.vehicles,
        run.cost.distance,
        instance.best.vehicles,
        instance.best.cost,
        run.gap,
        run.seconds,
        run.unserved == 0 ? "" : "   NOT ALL SERVED"
    );
}

}  // namespace

Result<std::vector<Run>> run_all(
    std::vector<Instance> const& instances, RunSettings const& settings
) {
    Kept const kept{settings};
    std::vector<Run> runs(instances.size());
    std::mutex telling;
    std::optional<Error> failure;
    side_by_side(instances.size(), [&](std::size_t i) {
        if (auto const known = kept.find(instances[i])) {
            runs[i] = *known;
            return true;
        }
        auto const run = run_one(instances[i], settings.seconds);
        std::scoped_lock const lock{telling};
        if (!run.ok()) {
            failure = Error{run.error().code, instances[i].name + ": " + run.error().detail};
            return false;
        }
        runs[i] = run.value();
        kept.add(instances[i], run.value());
        tell(instances[i], run.value());
        return true;
    });
    if (failure) return *failure;
    return runs;
}

}  // namespace posthaste::bench
