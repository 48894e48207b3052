// Plans: routes that a planner made of routes it read, adopted where nothing moved since.
//
// Agents that exchange an assignment form a component, adopted whole or not at all; a stale
// component is left for the planner to plan again, the others land.
#include <numeric>
#include <set>

#include "base/plant.hpp"
#include "core/draft.hpp"
#include "core/route.hpp"
#include "match/eligible.hpp"

namespace posthaste::core {

using model::Agent;
using model::Phase;
using model::PlannedRoute;
using model::Rejection;
using model::RouteStop;

namespace {

// The routes of one component, by their place in the plan.
using Component = std::vector<std::size_t>;

struct Plan {
    std::vector<PlannedRoute> const& routes;
    std::map<model::AgentId, std::size_t> by_agent;
    std::map<model::AssignmentId, std::string> reasons;
};

std::size_t root_of(std::vector<std::size_t>& parents, std::size_t i) {
    while (parents[i] != i) {
        parents[i] = parents[parents[i]];
        i = parents[i];
    }
    return i;
}

// None when a route takes from an agent that the plan does not have: then it read too little.
std::optional<std::vector<Component>> components_of(State const& state, Plan const& plan) {
    std::vector<std::size_t> parents(plan.routes.size());
    std::iota(parents.begin(), parents.end(), std::size_t{0});
    for (std::size_t i = 0; i < plan.routes.size(); ++i) {
        for (auto const& stop : plan.routes[i].stops) {
            auto const* const assignment = state.assignments.find(stop.assignment);
            if (assignment == nullptr) continue;  // stale: found out below
            auto const from = plan.by_agent.find(assignment->agent);
            if (from == plan.by_agent.end()) return std::nullopt;
            if (planted(Plant::plan_component_torn)) continue;
            parents[root_of(parents, i)] = root_of(parents, from->second);
        }
    }
    std::map<std::size_t, Component> by_root;
    for (std::size_t i = 0; i < parents.size(); ++i)
        by_root[root_of(parents, i)].push_back(i);
    std::vector<Component> components;
    for (auto& [root, component] : by_root)
        components.push_back(std::move(component));
    return components;
}

bool is_stale(State const& state, Plan const& plan, Component const& component) {
    if (planted(Plant::stale_plan_adopted)) return false;
    return std::any_of(component.begin(), component.end(), [&](std::size_t i) {
        auto const* const agent = state.agents.find(plan.routes[i].agent);
        return agent == nullptr || agent->route_version != plan.routes[i].route_version;
    });
}

// Every stop once, in its job's order, with all of its assignment on one route.
bool is_whole(State const& state, Plan const& plan, Component const& component) {
    std::set<std::pair<model::AssignmentId, std::uint8_t>> now;
    std::set<std::pair<model::AssignmentId, std::uint8_t>> then;
    std::map<model::AssignmentId, std::pair<std::size_t, std::uint8_t>> last;
    for (auto const i : component) {
        auto const* const agent = state.agents.find(plan.routes[i].agent);
        if (agent == nullptr) return false;
        for (auto const& stop : agent->route)
            now.emplace(stop.assignment, stop.stop);
        for (auto const& stop : plan.routes[i].stops) {
            if (!then.emplace(stop.assignment, stop.stop).second) return false;
            auto const [place, first] = last.try_emplace(stop.assignment, i, stop.stop);
            if (first) continue;
            if (place->second.first != i || place->second.second > stop.stop) return false;
            place->second.second = stop.stop;
        }
    }
    return now == then;
}

RouteStop stop_of(State const& state, model::PlannedStop const& planned) {
    auto const& assignment = state.assignments.at(planned.assignment);
    for (auto const& stop : state.agents.at(assignment.agent).route) {
        if (stop.assignment == planned.assignment && stop.stop == planned.stop) return stop;
    }
    ASSERT(false);  // is_whole() said it is there
}

std::vector<RouteStop> route_of(State const& state, PlannedRoute const& planned) {
    std::vector<RouteStop> route;
    for (auto const& stop : planned.stops)
        route.push_back(stop_of(state, stop));
    return route;
}

bool keeps_locked(Agent const& agent, std::vector<RouteStop> const& route) {
    for (std::size_t i = 0; i < agent.route.size(); ++i) {
        if (agent.route[i].hold != model::Hold::locked) return true;
        bool const same = i < route.size() && route[i].assignment == agent.route[i].assignment &&
                          route[i].stop == agent.route[i].stop;
        if (!same) return false;
    }
    return true;
}

// What keeps a component from being adopted, or empty.
std::string fault_in(State const& state, Plan const& plan, Component const& component) {
    bool const torn = planted(Plant::plan_component_torn);
    if (!torn && !is_whole(state, plan, component)) return "stops: not those of the routes it read";
    for (auto const i : component) {
        auto const& planned_route = plan.routes[i];
        auto const& agent = state.agents.at(planned_route.agent);
        auto const route = route_of(state, planned_route);
        if (!keeps_locked(agent, route)) return "a locked stop moved";
        if (!route_fits(state, agent, route)) return "capacity";
        for (auto const& stop : route) {
            auto const& assignment = state.assignments.at(stop.assignment);
            if (assignment.agent == agent.id) continue;
            if (!has_not_begun(state, assignment)) return "an assignment that has begun moved";
            auto const rule = broken_by_move(state, assignment, agent);
            if (rule != model::Rule::none) return std::string{name_of(rule)};
        }
    }
    return {};
}

std::string why_moved(Plan const& plan, model::AssignmentId assignment) {
    auto const known = plan.reasons.find(assignment);
    return known == plan.reasons.end() ? std::string{} : known->second;
}

void adopt(Draft& draft, Plan const& plan, Component const& component) {
    auto const& state = draft.state;
    std::set<model::AssignmentId> moved;
    for (auto const i : component) {
        auto const agent = plan.routes[i].agent;
        for (auto const& stop : plan.routes[i].stops) {
            auto const& assignment = state.assignments.at(stop.assignment);
            if (assignment.agent == agent || !moved.insert(assignment.id).second) continue;
            draft.emit(model::AssignmentMoved{assignment.id, agent, why_moved(plan, assignment.id)}
            );
            auto const& job = state.jobs.at(assignment.job);
            auto const assigned = *state.machine_of(job).first_state(Phase::assigned);
            if (assignment.state == assigned) continue;
            draft.transition(job, assignment.id, assignment.state, assigned, "moved by a plan");
        }
    }
    for (auto const i : component) {
        auto const& agent = state.agents.at(plan.routes[i].agent);
        auto route = retimed(
            draft.region, start_of(draft.region, agent, draft.now), route_of(state, plan.routes[i])
        );
        draft.emit(model::RouteChanged{agent.id, std::move(route)});
    }
}

}  // namespace

model::Rule broken_by_move(
    State const& state, model::Assignment const& assignment, Agent const& agent
) {
    auto const& job = state.jobs.at(assignment.job);
    auto needs = match::needs_of(job, assignment.slot, state.policy, {});
    auto facts = match::facts_of(agent, needs, job.slots[assignment.slot], Metres{});
    needs.stack_max = static_cast<std::int32_t>(model::stack_limit) + facts.stack;
    facts.freshness = model::Freshness::fresh;
    return match::first_failed(needs, facts);
}

void decide(Draft& draft, model::AdoptPlan const& command) {
    if (command.routes.empty() || command.routes.size() > model::plan_routes_max) {
        return draft.reject(Rejection::malformed, "routes: 1 to 1000");
    }
    Plan plan{command.routes, {}, {}};
    std::size_t stop_count = 0;
    for (std::size_t i = 0; i < command.routes.size(); ++i) {
        stop_count += command.routes[i].stops.size();
        if (!plan.by_agent.emplace(command.routes[i].agent, i).second) {
            return draft.reject(Rejection::plan_invalid, "an agent stands twice");
        }
    }
    if (stop_count > route_stops_per_input_max) {
        return draft.reject(Rejection::malformed, "routes: at most 4000 stops in all");
    }
    if (command.moves.size() > route_stops_per_input_max) {
        return draft.reject(Rejection::malformed, "moves: at most 4000");
    }
    for (auto const& move : command.moves) {
        if (move.why.size() > model::reason_bytes_max) {
            return draft.reject(Rejection::malformed, "moves.why: at most 256 bytes");
        }
        plan.reasons.emplace(move.assignment, move.why);
    }
    auto const components = components_of(draft.state, plan);
    if (!components) return draft.reject(Rejection::plan_invalid, "takes from a route it lacks");
    std::size_t adopted = 0;
    std::size_t stale = 0;
    std::string fault;
    for (auto const& component : *components) {
        if (is_stale(draft.state, plan, component)) {
            ++stale;
            continue;
        }
        auto const wrong = fault_in(draft.state, plan, component);
        if (!wrong.empty()) {
            fault = wrong;
            continue;
        }
        adopt(draft, plan, component);
        ++adopted;
    }
    if (adopted == 0) {
        return stale > 0 ? draft.reject(Rejection::plan_stale)
                         : draft.reject(Rejection::plan_invalid, fault);
    }
    draft.out.answer.detail = "adopted " + std::to_string(adopted) + ", stale " +
                              std::to_string(stale) +
                              (fault.empty() ? "" : ", refused for " + fault);
}

}  // namespace posthaste::core
