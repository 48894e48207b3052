#include "core/field.hpp"

#include "base/codec.hpp"

namespace posthaste::core {

using model::AgentId;
using model::Freshness;

geo::Traits traits_of(State const& state, model::Agent const& agent) {
    auto const stack = static_cast<std::int32_t>(agent.assignments.size() + agent.offers.size());
    unsigned flags = 0;
    if (agent.availability == model::Availability::on_duty) flags |= flag_on_duty;
    if (agent.in_shift) flags |= flag_in_shift;
    if (agent.freshness == Freshness::fresh) flags |= flag_fresh;
    if (stack < state.policy.stack_max) flags |= flag_below_stack;
    return {
        .skills = agent.profile.skills,
        .features = agent.profile.vehicle.features,
        .kinds = static_cast<std::uint16_t>(1U << agent.profile.vehicle.kind),
        .flags = static_cast<std::uint16_t>(flags)};
}

Field::Field(State const& state, match::MakeTravel make_travel)
    : make_travel_{std::move(make_travel)}, held_until_{} {
    renew_travel(state);
    for (auto const id : state.zones.ids())
        fences_.set(state.zones.at(id));
    for (auto const id : state.agents.ids()) {
        refresh_agent(state, id);
        watch(state, id, state.last_at);
    }
    for (auto const id : state.waiting)
        refresh_waiting(state, id);
}

Slot Field::take_handle(
    boost::unordered_flat_map<std::uint64_t, Slot>& handles,
    std::vector<Slot>& spare,
    std::uint64_t id
) {
    auto const known = handles.find(id);
    if (known != handles.end()) return known->second;
    auto slot = static_cast<Slot>(handles.size() + spare.size());
    if (!spare.empty()) {
        slot = spare.back();
        spare.pop_back();
    }
    handles.emplace(id, slot);
    return slot;
}

std::optional<Slot> Field::handle_of(AgentId agent) const {
    auto const found = agent_handles_.find(raw(agent));
    if (found == agent_handles_.end()) return std::nullopt;
    return found->second;
}

std::optional<Sighting> Field::seen(AgentId agent) const {
    auto const handle = handle_of(agent);
    if (!handle || sightings_[*handle].time == Instant{}) return std::nullopt;
    return sightings_[*handle];
}

Lap Field::lap(AgentId agent) const {
    auto const handle = handle_of(agent);
    return handle && *handle < laps_.size() ? laps_[*handle] : Lap{};
}

// The next stretch of those that wait; from the first again after the last.
void Field::go_on(State const& state, Slot handle) {
    if (state.waiting.size() <= nearby_max) return;
    if (laps_.size() <= handle) laps_.resize(sightings_.size());
    auto& lap = laps_[handle];
    auto next = state.waiting.upper_bound(lap.upto);
    if (next == state.waiting.end()) next = state.waiting.begin();
    lap.after = next == state.waiting.begin() ? model::JobId{} : *std::prev(next);
    for (std::size_t i = 0; i < lap_jobs && next != state.waiting.end(); ++i)
        lap.upto = *next++;
}

// Without a sighting the agent stands at home, to be shown, and is not asked.
void Field::refresh_agent(State const& state, AgentId id) {
    auto const& agent = state.agents.at(id);
    auto const handle = take_handle(agent_handles_, spare_agent_handles_, raw(id));
    if (sightings_.size() <= handle) sightings_.resize(handle + std::size_t{1});
    auto traits = traits_of(state, agent);
    auto const& sighting = sightings_[handle];
    bool const is_seen = sighting.time != Instant{};
    if (!is_seen) traits.flags = static_cast<std::uint16_t>(traits.flags & ~flag_fresh);
    auto const place = is_seen ? sighting.place : agent.profile.home;
    if (agents_.contains(handle) && agents_.position(handle) == place) {
        agents_.set_traits(handle, traits);
    } else {
        agents_.put(handle, raw(id), place, traits);
    }
}

void Field::refresh_waiting(State const& state, model::JobId id) {
    auto const known = job_handles_.find(raw(id));
    if (!state.waiting.contains(id)) {
        if (known == job_handles_.end()) return;
        waiting_.remove(known->second);
        spare_job_handles_.push_back(known->second);
        job_handles_.erase(known);
        return;
    }
    auto const handle = take_handle(job_handles_, spare_job_handles_, raw(id));
    waiting_.put(handle, raw(id), state.jobs.at(id).stops.front().place, {});
}

void Field::forget_agent(AgentId id) {
    auto const handle = handle_of(id);
    if (!handle) return;
    agents_.remove(*handle);
    sightings_[*handle] = {};
    if (*handle < laps_.size()) laps_[*handle] = {};
    spare_agent_handles_.push_back(*handle);
    agent_handles_.erase(raw(id));
}

void Field::watch(State const& state, AgentId id, Instant last_fix) {
    auto const freshness = state.agents.at(id).freshness;
    if (freshness == Freshness::fresh) watches_.push({last_fix + state.policy.stale_after, id});
    if (freshness == Freshness::stale) watches_.push({last_fix + state.policy.lost_after, id});
}

void Field::renew_travel(State const& state) {
    travel_ = make_travel_(state.policy, state.catalogue.of(model::NameKind::vehicle_kind));
}

void Field::follow(State const& state, model::Event const& event, Touched const& touched) {
    if (std::holds_alternative<model::NameAdded>(event)) {
        renew_travel(state);
    } else if (std::holds_alternative<model::PolicyAdopted>(event)) {
        renew_travel(state);
        for (auto const id : state.agents.ids())
            refresh_agent(state, id);
    } else if (auto const* const zone = std::get_if<model::ZoneSet>(&event)) {
        fences_.set(zone->zone);
    } else if (auto const* const gone = std::get_if<model::ZoneRemoved>(&event)) {
        fences_.remove(gone->zone);
    } else if (auto const* const heard = std::get_if<model::FreshnessChanged>(&event)) {
        watch(state, heard->agent, heard->last_fix);
    }
    for (auto const id : touched.agents) {
        if (state.agents.contains(id)) {
            refresh_agent(state, id);
        } else {
            forget_agent(id);
        }
    }
    for (auto const id : touched.jobs)
        refresh_waiting(state, id);
}

void Field::observe(State const& state, model::Fix const& fix) {
    auto const handle = handle_of(fix.agent);
    if (!handle) return;
    auto& sighting = sightings_[*handle];
    if (fix.time < sighting.time) return;
    go_on(state, *handle);
    bool const first = sighting.time == Instant{};
    sighting = {fix.place, fix.time, fix.speed_mm_s, fix.heading_deg};
    if (first) {
        refresh_agent(state, fix.agent);
    } else {
        agents_.move(*handle, fix.place);
    }
}

std::vector<OverdueInput> Field::overdue(State const& state, Instant now, std::size_t limit) {
    std::vector<OverdueInput> found;
    while (!watches_.empty() && watches_.top().due <= now && found.size() < limit) {
        if (now < held_until_) return found;
        auto const id = watches_.top().agent;
        watches_.pop();
        auto const* const agent = state.agents.find(id);
        if (agent == nullptr) continue;
        auto const sighting = seen(id);
        auto const last = sighting ? sighting->time : Instant{};
        bool const fresh = agent->freshness == Freshness::fresh;
        if (!fresh && agent->freshness != Freshness::stale) continue;
        auto const due = last + (fresh ? state.policy.stale_after : state.policy.lost_after);
        if (due > now) {
            watches_.push({due, id});
        } else {
            found.push_back({id, fresh ? Freshness::stale : Freshness::lost, last});
        }
    }
    return found;
}

Instant Field::overdue_due() const {
    if (watches_.empty()) return instant_max;
    return std::max(watches_.top().due, held_until_);
}

void Field::travel_changed(State const& state) {
    to_retime_ = state.agents.ids();
    std::erase_if(to_retime_, [&](AgentId id) { return state.agents.at(id).route.empty(); });
    std::reverse(to_retime_.begin(), to_retime_.end());
}

std::vector<RetimeInput> Field::to_retime(std::size_t limit) {
    std::vector<RetimeInput> next;
    while (!to_retime_.empty() && next.size() < limit) {
        next.push_back({to_retime_.back()});
        to_retime_.pop_back();
    }
    return next;
}

std::string Field::checkpoint() const {
    std::map<AgentId, Sighting> all;
    for (auto const& [id, handle] : agent_handles_) {
        if (sightings_[handle].time != Instant{}) all.emplace(AgentId{id}, sightings_[handle]);
    }
    return encode(all);
}

Status Field::load_checkpoint(State const& state, std::string_view bytes) {
    auto const all = TRY((decode<std::map<AgentId, Sighting>>(bytes)));
    for (auto const& [id, sighting] : all) {
        auto const handle = handle_of(id);
        if (!handle || !is_on_earth(sighting.place)) continue;
        sightings_[*handle] = sighting;
        refresh_agent(state, id);
    }
    return Unit{};
}

}  // namespace posthaste::core
