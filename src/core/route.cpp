#include "core/route.hpp"

#include <algorithm>
#include <set>

#include "base/plant.hpp"

namespace posthaste::core {

using model::Agent;
using model::RouteStop;

namespace {

model::Job const& job_of(State const& state, RouteStop const& stop, model::Job const* edited) {
    bool const is_edited = edited != nullptr && edited->id == stop.job;
    return is_edited ? *edited : state.jobs.at(stop.job);
}

// Work that takes longer than it should is taken to need this part of its time at least.
constexpr std::int64_t overrun_share = 4;

// Makes the stop; false when it picks up what does not fit.
bool carry(model::Load& aboard, model::Stop const& stop, model::Load const& capacity) {
    aboard -= stop.dropoff;
    aboard += stop.pickup;
    for (std::size_t i = 0; i < model::load_dimensions; ++i) {
        if (stop.pickup.amount[i] > 0 && aboard.amount[i] > capacity.amount[i]) return false;
    }
    return true;
}

void set_times(RouteStop& stop, match::Planned const& planned) {
    stop.arrival = planned.arrival;
    stop.arrival_p90 = planned.arrival_p90;
    stop.source = planned.source;
    stop.confidence = planned.confidence;
}

}  // namespace

match::Visit visit_of(
    State const& state, model::Job const& job, RouteStop const& stop, Instant now
) {
    auto visit = match::visit_of(job, stop.stop, stop.hold);
    auto const& arrived = state.assignments.at(stop.assignment).stops[stop.stop].arrived;
    if (!arrived) return visit;
    auto const worked = now - std::max(*arrived, visit.window.earliest);
    if (worked <= Millis{}) return visit;
    // Nobody knows how long it will still take what is past its time.
    Millis const least{visit.service.count() / overrun_share};
    visit.service = std::max(visit.service - worked, least);
    return visit;
}

void visits_of(
    State const& state,
    std::vector<RouteStop> const& route,
    Instant now,
    std::vector<match::Visit>& visits,
    model::Job const* edited
) {
    visits.clear();
    bool still_locked = true;  // locked visits are a prefix
    for (auto const& stop : route) {
        visits.push_back(visit_of(state, job_of(state, stop, edited), stop, now));
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

bool begins_later(model::Job const& job, Instant now) {
    return std::max(job.release, job.stops.front().window.earliest) > now;
}

model::Position place_of(Region const& region, Agent const& agent) {
    auto const seen = region.field.seen(agent.id);
    return seen ? seen->place : agent.profile.home;
}

match::Start start_of(Region const& region, Agent const& agent, Instant now) {
    return {
        .now = std::max(now, agent.profile.shift.start),
        .place = place_of(region, agent),
        .kind = agent.profile.vehicle.kind,
        .agent = agent.id,
        .aboard = agent.aboard,
        .capacity = agent.profile.vehicle.capacity,
        .busy = agent.busy};
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
        set_times(route.back(), visit);
    }
    return route;
}

std::vector<RouteStop> retimed(
    Region const& region,
    match::Start const& start,
    std::vector<RouteStop> route,
    model::Job const* edited
) {
    std::vector<match::Visit> visits;
    visits_of(region.state, route, start.now, visits, edited);
    std::vector<match::Planned> planned;
    match::lay_out(start, visits, {}, {}, region.field.travel(), planned);
    for (std::size_t i = 0; i < route.size(); ++i)
        set_times(route[i], planned[i]);
    return route;
}

bool has_not_begun(State const& state, model::Assignment const& assignment) {
    bool const touched =
        std::any_of(assignment.stops.begin(), assignment.stops.end(), [](auto const& stop) {
            return stop.arrived || stop.done;
        });
    return !touched && state.phase_of(assignment) <= model::Phase::accepted;
}

bool route_fits(
    State const& state,
    Agent const& agent,
    std::vector<RouteStop> const& route,
    model::Job const* edited
) {
    if (planted(Plant::capacity_ignored)) return true;
    auto aboard = agent.aboard;
    return std::all_of(route.begin(), route.end(), [&](RouteStop const& stop) {
        auto const& at = job_of(state, stop, edited).stops[stop.stop];
        return carry(aboard, at, agent.profile.vehicle.capacity);
    });
}

namespace {

using Held = std::set<model::AssignmentId>;

// The first assignment, of those not held, that picks up what does not fit.
std::optional<model::AssignmentId> first_misfit(
    State const& state, Agent const& agent, std::vector<RouteStop> const& route, Held const& held
) {
    auto aboard = agent.aboard;
    for (auto const& stop : route) {
        auto const& at = state.jobs.at(stop.job).stops[stop.stop];
        if (held.contains(stop.assignment)) continue;
        if (!carry(aboard, at, agent.profile.vehicle.capacity)) return stop.assignment;
    }
    return std::nullopt;
}

}  // namespace

std::vector<RouteStop> made_to_fit(
    State const& state, Agent const& agent, std::vector<RouteStop> route
) {
    Held held;
    while (auto const misfit = first_misfit(state, agent, route, held))
        held.insert(*misfit);
    Held not_aboard;  // their first stop is still to be made
    for (auto& stop : route) {
        if (!held.contains(stop.assignment)) continue;
        stop.hold = model::Hold::free;
        if (stop.stop == 0) not_aboard.insert(stop.assignment);
    }
    auto const rank = [&](RouteStop const& stop) {
        if (!held.contains(stop.assignment)) return 0;
        return not_aboard.contains(stop.assignment) ? 2 : 1;
    };
    std::stable_sort(route.begin(), route.end(), [&](auto const& left, auto const& right) {
        return rank(left) < rank(right);
    });
    return route;
}

}  // namespace posthaste::core
