// What is foreseen of a route from where its agent is: who will be late, told once, and once more
// when it is mended.
//
// Whatever holds up one stop (a drive, work that takes longer than it should) puts off those behind
// it. A fix is too frequent to time whole routes: the arrivals known are put off as much as the
// next one is, and only where that is news the route is timed again.
#include <algorithm>

#include "core/draft.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using model::Agent;
using model::Assignment;
using model::RouteStop;

namespace {

bool is_reached(State const& state, RouteStop const& stop) {
    return state.assignments.at(stop.assignment).stops[stop.stop].arrived.has_value();
}

bool slips(State const& state, Millis late) {
    return late > state.policy.slip_tolerance;
}

// Once told, a slip is news again when it is mended whole.
bool is_news(State const& state, model::AssignmentId id, Millis late) {
    bool const told = state.assignments.at(id).slip_told;
    return slips(state, late) != told && (!told || late <= Millis{});
}

match::Visit visit_at(Draft const& draft, RouteStop const& stop) {
    return visit_of(draft.state, draft.state.jobs.at(stop.job), stop, draft.now);
}

Instant departure(Agent const& agent, Instant arrival, match::Visit const& visit) {
    auto const begin = match::free_at(agent.busy, arrival, visit);
    return std::max(begin, visit.window.earliest) + visit.service;
}

// The drive to the next stop that was not reached, as the agent will be free for it.
struct NextDrive {
    std::size_t to = 0;  ///< on the route; its size: there is none
    Instant arrival;
};

NextDrive next_drive(Draft const& draft, Agent const& agent, model::Position place) {
    auto const& travel = draft.region.field.travel();
    NextDrive next{0, std::max(draft.now, agent.profile.shift.start)};
    for (; next.to < agent.route.size(); ++next.to) {
        auto const& stop = agent.route[next.to];
        auto const visit = visit_at(draft, stop);
        if (!is_reached(draft.state, stop)) {
            auto const drive = travel.time(place, visit.place, agent.profile.vehicle.kind);
            auto const expected = travel.outlook(drive, visit.place, agent.id).p50;
            next.arrival = match::free_at(agent.busy, next.arrival + expected, visit);
            return next;
        }
        next.arrival = departure(agent, next.arrival, visit);
        place = visit.place;
    }
    return next;
}

// Whether a slip is news when all behind the next stop is put off by as much as that is.
bool foresees_news(Draft const& draft, Agent const& agent, NextDrive const& next) {
    auto arrival = next.arrival;
    for (auto i = next.to; i < agent.route.size(); ++i) {
        auto const& stop = agent.route[i];
        auto const visit = visit_at(draft, stop);
        if (is_news(draft.state, stop.assignment, arrival - visit.window.latest)) return true;
        if (i + 1 == agent.route.size()) break;
        auto const later = departure(agent, arrival, visit) - departure(agent, stop.arrival, visit);
        arrival = agent.route[i + 1].arrival + later;
    }
    return false;
}

// Who is on the way there would come at another time than was told.
bool comes_at_another_time(Draft const& draft, Agent const& agent, NextDrive const& next) {
    if (next.to != 0) return false;
    auto const& stop = agent.route.front();
    auto const phase = draft.state.phase_of(draft.state.assignments.at(stop.assignment));
    auto const moved = std::max(next.arrival - stop.arrival, stop.arrival - next.arrival);
    return phase == model::Phase::en_route && moved > draft.state.policy.eta_tolerance;
}

}  // namespace

bool engine_step(
    Draft& draft,
    Assignment const& assignment,
    std::optional<workflow::StateIndex> to,
    std::string reason
) {
    auto const& job = draft.state.jobs.at(assignment.job);
    if (!to) return false;
    auto const* const rule = draft.state.machine_of(job).find(assignment.state, *to);
    if (rule == nullptr || !workflow::may(*rule, model::Role::engine)) return false;
    draft.transition(job, assignment.id, assignment.state, *to, std::move(reason));
    return true;
}

std::map<model::AssignmentId, Slip> slips_on(
    State const& state, std::vector<RouteStop> const& route, model::Job const* edited
) {
    std::map<model::AssignmentId, Slip> found;
    for (auto const& stop : route) {
        if (is_reached(state, stop)) continue;
        bool const is_edited = edited != nullptr && edited->id == stop.job;
        auto const& job = is_edited ? *edited : state.jobs.at(stop.job);
        auto const late = stop.arrival - match::visit_of(job, stop.stop, stop.hold).window.latest;
        auto const [known, is_new] = found.try_emplace(stop.assignment, Slip{stop.stop, late});
        auto& slip = known->second;
        if (!is_new && !slips(state, slip.late) && late > slip.late) slip = {stop.stop, late};
    }
    return found;
}

bool tell_slip(Draft& draft, Assignment const& assignment, Slip slip) {
    auto const& machine = draft.state.machine_of(draft.state.jobs.at(assignment.job));
    bool const is_delayed = machine.delayed() == assignment.state;
    if (!is_news(draft.state, assignment.id, slip.late)) return is_delayed;
    bool const will_be_late = slips(draft.state, slip.late);
    draft.emit(model::SlipPredicted{assignment.id, slip.stop, will_be_late ? slip.late : Millis{}});
    if (will_be_late)
        return engine_step(draft, assignment, machine.delayed(), "will be late") || is_delayed;
    if (!is_delayed) return false;
    return !engine_step(draft, assignment, machine.mended(), "in time again");
}

void renew_eta(Draft& draft, Agent const& agent, model::Position place) {
    auto const next = next_drive(draft, agent, place);
    if (next.to == agent.route.size()) return;
    bool const is_other = comes_at_another_time(draft, agent, next);
    if (!is_other && !foresees_news(draft, agent, next)) return;
    auto start = start_of(draft.region, agent, draft.now);
    start.place = place;
    auto route = retimed(draft.region, start, agent.route);
    bool const is_news_of_slips =
        std::ranges::any_of(slips_on(draft.state, route), [&](auto const& slip) {
            return is_news(draft.state, slip.first, slip.second.late);
        });
    if (is_other || is_news_of_slips) tell_route(draft, agent, std::move(route));
}

void tell_route(Draft& draft, Agent const& agent, std::vector<RouteStop> route) {
    auto const slips = slips_on(draft.state, route);
    draft.emit(model::RouteChanged{agent.id, std::move(route)});
    for (auto const& [id, slip] : slips)
        tell_slip(draft, draft.state.assignments.at(id), slip);
}

}  // namespace posthaste::core
