#include "api/answer_schema.hpp"

#include "api/json_schema.hpp"
#include "core/reach.hpp"
#include "ingest/track_filter.hpp"
#include "views/kpis.hpp"
#include "views/view.hpp"

namespace posthaste::api::answers {
namespace {

using Schema = std::string (*)(Components&);

template <class T>
std::string of(Components& components) {
    return schema_of<T>(components);
}
template <Schema schema>
std::string list(Components& components) {
    return R"({"type":"array","items":)" + schema(components) + "}";
}
std::string any_object(Components&) {
    return R"({"type":"object"})";
}
std::string counts(Components&) {
    return R"({"type":"object","additionalProperties":{"type":"integer"}})";
}
/// [lat, lon, ms, mm/s, degrees]
std::string sighting(Components&) {
    return R"({"type":"array","items":{"type":"number"},"minItems":5,"maxItems":5})";
}

constexpr Schema id = of<std::uint64_t>;
constexpr Schema text = of<std::string>;
constexpr Schema integer = of<std::int64_t>;
constexpr Schema instant = of<Instant>;
constexpr Schema texts = list<text>;
constexpr Schema ids = list<id>;

/// Always there, or left out where there is nothing to say.
enum class There : std::uint8_t { always, perhaps };

struct Property {
    std::string_view name;
    Schema schema;
    There there = There::always;
};
using Properties = std::initializer_list<Property>;

std::string object(Components& components, Properties properties) {
    JsonText out;
    out.open('{');
    out.key("type");
    out.string("object");
    out.key("properties");
    out.open('{');
    for (auto const& property : properties) {
        out.key(property.name);
        out.raw(property.schema(components));
    }
    out.close('}');
    out.key("required");
    out.open('[');
    for (auto const& property : properties) {
        if (property.there == There::always) out.string(property.name);
    }
    out.close(']');
    out.key("additionalProperties");
    out.boolean(false);
    out.close('}');
    return std::move(out).text();
}

std::string named(Components& components, std::string const& name, Properties properties) {
    // Before it is made: a type may hold itself.
    if (components.emplace(name, "").second) components[name] = object(components, properties);
    return detail::reference_to(name);
}

Body body(Schema schema) {
    return {.schema = schema};
}

constexpr auto perhaps = There::perhaps;

// --- jobs ---

std::string slot_schema(Components& components) {
    return named(
        components,
        "SlotView",
        {{"status", of<model::SlotStatus>},
         {"attempt", id},
         {"skills", texts, perhaps},
         {"kinds", texts, perhaps},
         {"features", texts, perhaps},
         {"offer", id, perhaps},
         {"assignment", id, perhaps},
         {"declined", ids, perhaps}}
    );
}

std::string assignment_schema(Components& components) {
    return named(
        components,
        "AssignmentView",
        {{"id", id},
         {"slot", integer},
         {"agent", id},
         {"state", text},
         {"phase", of<model::Phase>},
         {"stops", list<any_object>},
         {"made", instant},
         {"slips", of<bool>}}
    );
}

std::string job_schema(Components& components) {
    return named(
        components,
        "JobView",
        {{"id", id},
         {"reference", text, perhaps},
         {"workflow", text},
         {"state", text},
         {"title", text},
         {"phase", of<model::Phase>},
         {"priority", integer},
         {"release", instant},
         {"deadline", instant},
         {"stops", of<std::vector<model::Stop>>},
         {"slots", list<slot_schema>},
         {"assignments", list<assignment_schema>},
         {"offers", of<std::vector<model::Offer>>, perhaps},
         {"contact", id, perhaps},
         {"notes", of<Digest>, perhaps},
         {"quote", of<model::Quote>, perhaps},
         {"attachments", of<std::vector<model::Attachment>>, perhaps},
         {"conflicts", of<std::vector<model::Conflict>>, perhaps},
         {"booking", id, perhaps},
         {"created", instant},
         {"over", instant, perhaps},
         {"version", id},
         {"versions", any_object}}
    );
}

// --- agents ---

std::string route_stop_schema(Components& components) {
    if (components.emplace("RouteStopView", "").second) {
        auto schema = detail::described_schema<model::RouteStop>(components, {});
        constexpr std::string_view properties = R"("properties":{)";
        auto const at = schema.find(properties) + properties.size();
        schema.insert(at, "\"place\":" + of<model::Position>(components) + ",");
        components["RouteStopView"] = std::move(schema);
    }
    return detail::reference_to("RouteStopView");
}

std::string booking_schema(Components& components) {
    return named(
        components,
        "BookingView",
        {{"id", id},
         {"job", id, perhaps},
         {"stops", of<std::vector<model::Stop>>},
         {"expires", instant}}
    );
}

std::string agent_schema(Components& components) {
    return named(
        components,
        "AgentView",
        {{"id", id},
         {"reference", text},
         {"person", id, perhaps},
         {"home", of<model::Position>, perhaps},
         {"shift", of<model::Shift>},
         {"skills", texts, perhaps},
         {"vehicle_label", text},
         {"vehicle_kind", text, perhaps},
         {"features", texts, perhaps},
         {"capacity", of<model::Load>},
         {"zones", ids},
         {"weight", integer},
         {"availability", of<model::Availability>},
         {"status", of<views::AgentStatus>},
         {"freshness", of<model::Freshness>},
         {"in_shift", of<bool>},
         {"aboard", of<model::Load>},
         {"jobs", ids},
         {"offers", ids, perhaps},
         {"busy", of<std::vector<model::BusyTime>>, perhaps},
         {"bookings", list<booking_schema>, perhaps},
         {"inside", ids},
         {"assigned_count", integer},
         {"idle_since", instant},
         {"route", list<route_stop_schema>},
         {"route_version", id},
         {"version", id},
         {"position", sighting, perhaps},
         {"distance", integer, perhaps}}
    );
}

std::string offer_schema(Components& components) {
    return named(
        components,
        "OfferView",
        {{"id", id},
         {"agent", id},
         {"slot", integer},
         {"attempt", id},
         {"received", of<bool>},
         {"arrival", instant},
         {"expires_in", integer},
         {"receipt_in", integer},
         {"job", job_schema}}
    );
}

// --- is it drivable ---

std::string neighbour_schema(Components& components) {
    return named(
        components,
        "NeighbourView",
        {{"job", id, perhaps},
         {"reference", text, perhaps},
         {"booking", id, perhaps},
         {"stop", integer},
         {"at", instant},
         {"drive", integer},
         {"slack", integer}}
    );
}

std::string reach_stop_schema(Components& components) {
    return named(
        components,
        "ReachStopView",
        {{"stop", integer},
         {"arrival", instant},
         {"window", of<model::Window>},
         {"drive", integer},
         {"before", neighbour_schema, perhaps},
         {"after", neighbour_schema, perhaps}}
    );
}

std::string reach_conflict_schema(Components& components) {
    return named(
        components,
        "ReachConflictView",
        {{"rule", of<core::Obstacle>},
         {"job", id, perhaps},
         {"reference", text, perhaps},
         {"booking", id, perhaps},
         {"stop", integer, perhaps},
         {"arrival", instant, perhaps},
         {"window", of<model::Window>, perhaps},
         {"late", integer, perhaps}}
    );
}

std::string option_schema(Components& components) {
    return named(
        components,
        "WindowOptionView",
        {{"agent", id}, {"reference", text}, {"added", integer}, {"arrival", instant}}
    );
}

std::string window_schema(Components& components) {
    return named(
        components, "WindowView", {{"window", of<model::Window>}, {"options", list<option_schema>}}
    );
}

// --- why ---

std::string term_schema(Components& components) {
    return named(
        components,
        "TermView",
        {{"term", text}, {"value", integer}, {"weight", integer}, {"points", integer}}
    );
}

std::string candidate_schema(Components& components) {
    return named(
        components,
        "CandidateView",
        {{"agent", id},
         {"name", text},
         {"score", integer},
         {"arrival", instant},
         {"distance", integer},
         {"terms", list<term_schema>}}
    );
}

std::string failed_schema(Components& components) {
    return named(
        components,
        "FailedView",
        {{"agent", id}, {"name", text}, {"rule", of<model::Rule>}, {"why", text}}
    );
}

std::string help_schema(Components& components) {
    return named(
        components,
        "HelpView",
        {{"agent", id},
         {"rule", of<model::Rule>},
         {"amount", integer},
         {"name", text},
         {"text", text}}
    );
}

std::string decision_schema(Components& components) {
    return named(
        components,
        "DecisionView",
        {{"job", id},
         {"slot", integer},
         {"attempt", id},
         {"state_number", id},
         {"verdict", of<model::Verdict>},
         {"at", instant},
         {"policy", id},
         {"travel", id, perhaps},
         {"winner", id, perhaps},
         {"candidates", list<candidate_schema>},
         {"failed", list<failed_schema>},
         {"failed_counts", counts},
         {"would_help", list<help_schema>}}
    );
}

std::string explained_schema(Components& components) {
    return named(components, "ExplainedView", {{"decision", decision_schema}, {"text", text}});
}

std::string event_schema(Components& components) {
    if (components.emplace("Event", "").second) components["Event"] = of<model::Event>(components);
    return detail::reference_to("Event");
}

std::string past_event_schema(Components& components) {
    return named(
        components,
        "PastEvent",
        {{"number", id},
         {"at", instant},
         {"role", of<model::Role>},
         {"key", id, perhaps},
         {"agent", id, perhaps},
         {"device", text, perhaps},
         {"device_time", instant, perhaps},
         {"traceparent", text, perhaps},
         {"event", event_schema}}
    );
}

// --- the rest ---

std::string workflow_schema(Components& components) {
    return named(components, "WorkflowName", {{"name", text}, {"workflow", id}});
}

std::string key_schema(Components& components) {
    return named(
        components,
        "KeyView",
        {{"id", id},
         {"tenant", text, perhaps},
         {"role", of<model::Role>},
         {"agent", id, perhaps},
         {"expires", instant, perhaps},
         {"label", text, perhaps},
         {"revoked", of<bool>}}
    );
}

std::string region_schema(Components& components) {
    return named(
        components,
        "RegionView",
        {{"region", integer}, {"name", text}, {"centre", of<model::Position>}}
    );
}

std::string verdict_schema(Components& components) {
    return named(components, "FixVerdict", {{"line", integer}, {"reason", text}});
}
std::string line_error_schema(Components& components) {
    return named(components, "FixError", {{"line", integer}, {"error", text}});
}

}  // namespace

Body made(std::string_view subject) {
    return {.schema = [subject](Components& components) {
        return object(components, {{subject, id, perhaps}, {"number", id}});
    }};
}

Body new_key() {
    return body([](Components& components) {
        return object(components, {{"key", id}, {"number", id}, {"secret", text, perhaps}});
    });
}

Body new_job() {
    return body([](Components& components) {
        return object(
            components,
            {{"job", id},
             {"href", text},
             {"number", id},
             {"outcome", text, perhaps},
             {"current", job_schema, perhaps},
             {"decisions", list<decision_schema>, perhaps}}
        );
    });
}

Body job() {
    return body(job_schema);
}
Body jobs() {
    return body([](Components& components) {
        return object(components, {{"jobs", list<job_schema>}, {"next", id, perhaps}});
    });
}
Body agent() {
    return body(agent_schema);
}
Body agents() {
    return body([](Components& components) {
        return object(components, {{"agents", list<agent_schema>}, {"next", id, perhaps}});
    });
}
Body pending() {
    return body([](Components& components) {
        return object(
            components,
            {{"agent", agent_schema}, {"offers", list<offer_schema>}, {"jobs", list<job_schema>}}
        );
    });
}
Body zone() {
    return body(of<model::Zone>);
}
Body zones() {
    return body([](Components& components) {
        return object(components, {{"zones", of<std::vector<model::Zone>>}});
    });
}
Body workflows() {
    return body([](Components& components) {
        return object(components, {{"workflows", list<workflow_schema>}});
    });
}

Body snapshot() {
    return body([](Components& components) {
        return object(
            components,
            {{"region", integer},
             {"number", id},
             {"cursor", text},
             {"at", instant},
             {"zones", of<std::vector<model::Zone>>},
             {"travel_source", of<model::TravelSource>},
             {"road_reports", of<std::vector<model::RoadReport>>},
             {"jobs", list<job_schema>},
             {"agents", list<agent_schema>}}
        );
    });
}

Body road_reports() {
    return body([](Components& components) {
        return object(components, {{"road_reports", of<std::vector<model::RoadReport>>}});
    });
}

Body travel() {
    return body([](Components& components) {
        return object(
            components,
            {{"source", of<model::TravelSource>},
             {"confidence", integer},
             {"as_of", instant, perhaps},
             {"hash", id, perhaps}}
        );
    });
}

Body reach() {
    return body([](Components& components) {
        return object(
            components,
            {{"drivable", of<bool>},
             {"agent", id},
             {"job", id, perhaps},
             {"at", instant},
             {"added", integer},
             {"delay", integer},
             {"arrival", instant},
             {"finish", instant},
             {"stops", list<reach_stop_schema>},
             {"conflicts", list<reach_conflict_schema>},
             {"text", text, perhaps}}
        );
    });
}

Body windows() {
    return body([](Components& components) {
        return object(components, {{"at", instant}, {"windows", list<window_schema>}});
    });
}

Body kpis() {
    return body([](Components& components) {
        return object(
            components,
            {{"jobs_live", integer},
             {"jobs_waiting", integer},
             {"assigned_last_hour", integer},
             {"median_wait_ms", integer, perhaps},
             {"service_rate_per_mille", integer, perhaps},
             {"agents_on_duty", integer},
             {"idle_per_mille", integer, perhaps},
             {"jobs_created", integer},
             {"assignments_made", integer},
             {"offers_made", integer},
             {"deadlines_missed", integer}}
        );
    });
}

Body decisions() {
    return body([](Components& components) {
        return object(components, {{"decisions", list<explained_schema>}});
    });
}
Body history() {
    return body([](Components& components) {
        return object(components, {{"events", list<past_event_schema>}, {"next", id, perhaps}});
    });
}
Body contact() {
    return body([](Components& components) {
        return object(
            components,
            {{"subject", id}, {"name", text}, {"phone", text}, {"address", text}, {"notes", text}}
        );
    });
}
Body keys() {
    return body([](Components& components) {
        return object(components, {{"keys", list<key_schema>}});
    });
}
Body regions() {
    return body([](Components& components) {
        return object(components, {{"regions", list<region_schema>}});
    });
}
Body session() {
    return body([](Components& components) {
        return object(
            components,
            {{"tenant", text},
             {"role", of<model::Role>},
             {"agent", id, perhaps},
             {"regions", list<integer>},
             {"csrf", text, perhaps}}
        );
    });
}

Body fixes() {
    return body([](Components& components) {
        return object(
            components,
            {{"accepted", integer},
             {"history", integer},
             {"rejected", integer},
             {"malformed", integer},
             {"verdicts", list<verdict_schema>},
             {"errors", list<line_error_schema>},
             {"next_interval_ms", integer, perhaps}}
        );
    });
}
Body track_quality() {
    return body([](Components& components) {
        return object(components, {{"agent", id}, {"accepted", integer}, {"reasons", counts}});
    });
}
Body status() {
    return body([](Components& components) { return object(components, {{"status", text}}); });
}
Body map() {
    return {.media_type = "application/geo+json", .schema = any_object};
}
Body foreign() {
    return body([](Components&) { return std::string{"{}"}; });
}

}  // namespace posthaste::api::answers
