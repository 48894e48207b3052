#include "base/plant.hpp"
#include "core/apply_parts.hpp"
#include "workflow/load.hpp"

namespace posthaste::core::detail {

void Applier::claim_id(std::uint64_t id) {
    state.next_counter = std::max(state.next_counter, (id & id_counter_max) + 1);
}

// The clock of an offer stood still while nobody could answer it.
void Applier::operator()(model::TermBegan const& began) {
    if (planted(Plant::offer_expired_in_outage)) return;
    for (auto const id : state.offers.ids()) {
        auto& offer = state.offers.at(id);
        state.timers.erase({offer.expires, raw(id), TimerKind::offer_expiry});
        bool const receipt =
            state.timers.erase({offer.receipt_due, raw(id), TimerKind::offer_receipt}) > 0;
        offer.expires = offer.expires + began.outage;
        offer.receipt_due = offer.receipt_due + began.outage;
        state.timers.insert({offer.expires, raw(id), TimerKind::offer_expiry});
        if (receipt) state.timers.insert({offer.receipt_due, raw(id), TimerKind::offer_receipt});
    }
}

void Applier::operator()(model::CommandConcluded const& concluded) {
    state.remembered.remember(
        envelope,
        {.body_hash = concluded.body_hash,
         .rejection = concluded.rejection,
         .detail = concluded.detail,
         .subject = concluded.subject,
         .number = number()}
    );
}

void Applier::operator()(model::PolicyAdopted const& adopted) {
    state.policy = adopted.policy;
    state.policy_hash = adopted.hash;
    wake(model::AgentId{});
}

void Applier::operator()(model::WorkflowAdopted const& adopted) {
    claim_id(raw(adopted.id));
    state.workflows.insert({adopted.id, adopted.name, adopted.toml, adopted.hash});
    state.workflow_names.insert_or_assign(adopted.name, adopted.id);
    auto loaded = workflow::load(adopted.toml, adopted.name);
    ASSERT(loaded.machine.has_value());
    state.machines.insert_or_assign(adopted.id, std::move(*loaded.machine));
}

void Applier::operator()(model::ZoneSet const& set) {
    claim_id(raw(set.zone.id));
    auto* zone = state.zones.find(set.zone.id);
    if (zone == nullptr) zone = &state.zones.insert(set.zone);
    *zone = set.zone;
    zone->version = number();
    wake(model::AgentId{});
}

void Applier::operator()(model::ZoneRemoved const& removed) {
    state.zones.erase(removed.zone);
    for (auto const id : state.agents.ids()) {
        auto const& inside = state.agents.at(id).inside;
        if (!std::binary_search(inside.begin(), inside.end(), removed.zone)) continue;
        auto& agent = agent_to_change(id);
        erase_sorted(agent.inside, removed.zone);
        drop_dwell(id, removed.zone);
    }
    wake(model::AgentId{});
}

void Applier::operator()(model::RoadReportPosted const& posted) {
    claim_id(raw(posted.report.id));
    state.road_reports.insert(posted.report);
    state.timers.insert({posted.report.until, raw(posted.report.id), TimerKind::report_end});
}

void Applier::operator()(model::RoadReportLifted const& lifted) {
    auto const until = state.road_reports.at(lifted.report).until;
    state.timers.erase({until, raw(lifted.report), TimerKind::report_end});
    state.road_reports.erase(lifted.report);
}

void Applier::operator()(model::TravelSourceChanged const& changed) {
    state.travel_source = changed.source;
}

void Applier::operator()(model::NameAdded const& added) {
    auto& names = state.catalogue.names[static_cast<std::size_t>(added.kind)];
    ASSERT(names.size() < catalogue_max[static_cast<std::size_t>(added.kind)]);
    names.push_back(added.name);
}

void Applier::operator()(model::TenantCreated const& created) {
    state.control.tenants.insert(created.name);
}

void Applier::operator()(model::RegionCreated const& created) {
    state.control.regions.insert_or_assign(
        created.region, RegionEntry{created.tenant, created.name, created.centre}
    );
}

void Applier::operator()(model::KeyCreated const& created) {
    claim_id(raw(created.id));
    state.control.keys.insert(
        {.id = created.id,
         .tenant = created.tenant,
         .secret = created.secret,
         .role = created.role,
         .agent = created.agent,
         .expires = created.expires,
         .label = created.label}
    );
}

void Applier::operator()(model::KeyRevoked const& revoked) {
    state.control.keys.at(revoked.key).revoked = true;
}

void Applier::operator()(model::TimerLapsed const& lapsed) {
    auto const erased = state.timers.erase(
        {lapsed.due, lapsed.id, static_cast<TimerKind>(lapsed.kind), lapsed.extra}
    );
    ASSERT(erased == 1);
}

}  // namespace posthaste::core::detail
