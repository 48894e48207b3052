#include "match/insertion.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

#include "base/prng.hpp"

namespace posthaste::match {
namespace {

/// One second for each unit of latitude or longitude between two places.
class Blocks final : public Travel {
public:
    Millis time(model::Position from, model::Position to, std::uint8_t) const override {
        std::int64_t const north = std::abs(std::int64_t{from.lat} - to.lat);
        std::int64_t const east = std::abs(std::int64_t{from.lon} - to.lon);
        return Millis{1000 * (north + east)};
    }
};

/// One-way streets: not symmetric, and a way round may be shorter.
class OneWays final : public Travel {
public:
    Millis time(model::Position from, model::Position to, std::uint8_t) const override {
        if (from == to) return Millis{};
        std::int64_t const mixed =
            from.lat * 7919 + from.lon * 104'729 + to.lat * 1299 + to.lon * 15'485;
        return Millis{1000 * (1 + (mixed & 31))};
    }
};

Instant at(std::int64_t seconds) {
    return Instant{1'000'000 + 1000 * seconds};
}
Millis seconds(std::int64_t count) {
    return Millis{1000 * count};
}
model::Load load(std::int32_t amount) {
    return {{amount, 0, 0, 0}};
}
Visit visit(std::int32_t lon) {
    return {.place = {0, lon}};
}
Start start_at(std::int32_t lon) {
    return {at(0), {0, lon}, 0, {}, load(0), load(4)};
}

/// What a route costs when it is driven from the start, worked out without any shortcut.
struct Drive {
    std::vector<Instant> arrivals;  ///< by index: the route's visits, then the job's
    Instant finish;
    Millis travel;
    bool fits = true;  ///< from the job's first stop on
};

/// Second by second; all times of these tests are whole ones.
Instant there(Start const& start, Instant arrival, Visit const& visit) {
    Instant const wanted = std::max(arrival, visit.window.earliest);
    Instant begin = wanted;
    auto const is_busy = [&](model::BusyTime const& time) {
        return time.start < begin + std::max(visit.service, Millis{1}) && begin < time.end;
    };
    while (std::any_of(start.busy.begin(), start.busy.end(), is_busy))
        begin = begin + seconds(1);
    return begin == wanted ? arrival : begin;
}

Drive drive(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    std::span<std::uint16_t const> gap,
    Travel const& travel
) {
    Drive result;
    result.arrivals.resize(route.size() + job.size());
    result.finish = start.now;
    model::Position place = start.place;
    model::Load aboard = start.aboard;
    std::size_t stop = 0;
    auto const make = [&](Visit const& visit, std::size_t index) {
        Millis const leg = travel.time(place, visit.place, start.kind);
        result.travel = result.travel + leg;
        result.arrivals[index] = there(start, result.finish + leg, visit);
        result.finish = std::max(result.arrivals[index], visit.window.earliest) + visit.service;
        aboard -= visit.dropoff;
        aboard += visit.pickup;
        if (stop > 0 && !aboard.fits_in(start.capacity)) result.fits = false;
        place = visit.place;
    };
    for (std::size_t i = 0; i <= route.size(); ++i) {
        while (stop < job.size() && gap[stop] == i) {
            std::size_t const index = stop++;
            make(job[index], route.size() + index);
        }
        if (i < route.size()) make(route[i], i);
    }
    return result;
}

Insertion judged(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    std::vector<std::uint16_t> const& gap,
    Travel const& travel
) {
    Drive const before = drive(start, route, {}, {}, travel);
    Drive const now = drive(start, route, job, gap, travel);
    Insertion result;
    std::copy(gap.begin(), gap.end(), result.gap.begin());
    result.fits = now.fits;
    result.arrival = now.arrivals[route.size()];
    result.finish = now.finish;
    result.added = now.travel - before.travel;
    for (std::size_t i = 0; i < route.size(); ++i) {
        Instant const limit = std::max(route[i].window.latest, before.arrivals[i]);
        result.lateness = std::max(result.lateness, now.arrivals[i] - limit);
        result.delay = std::max(result.delay, now.arrivals[i] - before.arrivals[i]);
    }
    for (std::size_t k = 0; k < job.size(); ++k) {
        Instant const arrival = now.arrivals[route.size() + k];
        result.lateness = std::max(result.lateness, arrival - job[k].window.latest);
    }
    return result;
}

/// Every insertion there is, tried: in lexicographic order of the gaps, so the first best stays.
Insertion exhaustive(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    Travel const& travel
) {
    auto const locked = static_cast<std::uint16_t>(
        std::count_if(route.begin(), route.end(), [](Visit const& v) { return v.locked; })
    );
    std::vector<std::uint16_t> gap(job.size(), locked);
    std::vector<Insertion> best;       // at most one: the feasible of least travel
    std::vector<Insertion> least_bad;  // at most one, of those that keep the stops together
    for (;;) {
        Insertion const next = judged(start, route, job, gap, travel);
        if (next.feasible() && (best.empty() || next.added < best[0].added)) best = {next};
        auto const badness = [](Insertion const& it) {
            return std::tuple{!it.fits, it.lateness, it.added};
        };
        bool const is_together = gap.front() == gap.back();
        if (is_together && (least_bad.empty() || badness(next) < badness(least_bad[0])))
            least_bad = {next};
        std::size_t k = gap.size();
        while (k > 0 && gap[k - 1] == route.size())
            --k;
        if (k == 0) return best.empty() ? least_bad[0] : best[0];
        std::fill(gap.begin() + static_cast<std::ptrdiff_t>(k) - 1, gap.end(), gap[k - 1] + 1);
    }
}

void check_equal(Insertion const& found, Insertion const& wanted, std::size_t stops) {
    for (std::size_t k = 0; k < stops; ++k)
        CHECK(found.gap[k] == wanted.gap[k]);
    CHECK(found.fits == wanted.fits);
    CHECK(found.arrival.millis() == wanted.arrival.millis());
    CHECK(found.finish.millis() == wanted.finish.millis());
    CHECK(found.added.count() == wanted.added.count());
    CHECK(found.delay.count() == wanted.delay.count());
    CHECK(found.lateness.count() == wanted.lateness.count());
}

/// Loose or tight by chance, so that feasible and hopeless cases are both common.
Visit random_visit(Prng& prng) {
    Visit result;
    result.place = {
        static_cast<std::int32_t>(prng.between(0, 6)),
        static_cast<std::int32_t>(prng.between(0, 6))};
    result.service = seconds(prng.between(0, 5));
    if (prng.chance(400)) result.window.earliest = at(prng.between(0, 60));
    if (prng.chance(400)) result.window.latest = at(prng.between(10, 120));
    if (prng.chance(400)) result.pickup = load(static_cast<std::int32_t>(prng.between(0, 3)));
    if (prng.chance(400)) result.dropoff = load(static_cast<std::int32_t>(prng.between(0, 2)));
    return result;
}

}  // namespace

TEST_CASE("an empty route takes the job's stops one after another") {
    // Drive 10 s to the pickup, wait for its window at 30 s, 5 s of service, drive 20 s on.
    Blocks const blocks;
    Inserter inserter;
    std::array<Visit, 2> job{visit(10), visit(30)};
    job[0].window = {at(30), at(60)};
    job[0].service = seconds(5);
    Insertion const found = inserter.best(start_at(0), {}, job, blocks);
    CHECK(found.feasible());
    CHECK(found.arrival == at(10));
    CHECK(found.finish == at(30 + 5 + 20));
    CHECK(found.added == seconds(30));
    CHECK(found.delay == Millis{});
}

TEST_CASE("a stop on the way costs nothing, and the same place merges") {
    // 0 -> 10 -> 20 with a job at 10: before or after the visit at 10 adds nothing; earlier wins.
    Blocks const blocks;
    Inserter inserter;
    std::array const route{visit(10), visit(20)};
    std::array const job{visit(10)};
    Insertion const found = inserter.best(start_at(0), route, job, blocks);
    CHECK(found.gap[0] == 0);
    CHECK(found.added == Millis{});
    CHECK(found.delay == Millis{});
}

TEST_CASE("a locked visit stays first though it costs a way back") {
    // The job at 5 lies on the way to 10; after the locked 10 it is 5 s back and 15 s to the 20.
    Blocks const blocks;
    Inserter inserter;
    std::array route{visit(10), visit(20)};
    std::array const job{visit(5)};
    CHECK(inserter.best(start_at(0), route, job, blocks).gap[0] == 0);
    route[0].locked = true;
    Insertion const found = inserter.best(start_at(0), route, job, blocks);
    CHECK(found.gap[0] == 1);
    CHECK(found.added == seconds(5 + 15 - 10));
    CHECK(found.delay == seconds(10));
}

TEST_CASE("a promised window pushes the job to the end of the route") {
    // With 3 s of service at 5 the visit at 10 would be reached at 13, its window ends at 12:
    // so 10 first, then 20, then 15 s back: 35 s instead of 20 s.
    Blocks const blocks;
    Inserter inserter;
    std::array route{visit(10), visit(20)};
    route[0].window.latest = at(12);
    route[1].window.latest = at(22);
    std::array job{visit(5)};
    job[0].service = seconds(3);
    Insertion const found = inserter.best(start_at(0), route, job, blocks);
    CHECK(found.feasible());
    CHECK(found.gap[0] == 2);
    CHECK(found.arrival == at(35));
    job[0].window.latest = at(30);
    Insertion const late = inserter.best(start_at(0), route, job, blocks);
    CHECK(late.fits);
    CHECK(late.lateness == seconds(1));  // first, the least bad: 10 is reached at 13 for 12
    CHECK(late.gap[0] == 0);
}

TEST_CASE("a route that runs late anyway does not keep its agent from a job at its end") {
    Blocks const blocks;
    Inserter inserter;
    std::array route{visit(10)};
    route[0].window.latest = at(4);
    std::array const job{visit(12)};
    Insertion const found = inserter.best(start_at(0), route, job, blocks);
    CHECK(found.feasible());
    CHECK(found.gap[0] == 1);
    CHECK(found.added == seconds(2));
}

TEST_CASE("capacity holds along the route: two pooled riders yes, a third only afterwards") {
    // Seats: 2. Aboard 1, leaving at 20. A party of 2 from 5 to 15 must wait until 20 is made.
    Blocks const blocks;
    Inserter inserter;
    Start start = start_at(0);
    start.aboard = load(1);
    start.capacity = load(2);
    std::array route{visit(20)};
    route[0].dropoff = load(1);
    std::array job{visit(5), visit(15)};
    job[0].pickup = job[1].dropoff = load(1);
    CHECK(inserter.best(start, route, job, blocks).added == Millis{});
    job[0].pickup = job[1].dropoff = load(2);
    Insertion const party = inserter.best(start, route, job, blocks);
    CHECK(party.feasible());
    CHECK(party.gap[0] == 1);
    CHECK(party.arrival == at(35));
    job[0].pickup = job[1].dropoff = load(3);
    CHECK(!inserter.best(start, route, job, blocks).fits);
}

TEST_CASE("the best insertion is the one that trying all of them finds, seed 42") {
    Blocks const blocks;
    OneWays const one_ways;
    Inserter inserter;
    Prng prng{42};
    int feasible = 0;
    int stuck = 0;
    for (int round = 0; round < 4000; ++round) {
        std::vector<Visit> route(prng.below(7));
        for (auto& one : route)
            one = random_visit(prng);
        std::size_t const locked = route.empty() ? 0 : prng.below(3);
        for (std::size_t i = 0; i < std::min(locked, route.size()); ++i)
            route[i].locked = true;
        std::vector<Visit> job(1 + prng.below(3));
        for (auto& one : job)
            one = random_visit(prng);
        std::vector<model::BusyTime> busy;
        while (busy.size() < 4 && prng.chance(300)) {
            auto const begin = busy.empty() ? prng.between(0, 40) : prng.between(1, 30);
            Instant const start = (busy.empty() ? at(0) : busy.back().end) + seconds(begin);
            busy.push_back({start, start + seconds(prng.between(1, 20))});
        }
        Start const start{
            at(0), {3, 3}, 0, {}, load(static_cast<std::int32_t>(prng.below(3))), load(5), busy};
        Travel const& travel = prng.chance(500) ? static_cast<Travel const&>(blocks) : one_ways;
        Insertion const found = inserter.best(start, route, job, travel);
        Insertion const wanted = exhaustive(start, route, job, travel);
        check_equal(found, wanted, job.size());
        ++(found.feasible() ? feasible : stuck);

        std::vector<Planned> planned;
        lay_out(start, route, job, found.gap, travel, planned);
        Drive const driven = drive(start, route, job, found.gap, travel);
        REQUIRE(planned.size() == route.size() + job.size());
        for (std::size_t k = 0; k < job.size(); ++k)
            CHECK(planned[found.gap[k] + k].of_job);
        for (Planned const& one : planned) {
            std::size_t const index = one.of_job ? route.size() + one.index : one.index;
            CHECK(one.arrival == driven.arrivals[index]);
        }
    }
    CHECK(feasible > 1000);
    CHECK(stuck > 1000);
}

TEST_CASE("work in a busy time waits for its end, and what that makes late is late") {
    // Busy from 5 to 20: at 10 by 10, so there at 20; 5 s of work from 2 on would not be done by 5.
    Blocks const blocks;
    Inserter inserter;
    std::array const busy{model::BusyTime{at(5), at(20)}};
    Start start = start_at(0);
    start.busy = busy;
    std::array job{visit(10)};
    CHECK(inserter.best(start, {}, job, blocks).arrival == at(20));
    job[0].window.latest = at(19);
    CHECK(inserter.best(start, {}, job, blocks).lateness == seconds(1));
    job = {visit(2)};
    job[0].service = seconds(3);
    CHECK(inserter.best(start, {}, job, blocks).arrival == at(2));
    job[0].service = seconds(4);
    CHECK(inserter.best(start, {}, job, blocks).arrival == at(20));
}

TEST_CASE("what is kept is passed by, but nothing is planned there") {
    // 10 s to the kept one at 10, 10 s on; without it the job at 20 is as far.
    Blocks const blocks;
    std::array route{visit(30), visit(10), visit(40)};
    route[1].kept = true;
    std::array const job{visit(20)};
    std::array<std::uint16_t, 1> const gap{2};
    std::vector<Planned> planned;
    lay_out(start_at(0), route, job, gap, blocks, planned);
    REQUIRE(planned.size() == 3);
    CHECK(planned[0].index == 0);
    CHECK(planned[0].arrival == at(30));
    CHECK(planned[1].of_job);
    CHECK(planned[1].arrival == at(40));
    CHECK(planned[2].index == 1);
    CHECK(planned[2].arrival == at(60));
}

TEST_CASE("a route longer than the gaps that are tried: the job goes into its tail") {
    Blocks const blocks;
    Inserter inserter;
    std::vector<Visit> route(visits_max);
    for (std::size_t i = 0; i < route.size(); ++i)
        route[i] = visit(static_cast<std::int32_t>(i));
    // On the way at its place in the tail, at no cost.
    std::array const late{visit(1000)};
    CHECK(inserter.best(start_at(0), route, late, blocks).added == Millis{});
    // Near the head it could be had for nothing, but only the last gaps_max gaps are tried: from
    // 959 back to 3 and on to 960 instead of the straight second, so from the first of them.
    std::array const early{visit(3)};
    Insertion const found = inserter.best(start_at(0), route, early, blocks);
    CHECK(found.feasible());
    CHECK(found.gap[0] >= visits_max + 1 - gaps_max);
    // Many stops on a long tail meet the limit of steps; there is an answer all the same.
    std::vector<Visit> const job(model::stops_max, visit(990));
    CHECK(inserter.best(start_at(0), route, job, blocks).added == Millis{});
}

}  // namespace posthaste::match
