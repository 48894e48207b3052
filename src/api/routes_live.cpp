// Streams, agents' sockets, sessions of browsers, and the plain page.
#include "api/answering.hpp"
#include "api/live.hpp"
#include "api/live_agent.hpp"
#include "api/live_page.hpp"
#include "api/live_stream.hpp"

namespace posthaste::api {

/// A browser signs in with it.
struct SignIn {
    std::string key;
    static void fields(auto& self, auto&& field) { field(1, "key", self.key); }
};
template <>
inline constexpr auto required_fields<SignIn> = std::to_array<std::string_view>({"key"});

namespace {

/// What the handlers share; it lives as long as the routes do.
struct Parts {
    Parts(Router& the_router, Service& the_service) : router{the_router}, service{the_service} {}

    void look() {
        service.live.look(service.clock.now());
        static_cast<void>(looks.at(look_every, [this] { look(); }));
    }

    Router& router;
    Service& service;
    Later looks;  ///< its one task puts itself in again; last: it ends before the rest
};
using PartsPtr = std::shared_ptr<Parts>;

/// Everybody with a key of a tenant; what they may hear is asked topic by topic.
Door own_door() {
    return {.permission = Permission::read_agent, .whose = [](Call const& call) {
                return Resource{.tenant = call.principal.tenant, .agent = call.principal.agent};
            }};
}

// --- streams ---

/// For as long as the key, and the browser's session where it came by one, opens the door.
Welcome welcome_of(Parts& parts, Call const& call) {
    bool const by_session = call.request.header("authorization").empty();
    std::string token{by_session ? session_token(call.request) : ""};
    return [&parts, key = call.principal.key, token = std::move(token)](Instant now) {
        if (!token.empty() && parts.router.sessions().find(token, now) != key) return false;
        auto const record = parts.router.keys()(key);
        return record && record->expires > now;
    };
}

void open_stream(PartsPtr const& parts, Call const& call, Responder responder) {
    auto request = stream_request(call, parts->service);
    if (auto const* const problem = std::get_if<Problem>(&request))
        return responder.send(to_response(*problem));
    auto& live = parts->service.live;
    if (live.subscribers() >= views::subscribers_max)
        return responder.send(to_response({.status = 503, .retry_after = Millis{5000}}));
    auto& [subscription, after] = std::get<StreamRequest>(request);
    auto const number = parts->service.board.number(subscription.region);
    auto welcome = welcome_of(*parts, call);
    live.join(std::move(subscription), after, number, std::move(welcome), std::move(responder));
}

void open_agent(
    PartsPtr const& parts, std::shared_ptr<AgentDoor> const& door, Call const& call, Responder out
) {
    if (call.principal.role != model::Role::agent)
        return out.send(to_response({.status = 403, .detail = "Only an agent's key may."}));
    if (!parts->service.board.agent(call.principal.agent))
        return out.send(to_response({.status = 404, .detail = "The key's agent is gone."}));
    if (!call.request.wants_websocket)
        return out.send(to_response({.status = 426, .detail = "This is a WebSocket."}));
    open_agent_link(door, call, std::move(out));
}

// --- sessions ---

Transport transport_of(Request const& request) {
    return request.header("x-forwarded-proto") == "https" ? Transport::tls : Transport::plain;
}

std::string session_text(PartsPtr const& parts, Principal const& who, std::string_view token) {
    JsonText out;
    out.open('{');
    out.key("tenant");
    out.string(who.tenant);
    out.key("role");
    out.string(name_of(who.role));
    if (who.agent != model::AgentId{}) {
        out.key("agent");
        out.big(raw(who.agent));
    }
    out.key("regions");
    out.open('[');
    for (auto const region : parts->service.board.regions_of(who.tenant))
        out.integer(static_cast<std::int64_t>(region));
    out.close(']');
    if (!token.empty()) {
        out.key("csrf");
        out.string(csrf_token(token));
    }
    out.close('}');
    return std::move(out).text();
}

void sign_in(PartsPtr const& parts, Call const& call, SignIn const& given, Responder responder) {
    auto const known = authenticate_key(given.key, parts->router.keys(), call.now);
    if (auto const* const problem = std::get_if<Problem>(&known))
        return responder.send(to_response(*problem));
    auto const& who = std::get<Principal>(known);
    auto const token = parts->router.sessions().open(who.key, call.now);
    auto response = json_response(session_text(parts, who, token));
    response.headers.push_back({"Set-Cookie", cookie_of(token, transport_of(call.request))});
    responder.send(std::move(response));
}

/// Nothing: refused and answered.
std::optional<Principal> signed_in(PartsPtr const& parts, Call const& call, Responder& responder) {
    Gatekeeper const gatekeeper{parts->router.keys(), parts->router.sessions()};
    auto known = authenticate(call.request, gatekeeper, call.now);
    if (auto* const who = std::get_if<Principal>(&known)) return std::move(*who);
    responder.send(to_response(std::get<Problem>(known)));
    return std::nullopt;
}

void show_session(PartsPtr const& parts, Call const& call, Responder responder) {
    auto const who = signed_in(parts, call, responder);
    if (!who) return;
    responder.send(json_response(session_text(parts, *who, session_token(call.request))));
}

void sign_out(PartsPtr const& parts, Call const& call, Responder responder) {
    if (!signed_in(parts, call, responder)) return;
    parts->router.sessions().close(session_token(call.request));
    responder.send(
        {.status = 204, .headers = {{"Set-Cookie", cookie_removal(transport_of(call.request))}}}
    );
}

// --- the page ---

void add_page(Router& router, std::string path, std::string type, std::string_view text) {
    auto const kept = std::make_shared<Kept const>(
        type,
        std::string{text},
        std::vector<Field>{
            {"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
             "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"Referrer-Policy", "no-referrer"}}
    );
    router.add(
        {.path = std::move(path),
         .text = {.summary = "The plain page."},
         .response = raw_body(std::move(type)),
         .handler = [kept](
                        Call const& call, Responder responder
                    ) { responder.send(kept->answer(call.request)); }}
    );
}

void add_pages(Router& router, PartsPtr const& parts) {
    add_page(router, "/", "text/html; charset=utf-8", page::index_html);
    add_page(router, "/page.css", "text/css; charset=utf-8", page::page_css);
    add_page(router, "/page.js", "text/javascript; charset=utf-8", page::page_js);
    router.add(
        {.path = "/v1/map",
         .door = own_door(),
         .text =
             {.summary = "The road lines to draw under the board, where the server has some: "
                         "GeoJSON, a MultiLineString for each kind of `highway`."},
         .response = answers::map(),
         .handler =
             [parts](Call const& call, Responder responder) {
                 auto const* const map = parts->service.live.map();
                 if (map == nullptr) return responder.send(not_found("map"));
                 responder.send(map->answer(call.request));
             }}
    );
}

void add_sessions(Router& router, PartsPtr const& parts) {
    router.add<SignIn>(
        {.method = Method::post,
         .path = "/v1/session",
         .text = {.summary = "Signs a browser in with a key: a cookie, and the CSRF token."},
         .response = answers::session()},
        [parts](Call const& call, SignIn const& given, Responder responder) {
            sign_in(parts, call, given, std::move(responder));
        }
    );
    router.add(
        {.path = "/v1/session",
         .text = {.summary = "Who is signed in, and the CSRF token of the session."},
         .response = answers::session(),
         .handler = [parts](
                        Call const& call, Responder responder
                    ) { show_session(parts, call, std::move(responder)); }}
    );
    router.add(
        {.method = Method::erase,
         .path = "/v1/session",
         .text = {.summary = "Signs the browser out.", .success = 204},
         .handler = [parts](
                        Call const& call, Responder responder
                    ) { sign_out(parts, call, std::move(responder)); }}
    );
}

}  // namespace

void add_live_routes(Router& router, Service& service) {
    auto const parts = std::make_shared<Parts>(router, service);
    parts->look();
    std::string const any = R"({"type":"string"})";
    router.add(
        {.path = "/v1/stream",
         .door = own_door(),
         .text =
             {.summary = "What changes, as server-sent events, resumable by Last-Event-ID.",
              .query =
                  {{"topics", any, "region, zone:ID, agent:ID, job:ID, bbox:S,W,N,E; many."},
                   {"after", any, "A cursor, or the number of a snapshot."},
                   {"region", any, "The tenant's first where no topic names one."}}},
         .response = raw_body("text/event-stream"),
         .handler = [parts](
                        Call const& call, Responder responder
                    ) { open_stream(parts, call, std::move(responder)); }}
    );
    auto const door =
        std::make_shared<AgentDoor>(AgentDoor{.service = service, .keys = router.keys()});
    router.add(
        {.path = "/v1/agent",
         .door = own_door(),
         .text =
             {.summary = "An agent's WebSocket: offers down, fixes and answers up.",
              .query = {{"device", any, "Whose operations are counted; `phone` when left out."}},
              .success = 101},
         .response = no_body(),
         .handler = [parts, door](
                        Call const& call, Responder responder
                    ) { open_agent(parts, door, call, std::move(responder)); }}
    );
    add_sessions(router, parts);
    add_pages(router, parts);
}

}  // namespace posthaste::api
