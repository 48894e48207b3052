#include "api/auth.hpp"

#include <algorithm>
#include <charconv>

#include "api/base64url.hpp"
#include "api/random.hpp"
#include "base/assert.hpp"

namespace posthaste::api {
namespace {

using model::Role;

constexpr std::size_t secret_bytes = 32;
constexpr std::string_view key_prefix = "ph_";

/// How far a role's permission reaches.
enum class Reach : std::uint8_t { none, own, tenant };

struct Row {
    Permission permission;
    Reach viewer;
    Reach agent;
    Reach dispatcher;
    Reach admin;
    Reach calendar = Reach::none;
};

constexpr auto none = Reach::none;
constexpr auto own = Reach::own;
constexpr auto tenant = Reach::tenant;

constexpr auto table = std::to_array<Row>({
    //                               viewer  agent  dispatcher admin (calendar)
    {Permission::read_board, tenant, none, tenant, tenant},
    {Permission::read_agent, tenant, own, tenant, tenant},
    {Permission::read_decisions, tenant, none, tenant, tenant},
    {Permission::read_roads, tenant, tenant, tenant, tenant},
    {Permission::create_job, none, none, tenant, tenant},
    {Permission::edit_job, none, none, tenant, tenant},
    {Permission::step_job, none, own, tenant, tenant},
    {Permission::assign_job, none, none, tenant, tenant},
    {Permission::drop_assignment, none, own, tenant, tenant},
    {Permission::answer_offer, none, own, tenant, tenant},
    {Permission::send_fixes, none, own, tenant, tenant},
    {Permission::set_availability, none, own, tenant, tenant},
    {Permission::edit_agent, none, none, tenant, tenant},
    {Permission::edit_zone, none, none, none, tenant},
    {Permission::report_roads, none, none, tenant, tenant},
    {Permission::edit_rules, none, none, none, tenant},
    {Permission::manage_keys, none, none, none, tenant},
    {Permission::manage_regions, none, none, none, none},
    {Permission::manage_tenants, none, none, none, none},
    {Permission::read_metrics, none, none, none, none},
    {Permission::read_calendar, none, own, tenant, tenant, own},
});
static_assert(table.size() == names_of(Permission{}).size());

Reach reach_of(Role role, Permission permission) {
    auto const& row = table[static_cast<std::size_t>(permission)];
    ASSERT(row.permission == permission);
    switch (role) {
        case Role::viewer:
            return row.viewer;
        case Role::agent:
            return row.agent;
        case Role::dispatcher:
            return row.dispatcher;
        case Role::admin:
            return row.admin;
        case Role::calendar:
            return row.calendar;
        case Role::none:
        case Role::engine:
            return Reach::none;
    }
    return Reach::none;
}

bool is_operators(Permission permission) {
    return permission == Permission::manage_keys || permission == Permission::manage_regions ||
           permission == Permission::manage_tenants || permission == Permission::read_metrics;
}

/// Takes the same time wherever they differ.
bool equal(Digest const& left, Digest const& right) {
    unsigned difference = 0;
    for (std::size_t i = 0; i < left.bytes.size(); ++i)
        difference |= static_cast<unsigned>(left.bytes[i] ^ right.bytes[i]);
    return difference == 0;
}

Problem unauthenticated() {
    return {.status = 401, .detail = "A valid key or session is needed."};
}

Authenticated principal_of(model::KeyId id, std::optional<KeyRecord> const& record, Instant now) {
    if (!record || record->expires <= now) return unauthenticated();
    return Principal{
        .tenant = record->tenant, .role = record->role, .key = id, .agent = record->agent};
}

}  // namespace

Access authorise(Principal const& who, Permission what, Resource const& whose) {
    if (who.tenant.empty()) {
        bool const may = who.role == Role::admin && is_operators(what);
        return may ? Access::allow : Access::deny;
    }
    if (who.tenant != whose.tenant) return Access::deny;
    switch (reach_of(who.role, what)) {
        case Reach::none:
            return Access::deny;
        case Reach::own: {
            bool const is_own = who.agent != model::AgentId{} && who.agent == whose.agent;
            return is_own ? Access::allow : Access::deny;
        }
        case Reach::tenant:
            return Access::allow;
    }
    return Access::deny;
}

std::string make_secret() {
    return base64url(random_bytes(secret_bytes));
}

Digest secret_digest(std::string_view secret) {
    return digest(secret);
}

std::string key_text(model::KeyId id, std::string_view secret) {
    return std::string{key_prefix} + std::to_string(raw(id)) + "_" + std::string{secret};
}

std::string Sessions::open(model::KeyId key, Instant now) {
    std::string token = make_secret();
    auto const name = digest(token);
    auto const expires = now + session_span;
    std::lock_guard const lock{mutex_};
    if (sessions_.size() == sessions_max) {
        sessions_.erase(by_expiry_.begin()->second);
        by_expiry_.erase(by_expiry_.begin());
    }
    sessions_.emplace(name, Session{.key = key, .expires = expires});
    by_expiry_.emplace(expires, name);
    ASSERT(sessions_.size() == by_expiry_.size());
    return token;
}

std::optional<model::KeyId> Sessions::find(std::string_view token, Instant now) {
    auto const name = digest(token);
    std::lock_guard const lock{mutex_};
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
        sessions_.erase(by_expiry_.begin()->second);
        by_expiry_.erase(by_expiry_.begin());
    }
    auto const found = sessions_.find(name);
    if (found == sessions_.end()) return std::nullopt;
    return found->second.key;
}

void Sessions::close(std::string_view token) {
    auto const name = digest(token);
    std::lock_guard const lock{mutex_};
    auto const found = sessions_.find(name);
    if (found == sessions_.end()) return;
    auto const [first, last] = by_expiry_.equal_range(found->second.expires);
    for (auto at = first; at != last; ++at) {
        if (at->second != name) continue;
        by_expiry_.erase(at);
        break;
    }
    sessions_.erase(found);
}

std::size_t Sessions::size() {
    std::lock_guard const lock{mutex_};
    return sessions_.size();
}

namespace {
std::string cookie(std::string_view token, Millis age, Transport transport) {
    std::string text{session_cookie};
    text += "=" + std::string{token} + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=";
    text += std::to_string(age.count() / 1000);
    if (transport == Transport::tls) text += "; Secure";
    return text;
}
}  // namespace

std::string cookie_of(std::string_view token, Transport transport) {
    return cookie(token, session_span, transport);
}

std::string cookie_removal(Transport transport) {
    return cookie("", Millis{0}, transport);
}

std::string csrf_token(std::string_view session_token) {
    return digest("csrf", session_token.substr(0, 64)).hex();
}

std::string_view session_token(Request const& request) {
    auto cookies = request.header("cookie");
    while (!cookies.empty()) {
        auto part = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(part.size() + 1, cookies.size()));
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        if (!part.starts_with(session_cookie)) continue;
        part.remove_prefix(session_cookie.size());
        if (part.starts_with('=')) return part.substr(1);
    }
    return {};
}

Authenticated authenticate_key(std::string_view key, KeyLookup const& keys, Instant now) {
    if (!key.starts_with(key_prefix)) return unauthenticated();
    key.remove_prefix(key_prefix.size());
    auto const end = std::min(key.find('_'), key.size());
    std::uint64_t number = 0;
    auto const [stop, error] = std::from_chars(key.data(), key.data() + end, number);
    if (error != std::errc{} || stop != key.data() + end || end == key.size())
        return unauthenticated();
    auto const secret = key.substr(end + 1);
    model::KeyId const id{number};
    auto const record = keys(id);
    // An unknown id takes as long as a wrong secret.
    Digest const expected = record ? record->secret : Digest{};
    if (!equal(secret_digest(secret), expected)) return unauthenticated();
    return principal_of(id, record, now);
}

std::optional<BasicCredentials> basic_credentials(Request const& request) {
    constexpr std::string_view scheme = "Basic ";
    auto const given = request.header("authorization");
    if (!given.starts_with(scheme)) return std::nullopt;
    std::string letters{given.substr(scheme.size())};
    while (letters.ends_with('='))
        letters.pop_back();
    std::ranges::replace(letters, '+', '-');
    std::ranges::replace(letters, '/', '_');
    auto const text = from_base64url(letters);
    if (!text) return std::nullopt;
    auto const colon = text->find(':');
    if (colon == std::string::npos) return std::nullopt;
    return BasicCredentials{text->substr(0, colon), text->substr(colon + 1)};
}

Authenticated authenticate(Request const& request, Gatekeeper gatekeeper, Instant now) {
    constexpr std::string_view scheme = "Bearer ";
    auto const given = request.header("authorization");
    if (given.starts_with(scheme))
        return authenticate_key(given.substr(scheme.size()), gatekeeper.keys, now);
    if (auto const basic = basic_credentials(request))
        return authenticate_key(basic->password, gatekeeper.keys, now);
    auto const token = session_token(request);
    if (!given.empty() || token.empty()) return unauthenticated();
    auto const key = gatekeeper.sessions.find(token, now);
    if (!key) return unauthenticated();
    if (!is_safe(request.method) &&
        !equal(digest(request.header("x-csrf-token")), digest(csrf_token(token))))
        return Problem{
            .status = 403, .code = "csrf", .detail = "X-CSRF-Token is missing or wrong."};
    return principal_of(*key, gatekeeper.keys(*key), now);
}

}  // namespace posthaste::api
