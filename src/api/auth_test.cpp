#include "api/auth.hpp"

#include <doctest/doctest.h>

#include "base/fields.hpp"

namespace posthaste::api {
namespace {

using model::AgentId;
using model::KeyId;
using model::Role;

constexpr Instant now{1'000'000};

struct Keys {
    std::string secret = make_secret();
    KeyLookup lookup = [this](KeyId id) -> std::optional<KeyRecord> {
        if (id != KeyId{7} || revoked) return std::nullopt;
        return KeyRecord{
            .tenant = "acme",
            .secret = secret_digest(secret),
            .role = Role::dispatcher,
            .expires = now + Millis{1000}};
    };
    bool revoked = false;
};

int status(Authenticated const& answer) {
    auto const* const problem = std::get_if<Problem>(&answer);
    return problem == nullptr ? 200 : problem->status;
}

/// Whether `role` may: for what is its own, for its tenant's, and for another tenant's.
std::string reach(Role role, Permission permission) {
    Principal const who{.tenant = "acme", .role = role, .key = KeyId{1}, .agent = AgentId{5}};
    auto const may = [&](Resource const& whose) {
        return authorise(who, permission, whose) == Access::allow;
    };
    REQUIRE(!may({.tenant = "other", .agent = AgentId{5}}));
    REQUIRE(!may({.tenant = "", .agent = AgentId{5}}));
    REQUIRE(may({.tenant = "acme", .agent = AgentId{6}}) == may({.tenant = "acme"}));
    if (may({.tenant = "acme"})) return "tenant";
    return may({.tenant = "acme", .agent = AgentId{5}}) ? "own" : "-";
}

}  // namespace

TEST_CASE("the whole table of permissions") {
    struct Row {
        std::string_view permission;
        std::string_view viewer;
        std::string_view agent;
        std::string_view dispatcher;
        std::string_view admin;
        bool of_the_operator = false;
    };
    constexpr Row rows[] = {
        {"read_board", "tenant", "-", "tenant", "tenant"},
        {"read_agent", "tenant", "own", "tenant", "tenant"},
        {"read_roads", "tenant", "tenant", "tenant", "tenant"},
        {"read_decisions", "tenant", "-", "tenant", "tenant"},
        {"create_job", "-", "-", "tenant", "tenant"},
        {"edit_job", "-", "-", "tenant", "tenant"},
        {"step_job", "-", "own", "tenant", "tenant"},
        {"assign_job", "-", "-", "tenant", "tenant"},
        {"drop_assignment", "-", "own", "tenant", "tenant"},
        {"answer_offer", "-", "own", "tenant", "tenant"},
        {"send_fixes", "-", "own", "tenant", "tenant"},
        {"set_availability", "-", "own", "tenant", "tenant"},
        {"edit_agent", "-", "-", "tenant", "tenant"},
        {"edit_zone", "-", "-", "-", "tenant"},
        {"report_roads", "-", "-", "tenant", "tenant"},
        {"edit_rules", "-", "-", "-", "tenant"},
        {"manage_keys", "-", "-", "-", "tenant", true},
        {"manage_regions", "-", "-", "-", "-", true},
        {"manage_tenants", "-", "-", "-", "-", true},
        {"read_metrics", "-", "-", "-", "-", true},
        {"read_calendar", "-", "own", "tenant", "tenant"},
    };
    REQUIRE(std::size(rows) == names_of(Permission{}).size());
    for (auto const& row : rows) {
        auto const found = from_name<Permission>(row.permission);
        REQUIRE(found.has_value());
        auto const permission = found.value_or(Permission{});
        CAPTURE(row.permission);
        CHECK(reach(Role::viewer, permission) == row.viewer);
        CHECK(reach(Role::agent, permission) == row.agent);
        CHECK(reach(Role::dispatcher, permission) == row.dispatcher);
        CHECK(reach(Role::admin, permission) == row.admin);
        CHECK(reach(Role::none, permission) == "-");
        bool const is_feed = permission == Permission::read_calendar;
        CHECK(reach(Role::calendar, permission) == (is_feed ? "own" : "-"));
        CHECK(reach(Role::engine, permission) == "-");
        for (auto const role : {Role::viewer, Role::agent, Role::dispatcher, Role::admin}) {
            bool const may =
                authorise({.tenant = "", .role = role}, permission, {.tenant = "acme"}) ==
                Access::allow;
            CHECK(may == (role == Role::admin && row.of_the_operator));
        }
    }
}

TEST_CASE("a key of no agent owns nothing") {
    Principal const who{.tenant = "acme", .role = Role::agent};
    CHECK(authorise(who, Permission::send_fixes, {.tenant = "acme"}) == Access::deny);
}

TEST_CASE("a key is known by its secret, until it expires or is revoked") {
    Keys keys;
    auto const key = key_text(KeyId{7}, keys.secret);
    CHECK(keys.secret.size() == 43);
    auto const answer = authenticate_key(key, keys.lookup, now);
    REQUIRE(std::holds_alternative<Principal>(answer));
    CHECK(
        std::get<Principal>(answer) ==
        Principal{.tenant = "acme", .role = Role::dispatcher, .key = KeyId{7}}
    );
    CHECK(status(authenticate_key(key, keys.lookup, now + Millis{1000})) == 401);
    for (auto const& wrong :
         {key + "x",
          key_text(KeyId{8}, keys.secret),
          std::string{"ph_7_"},
          std::string{"ph_7"},
          std::string{"ph__x"},
          std::string{""},
          std::string{"ph_-7_x"},
          key.substr(1)}) {
        CAPTURE(wrong);
        CHECK(status(authenticate_key(wrong, keys.lookup, now)) == 401);
    }
    keys.revoked = true;
    CHECK(status(authenticate_key(key, keys.lookup, now)) == 401);
}

TEST_CASE("a browser's session reads by its cookie, and writes with its CSRF token only") {
    Keys keys;
    Sessions sessions;
    auto const token = sessions.open(KeyId{7}, now);
    Request request{.headers = {{"cookie", "a=b; posthaste_session=" + token + "; c=d"}}};
    auto const ask = [&] { return status(authenticate(request, {keys.lookup, sessions}, now)); };
    CHECK(ask() == 200);
    request.method = Method::post;
    CHECK(ask() == 403);
    request.headers.push_back({"x-csrf-token", csrf_token(token)});
    CHECK(ask() == 200);
    request.headers.back().value[0] ^= 1;
    CHECK(ask() == 403);
    request.method = Method::get;
    keys.revoked = true;
    CHECK(ask() == 401);
    keys.revoked = false;
    sessions.close(token);
    CHECK(ask() == 401);
    CHECK(sessions.size() == 0);
}

TEST_CASE("a wrong key is not saved by a good cookie") {
    Keys const keys;
    Sessions sessions;
    Request const request{
        .headers = {
            {"authorization", "Bearer ph_7_wrong"},
            {"cookie", "posthaste_session=" + sessions.open(KeyId{7}, now)}}};
    CHECK(status(authenticate(request, {keys.lookup, sessions}, now)) == 401);
}

TEST_CASE("sessions expire, and at the limit the oldest goes") {
    Sessions sessions;
    auto const first = sessions.open(KeyId{1}, now);
    CHECK(sessions.find(first, now + session_span - Millis{1}) == KeyId{1});
    for (std::size_t i = 1; i < sessions_max; ++i)
        sessions.open(KeyId{2}, now + Millis{1});
    CHECK(sessions.find(first, now) == KeyId{1});
    auto const last = sessions.open(KeyId{3}, now + Millis{2});
    CHECK(sessions.size() == sessions_max);
    CHECK(!sessions.find(first, now));
    CHECK(sessions.find(last, now + session_span) == KeyId{3});
    CHECK(!sessions.find(last, now + session_span + Millis{2}));
    CHECK(sessions.size() == 0);
}

TEST_CASE("a cookie cannot be read by scripts nor sent from other sites") {
    CHECK(
        cookie_of("t", Transport::tls) ==
        "posthaste_session=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure"
    );
    CHECK(
        cookie_removal(Transport::plain) ==
        "posthaste_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    );
}

}  // namespace posthaste::api
