// Who may come in and who is forgotten: tenants, regions, keys, and the erasing of a person.
#include <algorithm>

#include "api/routes_parts.hpp"
#include "core/input.hpp"

namespace posthaste::api {

using model::KeyId;
using model::Role;
using model::SubjectId;

/// A key to be made; its secret is ours to choose.
struct KeyDraft {
    std::string tenant;  ///< empty: the caller's
    Role role = Role::viewer;
    model::AgentId agent{};
    Instant expires = instant_max;
    std::string label;

    static void fields(auto& self, auto&& field) {
        field(1, "tenant", self.tenant);
        field(2, "role", self.role);
        field(3, "agent", self.agent);
        field(4, "expires", self.expires);
        field(5, "label", self.label);
    }
};
template <>
inline constexpr auto required_fields<KeyDraft> = std::to_array<std::string_view>({"role"});
template <>
inline constexpr auto required_fields<model::CreateTenant> =
    std::to_array<std::string_view>({"name"});
template <>
inline constexpr auto required_fields<model::CreateRegion> =
    std::to_array<std::string_view>({"region", "tenant", "name", "centre"});

namespace {

/// Of the installation: for its operator's key alone.
Door operators_door(Permission permission) {
    return {.permission = permission, .whose = [](Call const&) -> std::optional<Resource> {
                return Resource{};
            }};
}

Door callers_door(Permission permission) {
    return {.permission = permission, .whose = [](Call const& call) -> std::optional<Resource> {
                return Resource{.tenant = call.principal.tenant};
            }};
}

template <class C>
void add_control(
    Router& router, Service& service, std::string path, Permission permission, std::string summary
) {
    router.add<C>(
        {.method = Method::post,
         .path = std::move(path),
         .door = operators_door(permission),
         .text = {.summary = std::move(summary)},
         .response = answers::made("subject")},
        [&service](Call call, C command, Responder responder) {
            answer(
                service,
                call,
                {.command = std::move(command),
                 .subject = "subject",
                 .region = core::control_region},
                std::move(responder)
            );
        }
    );
}

// --- keys ---

std::optional<core::Key> key_in(Service const& service, Call const& call) {
    auto const id = id_in<KeyId>(call, "key");
    if (!id) return std::nullopt;
    auto keys = service.board.keys();
    auto const found = std::ranges::find(keys, *id, &core::Key::id);
    if (found == keys.end()) return std::nullopt;
    return std::move(*found);
}

Problem wrong_field(std::string_view field, std::string_view must) {
    return {
        .status = 422,
        .detail = "Fields of the body are wrong.",
        .errors = {{.field = std::string{field}, .detail = std::string{must}}}};
}

/// What core cannot see: whose the caller is, and whose the agent.
std::optional<Problem> check_key(
    Service const& service, Principal const& caller, KeyDraft const& draft
) {
    if (draft.tenant.empty()) return wrong_field("tenant", "is required");
    if (!caller.tenant.empty() && caller.tenant != draft.tenant)
        return Problem{.status = 403, .detail = "This key may make keys of its own tenant only."};
    if (draft.agent == model::AgentId{}) return std::nullopt;
    auto const entry = service.board.region_entry(posthaste::region_of(draft.agent));
    bool const is_theirs = entry && entry->tenant == draft.tenant;
    if (!is_theirs || !service.board.agent(draft.agent))
        return wrong_field("agent", "is no agent of the tenant");
    return std::nullopt;
}

/// The key's text goes out once: with the first answer, never with a repeated one.
Finish show_key(std::string secret) {
    return [secret = std::move(secret)](Outcome const& outcome, Response& response) {
        if (!outcome.ok() || outcome.repeated) return;
        auto const text = key_text(KeyId{outcome.answer.subject}, secret);
        response.body.pop_back();
        response.body += ",\"secret\":\"" + text + "\"}";
    };
}

void post_key(Service& service, Call const& call, KeyDraft draft, Responder responder) {
    if (draft.tenant.empty()) draft.tenant = call.principal.tenant;
    if (auto const problem = check_key(service, call.principal, draft))
        return responder.send(to_response(*problem));
    model::CreateKey command{
        .tenant = draft.tenant,
        .secret = {},
        .role = draft.role,
        .agent = draft.agent,
        .expires = draft.expires,
        .label = draft.label};
    auto const body_hash = core::body_hash_of(command);
    auto secret = make_secret();
    command.secret = secret_digest(secret);
    answer(
        service,
        call,
        {.command = std::move(command),
         .subject = "key",
         .success = 201,
         .finish = show_key(std::move(secret)),
         .body_hash = body_hash,
         .region = core::control_region},
        std::move(responder)
    );
}

Response list_keys(Service const& service, Call const& call) {
    JsonText out;
    out.open('{');
    out.key("keys");
    out.open('[');
    for (auto key : service.board.keys()) {
        bool const is_theirs = call.principal.tenant.empty() || call.principal.tenant == key.tenant;
        if (!is_theirs) continue;
        key.secret = {};  // even its digest is nobody's business
        write_json(out, key);
    }
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

void add_keys(Router& router, Service& service) {
    router.add(
        {.path = "/v1/keys",
         .door = callers_door(Permission::manage_keys),
         .text = {.summary = "The tenant's keys, without their secrets."},
         .response = answers::keys(),
         .handler = [&service](
                        Call const& call, Responder responder
                    ) { responder.send(list_keys(service, call)); }}
    );
    router.add<KeyDraft>(
        {.method = Method::post,
         .path = "/v1/keys",
         .door = callers_door(Permission::manage_keys),
         .text =
             {.summary = "A new key; `secret`, which is what to send as bearer token, is shown in "
                         "this answer and never again.",
              .success = 201},
         .response = answers::new_key()},
        [&service](Call call, KeyDraft draft, Responder responder) {
            post_key(service, call, std::move(draft), std::move(responder));
        }
    );
    auto const keys_tenant = [&service](Call const& call) -> std::optional<Resource> {
        auto const key = key_in(service, call);
        if (!key) return std::nullopt;
        return Resource{.tenant = key->tenant};
    };
    router.add<model::RevokeKey>(
        {.method = Method::erase,
         .path = "/v1/keys/{key}",
         .door = {.permission = Permission::manage_keys, .whose = keys_tenant},
         .text = {.summary = "Revokes a key, from now on."},
         .response = answers::made("key")},
        [&service](Call call, model::RevokeKey command, Responder responder) {
            answer(
                service,
                call,
                {.command = command, .subject = "key", .region = core::control_region},
                std::move(responder)
            );
        }
    );
}

// --- regions ---

Response list_regions(Service const& service, Call const& call) {
    JsonText out;
    out.open('{');
    out.key("regions");
    out.open('[');
    for (auto const& [id, entry] : service.board.region_entries()) {
        if (entry.tenant != call.principal.tenant) continue;
        out.open('{');
        out.key("region");
        out.integer(static_cast<std::int64_t>(id));
        out.key("name");
        out.string(entry.name);
        out.key("centre");
        write_json(out, entry.centre);
        out.close('}');
    }
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

// --- erasing ---

void erase_subject(Service& service, Call const& call, Responder responder) {
    auto const id = id_in<SubjectId>(call, "subject");
    if (!id) return responder.send(not_found("subject"));
    auto const held = hold(std::move(responder));
    do_slowly(service, held, [&service, held, id = *id] {
        auto const erased = service.vault.erase(id);
        if (!erased.ok()) return held->send(to_response(problem_of(erased.error())));
        held->send({.status = 204});
    });
}

}  // namespace

void add_control_routes(Router& router, Service& service) {
    add_control<model::CreateTenant>(
        router, service, "/v1/tenants", Permission::manage_tenants, "A new tenant."
    );
    add_control<model::CreateRegion>(
        router, service, "/v1/regions", Permission::manage_regions, "A new region of a tenant."
    );
    router.add(
        {.path = "/v1/regions",
         .door = callers_door(Permission::read_board),
         .text = {.summary = "The tenant's regions."},
         .response = answers::regions(),
         .handler = [&service](
                        Call const& call, Responder responder
                    ) { responder.send(list_regions(service, call)); }}
    );
    add_keys(router, service);
    router.add(
        {.method = Method::erase,
         .path = "/v1/subjects/{subject}",
         .door = door(service, Permission::edit_job, Claim::tenant),
         .text =
             {.summary = "Erases all that is known of a person, for ever: names, phone, address "
                         "and notes cannot be read any more, here or in any copy.",
              .success = 204},
         .handler = [&service](
                        Call call, Responder responder
                    ) { erase_subject(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
