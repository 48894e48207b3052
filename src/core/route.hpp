// An agent's route as the matcher sees it, and back.
#pragma once

#include <vector>

#include "core/decide.hpp"
#include "match/insertion.hpp"

namespace posthaste::core {

void visits_of(State const& state, model::Agent const& agent, std::vector<match::Visit>& visits);
void visits_of(model::Job const& job, std::vector<match::Visit>& visits);

/// Where the agent is, as far as known: the last fix, else home.
model::Position place_of(Region const& region, model::Agent const& agent);
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
    Region const& region, match::Start const& start, std::vector<model::RouteStop> route
);

/// Whether the load stays within the vehicle's capacity all along the route.
bool route_fits(
    State const& state, model::Agent const& agent, std::vector<model::RouteStop> const& route
);

}  // namespace posthaste::core
