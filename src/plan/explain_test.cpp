#include "plan/explain.hpp"

#include <doctest/doctest.h>

#include "plan/testing.hpp"

namespace posthaste::plan {

using testing::add_job;
using testing::line;

namespace {

Barred only(Problem const& problem, Routes const& routes) {
    auto const unserved = explain_unserved(problem, routes);
    REQUIRE(unserved.jobs.size() == 1);
    CHECK(unserved.count == 1);
    return unserved.jobs[0];
}

}  // namespace

TEST_CASE("a window: so much later would do, where least is missing") {
    auto problem = line({0, 10, 30}, 2);
    add_job(problem, 1, 50, {0, 10});  // done at 60, at 30 by 80
    add_job(problem, 1, 70, {0, 10});
    add_job(problem, 2, 0, {0, 70});
    auto const barred = only(problem, {{{0, 0}}, {{1, 0}}});
    CHECK(barred.job == 2);
    CHECK(barred.fault == Fault::window);
    CHECK(barred.vehicle == 0);
    CHECK(barred.cost == 40);
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0] == Relief{Fault::window, {2, 0}, 0, 10});
}

TEST_CASE("the window that would have to be longer may be another job's") {
    auto problem = line({0, 10, 30});
    add_job(problem, 2, 0, {0, 35});
    add_job(problem, 1, 8, {0, 10});  // gone at 18, there at 38
    auto const barred = only(problem, {{{0, 0}}});
    CHECK(barred.job == 1);
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0] == Relief{Fault::window, {0, 0}, 0, 3});
}

TEST_CASE("capacity: so much of which load; a shift: so much overtime") {
    auto problem = line({0, 10});
    add_job(problem, 1);
    add_job(problem, 1);
    problem.jobs[0].visits[0].pickup = {1, 9, 0, 0};
    problem.jobs[1].visits[0].pickup = {1, 3, 0, 0};
    auto barred = only(problem, {{{0, 0}}});
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0] == Relief{Fault::capacity, {nobody, 0}, 1, 2});

    problem.jobs[1].visits[0].pickup = {};
    problem.jobs[1].visits[0].service = 8;
    problem.vehicles[0].shift.latest = 20;
    barred = only(problem, {{{0, 0}}});
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0] == Relief{Fault::shift, {nobody, 0}, 0, 8});
}

TEST_CASE("time gives before room does, and where both are missing both are named") {
    auto problem = line({0, 10}, 2);
    add_job(problem, 1);
    add_job(problem, 1);
    problem.jobs[0].visits[0].pickup = {10, 0, 0, 0};
    problem.jobs[1].visits[0].pickup = {1, 0, 0, 0};
    problem.vehicles[1].shift.latest = 13;  // it takes 20
    auto barred = only(problem, {{{0, 0}}, {}});
    CHECK(barred.vehicle == 1);
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0] == Relief{Fault::shift, {nobody, 0}, 0, 7});

    problem.vehicles[1].capacity = {};
    problem.vehicles[0].visits_max = 1;
    barred = only(problem, {{{0, 0}}, {}});
    CHECK(barred.vehicle == 1);
    REQUIRE(barred.reliefs.size() == 2);  // 1 and 7; in the first vehicle a visit and 1
    CHECK(barred.reliefs[0] == Relief{Fault::capacity, {nobody, 0}, 0, 1});
    CHECK(barred.reliefs[1] == Relief{Fault::shift, {nobody, 0}, 0, 7});
}

TEST_CASE("skills that no vehicle has bar it from every one") {
    auto problem = line({0, 10}, 2);
    add_job(problem, 1);
    problem.jobs[0].skills = 4;
    problem.vehicles[1].skills = 3;
    auto const barred = only(problem, {{}, {}});
    CHECK(barred.fault == Fault::skills);
    CHECK(barred.vehicle == nobody);
    REQUIRE(barred.reliefs.size() == 1);
    CHECK(barred.reliefs[0].fault == Fault::skills);
}

TEST_CASE("a job with a place is not barred: it is not worth its cost") {
    auto problem = line({0, 10});
    add_job(problem, 1);
    problem.jobs[0].weight = 0;
    problem.jobs[0].prize = 19;
    auto const barred = only(problem, {{}});
    CHECK(barred.fault == Fault::none);
    CHECK(barred.vehicle == 0);
    CHECK(barred.cost == 20);
}

TEST_CASE("no way there: nothing that could give") {
    auto problem = line({0, 10});
    add_job(problem, 1);
    problem.profiles[0].legs[1] = {no_way, no_way};
    auto const barred = only(problem, {{}});
    CHECK(barred.fault == Fault::unreachable);
    CHECK(barred.reliefs.empty());
}

TEST_CASE("a job moves to make room for another") {
    auto problem = line({0, 10}, 2);
    add_job(problem, 1);
    add_job(problem, 1);
    for (auto& job : problem.jobs)
        job.visits[0].pickup = {6, 0, 0, 0};
    auto const moves = explain_moves(problem, {{{0, 0}}, {}}, {{{1, 0}}, {{0, 0}}});
    REQUIRE(moves.jobs.size() == 2);
    CHECK(moves.jobs[0].why == Why::makes_room);
    CHECK(moves.jobs[0].room_for == 1);
    CHECK(moves.jobs[0].fault == Fault::capacity);
    CHECK(moves.jobs[0].from == 0);
    CHECK(moves.jobs[0].to == 1);
    CHECK(moves.jobs[1].why == Why::served);
}

TEST_CASE("a job moves to be less late, or for what it saves") {
    auto problem = line({0, 10, 20}, 2);
    add_job(problem, 1);
    add_job(problem, 2);
    problem.jobs[0].visits[0].service = 40;
    problem.jobs[1].visits[0].due = 25;
    // Back there: behind the first, 60 - 25 late; before it, on time, and no longer a way: 0 -> 20
    // -> 10 -> 0 is 40 as well. But the first has to be begun by 10.
    problem.jobs[0].visits[0].windows = {{0, 10}};
    auto moves = explain_moves(problem, {{{0, 0}, {1, 0}}, {}}, {{{0, 0}}, {{1, 0}}});
    REQUIRE(moves.jobs.size() == 1);
    CHECK(moves.jobs[0].why == Why::less_late);
    CHECK(moves.jobs[0].saved.lateness == 35);
    CHECK(moves.jobs[0].saved.cost == -20);  // 40 by one vehicle, 20 + 40 by two

    problem.jobs[1].visits[0].due = time_max;
    moves = explain_moves(problem, {{{0, 0}}, {{1, 0}}}, {{{0, 0}, {1, 0}}, {}});
    REQUIRE(moves.jobs.size() == 1);
    CHECK(moves.jobs[0].why == Why::cheaper);
    CHECK(moves.jobs[0].saved.cost == 20);
}

TEST_CASE("a job leaves a vehicle that can no longer have it") {
    auto problem = line({0, 10}, 2);
    add_job(problem, 1);
    problem.vehicles[0].shift = {0, 15};
    auto const moves = explain_moves(problem, {{{0, 0}}, {}}, {{}, {{0, 0}}});
    REQUIRE(moves.jobs.size() == 1);
    CHECK(moves.jobs[0].why == Why::no_longer_may);
    CHECK(moves.jobs[0].fault == Fault::shift);
}

TEST_CASE("of a new order the fewest jobs moved, and why") {
    auto problem = line({0, 10, 20, 30});
    for (std::uint32_t place : {1U, 2U, 3U})
        add_job(problem, place);
    // Before: 10, 30, 20 and back is 60. There and back in order is 60 too: no worse. 20, 10, 30
    // is 20 + 10 + 20 + 30 = 80: back behind 10 it is 60.
    auto moves = explain_moves(problem, {{{0, 0}, {2, 0}, {1, 0}}}, {{{0, 0}, {1, 0}, {2, 0}}});
    REQUIRE(moves.jobs.size() == 1);
    CHECK(moves.jobs[0].why == Why::no_worse);
    moves = explain_moves(problem, {{{1, 0}, {0, 0}, {2, 0}}}, {{{0, 0}, {1, 0}, {2, 0}}});
    REQUIRE(moves.jobs.size() == 1);
    CHECK(moves.jobs[0].why == Why::cheaper);
    CHECK(moves.jobs[0].saved.cost == 20);
}

TEST_CASE("what stays as it is has no reason") {
    auto problem = line({0, 10});
    add_job(problem, 1);
    CHECK(explain_moves(problem, {{{0, 0}}}, {{{0, 0}}}).jobs.empty());
}

}  // namespace posthaste::plan
