// What trackers send, each in its own words, and what each is answered.
#include <algorithm>

#include "api/answering.hpp"
#include "api/tracks.hpp"
#include "ingest/ndjson.hpp"
#include "ingest/osmand.hpp"
#include "ingest/owntracks.hpp"
#include "ingest/traccar.hpp"

namespace posthaste::api {
namespace {

using ingest::Batch;

ingest::JsonScratch& scratch() {
    thread_local ingest::JsonScratch mine;
    return mine;
}

/// A name=value&... text again, of what the server has taken apart; without the key.
std::string query_text(Request const& request) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string text;
    for (auto const& [name, value] : request.query) {
        if (name == "key") continue;
        text += (text.empty() ? "" : "&") + name + "=";
        for (char const c : value) {
            auto const byte = static_cast<unsigned char>(c);
            text += {'%', hex[byte >> 4U], hex[byte & 0xfU]};
        }
    }
    return text;
}

bool has_type(Request const& request, std::string_view type) {
    return request.header("content-type").starts_with(type);
}

/// Whatever the protocol: no room is 503, and so is a disk that does not take a backlog.
std::optional<Problem> trouble_of(Taken const& taken) {
    if (taken.shed > 0)
        return Problem{
            .status = 503,
            .code = "limit_exceeded",
            .detail = "Too many fixes are waiting.",
            .retry_after = Millis{1000}};
    if (taken.stored) return Problem{.status = 503, .retry_after = Millis{1000}};
    return std::nullopt;
}

/// Of a tracker's single message: unknown devices are refused with the protocol's own status.
std::optional<Problem> trouble_of(Taken const& taken, int unknown_status) {
    if (auto problem = trouble_of(taken)) return problem;
    if (taken.report.errors.empty()) return std::nullopt;
    auto const& error = taken.report.errors.front().error;
    int const status = error.code == Errc::not_found ? unknown_status : 400;
    return Problem{.status = status, .detail = error.detail};
}

Response text_response(std::string_view type, std::string body) {
    return {.headers = {{"Content-Type", std::string{type}}}, .body = std::move(body)};
}

using Answer = std::function<Response(Taken const&)>;

/// Refuses what cannot be read; answers when the batch has found its place.
void take(Service& service, Call call, Result<Batch> batch, Answer answer, Responder out) {
    if (!batch.ok()) {
        service.metrics.refused("fix_malformed");
        return out.send(to_response(problem_of(batch.error())));
    }
    auto const responder = std::make_shared<Responder>(std::move(out));
    service.tracks.take(
        call.principal,
        std::move(batch).value(),
        call.now,
        [responder, answer = std::move(answer)](Taken const& taken) {
            responder->send(answer(taken));
        }
    );
}

Response answer_ndjson(Taken const& taken) {
    if (auto const problem = trouble_of(taken)) return to_response(*problem);
    return text_response("application/json", ingest::ndjson_reply(taken.report));
}

void take_ndjson(Service& service, Call call, Responder responder) {
    auto batch = ingest::parse_ndjson(scratch(), call.request.body);
    take(service, std::move(call), std::move(batch), answer_ndjson, std::move(responder));
}

void take_osmand(Service& service, Call call, Responder responder) {
    auto const& request = call.request;
    bool const is_json = has_type(request, "application/json");
    auto const form = request.body.empty() ? query_text(request) : request.body;
    auto batch = is_json ? ingest::parse_osmand_json(scratch(), request.body, call.now)
                         : ingest::parse_osmand_query(form, call.now);
    auto const answer = [status = is_json ? 404 : 400](Taken const& taken) {
        if (auto const problem = trouble_of(taken, status)) return to_response(*problem);
        return text_response("text/plain", ingest::osmand_reply(taken.report.next));
    };
    take(service, std::move(call), std::move(batch), answer, std::move(responder));
}

void take_owntracks(Service& service, Call call, Responder responder) {
    auto const& request = call.request;
    auto const basic = basic_credentials(request);
    std::string user{request.header("x-limit-u")};
    if (user.empty()) user = request.query_value("u").value_or("");
    if (user.empty() && basic) user = basic->user;
    std::string device{request.header("x-limit-d")};
    if (device.empty()) device = request.query_value("d").value_or("");
    auto batch = ingest::parse_owntracks(scratch(), request.body, {user, device});
    auto const answer = [](Taken const& taken) {
        if (auto const problem = trouble_of(taken, 404)) return to_response(*problem);
        return text_response("application/json", ingest::owntracks_reply(taken.report.next));
    };
    take(service, std::move(call), std::move(batch), answer, std::move(responder));
}

void take_traccar(Service& service, Call call, Responder responder) {
    auto batch = ingest::parse_traccar(scratch(), call.request.body);
    auto const answer = [](Taken const& taken) {
        if (auto const problem = trouble_of(taken, 404)) return to_response(*problem);
        return text_response("application/json", "{}");
    };
    take(service, std::move(call), std::move(batch), answer, std::move(responder));
}

void answer_quality(Service& service, Call const& call, Responder responder) {
    auto const agent = agent_in(service, call);
    if (!agent) return responder.send(not_found("agent"));
    auto const id = agent->view->id;
    auto const counts = service.tracks.quality(id);
    JsonText out;
    out.open('{');
    out.key("agent");
    out.big(raw(id));
    out.key("accepted");
    out.integer(counts.of(ingest::Reason::none));
    out.key("reasons");
    out.open('{');
    for (std::size_t i = 1; i < ingest::reason_count; ++i) {
        auto const reason = static_cast<ingest::Reason>(i);
        if (counts.of(reason) == 0) continue;
        out.key(name_of(reason));
        out.integer(counts.of(reason));
    }
    out.close('}');
    out.close('}');
    responder.send(text_response("application/json", std::move(out).text()));
}

/// Anybody's who may send fixes at all; which agent's, each fix is asked for itself.
Door fix_door() {
    return {
        .permission = Permission::send_fixes,
        .whose =
            [](Call const& call) {
                return Resource{.tenant = call.principal.tenant, .agent = call.principal.agent};
            },
        .key_in_query = true,
        .lane = Lane::fixes};
}

struct Tracker {
    Method method = Method::post;
    std::string path;
    std::string summary;
    std::string media_type;
    Body response;
    void (*take)(Service&, Call, Responder) = nullptr;
};

}  // namespace

void add_fix_routes(Router& router, Service& service) {
    std::string const osmand =
        "A fix by OsmAnd's or Traccar Client's protocol; the device is an agent's reference, the "
        "key goes in key=, basic auth or a bearer token.";
    std::vector<Tracker> const trackers{
        {Method::post,
         "/v1/fixes",
         "Fixes, one JSON object a line or as a list; docs/formats/fixes.md.",
         "application/x-ndjson",
         answers::fixes(),
         take_ndjson},
        {Method::get, "/osmand", osmand, "", raw_body("text/plain"), take_osmand},
        {Method::post,
         "/osmand",
         osmand,
         "application/x-www-form-urlencoded",
         raw_body("text/plain"),
         take_osmand},
        {Method::post,
         "/owntracks",
         "A message of OwnTracks; the device is DEVICE or USER/DEVICE, the key the password.",
         "application/json",
         answers::foreign(),
         take_owntracks},
        {Method::post,
         "/traccar",
         "A position that a Traccar server forwards as JSON.",
         "application/json",
         answers::foreign(),
         take_traccar}};
    for (auto const& tracker : trackers) {
        router.add(
            {.method = tracker.method,
             .path = tracker.path,
             .door = fix_door(),
             .text = {.summary = tracker.summary},
             .request = tracker.media_type.empty() ? no_body() : raw_body(tracker.media_type),
             .response = tracker.response,
             .handler = [&service, take = tracker.take](
                            Call call, Responder responder
                        ) { take(service, std::move(call), std::move(responder)); }}
        );
    }
    router.add(
        {.path = "/v1/agents/{agent}/track-quality",
         .door = door(service, Permission::read_agent, Claim::self),
         .text = {.summary = "How many of an agent's fixes were accepted, and why others not."},
         .response = answers::track_quality(),
         .handler = [&service](
                        Call const& call, Responder responder
                    ) { answer_quality(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
