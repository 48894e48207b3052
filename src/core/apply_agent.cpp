#include "base/plant.hpp"
#include "core/apply_parts.hpp"

namespace posthaste::core::detail {

using model::Agent;

Agent& Applier::agent_to_change(model::AgentId id) {
    touched.agents.push_back(id);
    return state.agents.at(id);
}

void Applier::wake(model::AgentId agent) {
    if (state.waiting.empty() || planted(Plant::waiting_not_woken)) return;
    state.agenda.wake.insert_or_assign(agent, model::JobId{});
}

void Applier::drop_shift_timers(Agent const& agent) {
    state.timers.erase({agent.profile.shift.start, raw(agent.id), TimerKind::shift_start});
    state.timers.erase({agent.profile.shift.end, raw(agent.id), TimerKind::shift_end});
}

void Applier::set_shift_timers(Agent const& agent) {
    auto const& shift = agent.profile.shift;
    if (shift.start > envelope.at) {
        state.timers.insert({shift.start, raw(agent.id), TimerKind::shift_start});
    }
    if (shift.end > envelope.at && shift.end < instant_max) {
        state.timers.insert({shift.end, raw(agent.id), TimerKind::shift_end});
    }
}

void Applier::operator()(model::AgentPut const& put) {
    claim_id(raw(put.id));
    Agent* agent = state.agents.find(put.id);
    if (agent == nullptr) {
        agent = &state.agents.insert({.id = put.id, .profile = {}, .idle_since = envelope.at});
    } else {
        drop_shift_timers(*agent);
        state.agent_references.erase(agent->profile.reference, put.id);
    }
    touched.agents.push_back(put.id);
    agent->profile = put.profile;
    agent->version = number();
    state.agent_references.put(put.profile.reference, put.id);
    auto const& shift = put.profile.shift;
    agent->in_shift = shift.start <= envelope.at && envelope.at < shift.end;
    set_shift_timers(*agent);
    wake(put.id);
}

void Applier::operator()(model::AvailabilityChanged const& changed) {
    auto& agent = agent_to_change(changed.agent);
    agent.availability = changed.availability;
    agent.version = number();
    if (changed.availability != model::Availability::on_duty) return;
    if (agent.assignments.empty()) agent.idle_since = envelope.at;
    wake(changed.agent);
}

void Applier::operator()(model::AgentRemoved const& removed) {
    auto const& agent = agent_to_change(removed.agent);
    ASSERT(agent.assignments.empty());
    ASSERT(agent.offers.empty());
    ASSERT(agent.bookings.empty());
    drop_shift_timers(agent);
    for (auto const zone : agent.inside)
        drop_dwell(removed.agent, zone);
    state.taken.erase(removed.agent);
    state.agent_references.erase(agent.profile.reference, removed.agent);
    state.agenda.wake.erase(removed.agent);
    state.agents.erase(removed.agent);
}

void Applier::operator()(model::ShiftTurned const& turned) {
    auto& agent = agent_to_change(turned.agent);
    agent.in_shift = turned.in_shift;
    agent.version = number();
    if (!turned.in_shift) return;
    agent.assigned_count = 0;
    agent.idle_since = envelope.at;
    wake(turned.agent);
}

void Applier::operator()(model::FreshnessChanged const& changed) {
    auto& agent = agent_to_change(changed.agent);
    agent.freshness = changed.freshness;
    agent.version = number();
    if (changed.freshness == model::Freshness::fresh) wake(changed.agent);
}

void Applier::operator()(model::FenceCrossed const& crossed) {
    auto& agent = agent_to_change(crossed.agent);
    auto const dwell = state.zones.at(crossed.zone).dwell;
    if (crossed.crossing == model::Crossing::enter) {
        insert_sorted(agent.inside, crossed.zone);
        if (dwell <= Millis{}) return;
        // From now, not from the fix: a late fix must not set a timer in the past.
        drop_dwell(crossed.agent, crossed.zone);
        auto const due = envelope.at + dwell;
        state.dwells.emplace(std::pair{crossed.agent, crossed.zone}, due);
        state.timers.insert({due, raw(crossed.agent), TimerKind::dwell, raw(crossed.zone)});
    } else {
        if (crossed.crossing == model::Crossing::exit) erase_sorted(agent.inside, crossed.zone);
        if (crossed.crossing != model::Crossing::passed) drop_dwell(crossed.agent, crossed.zone);
    }
}

void Applier::drop_dwell(model::AgentId agent, model::ZoneId zone) {
    auto const found = state.dwells.find({agent, zone});
    if (found == state.dwells.end()) return;
    state.timers.erase({found->second, raw(agent), TimerKind::dwell, raw(zone)});
    state.dwells.erase(found);
}

void Applier::set_route(Agent& agent, std::vector<model::RouteStop> const& route) {
    agent.route = route;
    agent.route_version = number();
    for (auto const& stop : route) {
        auto& progress = state.assignments.at(stop.assignment).stops[stop.stop];
        progress.planned = stop.arrival;
        progress.planned_p90 = stop.arrival_p90;
        progress.source = stop.source;
        progress.confidence = stop.confidence;
    }
}

void Applier::operator()(model::RouteChanged const& changed) {
    set_route(agent_to_change(changed.agent), changed.route);
}

void Applier::operator()(model::AgentWoken const& woken) {
    if (woken.upto == model::JobId{}) {
        state.agenda.wake.erase(woken.agent);
    } else {
        state.agenda.wake.insert_or_assign(woken.agent, woken.upto);
    }
}

}  // namespace posthaste::core::detail
