// Policies, workflows and zones: commands with their whole content, from then on in the log.
#include "base/codec.hpp"
#include "core/draft.hpp"
#include "workflow/load.hpp"

namespace posthaste::core {

using model::Rejection;

namespace {

bool in(std::int64_t value, std::int64_t low, std::int64_t high) {
    return low <= value && value <= high;
}

std::string bad_field(model::TrackRules const& track) {
    constexpr std::int64_t day = 86'400'000;
    if (!in(track.accuracy_max.count(), 1, 100'000)) return "track.accuracy_max";
    if (!in(track.speed_mm_s_max, 1000, 1'000'000)) return "track.speed_mm_s_max";
    if (!in(track.jitter.count(), 0, 10'000)) return "track.jitter";
    if (!in(track.consistent_fixes, 2, 100)) return "track.consistent_fixes";
    if (!in(track.future_tolerance.count(), 0, day)) return "track.future_tolerance";
    if (!in(track.skew_fixes, 2, 100)) return "track.skew_fixes";
    if (!in(track.skew_agreement.count(), 0, day)) return "track.skew_agreement";
    if (!in(track.ancient_after.count(), 60'000, 366 * day)) return "track.ancient_after";
    return {};
}

// The first field that is out of its range, or empty.
std::string bad_field(model::Policy const& policy) {
    constexpr std::int64_t week = 7 * 86'400'000LL;
    if (policy.name.empty() || policy.name.size() > model::name_bytes_max) return "name";
    for (auto const weight :
         {policy.weights.arrival,
          policy.weights.slack,
          policy.weights.load,
          policy.weights.fairness,
          policy.weights.idle,
          policy.weights.vehicle,
          policy.weights.detour}) {
        if (!in(weight, -1'000'000, 1'000'000)) return "weights";
    }
    if (!in(policy.radius.count(), 1, 1'000'000)) return "radius";
    if (!in(policy.candidates_max, 1, model::candidates_limit)) return "candidates_max";
    if (!in(policy.stack_max, 1, static_cast<std::int64_t>(model::stack_limit))) {
        return "stack_max";
    }
    if (!in(policy.offer_expires.count(), 1000, week)) return "offer_expires";
    if (!in(policy.offer_receipt.count(), 500, policy.offer_expires.count())) {
        return "offer_receipt";
    }
    if (!in(policy.stale_after.count(), 1000, week)) return "stale_after";
    if (!in(policy.lost_after.count(), policy.stale_after.count(), week)) return "lost_after";
    if (!in(policy.slip_tolerance.count(), 0, week)) return "slip_tolerance";
    if (!in(policy.eta_tolerance.count(), 0, week)) return "eta_tolerance";
    if (!in(policy.replan_after.count(), 0, 86'400'000)) return "replan_after";
    if (!in(policy.replan_deadline.count(), 1, 60'000)) return "replan_deadline";
    if (!in(policy.replan_gain.count(), 0, 86'400'000)) return "replan_gain";
    if (!in(policy.arrival_radius.count(), 0, 10'000)) return "arrival_radius";
    if (!in(policy.fence_hysteresis.count(), 0, 10'000)) return "fence_hysteresis";
    for (auto const interval : {policy.report_moving, policy.report_idle, policy.report_offered}) {
        if (!in(interval.count(), 500, 86'400'000)) return "report_moving, _idle, _offered";
    }
    if (!in(policy.keep_over.count(), 0, 5 * week)) return "keep_over";
    if (!in(policy.detour_per_mille, 1000, 10'000)) return "detour_per_mille";
    for (auto const speed : policy.speed_mm_s) {
        if (!in(speed, 1, 300'000)) return "speed_mm_s";
    }
    return bad_field(policy.track);
}

}  // namespace

void decide(Draft& draft, model::SetPolicy const& command) {
    auto const field = bad_field(command.policy);
    if (!field.empty()) return draft.reject(Rejection::malformed, "policy." + field);
    draft.emit(model::PolicyAdopted{command.policy, digest_of(command.policy).head()});
}

void decide(Draft& draft, model::SetWorkflow const& command) {
    if (command.name.empty() || command.name.size() > model::name_bytes_max) {
        return draft.reject(Rejection::malformed, "name");
    }
    if (draft.state.workflows.size() >= workflows_max) {
        return draft.reject(Rejection::limit_reached, "workflows");
    }
    auto const loaded = workflow::load(command.toml, command.name);
    if (!loaded.ok()) return draft.reject(Rejection::workflow_invalid, text_of(loaded));
    if (loaded.machine->name != command.name) {
        return draft.reject(
            Rejection::workflow_invalid, "name: the file says " + loaded.machine->name
        );
    }

    auto const hash = digest_of(command.toml).head();
    auto const known = draft.state.workflow_names.find(command.name);
    if (known != draft.state.workflow_names.end() &&
        draft.state.workflows.at(known->second).toml == command.toml) {
        return draft.answer(known->second);  // the same text again is the same version
    }
    auto const id = draft.new_id<model::WorkflowId>();
    draft.emit(model::WorkflowAdopted{id, command.name, command.toml, hash});
    draft.answer(id);
}

void decide(Draft& draft, model::SetZone const& command) {
    auto zone = command.zone;
    if (zone.name.empty() || zone.name.size() > model::name_bytes_max) {
        return draft.reject(Rejection::malformed, "zone.name");
    }
    if (auto const wrong = geo::zone_fault(zone)) {
        return draft.reject(Rejection::zone_invalid, std::string{*wrong});
    }
    if (zone.id == model::ZoneId{}) {
        if (draft.state.zones.size() >= model::zones_max) {
            return draft.reject(Rejection::limit_reached, "zones");
        }
        zone.id = draft.new_id<model::ZoneId>();
    } else {
        auto const* const known = draft.state.zones.find(zone.id);
        if (known == nullptr) return draft.reject(Rejection::zone_unknown);
        auto const conflict = moved_since("zone", known->version, command.if_version);
        if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);
    }
    zone.version = 0;
    draft.emit(model::ZoneSet{zone});
    draft.answer(zone.id);
}

void decide(Draft& draft, model::RemoveZone const& command) {
    auto const* const zone = draft.state.zones.find(command.zone);
    if (zone == nullptr) return draft.reject(Rejection::zone_unknown);
    auto const conflict = moved_since("zone", zone->version, command.if_version);
    if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);
    draft.emit(model::ZoneRemoved{command.zone});
    draft.answer(command.zone);
}

std::optional<std::uint64_t> bits_of(
    Draft& draft, model::NameKind kind, std::vector<std::string> const& names, std::string field
) {
    if (names.size() > model::names_per_need_max) {
        draft.reject(Rejection::malformed, field + ": at most 16 names");
        return std::nullopt;
    }
    // Names that this same draft has added take the bits after those the state knows.
    std::vector<std::string> added;
    for (auto const& event : draft.out.events) {
        auto const* const name = std::get_if<model::NameAdded>(&event);
        if (name != nullptr && name->kind == kind) added.push_back(name->name);
    }
    auto const known = draft.state.catalogue.of(kind).size();
    std::uint64_t bits = 0;
    for (auto const& name : names) {
        if (name.empty() || name.size() > model::name_bytes_max) {
            draft.reject(Rejection::malformed, field + ": a name of 1 to 64 bytes");
            return std::nullopt;
        }
        std::size_t bit = known;
        if (auto const found = draft.state.catalogue.bit(kind, name)) {
            bit = *found;
        } else {
            auto const place = std::find(added.begin(), added.end(), name);
            bit = known + static_cast<std::size_t>(place - added.begin());
            if (bit >= catalogue_max[static_cast<std::size_t>(kind)]) {
                draft.reject(Rejection::limit_reached, field + ": the catalogue is full");
                return std::nullopt;
            }
            if (place == added.end()) {
                added.push_back(name);
                draft.emit(model::NameAdded{kind, name});
            }
        }
        bits |= std::uint64_t{1} << bit;
    }
    return bits;
}

std::optional<model::Requirement> need_of(Draft& draft, model::NeedDraft const& need) {
    auto const skills = bits_of(draft, model::NameKind::skill, need.skills, "skills");
    if (!skills) return std::nullopt;
    auto const kinds = bits_of(draft, model::NameKind::vehicle_kind, need.kinds, "kinds");
    if (!kinds) return std::nullopt;
    auto const features = bits_of(draft, model::NameKind::feature, need.features, "features");
    if (!features) return std::nullopt;
    return model::Requirement{
        .skills = *skills,
        .kinds = static_cast<std::uint32_t>(*kinds),
        .features = static_cast<std::uint32_t>(*features)};
}

}  // namespace posthaste::core
