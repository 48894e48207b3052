// Agents, what they are asked and what they answer: a REST twin of every verb of the socket.
#include <algorithm>

#include "api/contact.hpp"
#include "api/routes_parts.hpp"
#include "api/tracks.hpp"
#include "core/input.hpp"

namespace posthaste::api {

using model::AgentId;
using model::SubjectId;

/// Whose reference the path gives; `person` replaces what was known, like every other field.
struct AgentDraft {
    std::optional<ContactDraft> person;
    model::Position home;
    model::Shift shift;
    std::vector<std::string> skills;
    std::string vehicle_label;
    std::string vehicle_kind;
    std::vector<std::string> features;
    model::Load capacity;
    std::vector<model::ZoneId> zones;
    std::int32_t weight = model::weight_one;

    static void fields(auto& self, auto&& field) {
        field(1, "person", self.person);
        field(2, "home", self.home);
        field(3, "shift", self.shift);
        field(4, "skills", self.skills);
        field(5, "vehicle_label", self.vehicle_label);
        field(6, "vehicle_kind", self.vehicle_kind);
        field(7, "features", self.features);
        field(8, "capacity", self.capacity);
        field(9, "zones", self.zones);
        field(10, "weight", self.weight);
    }
};
template <>
inline constexpr auto required_fields<AgentDraft> = std::to_array<std::string_view>({"home"});

struct AvailabilityDraft {
    model::Availability availability = model::Availability::off;
    static void fields(auto& self, auto&& field) { field(1, "availability", self.availability); }
};
template <>
inline constexpr auto required_fields<AvailabilityDraft> =
    std::to_array<std::string_view>({"availability"});

namespace {

constexpr std::int32_t degree_decimals = 7;
constexpr auto string_schema = R"({"type":"string"})";

// --- put ---

model::PutAgent command_of(AgentDraft const& draft, std::string reference) {
    return {
        .reference = std::move(reference),
        .person = draft.person ? some_contact : SubjectId{},
        .home = draft.home,
        .shift = draft.shift,
        .skills = draft.skills,
        .vehicle_label = draft.vehicle_label,
        .vehicle_kind = draft.vehicle_kind,
        .features = draft.features,
        .capacity = draft.capacity,
        .zones = draft.zones,
        .weight = draft.weight,
        .if_version = {}};
}

/// Erases what the agent's profile refers to no more.
Finish settled(Service& service, SubjectId kept, SubjectId before) {
    return [&service, kept, before, version = with_agent_version(service)](
               Outcome const& outcome, Response& response
           ) {
        version(outcome, response);
        if (!outcome.is_definite || (kept == SubjectId{} && !outcome.ok())) return;
        auto const agent = service.board.agent(AgentId{outcome.answer.subject});
        if (!agent && outcome.ok()) return settle_contact(service, kept, before, {});
        settle_contact(service, kept, before, agent ? agent->view->profile->person : before);
    };
}

void put_agent(Service& service, Call const& call, AgentDraft const& draft, Responder responder) {
    auto const known = agent_in(service, call);
    auto const before = known ? known->view->profile->person : SubjectId{};
    auto command = command_of(
        draft,
        known ? known->view->profile->reference : std::string{call.request.parameter("agent")}
    );
    if (auto const problem = take_if_match(call.request, command.if_version))
        return responder.send(to_response(*problem));
    Asking asking{
        .command = command,
        .subject = "agent",
        .finish = settled(service, {}, before),
        .body_hash = core::body_hash_of(command)};
    if (!draft.person) return answer(service, call, std::move(asking), std::move(responder));
    auto const region = region_asked(service, call);
    if (!region) return responder.send(not_found("region"));
    auto const held = hold(std::move(responder));
    auto const task =
        [&service, held, call, asking, command, before, region = *region, person = *draft.person](
        ) mutable {
            auto const kept = keep_contact(service, region, {}, person);
            if (auto const* const problem = std::get_if<Problem>(&kept))
                return held->send(to_response(*problem));
            command.person = std::get<KeptContact>(kept).subject;
            asking.finish = settled(service, command.person, before);
            asking.command = std::move(command);
            answer(service, call, std::move(asking), std::move(*held));
        };
    do_slowly(service, held, task);
}

void remove_agent(Service& service, Call const& call, Responder responder) {
    auto const known = agent_in(service, call);
    if (!known) return responder.send(not_found("agent"));
    auto const person = known->view->profile->person;
    model::RemoveAgent command{known->view->id, {}};
    if (auto const problem = take_if_match(call.request, command.if_version))
        return responder.send(to_response(*problem));
    auto finish = [&service, command, settle = settled(service, {}, person)](
                      Outcome const& outcome, Response& response
                  ) {
        settle(outcome, response);
        if (outcome.ok()) service.tracks.forget(command.agent);
    };
    answer(
        service,
        call,
        {.command = command, .subject = "agent", .finish = std::move(finish)},
        std::move(responder)
    );
}

void set_availability(
    Service& service, Call const& call, AvailabilityDraft const& draft, Responder responder
) {
    auto const known = agent_in(service, call);
    if (!known) return responder.send(not_found("agent"));
    answer(
        service,
        call,
        {.command = model::SetAvailability{known->view->id, draft.availability},
         .subject = "agent",
         .finish = with_agent_version(service)},
        std::move(responder)
    );
}

// --- read ---

/// Numbers between commas, each as degrees; exactly as many as `wanted`.
std::optional<std::vector<std::int32_t>> degrees_of(std::string_view text, std::size_t wanted) {
    std::vector<std::int32_t> numbers;
    for (bool ended = false; !ended; text.remove_prefix(ended ? 0 : 1)) {
        auto const part = text.substr(0, text.find(','));
        auto const number =
            part.empty() ? std::nullopt : detail::parse_scaled(part, degree_decimals);
        if (!number || *number < -model::lon_max || *number > model::lon_max) return std::nullopt;
        numbers.push_back(static_cast<std::int32_t>(*number));
        text.remove_prefix(part.size());
        ended = text.empty();
        if (numbers.size() > wanted) return std::nullopt;
    }
    if (numbers.size() != wanted) return std::nullopt;
    return numbers;
}

std::optional<Problem> read_near(Request const& request, views::AgentQuery& query) {
    auto const near = request.query_value("near");
    auto const radius = query_number(request, "radius", 5000, 1'000'000);
    if (auto const* const problem = std::get_if<Problem>(&radius)) return *problem;
    if (!near) return std::nullopt;
    auto const place = degrees_of(*near, 2);
    if (!place || !model::is_on_earth({(*place)[0], (*place)[1]}))
        return bad_query("near", "must be lat,lon in degrees");
    auto const metres = static_cast<std::int64_t>(std::get<std::uint64_t>(radius));
    query.around = views::Around{{(*place)[0], (*place)[1]}, Metres{metres}};
    return std::nullopt;
}

std::optional<Problem> read_area(Request const& request, views::AgentQuery& query) {
    auto const bbox = request.query_value("bbox");
    if (!bbox) return std::nullopt;
    auto const edges = degrees_of(*bbox, 4);
    if (!edges) return bad_query("bbox", "must be west,south,east,north in degrees");
    geo::Rectangle const area{{(*edges)[1], (*edges)[0]}, {(*edges)[3], (*edges)[2]}};
    bool const is_right = model::is_on_earth(area.south_west) &&
                          model::is_on_earth(area.north_east) &&
                          area.south_west.lat <= area.north_east.lat;
    if (!is_right) return bad_query("bbox", "must be west,south,east,north in degrees");
    query.area = area;
    return std::nullopt;
}

std::variant<views::AgentQuery, Problem> agent_query(Request const& request) {
    views::AgentQuery query;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    auto const after = query_number(request, "after", 0, most);
    auto const limit = query_number(request, "limit", 100, views::page_max);
    for (auto const* const read : {&after, &limit}) {
        if (auto const* const problem = std::get_if<Problem>(read)) return *problem;
    }
    query.after = AgentId{std::get<std::uint64_t>(after)};
    query.limit = std::max<std::size_t>(1, std::get<std::uint64_t>(limit));
    if (auto problem = read_near(request, query)) return std::move(*problem);
    if (auto problem = read_area(request, query)) return std::move(*problem);
    if (auto const status = request.query_value("status")) {
        query.status = from_name<views::AgentStatus>(*status);
        if (!query.status) return bad_query("status", "is not known");
    }
    return query;
}

Response list_agents(Service const& service, Call const& call, RegionId region) {
    views::AgentPage page;
    auto query = agent_query(call.request);
    if (auto const* const problem = std::get_if<Problem>(&query)) return to_response(*problem);
    auto const& wanted = std::get<views::AgentQuery>(query);
    if (auto const reference = call.request.query_value("reference")) {
        if (auto agent = service.board.agent_named(region, *reference))
            page.agents.push_back(std::move(*agent));
    } else {
        page = service.board.agents(region, wanted);
    }
    JsonText out;
    out.open('{');
    out.key("agents");
    out.open('[');
    for (auto const& agent : page.agents) {
        auto text = views::shown(agent, audience_of(call));
        if (wanted.around) {
            text.pop_back();
            text += ",\"distance\":" + std::to_string(agent.distance.count()) + "}";
        }
        out.raw(text);
    }
    out.close(']');
    if (page.truncated && !wanted.around) {
        out.key("next");
        out.big(raw(page.agents.back().view->id));
    }
    out.close('}');
    return json_response(std::move(out).text());
}

Response get_agent(Service const& service, Call const& call) {
    auto const agent = agent_in(service, call);
    if (!agent) return not_found("agent");
    auto response = json_response(views::shown(*agent, audience_of(call)));
    response.headers.push_back({"ETag", etag(agent->view->version)});
    return response;
}

/// Everything a phone needs after it was away: what it is asked, what it has.
Response get_pending(Service const& service, Call const& call) {
    auto const agent = agent_in(service, call);
    if (!agent) return not_found("agent");
    views::JsonText out;
    out.open('{');
    out.key("agent");
    views::show(out, *agent, views::Audience::agent);
    out.key("offers");
    out.open('[');
    for (auto const& offer : service.board.inbox(agent->view->id))
        views::show(out, offer, service.clock.now());
    out.close(']');
    out.key("jobs");
    out.open('[');
    for (auto const id : agent->view->jobs) {
        if (auto const job = service.board.job(id)) views::show(out, *job, views::Audience::agent);
    }
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

Response get_person(Service& service, Call const& call) {
    auto const agent = agent_in(service, call);
    if (!agent) return not_found("agent");
    return contact_response(service, agent->view->profile->person);
}

void add_agent_reads(Router& router, Service& service) {
    auto const integer = R"({"type":"integer"})";
    router.add(read_route(
        service,
        {"/v1/agents",
         door(service, Permission::read_board, Claim::tenant),
         {.summary = "The agents by id, or the nearest first with ?near=.",
          .query =
              {{"near", string_schema, "lat,lon in degrees: only those around it, nearest first."},
               {"radius", integer, "Metres around `near`, at most 1000000; usually 5000."},
               {"bbox", string_schema, "west,south,east,north in degrees: only those in it."},
               {"status", string_schema, "Only those who are so: off, paused, idle, offered, ..."},
               {"reference", string_schema, "The one of this reference."},
               {"after", string_schema, "The page begins past this agent; not with `near`."},
               {"limit", integer, "Of a page, at most 1000; usually 100."}}},
         answers::agents()},
        [&service](Call const& call, RegionId region) { return list_agents(service, call, region); }
    ));
    router.add(read_route(
        service,
        {"/v1/agents/{agent}",
         door(service, Permission::read_agent, Claim::self),
         {.summary = "One agent, by id or reference."},
         answers::agent()},
        [&service](Call const& call, RegionId) { return get_agent(service, call); }
    ));
    router.add(read_route(
        service,
        {"/v1/agents/{agent}/pending",
         door(service, Permission::read_agent, Claim::self),
         {.summary =
              "What the agent is asked, with the milliseconds left, and the jobs they have."},
         answers::pending()},
        [&service](Call const& call, RegionId) { return get_pending(service, call); }
    ));
    router.add(read_route(
        service,
        {"/v1/agents/{agent}/person",
         door(service, Permission::set_availability, Claim::self),
         {.summary = "Who the agent is: for dispatchers and the agent."},
         answers::contact()},
        [&service](Call const& call, RegionId) { return get_person(service, call); }
    ));
}

// --- write ---

void add_agent_writes(Router& router, Service& service) {
    router.add<AgentDraft>(
        {.method = Method::put,
         .path = "/v1/agents/{agent}",
         .door = door(service, Permission::edit_agent, Claim::tenant),
         .text =
             {.summary =
                  "Makes the agent of this reference, or replaces all that was said of them.",
              .query = {region_query()}},
         .response = answers::made("agent")},
        [&service](Call call, AgentDraft draft, Responder responder) {
            put_agent(service, call, draft, std::move(responder));
        }
    );
    router.add(
        {.method = Method::erase,
         .path = "/v1/agents/{agent}",
         .door = door(service, Permission::edit_agent, Claim::tenant),
         .text = {.summary = "Removes an agent who has no work left.", .query = {region_query()}},
         .response = answers::made("agent"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { remove_agent(service, call, std::move(responder)); }}
    );
    router.add<AvailabilityDraft>(
        {.method = Method::put,
         .path = "/v1/agents/{agent}/availability",
         .door = door(service, Permission::set_availability, Claim::self),
         .text = {.summary = "On duty, paused or off.", .query = {region_query()}},
         .response = answers::made("agent")},
        [&service](Call call, AvailabilityDraft draft, Responder responder) {
            set_availability(service, call, draft, std::move(responder));
        }
    );
}

template <Described C>
void add_offer(Router& router, Service& service, std::string verb, std::string summary) {
    add_command<C>(
        router,
        service,
        {.path = "/v1/offers/{offer}/" + verb,
         .permission = Permission::answer_offer,
         .claim = Claim::decided,
         .subject = "offer",
         .summary = std::move(summary)}
    );
}

void add_promises(Router& router, Service& service) {
    add_offer<model::ReceiveOffer>(router, service, "receipt", "The phone has shown the offer.");
    add_offer<model::AcceptOffer>(router, service, "accept", "Takes it: `attempt` as offered.");
    add_offer<model::DeclineOffer>(router, service, "decline", "Says no: `attempt` as offered.");
    auto const version = with_job_version(service);
    add_command<model::TransitionJob>(
        router,
        service,
        {.path = "/v1/assignments/{assignment}/transitions",
         .permission = Permission::step_job,
         .claim = Claim::decided,
         .subject = "job",
         .summary = "One step of this assignment of `job`.",
         .finish = version}
    );
    add_command<model::FinishStop>(
        router,
        service,
        {.path = "/v1/assignments/{assignment}/stops",
         .permission = Permission::step_job,
         .claim = Claim::decided,
         .subject = "job",
         .summary = "A stop is made: picked up, dropped off.",
         .finish = version}
    );
    add_command<model::ReleaseAssignment>(
        router,
        service,
        {.path = "/v1/assignments/{assignment}/release",
         .permission = Permission::drop_assignment,
         .claim = Claim::decided,
         .subject = "job",
         .summary = "The agent drops it, or a dispatcher takes it back; others are asked at once.",
         .finish = version}
    );
    add_command<model::AdoptPlan>(
        router,
        service,
        {.path = "/v1/plans",
         .permission = Permission::assign_job,
         .subject = "plan",
         .summary = "Routes a planner made, each with the version of the one it read."}
    );
}

}  // namespace

void add_agent_routes(Router& router, Service& service) {
    add_agent_reads(router, service);
    add_agent_writes(router, service);
    add_promises(router, service);
    add_booking_routes(router, service);
    add_calendar_routes(router, service);
}

}  // namespace posthaste::api
