#include "plan/quote.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/prng.hpp"
#include "plan/testing.hpp"

namespace posthaste::plan {

using testing::add_job;
using testing::line;

TEST_CASE("a quote prices every position, the cheapest first") {
    auto problem = line({0, 10, 30, 20});
    add_job(problem, 1);
    add_job(problem, 2);
    add_job(problem, 3);
    problem.vehicles[0].route = {{0, 0}, {1, 0}};
    Quoter quoter{problem};
    auto const quote = quoter.quote(2);
    REQUIRE(quote.fits.size() == 3);  // on the way there, on the way back, and 10 back and forth
    CHECK(quote.fit_count == 3);
    CHECK(quote.fits[0].cost == 0);
    CHECK(quote.fits[0].at[0] == 1);
    CHECK(quote.fits[1].cost == 0);
    CHECK(quote.fits[1].at[0] == 2);
    CHECK(quote.fits[2].cost == 20);
    CHECK(quote.conflicts.empty());
}

TEST_CASE("a quote names the first rule in the way of every vehicle that has no place") {
    auto problem = line({0, 10, 30}, 4);
    add_job(problem, 1, 50, {0, 10});
    add_job(problem, 1, 0, {0, 10});
    add_job(problem, 1, 0, {0, 10});
    auto const asked = add_job(problem, 2, 0, {0, 70});
    problem.jobs[asked].skills = 1;
    problem.jobs[asked].visits[0].pickup = {0, 4, 0, 0};
    for (auto const vehicle : {0U, 1U, 2U})
        problem.vehicles[vehicle].skills = 1;
    // 0: at its own by 10, gone by 60, there by 80.
    problem.vehicles[0].route = {{0, 0}};
    problem.vehicles[1].route = {{1, 0}};
    problem.jobs[1].visits[0].pickup = {0, 9, 0, 0};
    problem.vehicles[2].route = {{2, 0}};
    problem.vehicles[2].shift = {0, 55};  // 10 + 20 + 30 is 60
    Quoter quoter{problem};
    auto const quote = quoter.quote(asked);
    CHECK(quote.fits.empty());
    REQUIRE(quote.conflicts.size() == 4);
    CHECK(quote.conflicts[0].fault == Fault::window);
    CHECK(quote.conflicts[0].stop == Stop{asked, 0});
    CHECK(quote.conflicts[0].excess == 10);
    CHECK(quote.conflicts[0].cost == 40);
    CHECK(quote.conflicts[1].fault == Fault::capacity);
    CHECK(quote.conflicts[1].load == 1);
    CHECK(quote.conflicts[1].excess == 3);
    CHECK(quote.conflicts[2].fault == Fault::shift);
    CHECK(quote.conflicts[2].excess == 5);
    CHECK(quote.conflicts[3].fault == Fault::skills);
}

TEST_CASE("what was put on a route counts from then on, until it is removed") {
    auto problem = line({0, 10, 30});
    add_job(problem, 1, 5, {0, 10});
    add_job(problem, 2, 0, {0, 30});
    Quoter quoter{problem};
    auto const first = quoter.quote(0);
    REQUIRE(first.fits.size() == 1);
    quoter.put(0, first.fits[0]);
    CHECK(quoter.quote(1).fits.empty());  // there by 35
    quoter.remove(0);
    CHECK(quoter.quote(1).fits.size() == 1);
}

namespace {

using Priced = std::map<std::pair<std::uint32_t, std::vector<Stop>>, Cost>;

// Every way to put a job of one or two visits on any route, by the timetable alone.
Priced by_hand(Problem const& problem, std::uint32_t job) {
    Priced priced;
    auto const count = problem.jobs[job].visits.size();
    for (std::uint32_t vehicle = 0; vehicle < problem.vehicles.size(); ++vehicle) {
        auto const& route = problem.vehicles[vehicle].route;
        auto const now = assess({problem, vehicle, route, nullptr});
        for (std::size_t i = 0; i <= route.size(); ++i) {
            for (auto j = i; j <= route.size(); ++j) {
                auto stops = route;
                auto const at = [&](std::size_t gap) {
                    return stops.begin() + static_cast<std::ptrdiff_t>(gap);
                };
                if (count == 2) stops.insert(at(j), Stop{job, 1});
                stops.insert(at(i), Stop{job, 0});
                auto const table = assess({problem, vehicle, stops, nullptr});
                if (table.feasible()) priced[{vehicle, stops}] = table.cost - now.cost;
                if (count == 1) break;
            }
        }
    }
    return priced;
}

// Some routes with windows, loads and pairs; `rich` adds a break and a range.
Problem random_problem(Prng& prng, bool rich) {
    std::vector<std::int32_t> at{0};
    for (int i = 0; i < 8; ++i)
        at.push_back(static_cast<std::int32_t>(prng.below(100)));
    auto problem = line(at, 3);
    for (auto& vehicle : problem.vehicles) {
        vehicle.shift.latest = 300 + static_cast<Time>(prng.below(300));
        vehicle.fixed = 7;
        if (!rich) continue;
        vehicle.breaks = {{{{100, 150}}, 20}};
        vehicle.distance_max = 250;
    }
    for (std::uint32_t i = 0; i < 14; ++i) {
        auto const open = static_cast<Time>(prng.below(200));
        auto const place = static_cast<std::uint32_t>(1 + prng.below(8));
        auto const job = add_job(problem, place, 5, {open, open + 150});
        auto& asked = problem.jobs[job];
        asked.visits[0].pickup[0] = static_cast<std::int32_t>(prng.below(6));
        if (i % 2 == 0) continue;
        auto second = asked.visits[0];
        second.place = static_cast<std::uint32_t>(1 + prng.below(8));
        second.windows = {{open, open + 250}};
        std::swap(second.pickup, second.dropoff);
        asked.visits.push_back(second);
    }
    return problem;
}

}  // namespace

TEST_CASE("quotes are what the timetable says of every position") {
    Prng prng{42};
    std::size_t fits = 0;
    for (int round = 0; round < 60; ++round) {
        auto problem = random_problem(prng, round % 2 == 1);
        for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
            CAPTURE(round);
            CAPTURE(job);
            auto const expected = by_hand(problem, job);
            Quoter quoter{problem};
            auto const quote = quoter.quote(job);
            REQUIRE(quote.unchecked_count == 0);
            Priced got;
            for (auto const& fit : quote.fits)
                got[{fit.vehicle, quoter.with(fit.vehicle, job, fit.at)}] = fit.cost;
            CHECK(got == expected);
            for (auto const& conflict : quote.conflicts)
                CHECK(conflict.fault != Fault::none);
            if (quote.fits.empty()) continue;
            ++fits;
            auto const& best = quote.fits[prng.below(quote.fits.size())];
            problem.vehicles[best.vehicle].route = quoter.with(best.vehicle, job, best.at);
        }
    }
    CHECK(fits > 300);
}

}  // namespace posthaste::plan
