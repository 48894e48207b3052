#include "plan/checker.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "base/prng.hpp"

namespace posthaste::plan {

namespace {

// Two vehicles and four places on a line, 10 apart. Vehicle 0 makes 0, 1 and the pair 2; vehicle 1
// makes 3. Job 4 is left out.
Problem small() {
    Problem problem;
    problem.place_count = 4;
    Profile profile;
    for (std::int32_t from = 0; from < 4; ++from) {
        for (std::int32_t to = 0; to < 4; ++to)
            profile.legs.push_back({std::abs(from - to) * 10, std::abs(from - to) * 7});
    }
    problem.profiles = {profile, profile};
    for (std::uint32_t i = 0; i < 2; ++i) {
        Vehicle vehicle;
        vehicle.profile = i;
        vehicle.start = vehicle.end = 0;
        vehicle.shift = {0, 1000};
        vehicle.capacity = {10, 10, 0, 0};
        vehicle.skills = 0b11;
        vehicle.fixed = 100;
        vehicle.per_time = 500;
        problem.vehicles.push_back(vehicle);
    }
    problem.vehicles[0].breaks = {{{{10, 60}}, 15}};
    for (std::uint32_t const place : {1U, 2U, 3U, 1U, 2U}) {
        Visit visit;
        visit.place = place;
        visit.windows = {{0, 500}};
        visit.service = 5;
        Job job;
        job.visits = {visit};
        job.prize = 40;
        problem.jobs.push_back(job);
    }
    problem.jobs[0].visits[0].dropoff = {4, 0, 0, 0};
    problem.jobs[0].visits[0].service_by_class = {6};
    problem.jobs[1].visits[0].windows = {{20, 30}, {100, 200}};
    problem.jobs[1].visits[0].due = 90;
    problem.jobs[1].promise = Promise{1, 95, 2};
    auto dropoff = problem.jobs[2].visits[0];
    dropoff.place = 1;
    problem.jobs[2].visits.push_back(dropoff);
    problem.jobs[2].visits[0].pickup = {7, 0, 0, 0};
    problem.jobs[2].visits[1].dropoff = {7, 0, 0, 0};
    return problem;
}

Routes const routes{{{0, 0}, {1, 0}, {2, 0}, {2, 1}}, {{3, 0}}};

// As the timetable has it, jobs of other vehicles known to each.
struct Timed {
    Plan plan;
    Score score;
    bool is_feasible = true;
};

Timed timed(Problem const& problem, Routes const& of) {
    Timed result;
    std::vector<bool> served(problem.jobs.size());
    for (std::uint32_t i = 0; i < of.size(); ++i) {
        auto const table = timetable({problem, i, of[i], nullptr});
        result.is_feasible = result.is_feasible && table.feasible();
        result.plan.push_back(table.entries);
        result.score += score_of(problem, table);
        for (auto const stop : of[i])
            served[stop.job] = true;
    }
    for (std::size_t i = 0; i < served.size(); ++i) {
        if (served[i]) continue;
        result.score += Score{problem.jobs[i].weight, 0, problem.jobs[i].prize, 0};
    }
    return result;
}

std::string all(Verdict const& verdict) {
    std::string text;
    for (auto const& broken : verdict.broken)
        text += broken + "\n";
    return text;
}

struct Corruption {
    char const* expected;
    std::function<void(Problem&, Plan&)> corrupt;
};

void delay(std::vector<Entry>& entries, std::size_t from, Time by) {
    for (auto i = from; i < entries.size(); ++i) {
        entries[i].arrival += by;
        entries[i].begin += by;
        entries[i].departure += by;
    }
}

}  // namespace

TEST_CASE("a right plan breaks nothing, and its score is added up by hand") {
    auto const problem = small();
    auto const [plan, score, is_feasible] = timed(problem, routes);
    REQUIRE(is_feasible);
    auto const verdict = check_plan(problem, plan);
    CHECK(all(verdict) == "");
    // Vehicle 0: 0-1-2-3-1-0 is 60 of driving, 42 of distance: 100 + 42 + 30. Vehicle 1: 20 and 14:
    // 100 + 14 + 10. Job 4 is worth 40 and weighs 1.
    CHECK(verdict.score.unserved == 1);
    CHECK(verdict.score.cost == 100 + 42 + 30 + 100 + 14 + 10 + 40);
    // Job 1 is promised to vehicle 1.
    CHECK(verdict.score.disturbance >= moved_vehicle);
    CHECK(verdict.score == score);
}

TEST_CASE("every way to spoil a plan is noticed") {
    auto const corruptions = std::to_array<Corruption>({
        {"a skill", [](Problem& p, Plan&) { p.jobs[0].skills = 0b100; }},
        {"pinned", [](Problem& p, Plan&) { p.jobs[0].pinned_to = 1; }},
        {"has to be first", [](Problem& p, Plan&) { p.jobs[1].position = Position::first; }},
        {"has to be last", [](Problem& p, Plan&) { p.jobs[1].position = Position::last; }},
        {"locked does not come first",
         [](Problem& p, Plan&) {
             p.vehicles[0].route = {{1, 0}};
             p.vehicles[0].locked = 1;
         }},
        {"locked is not done",
         [](Problem& p, Plan& plan) {
             p.vehicles[1].route = {{3, 0}};
             p.vehicles[1].locked = 1;
             plan[1].clear();
         }},
        {"not with those", [](Problem& p, Plan&) { p.together = {{{0, 3}, false}}; }},
        {"not behind", [](Problem& p, Plan&) { p.together = {{{2, 0}, true}}; }},
        {"begins before", [](Problem& p, Plan&) { p.precedences = {{1, 0}}; }},
        {"begins before", [](Problem& p, Plan&) { p.precedences = {{0, 3}}; }},
        {"kinds of load",
         [](Problem& p, Plan&) {
             p.jobs[0].load_kind = 1;
             p.jobs[0].visits[0].pickup = {1, 0, 0, 0};
             p.incompatible = {2, 1};
         }},
        {"carries more", [](Problem& p, Plan&) { p.jobs[2].visits[0].pickup[1] = 11; }},
        {"carries more", [](Problem& p, Plan&) { p.vehicles[0].capacity[0] = 6; }},
        {"load is told", [](Problem&, Plan& plan) { plan[0][1].load[1] = 1; }},
        {"more visits", [](Problem& p, Plan&) { p.vehicles[0].visits_max = 3; }},
        {"no way", [](Problem& p, Plan&) { p.profiles[1].legs[1].distance = no_way; }},
        {"sooner than the drive", [](Problem& p, Plan&) { p.profiles[1].legs[1].time = 12; }},
        {"sooner than the drive", [](Problem&, Plan& plan) { delay(plan[1], 1, -1); }},
        {"sooner than the drive",
         [](Problem& p, Plan&) { p.profiles[1].traffic = {{0, 1100}}; }},
        {"travel time is told", [](Problem& p, Plan&) { p.profiles[1].legs[1].time = 9; }},
        {"distance is told", [](Problem&, Plan& plan) { plan[1][2].distance -= 1; }},
        {"lateness is told", [](Problem& p, Plan&) { p.jobs[3].visits[0].due = 5; }},
        {"outside of its windows",
         [](Problem& p, Plan&) { p.jobs[3].visits[0].windows = {{0, 1}}; }},
        {"outside of its windows",
         [](Problem& p, Plan&) { p.jobs[3].visits[0].windows = {{0, 1}, {900, 990}}; }},
        {"not as long as it takes", [](Problem& p, Plan&) { p.jobs[3].visits[0].service = 4; }},
        {"not as long as it takes",
         [](Problem& p, Plan&) { p.jobs[0].visits[0].service_by_class = {5}; }},
        {"backwards", [](Problem&, Plan& plan) { plan[1][1].arrival = plan[1][1].begin + 1; }},
        {"backwards", [](Problem&, Plan& plan) { delay(plan[1], 2, -30); }},
        {"leaves before", [](Problem& p, Plan&) { p.vehicles[1].shift = {900, 1000}; }},
        {"back after", [](Problem& p, Plan&) { p.vehicles[1].shift = {0, 20}; }},
        {"away longer", [](Problem& p, Plan&) { p.vehicles[1].duration_max = 24; }},
        {"drives farther", [](Problem& p, Plan&) { p.vehicles[1].distance_max = 13; }},
        {"drives longer than it may", [](Problem& p, Plan&) { p.vehicles[1].driving_max = 19; }},
        {"without a rest",
         [](Problem& p, Plan&) {
             p.vehicles[1].driving_before_rest = 19;
             p.vehicles[1].rest = 30;
         }},
        {"break is not in its window",
         [](Problem& p, Plan&) { p.vehicles[0].breaks[0].windows = {{900, 1000}}; }},
        {"break is not as long", [](Problem& p, Plan&) { p.vehicles[0].breaks[0].duration = 16; }},
        {"a break is not taken",
         [](Problem& p, Plan&) { p.vehicles[1].breaks = {{{{0, 1}}, 15}}; }},
        {"no such thing", [](Problem&, Plan& plan) { plan[1][1].stop.job = 99; }},
        {"no such thing", [](Problem&, Plan& plan) { plan[1][1].stop.visit = 1; }},
        {"no such thing", [](Problem& p, Plan&) { p.vehicles[0].breaks.clear(); }},
        {"does not begin", [](Problem&, Plan& plan) { plan[1].erase(plan[1].begin()); }},
        {"does not begin", [](Problem&, Plan& plan) { plan[1].pop_back(); }},
        {"not of these vehicles", [](Problem&, Plan& plan) { plan.pop_back(); }},
        {"not each visit is made once",
         [](Problem&, Plan& plan) { plan[0].erase(plan[0].end() - 2); }},
        {"not made in order",
         [](Problem&, Plan& plan) { std::swap(plan[0][4].stop, plan[0][5].stop); }},
        {"not made in order",
         [](Problem&, Plan& plan) { plan[1].insert(plan[1].begin() + 1, plan[1][1]); }},
        {"another vehicle", [](Problem&, Plan& plan) { plan[1][1].stop = {0, 0}; }},
    });
    for (auto const& [expected, corrupt] : corruptions) {
        CAPTURE(std::string{expected});
        auto problem = small();
        auto plan = timed(problem, routes).plan;
        corrupt(problem, plan);
        auto const said = all(check_plan(problem, plan));
        CAPTURE(said);
        CHECK(said.find(expected) != std::string::npos);
    }
}

namespace {

Time some(Prng& prng, Time most) {
    return prng.between(0, most);
}

Problem random_problem(Prng& prng, bool is_simple) {
    Problem problem;
    problem.place_count = 6;
    Profile profile;
    for (int i = 0; i < 36; ++i) {
        profile.legs.push_back(
            {static_cast<std::int32_t>(some(prng, 40)), static_cast<std::int32_t>(some(prng, 40))}
        );
    }
    if (!is_simple && prng.chance(500)) profile.traffic = {{30, 1700}, {90, 700}, {150, 1300}};
    problem.profiles = {profile};
    for (int i = 0; i < 2; ++i) {
        Vehicle vehicle;
        if (prng.chance(800)) vehicle.start = prng.below(6);
        if (prng.chance(800)) vehicle.end = prng.below(6);
        vehicle.shift = {some(prng, 30), some(prng, 300) + 100};
        vehicle.capacity = {static_cast<std::int32_t>(some(prng, 8)) + 4, 9, 0, 0};
        vehicle.skills = prng.below(4) | 1U;
        vehicle.fixed = some(prng, 10);
        vehicle.per_time = some(prng, 1500);
        vehicle.service_class = static_cast<std::uint32_t>(prng.below(2));
        if (prng.chance(300)) vehicle.duration_max = some(prng, 250);
        if (prng.chance(300)) vehicle.distance_max = some(prng, 150);
        if (prng.chance(300)) vehicle.driving_max = some(prng, 150);
        if (!is_simple && prng.chance(500)) {
            auto const open = some(prng, 100);
            vehicle.breaks = {{{{open, open + some(prng, 60)}}, 10}};
            if (prng.chance(300)) vehicle.breaks.push_back({{{open + 50, open + 150}}, 5});
        }
        if (!is_simple && prng.chance(500)) {
            vehicle.driving_before_rest = some(prng, 60) + 20;
            vehicle.rest = some(prng, 20) + 5;
        }
        problem.vehicles.push_back(vehicle);
    }
    for (int i = 0; i < 6; ++i) {
        Job job;
        job.skills = prng.chance(200) ? 0b10 : 0;
        job.prize = some(prng, 20);
        auto const visits = prng.chance(300) ? 2 : 1;
        for (int k = 0; k < visits; ++k) {
            Visit visit;
            visit.place = static_cast<std::uint32_t>(prng.below(6));
            visit.service = some(prng, 10);
            if (prng.chance(300)) visit.service_by_class = {some(prng, 10), some(prng, 20)};
            auto const open = some(prng, 100);
            if (prng.chance(500)) visit.windows = {{open, open + some(prng, 100)}};
            if (prng.chance(200)) visit.windows = {{open, open + 20}, {open + 60, open + 200}};
            if (prng.chance(300)) visit.due = some(prng, 150);
            job.visits.push_back(visit);
        }
        auto const amount = static_cast<std::int32_t>(some(prng, 4));
        (prng.chance(500) && visits == 1 ? job.visits[0].dropoff : job.visits[0].pickup)[0] =
            amount;
        if (visits == 2) job.visits[1].dropoff[0] = amount;
        job.load_kind = static_cast<std::uint32_t>(prng.below(3));
        if (prng.chance(300))
            job.promise = Promise{static_cast<std::uint32_t>(prng.below(2)), 50, 5, some(prng, 30)};
        problem.jobs.push_back(job);
    }
    if (prng.chance(300)) problem.incompatible = {0b10, 0b01};
    if (prng.chance(300)) problem.per_lateness = some(prng, 3000);
    return problem;
}

Routes random_routes(Prng& prng, Problem const& problem) {
    Routes found(2);
    for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
        if (prng.chance(300)) continue;
        auto& route = found[prng.below(2)];
        std::size_t at = prng.below(route.size() + 1);
        for (std::uint32_t visit = 0; visit < problem.jobs[job].visits.size(); ++visit) {
            route.insert(route.begin() + static_cast<std::ptrdiff_t>(at), Stop{job, visit});
            at += 1 + prng.below(route.size() - at);
        }
    }
    return found;
}

}  // namespace

TEST_CASE("what the timetable calls feasible breaks no rule and scores the same") {
    Prng prng{42};
    int feasible = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto const problem = random_problem(prng, false);
        REQUIRE(fault_in(problem) == "");
        auto const [plan, score, is_feasible] = timed(problem, random_routes(prng, problem));
        if (!is_feasible) continue;
        ++feasible;
        auto const verdict = check_plan(problem, plan);
        CAPTURE(i);
        REQUIRE(all(verdict) == "");
        REQUIRE(verdict.score == score);
    }
    CHECK(feasible > 1000);
}

TEST_CASE("where times are simple, routes break a rule exactly where the timetable says so") {
    Prng prng{43};
    int feasible = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto const problem = random_problem(prng, true);
        REQUIRE(has_simple_times(problem));
        auto const found = random_routes(prng, problem);
        auto const [plan, score, is_feasible] = timed(problem, found);
        auto const verdict = check_routes(problem, found);
        CAPTURE(i);
        CAPTURE(all(verdict));
        REQUIRE(verdict.broken.empty() == is_feasible);
        if (!is_feasible) continue;
        ++feasible;
        REQUIRE(verdict.score.cost == score.cost);
        REQUIRE(verdict.score.lateness == score.lateness);
    }
    CHECK(feasible > 1000);
}

}  // namespace posthaste::plan
