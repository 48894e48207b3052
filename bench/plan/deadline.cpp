#include "bench/plan/deadline.hpp"

#include <cmath>
#include <map>

#include "base/prng.hpp"
#include "bench/plan/instances.hpp"
#include "bench/plan/thread_clock.hpp"
#include "bench/support/bench.hpp"
#include "plan/checker.hpp"
#include "plan/formats/read_problem.hpp"
#include "plan/search.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t run_count = 1000;
constexpr auto files = std::to_array<std::string_view>(
    {"solomon/R104.txt",
     "homberger/200/RC1_2_3.txt",
     "homberger/400/R1_4_3.txt",
     "homberger/1000/C2_10_3.txt"}
);

// Nanoseconds past the deadline.
struct Overshoots {
    std::vector<std::int64_t> cpu;
    std::vector<std::int64_t> wall;
};

std::int64_t draw_micros(Prng& prng) {
    auto const share = static_cast<double>(prng.below(1'000'000)) / 1e6;
    return std::llround(1000 * std::pow(1000.0, share));
}

Status run_one(plan::Problem const& problem, std::int64_t micros, Overshoots& overshoots) {
    auto const cpu = thread_cpu_nanos();
    Stopwatch const watch;
    plan::Budget budget;
    budget.micros = micros;
    budget.clock = [&] { return watch.nanos() / 1000; };
    auto const answer = plan::solve(problem, budget, {});
    overshoots.wall.push_back(watch.nanos() - micros * 1000);
    overshoots.cpu.push_back(thread_cpu_nanos() - cpu - micros * 1000);
    auto const verdict = plan::check_routes(problem, answer.routes);
    if (!verdict.broken.empty()) return Error{Errc::corrupt, verdict.broken.front()};
    return Unit{};
}

double millis(std::vector<std::int64_t>& nanos, std::size_t per_mille) {
    return static_cast<double>(percentile(nanos, per_mille)) / 1e6;
}

void print_overshoot(char const* metric, std::vector<std::int64_t>& nanos) {
    print(
        {.bench = "plan",
         .metric = metric,
         .value = millis(nanos, 999),
         .unit = "ms, p99.9 of " + std::to_string(nanos.size()),
         .better = Better::lower}
    );
}

}  // namespace

Status run_deadlines(std::filesystem::path const& data) {
    std::vector<plan::Problem> problems;
    for (auto const file : files) {
        auto read = plan::read_problem(TRY(text_of(data / "instances" / file)));
        if (!read.ok()) return std::move(read).error();
        problems.push_back(std::move(read).value().problem);
    }
    Prng prng{seed};
    Overshoots all;
    std::map<std::size_t, Overshoots> by_size;
    for (std::size_t i = 0; i < run_count; ++i) {
        auto const& problem = problems[i % problems.size()];
        auto& own = by_size[problem.jobs.size()];
        (void)TRY(run_one(problem, draw_micros(prng), own));
        all.cpu.push_back(own.cpu.back());
        all.wall.push_back(own.wall.back());
    }
    for (auto& [jobs, own] : by_size) {
        std::fprintf(
            stderr,
            "  deadline %5zu jobs: late by p50 %.3f ms, p99 %.3f ms CPU; p99 %.3f ms on the wall\n",
            jobs,
            millis(own.cpu, 500),
            millis(own.cpu, 990),
            millis(own.wall, 990)
        );
    }
    print_overshoot("deadline_overshoot_cpu_ms", all.cpu);
    print_overshoot("deadline_overshoot_wall_ms", all.wall);
    return Unit{};
}

}  // namespace posthaste::bench
