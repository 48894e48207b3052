// Who asks, and what they may: keys, browser sessions, and the one table of permissions.
//
// Takes    a request, a way to look keys up, the sessions, and now.
// Gives    a Principal or a 401; authorise() answers for every resource, and denies what no row
//          allows.
// Shapes   a key is "ph_<id>_<secret>", the id in decimals, the secret 43 letters of base64url;
//          only the secret's digest is stored. A session is a cookie; its requests that change
//          something carry X-CSRF-Token, which another site cannot read.
// Errors   authenticate: 401 for none, wrong, expired or revoked, never saying which; 403 for a
//          wrong CSRF token.
// Threads  Sessions locks; the rest is pure.
// Limits   sessions_max; above, the one that would expire first is signed out.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/http.hpp"
#include "api/problem.hpp"
#include "base/digest.hpp"
#include "base/instant.hpp"
#include "model/ids.hpp"
#include "model/names.hpp"

namespace posthaste::api {

struct Principal {
    std::string tenant;  ///< empty: the installation itself, its operator's
    model::Role role = model::Role::none;
    model::KeyId key{};
    model::AgentId agent{};  ///< as whom a key of the role agent speaks

    bool operator==(Principal const&) const = default;
};

// --- permissions ---

enum class Permission : std::uint8_t {
    read_board,      ///< jobs, agents, zones, streams of a region
    read_agent,      ///< one agent's offers, route and assignments
    read_decisions,  ///< why an agent was chosen
    read_roads,      ///< ways and travel times
    create_job,
    edit_job,    ///< details, quotes, conflicts
    step_job,    ///< transitions, stops, attachments
    assign_job,  ///< a person decides
    drop_assignment,
    answer_offer,
    send_fixes,
    set_availability,
    edit_agent,
    edit_zone,
    report_roads,  ///< closed and slow roads
    edit_rules,    ///< policies and workflows
    manage_keys,
    manage_regions,
    manage_tenants,
    read_metrics,
    read_calendar,  ///< one agent's feed
};
constexpr auto names_of(Permission) {
    return std::to_array<std::string_view>(
        {"read_board",   "read_agent",       "read_decisions", "read_roads",      "create_job",
         "edit_job",     "step_job",         "assign_job",     "drop_assignment", "answer_offer",
         "send_fixes",   "set_availability", "edit_agent",     "edit_zone",       "report_roads",
         "edit_rules",   "manage_keys",      "manage_regions", "manage_tenants",  "read_metrics",
         "read_calendar"}
    );
}

/// Whose a thing is.
struct Resource {
    std::string tenant;      ///< empty: the installation's
    model::AgentId agent{};  ///< zero: no agent's in particular
};

enum class Access : std::uint8_t { deny, allow };

/// The one place that decides. A key of the installation manages tenants, regions and keys
/// everywhere, and reads nothing of them.
Access authorise(Principal const& who, Permission what, Resource const& whose);

// --- keys ---

struct KeyRecord {
    std::string tenant;
    Digest secret;
    model::Role role = model::Role::none;
    model::AgentId agent{};
    Instant expires = instant_max;
};
/// Nothing for a key that is unknown or revoked.
using KeyLookup = std::function<std::optional<KeyRecord>(model::KeyId)>;

/// 256 random bits as text.
std::string make_secret();
Digest secret_digest(std::string_view secret);
std::string key_text(model::KeyId id, std::string_view secret);

// --- sessions ---

constexpr std::size_t sessions_max = 10'000;
constexpr Millis session_span{43'200'000};  // 12 hours
constexpr std::string_view session_cookie = "posthaste_session";

class Sessions {
public:
    /// Gives the token for the cookie.
    std::string open(model::KeyId key, Instant now);
    std::optional<model::KeyId> find(std::string_view token, Instant now);
    void close(std::string_view token);
    std::size_t size();

private:
    struct Session {
        model::KeyId key{};
        Instant expires;
    };
    std::mutex mutex_;
    std::map<Digest, Session> sessions_;  ///< by the token's digest: memory holds no live token
    std::multimap<Instant, Digest> by_expiry_;
};

enum class Transport : std::uint8_t { plain, tls };
/// The Set-Cookie values that sign a browser in and out.
std::string cookie_of(std::string_view token, Transport transport);
std::string cookie_removal(Transport transport);
/// What a page of ours sends in X-CSRF-Token with this session.
std::string csrf_token(std::string_view session_token);
/// The session's token in the request's cookies, or "".
std::string_view session_token(Request const& request);

// --- who asks ---

struct Gatekeeper {
    KeyLookup const& keys;
    Sessions& sessions;
};
using Authenticated = std::variant<Principal, Problem>;

/// By a bearer token; by basic auth whose password is the key, as trackers can; or by a session.
Authenticated authenticate(Request const& request, Gatekeeper gatekeeper, Instant now);

struct BasicCredentials {
    std::string user;
    std::string password;
};
/// Of the Authorization header; nothing when it is of another scheme or broken.
std::optional<BasicCredentials> basic_credentials(Request const& request);
/// The same for a key alone, as a browser gives it to sign in.
Authenticated authenticate_key(std::string_view key, KeyLookup const& keys, Instant now);

}  // namespace posthaste::api
