// Agents: who they are, and whether they are there.
#include "core/draft.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using model::Agent;
using model::Rejection;

namespace {

std::string bad_field(State const& state, model::PutAgent const& command) {
    if (command.reference.empty() || command.reference.size() > model::reference_bytes_max) {
        return "reference";
    }
    if (!is_on_earth(command.home)) return "home";
    if (command.shift.start > command.shift.end || command.shift.start < Instant{} ||
        command.shift.end > instant_max) {
        return "shift";
    }
    if (command.weight < 1 || command.weight > 100 * model::weight_one) return "weight";
    if (command.vehicle_label.size() > model::name_bytes_max) return "vehicle_label";
    for (auto const amount : command.capacity.amount) {
        if (amount < 0 || amount > model::load_max) return "capacity";
    }
    if (command.zones.size() > model::zones_per_agent_max) return "zones: at most 32";
    for (auto const zone : command.zones) {
        if (!state.zones.contains(zone)) return "zones: there is no such zone";
    }
    return {};
}

std::optional<model::AgentProfile> profile_of(Draft& draft, model::PutAgent const& command) {
    auto const skills = bits_of(draft, model::NameKind::skill, command.skills, "skills");
    if (!skills) return std::nullopt;
    auto const features = bits_of(draft, model::NameKind::feature, command.features, "features");
    if (!features) return std::nullopt;
    auto const kind_name = command.vehicle_kind.empty() ? "any" : command.vehicle_kind;
    auto const kind = bits_of(draft, model::NameKind::vehicle_kind, {kind_name}, "vehicle_kind");
    if (!kind) return std::nullopt;
    std::uint8_t kind_bit = 0;
    while ((*kind >> kind_bit) != 1U)
        ++kind_bit;
    model::AgentProfile profile{
        .reference = command.reference,
        .person = command.person,
        .home = command.home,
        .shift = command.shift,
        .skills = *skills,
        .vehicle =
            {.label = command.vehicle_label,
             .kind = kind_bit,
             .features = static_cast<std::uint32_t>(*features),
             .capacity = command.capacity},
        .zones = command.zones,
        .weight = command.weight};
    std::sort(profile.zones.begin(), profile.zones.end());
    profile.zones.erase(
        std::unique(profile.zones.begin(), profile.zones.end()), profile.zones.end()
    );
    return profile;
}

void withdraw_offers(Draft& draft, Agent const& agent, std::string const& reason) {
    for (auto const id : agent.offers) {
        auto const& offer = draft.state.offers.at(id);
        close_offer(draft, offer, model::OfferEnd::withdrawn, reason);
        draft.want(offer.job, offer.slot, model::Want::freed);
    }
}

}  // namespace

void decide(Draft& draft, model::PutAgent const& command) {
    auto const& state = draft.state;
    auto const wrong = bad_field(state, command);
    if (!wrong.empty()) return draft.reject(Rejection::malformed, wrong);
    auto const known = state.agent_named(command.reference);
    auto const profile = profile_of(draft, command);
    if (!profile) return;
    if (!known) {
        if (state.agents.size() >= agents_max) {
            return draft.reject(Rejection::limit_reached, "agents");
        }
        auto const id = draft.new_id<model::AgentId>();
        draft.answer(id);
        return draft.emit(model::AgentPut{id, *profile});
    }
    auto agent = state.agents.at(*known);
    draft.answer(agent.id);
    auto const conflict = moved_since("agent", agent.version, command.if_version);
    if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);
    auto const& capacity = profile->vehicle.capacity;
    bool const less = !agent.profile.vehicle.capacity.fits_in(capacity);
    agent.profile = *profile;
    if (less && !(agent.aboard.fits_in(capacity) && route_fits(state, agent, agent.route))) {
        return draft.reject(Rejection::agent_busy, "capacity: the route needs more");
    }
    draft.emit(model::AgentPut{agent.id, *profile});
}

void decide(Draft& draft, model::SetAvailability const& command) {
    auto const* const agent = draft.state.agents.find(command.agent);
    if (agent == nullptr) return draft.reject(Rejection::agent_unknown);
    if (draft.is_other_agent(agent->id)) {
        return draft.reject(Rejection::not_allowed, "not this agent");
    }
    draft.answer(agent->id);
    if (agent->availability == command.availability) return;
    if (command.availability != model::Availability::on_duty) {
        withdraw_offers(draft, *agent, "the agent went off duty");
    }
    draft.emit(model::AvailabilityChanged{agent->id, command.availability});
}

void decide(Draft& draft, model::RemoveAgent const& command) {
    auto const* const agent = draft.state.agents.find(command.agent);
    if (agent == nullptr) return draft.reject(Rejection::agent_unknown);
    auto const conflict = moved_since("agent", agent->version, command.if_version);
    if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);
    if (!agent->assignments.empty()) return draft.reject(Rejection::agent_busy);
    draft.answer(agent->id);
    withdraw_offers(draft, *agent, "the agent left");
    for (auto const booking : agent->bookings)
        draft.emit(model::BookingEnded{booking, model::BookingEnd::released});
    draft.emit(model::AgentRemoved{agent->id});
}

void decide(Draft& draft, OverdueInput const& input) {
    auto const* const agent = draft.state.agents.find(input.agent);
    if (agent == nullptr || agent->freshness == input.freshness) return;
    draft.emit(model::FreshnessChanged{input.agent, input.freshness, input.last_fix});
}

}  // namespace posthaste::core
