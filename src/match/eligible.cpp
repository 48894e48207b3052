#include "match/eligible.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::match {

using model::Facts;
using model::Needs;
using model::Rule;

namespace {

bool is_of_kind(std::uint32_t kinds, std::uint8_t kind) {
    return kinds == 0 || (kind < model::vehicle_kinds_max && ((kinds >> kind) & 1U) != 0);
}

}  // namespace

Rule first_failed(Needs const& needs, Facts const& facts) {
    if (facts.availability != model::Availability::on_duty) return Rule::off_duty;
    if (!facts.in_shift) return Rule::out_of_shift;
    if (facts.freshness != model::Freshness::fresh) return Rule::position_unknown;
    if (facts.stack >= needs.stack_max) return Rule::load_limit;
    if (!is_of_kind(needs.need.kinds, facts.kind)) return Rule::vehicle_kind;
    if ((needs.need.features & ~facts.features) != 0) return Rule::vehicle_features;
    if ((needs.need.skills & ~facts.skills) != 0) return Rule::skills;
    if (facts.declined) return Rule::declined;
    if (!facts.zone_right) return Rule::zone;
    if (facts.distance > needs.radius) return Rule::too_far;
    if (!facts.planned) return Rule::none;
    if (!facts.fits) return Rule::capacity;
    if (facts.lateness > Millis{} || facts.arrival > needs.latest) return Rule::too_late;
    if (facts.finish > facts.shift_end) return Rule::shift_too_short;
    return Rule::none;
}

Needs needs_of(
    model::Job const& job, std::uint8_t slot, model::Policy const& policy, model::ZoneId zone
) {
    ASSERT(!job.stops.empty());
    ASSERT(slot < job.slots.size());
    model::Window const& window = job.stops.front().window;
    Needs needs;
    needs.need = job.slots[slot].need;
    needs.zone = zone;
    needs.radius = policy.radius;
    needs.stack_max = policy.stack_max;
    needs.latest = std::min(window.latest, job.deadline);
    needs.earliest = window.earliest;
    if (window.earliest == Instant{} && needs.latest < instant_max)
        needs.earliest = std::max(job.release, job.created);
    return needs;
}

Facts facts_of(
    model::Agent const& agent, Needs const& needs, model::JobSlot const& slot, Metres distance
) {
    model::AgentProfile const& profile = agent.profile;
    Facts facts;
    facts.availability = agent.availability;
    facts.in_shift = agent.in_shift;
    facts.freshness = agent.freshness;
    facts.stack = static_cast<std::int32_t>(agent.assignments.size() + agent.offers.size());
    facts.kind = profile.vehicle.kind;
    facts.features = profile.vehicle.features;
    facts.skills = profile.skills;
    facts.declined = std::binary_search(slot.declined.begin(), slot.declined.end(), agent.id);
    facts.zone_right = needs.zone == model::ZoneId{} || profile.zones.empty() ||
                       std::binary_search(profile.zones.begin(), profile.zones.end(), needs.zone);
    facts.distance = distance;
    facts.shift_end = profile.shift.end;
    facts.weight = profile.weight;
    facts.assigned_count = agent.assigned_count;
    facts.idle_since = agent.idle_since;
    return facts;
}

}  // namespace posthaste::match
