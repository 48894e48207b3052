// An agent's route as the matcher sees it, and back.
#pragma once

#include <vector>

#include "core/decide.hpp"
#include "match/insertion.hpp"

namespace posthaste::core {

/// One stop of a route: where it was reached already, with what is left of its service.
match::Visit visit_of(
    State const& state, model::Job const& job, model::RouteStop const& stop, Instant now
);
/// `edited`, here and below: one of the route's jobs as it is about to be, if it is edited.
void visits_of(
    State const& state,
    std::vector<model::RouteStop> const& route,
    Instant now,
    std::vector<match::Visit>& visits,
    model::Job const* edited = nullptr
);
void visits_of(model::Job const& job, std::vector<match::Visit>& visits);

/// Nobody could work on it before later than now: it is not released, or its window not open.
bool begins_later(model::Job const& job, Instant now);

/// Where the agent is, as far as known: the last fix, else home.
model::Position place_of(Region const& region, model::Agent const& agent);
/// Leaves now, or when the shift begins.
match::Start start_of(Region const& region, model::Agent const& agent, Instant now);

/// The agent's route with a new assignment's stops on it.
std::vector<model::RouteStop> route_with(
    model::Agent const& agent,
    model::AssignmentId assignment,
    model::JobId job,
    std::vector<match::Planned> const& planned
);

/// The same stops in this order, with the times that follow from this start.
std::vector<model::RouteStop> retimed(
    Region const& region,
    match::Start const& start,
    std::vector<model::RouteStop> route,
    model::Job const* edited = nullptr
);

/// The agent has it, and has not set out: it may go to another, or elsewhere on the route.
bool has_not_begun(State const& state, model::Assignment const& assignment);

/// The rule that an assignment would break with this agent, were it moved there by a plan.
model::Rule broken_by_move(
    State const& state, model::Assignment const& assignment, model::Agent const& agent
);

/// Whether nothing is picked up on the route beyond the vehicle's capacity. (What is aboard by the
/// agent's word may be beyond it; it only must not become more.)
bool route_fits(
    State const& state,
    model::Agent const& agent,
    std::vector<model::RouteStop> const& route,
    model::Job const* edited = nullptr
);

/// The stops in an order that fits: assignments that pick up what would not fit wait at the end,
/// those partly aboard first. Locked stops that must wait are free again. It fits unless several,
/// partly aboard by the agent's word, have more to pick up than there is room for.
std::vector<model::RouteStop> made_to_fit(
    State const& state, model::Agent const& agent, std::vector<model::RouteStop> route
);

}  // namespace posthaste::core
