#include "views/show.hpp"

namespace posthaste::views {

using model::NameKind;

Audience audience_of(model::Role role) {
    switch (role) {
        case model::Role::dispatcher:
        case model::Role::admin:
        case model::Role::engine:
            return Audience::full;
        case model::Role::agent:
            return Audience::agent;
        case model::Role::none:
        case model::Role::viewer:
        case model::Role::calendar:
            break;
    }
    return Audience::open;
}

namespace {

void write_names(
    JsonText& out,
    std::string_view name,
    core::Catalogue const& names,
    NameKind kind,
    std::uint64_t bits
) {
    if (bits == 0) return;
    out.key(name);
    out.open('[');
    for (auto const each : names_of_bits(names, kind, bits))
        out.string(each);
    out.close(']');
}

template <class T>
void write_id(JsonText& out, std::string_view name, T id) {
    if (raw(id) != 0) write_member(out, name, id);
}

void write_slot(
    JsonText& out, model::JobSlot const& slot, core::Catalogue const& names, Audience audience
) {
    out.open('{');
    write_member(out, "status", slot.status);
    write_member(out, "attempt", slot.attempt);
    write_names(out, "skills", names, NameKind::skill, slot.need.skills);
    write_names(out, "kinds", names, NameKind::vehicle_kind, slot.need.kinds);
    write_names(out, "features", names, NameKind::feature, slot.need.features);
    if (audience != Audience::agent) write_id(out, "offer", slot.offer);
    write_id(out, "assignment", slot.assignment);
    if (audience == Audience::full && !slot.declined.empty())
        write_member(out, "declined", slot.declined);
    out.close('}');
}

void write_assignment(JsonText& out, JobView const& view, model::Assignment const& assignment) {
    out.open('{');
    write_member(out, "id", assignment.id);
    write_member(out, "slot", assignment.slot);
    write_member(out, "agent", assignment.agent);
    out.key("state");
    out.string(view.state_of(assignment).name);
    write_member(out, "phase", view.state_of(assignment).phase);
    write_member(out, "stops", assignment.stops);
    write_member(out, "made", assignment.made);
    write_member(out, "slips", assignment.slip_told);
    out.close('}');
}

void write_personal(JsonText& out, JobView const& view, Audience audience) {
    auto const& job = view.job;
    write_id(out, "contact", job.contact);
    if (!job.notes.is_zero()) write_member(out, "notes", job.notes);
    if (job.quote.status != model::QuoteStatus::none && audience == Audience::full)
        write_member(out, "quote", job.quote);
    write_member(out, "attachments", job.attachments);
    write_member(out, "conflicts", job.conflicts);
}

void write_claims(JsonText& out, JobView const& view, Audience audience) {
    out.key("slots");
    out.open('[');
    for (auto const& slot : view.job.slots)
        write_slot(out, slot, *view.names, audience);
    out.close(']');
    out.key("assignments");
    out.open('[');
    for (auto const& assignment : view.assignments)
        write_assignment(out, view, assignment);
    out.close(']');
    if (audience == Audience::full) write_member(out, "offers", view.offers);
}

void write_profile(JsonText& out, AgentView const& view, Audience audience) {
    auto const& profile = *view.profile;
    write_member(out, "reference", profile.reference);
    if (audience != Audience::open) {
        write_id(out, "person", profile.person);
        write_member(out, "home", profile.home);
    }
    write_member(out, "shift", profile.shift);
    write_names(out, "skills", *view.names, NameKind::skill, profile.skills);
    write_member(out, "vehicle_label", profile.vehicle.label);
    auto const kind = std::uint64_t{1} << profile.vehicle.kind;
    for (auto const name : names_of_bits(*view.names, NameKind::vehicle_kind, kind)) {
        out.key("vehicle_kind");
        out.string(name);
    }
    write_names(out, "features", *view.names, NameKind::feature, profile.vehicle.features);
    write_member(out, "capacity", profile.vehicle.capacity);
    write_member(out, "zones", profile.zones);
    write_member(out, "weight", profile.weight);
}

void write_route(JsonText& out, AgentView const& view) {
    out.key("route");
    out.open('[');
    for (auto const& [visit, place] : view.route) {
        out.open('{');
        write_json_fields(out, visit);
        write_member(out, "place", place);
        out.close('}');
    }
    out.close(']');
    write_member(out, "route_version", view.route_version);
}

void write_bookings(JsonText& out, AgentView const& view) {
    out.key("bookings");
    out.open('[');
    for (auto const& booking : view.bookings) {
        out.open('{');
        write_member(out, "id", booking.id);
        write_id(out, "job", booking.job);
        write_member(out, "stops", booking.stops);
        write_member(out, "expires", booking.expires);
        out.close('}');
    }
    out.close(']');
}

void write_fields(JsonText& out, AgentView const& view, Audience audience) {
    write_member(out, "id", view.id);
    write_profile(out, view, audience);
    write_member(out, "availability", view.availability);
    write_member(out, "status", view.status);
    write_member(out, "freshness", view.freshness);
    write_member(out, "in_shift", view.in_shift);
    write_member(out, "aboard", view.aboard);
    write_member(out, "jobs", view.jobs);
    if (audience != Audience::open) {
        write_member(out, "offers", view.offers);
        write_member(out, "busy", view.busy);
    }
    if (audience == Audience::full) write_bookings(out, view);
    write_member(out, "inside", view.inside);
    write_member(out, "assigned_count", view.assigned_count);
    write_member(out, "idle_since", view.idle_since);
    write_route(out, view);
    write_member(out, "version", view.version);
}

}  // namespace

void show(JsonText& out, JobView const& view, Audience audience) {
    auto const& job = view.job;
    out.open('{');
    write_member(out, "id", job.id);
    if (!job.reference.empty()) write_member(out, "reference", job.reference);
    write_member(out, "workflow", view.workflow->machine.name);
    write_member(out, "state", view.state().name);
    write_member(out, "title", view.state().title);
    write_member(out, "phase", view.phase);
    write_member(out, "priority", job.priority);
    write_member(out, "release", job.release);
    write_member(out, "deadline", job.deadline);
    write_member(out, "stops", job.stops);
    write_claims(out, view, audience);
    if (audience != Audience::open) write_personal(out, view, audience);
    write_id(out, "booking", job.booking);
    write_member(out, "created", job.created);
    if (job.over != Instant{}) write_member(out, "over", job.over);
    write_member(out, "version", job.version);
    out.key("versions");
    out.open('{');
    for (std::size_t i = 0; i < model::group_count; ++i)
        write_member(out, name_of(static_cast<model::Group>(i)), job.group_versions[i]);
    out.close('}');
    out.close('}');
}

void show(JsonText& out, AgentView const& view, Audience audience) {
    out.open('{');
    write_fields(out, view, audience);
    out.close('}');
}

void show(JsonText& out, AgentSeen const& agent, Audience audience) {
    out.open('{');
    write_fields(out, *agent.view, audience);
    if (agent.is_seen()) {
        out.key("position");
        show(out, agent.seen);
    }
    out.close('}');
}

void show(JsonText& out, core::Sighting const& seen) {
    out.open('[');
    out.degrees(seen.place.lat);
    out.degrees(seen.place.lon);
    out.integer(seen.time.millis());
    out.integer(seen.speed_mm_s);
    out.integer(seen.heading_deg);
    out.close(']');
}

void show(JsonText& out, OfferView const& view, Instant now) {
    auto const& offer = view.offer;
    out.open('{');
    write_member(out, "id", offer.id);
    write_member(out, "agent", offer.agent);
    write_member(out, "slot", offer.slot);
    write_member(out, "attempt", offer.attempt);
    write_member(out, "received", offer.received);
    write_member(out, "arrival", offer.arrival);
    write_member(out, "expires_in", std::max(Millis{}, offer.expires - now));
    write_member(out, "receipt_in", std::max(Millis{}, offer.receipt_due - now));
    out.key("job");
    show(out, *view.job, Audience::agent);
    out.close('}');
}

}  // namespace posthaste::views
