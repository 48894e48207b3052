// Resident bytes of an agent and of a live job, with their indexes and their place on the board.
//
// What the process grows by, after the allocator gave back what it could, when 100,000 agents come
// on duty and are seen, and then when 100,000 jobs are created and assigned: the shard's state and
// indexes, and the board. The log is SQLite's, so its records are on the disk. Bounded for a region
// and so not an agent's or a job's: remembered answers (the commands have no id) and the board's
// newest decisions (filled before the first figure). The rival is the budget.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>

#include "bench/support/bench.hpp"
#include "bench/support/city.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "log/testing.hpp"
#include "views/board.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t jobs_at_once = 512;
constexpr std::size_t decision_bytes = 1536;  ///< of a record with 20 candidates, at least
constexpr double agent_budget = 1024;
constexpr double job_budget = 4096;

double resident_bytes() {
    malloc_trim(0);
    long total = 0;
    long resident = 0;
    auto* const file = std::fopen("/proc/self/statm", "r");
    ASSERT(file != nullptr);
    int const read = std::fscanf(file, "%ld %ld", &total, &resident);
    ASSERT(read == 2);
    std::fclose(file);
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::uint64_t hash_of(City const& city) {
    ResultHash hash;
    hash.add(city.region().state.last_event);
    hash.add(city.region().state.assignments.size());
    return hash.value();
}

void make_jobs(City& city, std::size_t count) {
    std::vector<node::Submission> jobs;
    for (std::size_t i = 0; i < count; ++i)
        jobs.push_back(city.new_job());
    city.run(std::move(jobs));
}

void run(Options const& options) {
    std::size_t const count = options.quick ? 20'000 : 100'000;
    log::testing::TempFolder const folder;
    auto const log =
        log::SqliteLog::open(folder.path() / "log", {.vfs = {}, .sync = log::Sync::off});
    ASSERT(log.ok());
    views::Board board;
    City city{*log.value(), {&board}};
    city.forget_answers();
    city.add_agents(1000);
    // What is there once, however many there are: caches, scratch, the newest decisions.
    std::size_t const decided_before = views::decision_bytes_max / decision_bytes;
    for (std::size_t made = 0; made < decided_before; made += jobs_at_once) {
        make_jobs(city, jobs_at_once);
        std::vector<node::Submission> ends;
        while (city.live_count() > 0)
            ends.push_back(city.end_oldest());
        city.run(std::move(ends));
    }

    auto const tell = [&](std::string_view metric, double bytes, double budget) {
        if (!options.wants(metric)) return;
        print(
            {.bench = "memory",
             .metric = metric,
             .value = bytes / static_cast<double>(count),
             .unit = "bytes",
             .better = Better::lower,
             .rival = "the budget",
             .rival_value = budget,
             .hash = hash_of(city)}
        );
    };
    double const before = resident_bytes();
    city.add_agents(count);
    double const with_agents = resident_bytes();
    tell("agent_bytes", with_agents - before, agent_budget);
    for (std::size_t made = 0; made < count; made += jobs_at_once)
        make_jobs(city, std::min(jobs_at_once, count - made));
    ASSERT(city.region().state.waiting.empty());
    tell("job_bytes", resident_bytes() - with_agents, job_budget);
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    posthaste::bench::run(posthaste::bench::read_options(argc, argv));
    return 0;
}
