#include "bench/plan/insert.hpp"

#include <cmath>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"
#include "plan/quote.hpp"

namespace posthaste::bench {

namespace {

using plan::Time;

constexpr std::uint32_t route_count = 200;
constexpr std::uint32_t stops_each = 20;
constexpr std::uint32_t asked_count = 1000;
constexpr std::int32_t side = 30'000;  // metres; 10 a second
constexpr Time hour = 3600;

struct Point {
    std::int32_t x = 0;
    std::int32_t y = 0;
};

std::int32_t anywhere(Prng& prng, std::int32_t width) {
    return static_cast<std::int32_t>(prng.below(static_cast<std::uint64_t>(width)));
}

// One depot, then the stops of every route within 5 km of its own middle.
std::vector<Point> scatter(Prng& prng) {
    std::vector<Point> points{{side / 2, side / 2}};
    for (std::uint32_t route = 0; route < route_count; ++route) {
        Point const middle{anywhere(prng, side), anywhere(prng, side)};
        for (std::uint32_t i = 0; i < stops_each; ++i)
            points.push_back({middle.x + anywhere(prng, 5000), middle.y + anywhere(prng, 5000)});
    }
    return points;
}

plan::Profile drives_between(std::vector<Point> const& points) {
    plan::Profile profile;
    profile.legs.reserve(points.size() * points.size());
    for (auto const& from : points) {
        for (auto const& to : points) {
            auto const metres = static_cast<std::int32_t>(std::hypot(from.x - to.x, from.y - to.y));
            profile.legs.push_back({metres / 10, metres});
        }
    }
    return profile;
}

plan::Job job_at(std::uint32_t place, Prng& prng) {
    plan::Job job;
    auto& visit = job.visits.emplace_back();
    visit.place = place;
    visit.service = 300;
    visit.pickup[0] = 1 + anywhere(prng, 4);
    job.skills = std::uint64_t{1} << prng.below(2);
    return job;
}

// The routes in the order of their places, each stop's window an hour around when it is made.
void add_routes(plan::Problem& problem, Prng& prng) {
    plan::Vehicle vehicle;
    vehicle.start = vehicle.end = 0;
    vehicle.shift = {0, 9 * hour};
    vehicle.capacity = {55, 0, 0, 0};
    for (std::uint32_t route = 0; route < route_count; ++route) {
        auto& own = problem.vehicles.emplace_back(vehicle);
        for (std::uint32_t i = 0; i < stops_each; ++i) {
            auto const job = static_cast<std::uint32_t>(problem.jobs.size());
            problem.jobs.push_back(job_at(1 + route * stops_each + i, prng));
            own.route.push_back({job, 0});
        }
        own.skills = 3;
        auto const table = plan::timetable({problem, route, own.route, nullptr});
        for (auto const& entry : table.entries) {
            if (entry.doing != plan::Doing::visit) continue;
            auto& windows = problem.jobs[entry.stop.job].visits[0].windows;
            windows = {{std::max<Time>(0, entry.begin - hour / 2), entry.begin + hour / 2}};
            problem.jobs[entry.stop.job].skills = 0;
        }
        own.skills = prng.below(4) == 0 ? 1 : 3;
    }
}

plan::Problem question() {
    Prng prng{seed};
    plan::Problem problem;
    auto const points = scatter(prng);
    problem.place_count = static_cast<std::uint32_t>(points.size());
    problem.profiles.push_back(drives_between(points));
    add_routes(problem, prng);
    for (std::uint32_t i = 0; i < asked_count; ++i) {
        auto const place = static_cast<std::uint32_t>(1 + prng.below(points.size() - 1));
        auto& job = problem.jobs.emplace_back(job_at(place, prng));
        auto const from = static_cast<Time>(prng.below(6)) * hour;
        job.visits[0].windows = {{from, from + 2 * hour}};
    }
    ASSERT(plan::fault_in(problem).empty());
    return problem;
}

}  // namespace

void run_insert() {
    auto const problem = question();
    plan::Quoter quoter{problem};
    std::vector<std::int64_t> nanos;
    ResultHash hash;
    std::size_t fits = 0;
    std::size_t conflicts = 0;
    for (std::uint32_t i = 0; i < asked_count; ++i) {
        Stopwatch const watch;
        auto const quote = quoter.quote(route_count * stops_each + i);
        nanos.push_back(watch.nanos());
        fits += quote.fit_count;
        conflicts += quote.conflicts.size();
        for (auto const& fit : quote.fits)
            hash.add(static_cast<std::uint64_t>(fit.cost));
        for (auto const& conflict : quote.conflicts)
            hash.add(static_cast<std::uint64_t>(conflict.excess));
    }
    auto const unit = "ms, p99; " + std::to_string(fits / asked_count) + " places and " +
                      std::to_string(conflicts / asked_count) + " conflicts each";
    print(
        {.bench = "plan",
         .metric = "insert",
         .value = static_cast<double>(percentile(nanos, 990)) / 1e6,
         .unit = unit,
         .better = Better::lower,
         .hash = hash.value()}
    );
}

}  // namespace posthaste::bench
