#include "core/route.hpp"

#include "base/plant.hpp"

namespace posthaste::core {

using model::Agent;
using model::RouteStop;

void visits_of(State const& state, Agent const& agent, std::vector<match::Visit>& visits) {
    visits.clear();
    bool still_locked = true;  // locked visits are a prefix
    for (auto const& stop : agent.route) {
        visits.push_back(match::visit_of(state.jobs.at(stop.job), stop.stop, stop.hold));
        still_locked = still_locked && visits.back().locked;
        visits.back().locked = still_locked;
    }
}

void visits_of(model::Job const& job, std::vector<match::Visit>& visits) {
    visits.clear();
    for (std::size_t i = 0; i < job.stops.size(); ++i) {
        visits.push_back(match::visit_of(job, i, model::Hold::free));
    }
}

model::Position place_of(Region const& region, Agent const& agent) {
    auto const seen = region.field.seen(agent.id);
    return seen ? seen->place : agent.profile.home;
}

match::Start start_of(Region const& region, Agent const& agent, Instant now) {
    return {
        .now = now,
        .place = place_of(region, agent),
        .kind = agent.profile.vehicle.kind,
        .aboard = agent.aboard,
        .capacity = agent.profile.vehicle.capacity};
}

std::vector<RouteStop> route_with(
    Agent const& agent,
    model::AssignmentId assignment,
    model::JobId job,
    std::vector<match::Planned> const& planned
) {
    std::vector<RouteStop> route;
    route.reserve(planned.size());
    for (auto const& visit : planned) {
        if (visit.of_job) {
            route.push_back(
                {.assignment = assignment,
                 .job = job,
                 .stop = static_cast<std::uint8_t>(visit.index)}
            );
        } else {
            route.push_back(agent.route[visit.index]);
        }
        route.back().arrival = visit.arrival;
    }
    return route;
}

std::vector<RouteStop> retimed(
    Region const& region, match::Start const& start, std::vector<RouteStop> route
) {
    std::vector<match::Visit> visits;
    for (auto const& stop : route) {
        visits.push_back(match::visit_of(region.state.jobs.at(stop.job), stop.stop, stop.hold));
    }
    std::vector<match::Planned> planned;
    match::lay_out(start, visits, {}, {}, region.field.travel(), planned);
    for (std::size_t i = 0; i < route.size(); ++i)
        route[i].arrival = planned[i].arrival;
    return route;
}

bool route_fits(State const& state, Agent const& agent, std::vector<RouteStop> const& route) {
    if (planted(Plant::capacity_ignored)) return true;
    auto aboard = agent.aboard;
    for (auto const& stop : route) {
        auto const& at = state.jobs.at(stop.job).stops[stop.stop];
        aboard -= at.dropoff;
        aboard += at.pickup;
        if (!aboard.fits_in(agent.profile.vehicle.capacity)) return false;
    }
    return aboard.fits_in(agent.profile.vehicle.capacity);
}

}  // namespace posthaste::core
