#include "plan/search.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "base/prng.hpp"
#include "plan/checker.hpp"
#include "plan/ejection.hpp"
#include "plan/genetic/genetic.hpp"
#include "plan/pricing.hpp"
#include "plan/timetable.hpp"

namespace posthaste::plan {

namespace {

// Places in a square of 100 x 100, driven along its streets; distance and time alike.
Problem town(std::uint64_t seed, std::uint32_t job_count, std::uint32_t vehicle_count) {
    Prng prng{seed};
    std::vector<std::pair<std::int32_t, std::int32_t>> at;
    for (std::uint32_t i = 0; i <= job_count * 2; ++i) {
        at.emplace_back(
            static_cast<std::int32_t>(prng.below(100)), static_cast<std::int32_t>(prng.below(100))
        );
    }
    Problem problem;
    problem.place_count = static_cast<std::uint32_t>(at.size());
    Profile profile;
    for (auto const& [x, y] : at) {
        for (auto const& [to_x, to_y] : at) {
            auto const far =
                std::max(x, to_x) - std::min(x, to_x) + std::max(y, to_y) - std::min(y, to_y);
            profile.legs.push_back({far, far});
        }
    }
    problem.profiles.push_back(std::move(profile));
    Vehicle vehicle;
    vehicle.start = vehicle.end = 0;
    vehicle.shift = {0, 1000};
    vehicle.capacity = {10, 0, 0, 0};
    problem.vehicles.assign(vehicle_count, vehicle);
    return problem;
}

Visit visit_at(Prng& prng, std::uint32_t place) {
    Visit visit;
    visit.place = place;
    visit.service = prng.between(0, 20);
    auto const from = prng.between(0, 600);
    visit.windows = {{from, from + prng.between(50, 300)}};
    return visit;
}

Problem plain_town(std::uint64_t seed, std::uint32_t job_count, std::uint32_t vehicle_count) {
    auto problem = town(seed, job_count, vehicle_count);
    Prng prng{seed + 1};
    for (std::uint32_t i = 0; i < job_count; ++i) {
        Job job;
        job.visits.push_back(visit_at(prng, i + 1));
        job.visits.front().dropoff = {static_cast<std::int32_t>(prng.between(1, 3)), 0, 0, 0};
        problem.jobs.push_back(job);
    }
    return problem;
}

// Carried from one place to another, by wide windows; one way is not the other, where asked for.
Problem pairs_town(std::uint64_t seed, std::uint32_t job_count, std::uint32_t vehicle_count) {
    auto problem = town(seed, job_count, vehicle_count);
    Prng prng{seed + 1};
    for (std::uint32_t i = 0; i < job_count; ++i) {
        Job job;
        auto const load = static_cast<std::int32_t>(prng.between(1, 5));
        for (std::uint32_t k = 0; k < 2; ++k)
            job.visits.push_back(visit_at(prng, 2 * i + 1 + k));
        job.visits[0].pickup = job.visits[1].dropoff = {load, 0, 0, 0};
        job.visits[1].windows[0].latest = 1000;
        problem.jobs.push_back(job);
    }
    if (seed % 2 == 0) {
        for (auto& leg : problem.profiles.front().legs) {
            if (leg.time > 0) leg.time = leg.distance += static_cast<std::int32_t>(prng.below(20));
        }
    }
    return problem;
}

// Pairs, several windows, breaks, skills, dues, relations, ranges: whatever can be asked for.
Problem mixed_town(std::uint64_t seed) {
    auto problem = town(seed, 30, 5);
    Prng prng{seed + 1};
    for (std::uint32_t i = 0; i < 30; ++i) {
        Job job;
        job.visits.push_back(visit_at(prng, 2 * i + 1));
        auto& first = job.visits.front();
        if (prng.chance(300)) first.windows.push_back({900, 950});
        if (prng.chance(200)) first.due = first.windows.front().earliest + 20;
        if (prng.chance(400)) {
            first.pickup = {2, 0, 0, 0};
            job.visits.push_back(visit_at(prng, 2 * i + 2));
            job.visits.back().windows = {{0, 1000}};
            job.visits.back().dropoff = {2, 0, 0, 0};
        } else if (prng.chance(500)) {
            first.pickup = {1, 0, 0, 0};
        }
        job.skills = prng.chance(200) ? 1 : 0;
        job.weight = prng.between(1, 3);
        if (prng.chance(100)) job.pinned_to = static_cast<std::uint32_t>(prng.below(5));
        if (prng.chance(200)) job.promise = Promise{.vehicle = i % 5, .price = 60};
        problem.jobs.push_back(job);
    }
    problem.vehicles[1].skills = problem.vehicles[3].skills = 1;
    problem.vehicles[2].breaks = {{{{300, 400}}, 30}};
    problem.vehicles[3].distance_max = 300;
    problem.vehicles[4].duration_max = 500;
    problem.vehicles[4].end = std::nullopt;
    problem.together = {{{0, 1}, false}, {{2, 3}, true}};
    problem.precedences = {{4, 5}, {6, 7}};
    problem.per_lateness = seed % 2 == 0 ? 300 : 0;
    return problem;
}

// A round of waiting for what has to be over. Who is too late for others as they are known so far
// is noted as if they could wait: the next round tells them.
void note(Problem const& problem, Routes const& routes, Others& others) {
    auto patient = others;
    patient.begin.assign(others.begin.size(), time_max);
    for (std::uint32_t i = 0; i < routes.size(); ++i) {
        auto table = timetable({problem, i, routes[i], &others});
        patient.over = others.over;
        if (!table.feasible()) table = timetable({problem, i, routes[i], &patient});
        for (auto const& entry : table.entries) {
            if (entry.doing != Doing::visit) continue;
            others.vehicle_of[entry.stop.job] = patient.vehicle_of[entry.stop.job] = i;
            if (entry.stop.visit == 0) others.begin[entry.stop.job] = entry.begin;
            others.over[entry.stop.job] = entry.departure;
        }
    }
}

void check_holds(Problem const& problem, Answer const& answer) {
    Others others;
    others.vehicle_of.assign(problem.jobs.size(), nobody);
    others.begin.assign(problem.jobs.size(), time_max);
    others.over.assign(problem.jobs.size(), 0);
    std::size_t stops = 0;
    for (auto const& route : answer.routes)
        stops += route.size();
    for (int round = 0; round < 8; ++round)  // each may wait for another
        note(problem, answer.routes, others);
    Score score;
    for (auto const job : answer.unserved)
        score.unserved += problem.jobs[job].weight;
    for (std::uint32_t i = 0; i < answer.routes.size(); ++i) {
        auto const table = timetable({problem, i, answer.routes[i], &others});
        CHECK(name_of(table.fault) == "none");
        score += score_of(problem, table);
    }
    for (auto const job : answer.unserved)
        stops += problem.jobs[job].visits.size();
    std::size_t asked = 0;
    for (auto const& job : problem.jobs)
        asked += job.visits.size();
    CHECK(stops == asked);
    CHECK(score.unserved == answer.score.unserved);
    CHECK(score.cost == answer.score.cost);
    CHECK(score.lateness == answer.score.lateness);
}

Answer solve_steps(Problem const& problem, std::uint64_t steps, Settings const& settings = {}) {
    REQUIRE(fault_in(problem) == "");
    return solve(problem, {steps, 0, {}}, settings);
}

}  // namespace

TEST_CASE("plain problems are served whole, and every rule holds") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        auto const problem = plain_town(seed, 40, 15);
        auto const answer = solve_steps(problem, 150);
        check_holds(problem, answer);
        CHECK(answer.unserved.empty());
    }
}

TEST_CASE("whatever is asked for holds in the answer") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        auto const problem = mixed_town(seed);
        check_holds(problem, solve_steps(problem, 300));
    }
}

TEST_CASE("equal seed and steps: equal answer; more steps: no worse") {
    for (auto const& problem : {plain_town(7, 40, 15), mixed_town(7)}) {
        auto const once = solve_steps(problem, 200);
        auto const again = solve_steps(problem, 200);
        CHECK(once.routes == again.routes);
        CHECK(once.score == again.score);
        CHECK(once.steps == 200);
        CHECK(once.score <= solve_steps(problem, 1).score);
    }
}

TEST_CASE("two threads give the answer of one") {
    auto const problem = mixed_town(3);
    Settings settings;
    settings.islands = 2;
    auto const alone = solve_steps(problem, 200, settings);
    settings.crew = [](std::vector<std::function<void()>> const& tasks) {
        std::vector<std::thread> threads;
        for (auto const& task : tasks)
            threads.emplace_back(task);
        for (auto& thread : threads)
            thread.join();
    };
    auto const together = solve_steps(problem, 200, settings);
    CHECK(alone.routes == together.routes);
    CHECK(alone.score <= solve_steps(problem, 200).score);
}

TEST_CASE("when the clock says so, the best so far is the answer") {
    for (auto const& problem : {plain_town(5, 60, 20), mixed_town(5)}) {
        for (std::int64_t micros : {1, 50, 400}) {
            std::int64_t now = 0;
            Budget const budget{0, micros, [&now] { return ++now; }};
            auto const answer = solve(problem, budget, {});
            check_holds(problem, answer);
            CHECK(now <= micros + 2);
        }
    }
}

TEST_CASE("where a vehicle is dear, one less comes before a shorter way") {
    constexpr Cost dear = 1'000'000;
    Cost hasty = 0;
    Cost patient = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        auto problem = plain_town(seed, 40, 15);
        problem.jobs.back().skills = 1;  // not plain: the annealing's own way
        for (auto& vehicle : problem.vehicles) {
            vehicle.fixed = dear;
            vehicle.skills = 1;
        }
        hasty += solve_steps(problem, 1).score.cost / dear;
        auto const answer = solve_steps(problem, 3000);
        check_holds(problem, answer);
        patient += answer.score.cost / dear;
    }
    CHECK(patient < hasty);
}

TEST_CASE("where windows leave a vehicle a job only, the genetic search knows that plan too") {
    auto problem = plain_town(1, 40, 40);
    for (auto& job : problem.jobs) {
        job.visits.front().windows = {{300, 300}};
        job.visits.front().service = 50;
    }
    Instance instance{problem};
    Genetic genetic{instance, 1, 40};
    Genetic::Visits routes;
    for (Node visit = 0; visit < instance.visit_count; ++visit)
        routes.push_back({visit});
    genetic.add(routes, [] { return false; });
    std::size_t going = 0;
    for (auto const& route : genetic.best())
        going += route.empty() ? 0U : 1U;
    CHECK(going == 40);
}

TEST_CASE("what is locked stays, and is where the search begins") {
    auto problem = plain_town(4, 20, 8);
    for (auto& job : problem.jobs)
        job.visits.front().windows = {{0, 1000}};
    problem.vehicles[2].route = {{5, 0}, {3, 0}, {9, 0}};
    problem.vehicles[2].locked = 2;
    auto const answer = solve_steps(problem, 300);
    check_holds(problem, answer);
    REQUIRE(answer.routes[2].size() >= 2);
    CHECK(answer.routes[2][0] == Stop{5, 0});
    CHECK(answer.routes[2][1] == Stop{3, 0});
}

// What the cheapest place of a job adds, all of them tried one by one. Requires: every job has at
// most two visits.
std::optional<Cost> least_in(
    Problem const& problem, std::uint32_t vehicle, std::vector<Stop> const& stops, std::uint32_t job
) {
    std::optional<Cost> least;
    bool const is_pair = problem.jobs[job].visits.size() == 2;
    for (std::size_t i = 0; i <= stops.size(); ++i) {
        for (auto j = i; j <= (is_pair ? stops.size() : i); ++j) {
            auto with = stops;
            if (is_pair) with.insert(with.begin() + static_cast<std::ptrdiff_t>(j), Stop{job, 1});
            with.insert(with.begin() + static_cast<std::ptrdiff_t>(i), Stop{job, 0});
            auto const table = assess({problem, vehicle, with, nullptr});
            if (table.feasible() && (!least || table.cost < *least)) least = table.cost;
        }
    }
    return least;
}

std::optional<Cost> least_by_timetable(
    Problem const& problem, Tours const& tours, std::uint32_t job
) {
    std::optional<Cost> least;
    for (std::uint32_t vehicle = 0; vehicle < problem.vehicles.size(); ++vehicle) {
        auto const cost = least_in(problem, vehicle, tours.stops(vehicle), job);
        if (!cost) continue;
        auto const added = *cost - tours.score_of(vehicle).cost;
        if (!least || added < *least) least = added;
    }
    return least;
}

// Of one or two jobs of a route, without which this one fits there.
std::optional<std::int64_t> least_worth(
    Problem const& problem,
    Tours const& tours,
    std::uint32_t job,
    std::vector<std::int64_t> const& worth
) {
    std::optional<std::int64_t> least;
    for (std::uint32_t vehicle = 0; vehicle < problem.vehicles.size(); ++vehicle) {
        auto const stops = tours.stops(vehicle);
        for (auto const a : stops) {
            for (auto const b : stops) {
                if (a.visit > 0 || b.visit > 0) continue;
                auto const sum = worth[a.job] + (a.job == b.job ? 0 : worth[b.job]);
                if (a.job > b.job || (least && *least <= sum)) continue;
                auto without = stops;
                std::erase_if(without, [&](Stop stop) {
                    return stop.job == a.job || stop.job == b.job;
                });
                if (least_in(problem, vehicle, without, job)) least = sum;
            }
        }
    }
    return least;
}

// The price of every move is what recomputing everything says; the slow assertions of the genetic
// search's moves are on in this build and check theirs.
TEST_CASE("what putting a job somewhere adds is what the timetable says") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto const problem = seed % 3 == 0   ? mixed_town(seed)
                             : seed % 3 == 1 ? plain_town(seed, 30, 10)
                                             : pairs_town(seed, 30, 10);
        Instance instance{problem};
        Tours tours{instance};
        Prng prng{seed};
        Pricing pricing{instance, tours, prng};
        tours.mark();
        for (int i = 0; i < 200; ++i) {
            auto const job = static_cast<std::uint32_t>(prng.below(problem.jobs.size()));
            if (tours.is_served(job)) {
                tours.remove(std::vector<std::uint32_t>{job});
                if (tours.holds())
                    tours.mark();
                else
                    tours.take_back();
                continue;
            }
            Placement placement;
            if (!pricing.best(job, {20, 50, true}, placement)) continue;
            auto const before = tours.score().cost;
            tours.insert(job, placement);
            CHECK(tours.score().cost == before + placement.cost - problem.jobs[job].prize);
            if (tours.holds())
                tours.mark();
            else
                tours.take_back();
            Cost cost = 0;
            for (std::uint32_t vehicle = 0; vehicle < problem.vehicles.size(); ++vehicle) {
                auto const stops = tours.stops(vehicle);
                cost += score_of(problem, assess({problem, vehicle, stops, tours.others()})).cost;
            }
            CHECK(cost == tours.score().cost);
        }
    }
}

TEST_CASE("the place found for a pair is the cheapest that the timetable allows") {
    std::size_t placed = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        auto const problem = pairs_town(seed, 24, 5);
        REQUIRE(fault_in(problem) == "");
        Instance instance{problem};
        REQUIRE(instance.exact);
        Tours tours{instance};
        Prng prng{seed};
        Pricing pricing{instance, tours, prng};
        tours.mark();
        for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
            auto const least = least_by_timetable(problem, tours, job);
            Placement placement;
            bool const found = pricing.best(job, {0, 0, true}, placement);
            REQUIRE(found == least.has_value());
            if (!found) continue;
            CHECK(placement.cost == *least);
            tours.insert(job, placement);
            ++placed;
        }
    }
    CHECK(placed > 50);
}

TEST_CASE("without those that are to leave, a job fits; and it is those of the least worth") {
    std::size_t rooms = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        auto const problem = seed % 3 == 0 ? plain_town(seed, 24, 2) : pairs_town(seed, 16, 2);
        Instance instance{problem};
        Tours tours{instance};
        Prng prng{seed};
        Pricing pricing{instance, tours, prng};
        Ejection ejection{instance, tours, prng};
        std::vector<std::int64_t> worth(problem.jobs.size());
        for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
            worth[job] = prng.between(1, 9);
            Placement placement;
            if (pricing.best(job, {0, 0, true}, placement)) tours.insert(job, placement);
        }
        auto const absent = tours.absent();
        for (auto const job : absent) {
            auto const room = ejection.find(job, worth);
            auto const least = least_worth(problem, tours, job, worth);
            REQUIRE((room.vehicle != nobody) == least.has_value());
            if (!least) continue;
            std::int64_t sum = 0;
            for (auto const out : room.out)
                sum += worth[out];
            CHECK(sum == *least);
            tours.mark();
            tours.remove(room.out);
            Placement placement;
            CHECK(pricing.best_in(job, room.vehicle, placement));
            tours.take_back();
            ++rooms;
        }
    }
    CHECK(rooms > 20);
}

TEST_CASE("a step taken back leaves everything as it was") {
    auto const problem = plain_town(11, 30, 10);
    Instance instance{problem};
    Tours tours{instance};
    Prng prng{1};
    Pricing pricing{instance, tours, prng};
    tours.mark();
    for (std::uint32_t job = 0; job < 20; ++job) {
        Placement placement;
        if (pricing.best(job, {0, 0, true}, placement)) tours.insert(job, placement);
    }
    tours.mark();
    auto const routes = tours.routes();
    auto const score = tours.score();
    tours.remove(std::vector<std::uint32_t>{3, 4, 5});
    Placement placement;
    REQUIRE(pricing.best(25, {0, 0, true}, placement));
    tours.insert(25, placement);
    tours.take_back();
    CHECK(tours.routes() == routes);
    CHECK(tours.score() == score);
    CHECK_FALSE(tours.is_served(25));
}

}  // namespace posthaste::plan
