// What follows from one position: heard of again, fences crossed, a stop reached, a slip foreseen,
// a waiting job come within reach.
#include "base/plant.hpp"
#include "core/draft.hpp"
#include "core/route.hpp"
#include "geo/distance.hpp"

namespace posthaste::core {

using model::Agent;
using model::Fix;
using model::Phase;

namespace {

void hear_again(Draft& draft, Agent const& agent, Fix const& fix) {
    if (agent.freshness == model::Freshness::fresh) return;
    draft.emit(model::FreshnessChanged{agent.id, model::Freshness::fresh, fix.time});
}

void cross_fences(
    Draft& draft, Agent const& agent, std::optional<Sighting> const& before, Fix const& fix
) {
    auto const& fences = draft.region.field.fences();
    std::optional<geo::Moment> from;
    if (before) from = geo::Moment{before->place, before->time};
    auto const crossings = fences.crossings(
        agent.inside, from, {fix.place, fix.time}, draft.state.policy.fence_hysteresis
    );
    for (auto const& crossing : crossings) {
        draft.emit(model::FenceCrossed{agent.id, crossing.zone, crossing.crossing, crossing.at});
    }
}

struct NextStop {
    model::Assignment const& assignment;
    model::Stop const& stop;
    std::uint8_t index = 0;
};

void notice_arrival(Draft& draft, NextStop const& next, Fix const& fix) {
    if (next.assignment.stops[next.index].arrived) return;
    if (draft.state.phase_of(next.assignment) != Phase::en_route) return;
    if (geo::distance(fix.place, next.stop.place) > draft.state.policy.arrival_radius) return;
    draft.emit(model::StopReached{next.assignment.id, next.index, fix.time});
    auto const& machine = draft.state.machine_of(draft.state.jobs.at(next.assignment.job));
    engine_step(draft, next.assignment, machine.first_state(Phase::on_site), "arrived");
}

// There are more than the nearest: a stretch of all that wait, near or not, another each time.
void add_lap(Draft const& draft, model::AgentId agent, std::vector<model::JobId>& jobs) {
    auto const lap = draft.region.field.lap(agent);
    std::sort(jobs.begin(), jobs.end());
    auto const nearest = static_cast<std::ptrdiff_t>(jobs.size());
    auto const& waiting = draft.state.waiting;
    auto next = waiting.upper_bound(lap.after);
    // Some may have come back since the stretch was measured: those were just tried.
    for (std::size_t i = 0; i < 2 * lap_jobs && next != waiting.end() && *next <= lap.upto; ++i) {
        bool const is_near = std::binary_search(jobs.begin(), jobs.begin() + nearest, *next);
        if (!is_near) jobs.push_back(*next);
        ++next;
    }
}

// Jobs that nobody could take, and this agent can from here. One not seen since a restart is fresh
// by the state and not yet by the index.
void come_near(
    Draft& draft, Agent const& agent, std::optional<Sighting> const& before, Fix const& fix
) {
    if (planted(Plant::waiting_not_woken)) return;
    if (draft.state.waiting.empty() || agent.freshness != model::Freshness::fresh) return;
    auto const& field = draft.region.field;
    auto const flags = field.agents().traits(*field.handle_of(agent.id)).flags;
    auto const wanted = before ? flags_dispatchable : flags_dispatchable & ~flag_fresh;
    if ((flags & wanted) != wanted) return;
    auto& found = draft.scratch.found;
    field.waiting().nearest(
        {.place = fix.place,
         .count = nearby_max,
         .radius = draft.state.policy.radius,
         .wanted = {},
         .explain = geo::Explain::no},
        found
    );
    std::vector<model::JobId> nearby;
    for (auto const& hit : found.hits)
        nearby.emplace_back(model::JobId{hit.id});
    if (nearby.size() == nearby_max) add_lap(draft, agent.id, nearby);
    for (auto const id : nearby)
        wake_for(draft, draft.state.jobs.at(id), agent, fix.place);
}

}  // namespace

model::ZoneId zone_of(State const& state, model::AgentId id) {
    auto const* const agent = state.agents.find(id);
    if (agent == nullptr || agent->inside.empty()) return {};
    auto const area = std::find_if(agent->inside.begin(), agent->inside.end(), [&](auto zone) {
        return state.zones.at(zone).kind == model::ZoneKind::service_area;
    });
    return area == agent->inside.end() ? agent->inside.front() : *area;
}

void decide(Draft& draft, FixInput const& input) {
    auto const& fix = input.fix;
    auto const* const agent = draft.state.agents.find(fix.agent);
    if (agent == nullptr) return;
    auto const before = draft.region.field.seen(fix.agent);
    if (before && fix.time < before->time) return;  // overtaken on the way: not "now" any more
    hear_again(draft, *agent, fix);
    cross_fences(draft, *agent, before, fix);
    come_near(draft, *agent, before, fix);
    if (agent->route.empty()) return;
    auto const& visit = agent->route.front();
    auto const& job = draft.state.jobs.at(visit.job);
    auto const& stop = job.stops[visit.stop];
    NextStop const next{draft.state.assignments.at(visit.assignment), stop, visit.stop};
    notice_arrival(draft, next, fix);
    renew_eta(draft, *agent, fix.place);  // the fix is observed after it is decided
}

}  // namespace posthaste::core
