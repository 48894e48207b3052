#include "plan/timetable.hpp"

#include <doctest/doctest.h>

#include "plan/testing.hpp"

namespace posthaste::plan {

using testing::add_job;
using testing::line;

namespace {

Timetable of(Problem const& problem, std::vector<Stop> const& stops) {
    REQUIRE(fault_in(problem) == "");
    return timetable({problem, 0, stops, nullptr});
}

}  // namespace

TEST_CASE("a route waits for its windows and leaves as late as its first visit allows") {
    auto problem = line({0, 10, 30});
    add_job(problem, 1, 5, {100, 200});
    add_job(problem, 2, 5, {200, 300});
    auto const table = of(problem, {{0, 0}, {1, 0}});
    REQUIRE(table.feasible());
    REQUIRE(table.entries.size() == 4);
    CHECK(table.entries[0].departure == 90);
    CHECK(table.entries[1].begin == 100);
    CHECK(table.entries[2].arrival == 125);
    CHECK(table.entries[2].begin == 200);
    CHECK(table.entries[3].arrival == 235);
    CHECK(table.distance == 60);
    CHECK(table.cost == 60);
}

TEST_CASE("a visit reached after its last window is a fault, by how much, and where") {
    auto problem = line({0, 10, 30});
    add_job(problem, 1, 50, {0, 200});
    add_job(problem, 2, 5, {0, 70});
    auto const table = of(problem, {{0, 0}, {1, 0}});
    CHECK(table.fault == Fault::window);
    CHECK(table.fault_at == 1);
    CHECK(table.excess == 10);
}

TEST_CASE("the second window is used where the first is over") {
    auto problem = line({0, 10});
    add_job(problem, 1, 5);
    problem.jobs[0].visits[0].windows = {{0, 5}, {40, 50}};
    auto const table = of(problem, {{0, 0}});
    REQUIRE(table.feasible());
    CHECK(table.entries[1].begin == 40);
}

TEST_CASE("a break is taken on the way, while waiting, or after the route") {
    auto problem = line({0, 60});
    add_job(problem, 1, 10);
    problem.vehicles[0].breaks = {{{{20, 40}}, 15}};
    auto table = of(problem, {{0, 0}});  // leaves at 0, pauses 20-35, there at 75
    REQUIRE(table.feasible());
    REQUIRE(table.entries.size() == 4);
    CHECK(table.entries[1].doing == Doing::pause);
    CHECK(table.entries[1].begin == 20);
    CHECK(table.entries[2].begin == 75);

    problem.jobs[0].visits[0].windows = {{100, 200}};
    problem.vehicles[0].breaks = {{{{60, 100}}, 15}};
    table = of(problem, {{0, 0}});
    REQUIRE(table.feasible());
    CHECK(table.entries[table.entries.size() - 2].begin == 100);

    problem.vehicles[0].breaks = {{{{300, 400}}, 15}};
    table = of(problem, {{0, 0}});
    REQUIRE(table.feasible());
    CHECK(table.entries.size() == 3);
}

TEST_CASE("a break that cannot be taken in its window is a fault") {
    auto problem = line({0, 10});
    add_job(problem, 1, 100);
    problem.vehicles[0].breaks = {{{{30, 40}}, 15}};
    problem.vehicles[0].shift = {20, 1000};
    problem.jobs[0].visits[0].windows = {{30, 30}};
    CHECK(of(problem, {{0, 0}}).fault == Fault::break_window);
}

TEST_CASE("hours of service: a rest comes before the leg that would be too much") {
    auto problem = line({0, 60});
    add_job(problem, 1, 10);
    problem.vehicles[0].driving_before_rest = 100;
    problem.vehicles[0].rest = 30;
    auto const table = of(problem, {{0, 0}});  // 60 out, 60 back: a rest before the second
    REQUIRE(table.feasible());
    REQUIRE(table.entries.size() == 4);
    CHECK(table.entries[2].doing == Doing::rest);
    CHECK(table.entries[2].begin == 70);
    CHECK(table.entries[3].arrival == 160);
}

TEST_CASE("in traffic a drive takes longer, and only as long as the traffic lasts") {
    auto problem = line({0, 60});
    add_job(problem, 1);
    problem.profiles[0].traffic = {{0, 2000}, {40, 1000}};  // 20 of work by 40, then 40 more
    auto const table = of(problem, {{0, 0}});
    REQUIRE(table.feasible());
    CHECK(table.entries[1].arrival == 80);
}

TEST_CASE("what is dropped without a pickup is aboard from the start") {
    auto problem = line({0, 10, 20});
    problem.vehicles[0].capacity = {5, 0, 0, 0};
    add_job(problem, 1);
    add_job(problem, 2);
    problem.jobs[0].visits[0].dropoff = {3, 0, 0, 0};
    problem.jobs[1].visits[0].pickup = {4, 0, 0, 0};
    CHECK(of(problem, {{0, 0}, {1, 0}}).feasible());
    auto const table = of(problem, {{1, 0}, {0, 0}});
    CHECK(table.fault == Fault::capacity);
    CHECK(table.fault_at == 0);
    CHECK(table.excess == 2);
}

TEST_CASE("late is allowed, counted, and moves a promise") {
    auto problem = line({0, 10});
    add_job(problem, 1);
    problem.jobs[0].visits[0].due = 4;
    problem.jobs[0].promise = Promise{0, 5, 2};
    auto const table = of(problem, {{0, 0}});
    REQUIRE(table.feasible());
    CHECK(table.lateness == 6);
    CHECK(table.disturbance == 3);
    CHECK(score_of(problem, table) == Score{0, 6, table.cost, 3});
    problem.per_lateness = 1500;
    problem.jobs[0].promise->price = 70;
    CHECK(score_of(problem, of(problem, {{0, 0}})) == Score{0, 0, table.cost + 70 + 9, 3});
}

TEST_CASE("kinds of load that do not agree are never aboard together") {
    auto problem = line({0, 10, 20});
    add_job(problem, 1);
    add_job(problem, 2);
    for (std::uint32_t k : {0U, 1U}) {
        problem.jobs[k].load_kind = k;
        problem.jobs[k].visits[0].dropoff = {1, 0, 0, 0};
    }
    CHECK(of(problem, {{0, 0}, {1, 0}}).feasible());
    problem.incompatible[0] = 0b10;
    problem.incompatible[1] = 0b01;
    CHECK(of(problem, {{0, 0}, {1, 0}}).fault == Fault::incompatible);
    problem.jobs[1].visits[0].dropoff = {};
    problem.jobs[1].visits[0].pickup = {1, 0, 0, 0};
    CHECK(of(problem, {{0, 0}, {1, 0}}).feasible());
    CHECK(of(problem, {{1, 0}, {0, 0}}).fault == Fault::incompatible);
}

TEST_CASE("what is over before something begins elsewhere, is") {
    auto problem = line({0, 10});
    add_job(problem, 1, 5);
    add_job(problem, 1, 5);
    problem.precedences = {{0, 1}};
    Others others{{1, nobody}, {50, 0}, {70, 0}};
    std::vector<Stop> const later{{1, 0}};
    auto const table = timetable({problem, 0, later, &others});
    REQUIRE(table.feasible());
    CHECK(table.entries[1].begin == 70);
    others = Others{{nobody, 1}, {0, 12}, {0, 20}};
    std::vector<Stop> const earlier{{0, 0}};
    CHECK(timetable({problem, 0, earlier, &others}).fault == Fault::precedence);
}

TEST_CASE("time away is limited, and counts from when the vehicle had to leave") {
    auto problem = line({0, 10});
    add_job(problem, 1, 5, {500, 600});
    problem.vehicles[0].duration_max = 25;
    CHECK(of(problem, {{0, 0}}).feasible());
    problem.vehicles[0].duration_max = 24;
    auto const table = of(problem, {{0, 0}});
    CHECK(table.fault == Fault::duration);
    CHECK(table.excess == 1);
}

}  // namespace posthaste::plan
