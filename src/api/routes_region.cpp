// A region as it is set up and as it stands: zones, policy, workflows, and all of it at once.
#include <algorithm>

#include "api/routes_parts.hpp"
#include "api/snapshots.hpp"

namespace posthaste::api {

using model::ZoneId;

/// A zone whose id the path or the region gives.
struct ZoneDraft {
    std::string name;
    model::ZoneKind kind = model::ZoneKind::fence;
    std::vector<model::Position> ring;
    model::Position centre;
    Metres radius;
    Millis dwell;

    static void fields(auto& self, auto&& field) {
        field(1, "name", self.name);
        field(2, "kind", self.kind);
        field(3, "ring", self.ring);
        field(4, "centre", self.centre);
        field(5, "radius", self.radius);
        field(6, "dwell", self.dwell);
    }
};
template <>
inline constexpr auto required_fields<ZoneDraft> = std::to_array<std::string_view>({"name"});

namespace {

constexpr std::string_view toml_type = "application/toml";

// --- zones ---

void send_zone(
    Service& service, Call const& call, ZoneId id, ZoneDraft const& draft, Responder responder
) {
    model::SetZone command{
        {.id = id,
         .name = draft.name,
         .kind = draft.kind,
         .ring = draft.ring,
         .centre = draft.centre,
         .radius = draft.radius,
         .dwell = draft.dwell},
        {}};
    if (auto const problem = take_if_match(call.request, command.if_version))
        return responder.send(to_response(*problem));
    answer(
        service,
        call,
        {.command = command, .subject = "zone", .success = id == ZoneId{} ? 201 : 200},
        std::move(responder)
    );
}

Response list_zones(Service const& service, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    JsonText out;
    out.open('{');
    out.key("zones");
    out.open('[');
    for (auto const& [id, zone] : settings->zones)
        write_json(out, *zone);
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

Response get_zone(Service const& service, Call const& call, RegionId region) {
    auto const settings = service.board.settings(region);
    auto const id = id_in<ZoneId>(call, "zone");
    if (!settings || !id || !settings->zones.contains(*id)) return not_found("zone");
    auto const& zone = *settings->zones.at(*id);
    auto response = json_response(write_json(zone));
    response.headers.push_back({"ETag", etag(zone.version)});
    return response;
}

void add_zones(Router& router, Service& service) {
    auto const reading = door(service, Permission::read_board, Claim::tenant);
    router.add(read_route(
        service,
        {"/v1/zones", reading, {.summary = "The zones."}, answers::zones()},
        [&service](Call const&, RegionId region) { return list_zones(service, region); }
    ));
    router.add(read_route(
        service,
        {"/v1/zones/{zone}", reading, {.summary = "One zone."}, answers::zone()},
        [&service](Call const& call, RegionId region) { return get_zone(service, call, region); }
    ));
    router.add<ZoneDraft>(
        {.method = Method::post,
         .path = "/v1/zones",
         .door = door(service, Permission::edit_zone, Claim::tenant),
         .text =
             {.summary = "A new zone: a ring of places, or a centre and a radius in metres.",
              .query = {region_query()},
              .success = 201},
         .response = answers::made("zone")},
        [&service](Call call, ZoneDraft draft, Responder responder) {
            send_zone(service, call, {}, draft, std::move(responder));
        }
    );
    router.add<ZoneDraft>(
        {.method = Method::put,
         .path = "/v1/zones/{zone}",
         .door = door(service, Permission::edit_zone, Claim::tenant),
         .text = {.summary = "Replaces a zone."},
         .response = answers::made("zone")},
        [&service](Call call, ZoneDraft draft, Responder responder) {
            auto const id = id_in<ZoneId>(call, "zone");
            if (!id || *id == ZoneId{}) return responder.send(not_found("zone"));
            send_zone(service, call, *id, draft, std::move(responder));
        }
    );
    add_command<model::RemoveZone>(
        router,
        service,
        {.method = Method::erase,
         .path = "/v1/zones/{zone}",
         .permission = Permission::edit_zone,
         .subject = "zone",
         .summary = "Removes a zone."}
    );
}

// --- policy ---

Response get_policy(Service const& service, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    return json_response(write_json(settings->policy));
}

void add_policy(Router& router, Service& service) {
    router.add(read_route(
        service,
        {"/v1/policy",
         door(service, Permission::read_board, Claim::tenant),
         {.summary = "How the region matches."},
         json_body<model::Policy>()},
        [&service](Call const&, RegionId region) { return get_policy(service, region); }
    ));
    router.add<model::Policy>(
        {.method = Method::put,
         .path = "/v1/policy",
         .door = door(service, Permission::edit_rules, Claim::tenant),
         .text =
             {.summary = "Replaces the policy; what is left out is as by default.",
              .query = {region_query()}},
         .response = answers::made("policy")},
        [&service](Call call, model::Policy policy, Responder responder) {
            answer(
                service,
                call,
                {.command = model::SetPolicy{std::move(policy)}, .subject = "policy"},
                std::move(responder)
            );
        }
    );
}

// --- workflows ---

Response list_workflows(Service const& service, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    JsonText out;
    out.open('{');
    out.key("workflows");
    out.open('[');
    for (auto const& [name, id] : settings->workflow_names) {
        out.open('{');
        out.key("name");
        out.string(name);
        out.key("workflow");
        out.big(raw(id));
        out.close('}');
    }
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

Response get_workflow(Service const& service, Call const& call, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    auto const named =
        settings->workflow_names.find(std::string{call.request.parameter("workflow")});
    if (named == settings->workflow_names.end()) return not_found("workflow");
    auto const& version = settings->shared.workflows.at(named->second)->version;
    return {
        .headers = {{"Content-Type", std::string{toml_type}}, {"Cache-Control", "no-store"}},
        .body = version.toml};
}

/// Each line of the detail is "file:line: reason".
void show_lines(Outcome const& outcome, Response& response) {
    if (outcome.answer.rejection != model::Rejection::workflow_invalid) return;
    auto problem = problem_of(outcome.answer.rejection, "");
    std::string_view rest = outcome.answer.detail;
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        auto const end = std::min(line.find(": "), line.size());
        auto const reason = line.substr(std::min(end + 2, line.size()));
        problem.errors.push_back({std::string{line.substr(0, end)}, std::string{reason}});
    }
    response.body = to_json(problem);
}

void put_workflow(Service& service, Call const& call, Responder responder) {
    if (auto const problem = detail::check_media_type(call.request, toml_type))
        return responder.send(to_response(*problem));
    if (call.request.body.size() > model::workflow_bytes_max)
        return responder.send(to_response(
            {.status = 413,
             .detail =
                 "A workflow has at most " + std::to_string(model::workflow_bytes_max) + " bytes."}
        ));
    model::SetWorkflow const command{
        std::string{call.request.parameter("workflow")}, call.request.body};
    answer(
        service,
        call,
        {.command = command, .subject = "workflow", .finish = show_lines},
        std::move(responder)
    );
}

void add_workflows(Router& router, Service& service) {
    auto const reading = door(service, Permission::read_board, Claim::tenant);
    router.add(read_route(
        service,
        {"/v1/workflows",
         reading,
         {.summary = "The names of the workflows."},
         answers::workflows()},
        [&service](Call const&, RegionId region) { return list_workflows(service, region); }
    ));
    router.add(read_route(
        service,
        {"/v1/workflows/{workflow}",
         reading,
         {.summary = "A workflow's text, the newest version."},
         raw_body(std::string{toml_type})},
        [&service](Call const& call, RegionId region) {
            return get_workflow(service, call, region);
        }
    ));
    router.add(
        {.method = Method::put,
         .path = "/v1/workflows/{workflow}",
         .door = door(service, Permission::edit_rules, Claim::tenant),
         .text =
             {.summary = "A new version of a workflow; jobs keep the version they began with. What "
                         "is wrong with it is told by line.",
              .query = {region_query()}},
         .request = raw_body(std::string{toml_type}),
         .response = answers::made("workflow"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { put_workflow(service, call, std::move(responder)); }}
    );
}

// --- all of it ---

Response get_kpis(Service const& service, RegionId region) {
    if (!service.board.has(region)) return not_found("region");
    JsonText out;
    views::show(out, service.board.kpis(region), service.clock.now());
    return json_response(std::move(out).text());
}

Response get_snapshot(Snapshots& snapshots, Call const& call, RegionId region) {
    auto text = snapshots.text(region, audience_of(call));
    if (!text) return not_found("region");
    return {
        .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
        .shared_body = std::move(text)};
}

}  // namespace

void add_region_routes(Router& router, Service& service) {
    add_zones(router, service);
    add_policy(router, service);
    add_workflows(router, service);
    auto const snapshots = std::make_shared<Snapshots>(service.board);
    router.add(read_route(
        service,
        {"/v1/snapshot",
         door(service, Permission::read_board, Claim::tenant),
         {.summary = "Every job and agent as of one event; the stream goes on from its cursor."},
         answers::snapshot(),
         Pace::slow},
        [snapshots](Call const& call, RegionId region) {
            return get_snapshot(*snapshots, call, region);
        }
    ));
    router.add(read_route(
        service,
        {"/v1/kpis",
         door(service, Permission::read_board, Claim::tenant),
         {.summary = "How the region does: counts since the server started, shares in thousandths; "
                     "a figure is left out while nothing is known of it."},
         answers::kpis()},
        [&service](Call const&, RegionId region) { return get_kpis(service, region); }
    ));
    add_travel_routes(router, service);
    add_control_routes(router, service);
}

}  // namespace posthaste::api
