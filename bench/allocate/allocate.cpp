// Jobs decided a second on one core, 50,000 agents, 20 scored for each; against Redis with Lua.
//
// A job goes through turn(): created by a dispatcher's command with an id, decided, given to an
// agent, with events, decision record, record encoding and the board, into a log in memory. Turns
// of 64 jobs. One agent in two has a job; to keep it so as many jobs end between the turns, which
// is not timed on either side. Agents, jobs and weights are the same for Redis, which pays its
// socket, writes no reasons, and syncs its file every second; its figure is the better of pipelined
// and not.
//
// `prefilter_us_p99` is the search that lets only agents through who have every hard constraint,
// and `prefilter_removed` the percentage of those it looked at that it kept from being scored. Both
// stand beside what SwiftRoute published, which nobody measured here.
#include <algorithm>
#include <vector>

#include "bench/rivals/redis_allocator.hpp"
#include "bench/support/bench.hpp"
#include "bench/support/city.hpp"
#include "log/memory/memory_log.hpp"
#include "log/testing.hpp"
#include "views/board.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t agent_count = 50'000;
constexpr std::size_t busy_count = agent_count / 2;
constexpr std::size_t jobs_in_turn = 64;
constexpr std::size_t rounds = 3;

struct Outcome {
    double per_second = 0;
    std::uint64_t hash = 0;
};

std::vector<node::Submission> many(std::size_t count, auto&& make) {
    std::vector<node::Submission> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(make());
    return all;
}

/// The best of some rounds, so that another program's moment does not count.
Outcome allocate(City& city, std::size_t turns) {
    Outcome outcome;
    for (std::size_t round = 0; round < rounds; ++round) {
        std::int64_t nanos = 0;
        for (std::size_t turn = 0; turn < turns; ++turn) {
            auto jobs = many(jobs_in_turn, [&] { return city.new_job(); });
            Stopwatch const watch;
            city.run(std::move(jobs));
            nanos += watch.nanos();
            ASSERT(city.live_count() == busy_count + jobs_in_turn);
            city.run(many(jobs_in_turn, [&] { return city.end_oldest(); }));
        }
        auto const per_second =
            static_cast<double>(turns * jobs_in_turn) * 1e9 / static_cast<double>(nanos);
        outcome.per_second = std::max(outcome.per_second, per_second);
    }
    ASSERT(city.region().state.waiting.empty());
    ResultHash hash;
    for (auto const byte : core::hash_of(city.region().state).bytes)
        hash.add(byte);
    outcome.hash = hash.value();
    return outcome;
}

double rival_rate(City& city, RedisAllocator& redis, std::size_t count, std::size_t depth) {
    std::vector<RedisAllocator::Agent> agents;
    for (auto const& agent : city.agents()) {
        agents.push_back(
            {raw(agent.id), agent.place, agent.fit.skill, agent.fit.kind, agent.fit.on_duty}
        );
    }
    redis.load(agents);
    Prng prng{seed};
    std::uint64_t next = 0;
    auto const draw = [&](std::size_t drawn) {
        std::vector<RedisAllocator::Job> jobs;
        for (std::size_t i = 0; i < drawn; ++i) {
            auto const draft = city.draw_job(prng);
            jobs.push_back({++next, draft.place, draft.fit.skill, draft.fit.kind});
        }
        return jobs;
    };
    auto live = draw(busy_count);
    redis.allocate(live, jobs_in_turn);
    std::int64_t nanos = 0;
    for (std::size_t done = 0; done < count; done += jobs_in_turn) {
        auto const jobs = draw(jobs_in_turn);
        Stopwatch const watch;
        auto const given = redis.allocate(jobs, depth);
        nanos += watch.nanos();
        ASSERT(std::ranges::find(given, 0U) == given.end());
        redis.end({live.data() + done, jobs_in_turn});
        live.insert(live.end(), jobs.begin(), jobs.end());
    }
    return static_cast<double>(count) * 1e9 / static_cast<double>(nanos);
}

double rival_rate(City& city, bool quick) {
    log::testing::TempFolder const folder;
    auto redis = RedisAllocator::start(folder.path());
    if (!redis) {
        std::fprintf(stderr, "allocate: no redis-server here: measured without the rival\n");
        return 0;
    }
    std::size_t const count = jobs_in_turn * (quick ? 100 : 400);
    return std::max(
        rival_rate(city, *redis, count, jobs_in_turn), rival_rate(city, *redis, count, 1)
    );
}

void measure_allocations(City& city, Options const& options) {
    auto const ours = allocate(city, options.quick ? 150 : 1000);
    double const rival = rival_rate(city, options.quick);
    print(
        {.bench = "allocate",
         .metric = "allocations",
         .value = ours.per_second,
         .unit = "jobs/s",
         .rival = rival > 0 ? "Redis Lua allocator" : "",
         .rival_value = rival,
         .hash = ours.hash}
    );
}

void measure_prefilter(City& city, Options const& options) {
    std::size_t const count = options.quick ? 10'000 : 100'000;
    auto const& region = city.region();
    geo::Found found;
    Prng prng{seed};
    std::vector<std::int64_t> spans;
    ResultHash hash;
    std::uint64_t seen = 0;
    std::uint64_t removed = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto const job = city.draw_job(prng);
        geo::Query const query{
            .place = job.place,
            .count = static_cast<std::size_t>(region.state.policy.candidates_max),
            .radius = region.state.policy.radius,
            .wanted = city.wanted_of(job)};
        Stopwatch const watch;
        region.field.agents().nearest(query, found);
        spans.push_back(watch.nanos());
        seen += found.scanned_count;
        removed += found.scanned_count - found.hits.size();
        hash.add(found.scanned_count);
    }
    if (options.wants("prefilter_us_p99")) {
        print(
            {.bench = "allocate",
             .metric = "prefilter_us_p99",
             .value = static_cast<double>(percentile(spans, 990)) / 1e3,
             .unit = "us",
             .better = Better::lower,
             .rival = "SwiftRoute, as published",
             .rival_value = 2000,
             .hash = hash.value()}
        );
    }
    if (options.wants("prefilter_removed")) {
        print(
            {.bench = "allocate",
             .metric = "prefilter_removed",
             .value = static_cast<double>(removed) * 100 / static_cast<double>(seen),
             .unit = "percent",
             .rival = "SwiftRoute, as published",
             .rival_value = 70,
             .hash = hash.value()}
        );
    }
}

void run(Options const& options) {
    log::MemoryLog log;
    views::Board board;
    City city{log, {&board}};
    city.add_agents(agent_count);
    for (std::size_t made = 0; made < busy_count; made += jobs_in_turn) {
        auto const count = std::min(jobs_in_turn, busy_count - made);
        city.run(many(count, [&] { return city.new_job(); }));
    }
    if (options.wants("allocations")) measure_allocations(city, options);
    if (options.wants("prefilter_us_p99") || options.wants("prefilter_removed")) {
        measure_prefilter(city, options);
    }
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    posthaste::bench::run(posthaste::bench::read_options(argc, argv));
    return 0;
}
