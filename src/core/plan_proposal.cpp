#include <algorithm>
#include <set>

#include "core/plan_question.hpp"
#include "plan/explain.hpp"

namespace posthaste::core {

namespace {

plan::Routes routes_before(plan::Problem const& problem) {
    plan::Routes routes;
    for (auto const& vehicle : problem.vehicles)
        routes.push_back(vehicle.route);
    return routes;
}

// What comes of routes: their score, and the jobs that somebody waits for past the window.
struct Outcome {
    plan::Score score;
    std::set<std::uint32_t> late;
};

Outcome outcome_of(PlanQuestion const& question, plan::Routes const& routes) {
    auto const& problem = question.problem;
    Outcome outcome;
    for (auto const& job : problem.jobs)
        outcome.score.unserved += job.weight;
    for (std::uint32_t i = 0; i < routes.size(); ++i) {
        auto const table = plan::timetable({problem, i, routes[i], nullptr});
        ASSERT(table.feasible());
        outcome.score += score_of(problem, table);
        for (auto const stop : routes[i])
            if (stop.visit == 0) outcome.score.unserved -= problem.jobs[stop.job].weight;
        for (auto const& entry : table.entries)
            if (entry.lateness > question.policy.slip_tolerance.count())
                outcome.late.insert(entry.stop.job);
    }
    return outcome;
}

std::size_t moved_count(plan::Moves const& moves) {
    std::size_t count = 0;
    for (auto const& move : moves.jobs)
        count += move.from != move.to ? 1U : 0U;
    return count + (moves.count - moves.jobs.size());
}

bool is_worth_it(
    PlanQuestion const& question, Outcome const& before, Outcome const& after, std::size_t moved
) {
    if (after.score.unserved != before.score.unserved)
        return after.score.unserved < before.score.unserved;
    auto const put_off =
        std::ranges::count_if(after.late, [&](auto job) { return !before.late.contains(job); });
    // Each that goes to another agent has its price in the score; an order alone has none, nor has
    // who is put off past their window.
    auto const each = question.policy.replan_gain.count();
    auto const wanted = (moved > 0 ? 0 : each) + put_off * each;
    return before.score.cost - after.score.cost >= std::max<std::int64_t>(1, wanted);
}

std::string seconds(plan::Time time) {
    return std::to_string((time + 999) / 1000) + " s";
}

std::string reason(PlanQuestion const& question, plan::Move const& move) {
    std::string name{name_of(move.why)};
    switch (move.why) {
        case plan::Why::served:
            return "agent_gone";
        case plan::Why::no_longer_may:
        case plan::Why::barred:
            return name + ": " + std::string{name_of(move.fault)};
        case plan::Why::makes_room:
            return name + ": for job " + std::to_string(raw(question.works[move.room_for].job));
        case plan::Why::less_late:
            return name + ": by " + seconds(move.saved.lateness) + " in all";
        case plan::Why::cheaper:
            return name + ": by " + seconds(move.saved.cost) + " of driving";
        case plan::Why::left_out:
        case plan::Why::keeps_promise:
        case plan::Why::no_worse:
            return name;
    }
    return name;
}

model::PlannedRoute planned(
    PlanQuestion const& question, std::size_t vehicle, std::vector<plan::Stop> const& stops
) {
    auto const& read = question.routes[vehicle];
    model::PlannedRoute route{read.agent, read.version, {}};
    for (auto const stop : stops) {
        auto const& work = question.works[stop.job];
        route.stops.push_back({work.assignment, work.stops[stop.visit]});
    }
    return route;
}

// What is left on the routes of those who are gone.
void add_gone(
    PlanQuestion const& question, std::set<model::AssignmentId> const& taken, model::AdoptPlan& plan
) {
    for (auto i = question.problem.vehicles.size(); i < question.routes.size(); ++i) {
        auto const& read = question.routes[i];
        model::PlannedRoute route{read.agent, read.version, {}};
        for (auto const& stop : read.stops)
            if (!taken.contains(stop.assignment)) route.stops.push_back(stop);
        if (route.stops.size() < read.stops.size()) plan.routes.push_back(std::move(route));
    }
}

}  // namespace

std::optional<model::AdoptPlan> proposal(PlanQuestion const& question, plan::Routes const& routes) {
    auto const& problem = question.problem;
    auto const before = routes_before(problem);
    auto const moves = plan::explain_moves(problem, before, routes);
    auto const better = is_worth_it(
        question, outcome_of(question, before), outcome_of(question, routes), moved_count(moves)
    );
    if (!better) return std::nullopt;
    model::AdoptPlan plan;
    for (std::size_t i = 0; i < routes.size(); ++i)
        if (routes[i] != before[i]) plan.routes.push_back(planned(question, i, routes[i]));
    std::set<model::AssignmentId> taken;
    for (auto const& move : moves.jobs) {
        if (move.to == plan::nobody) return std::nullopt;  // a plan cannot take work away
        if (move.from == move.to) continue;
        auto const assignment = question.works[move.job].assignment;
        if (move.from == plan::nobody) taken.insert(assignment);
        plan.moves.push_back({assignment, reason(question, move)});
    }
    add_gone(question, taken, plan);
    return plan;
}

}  // namespace posthaste::core
