// The control region: tenants, their regions, and the keys that open them.
#include "core/draft.hpp"

namespace posthaste::core {

using model::Rejection;

void decide(Draft& draft, model::CreateTenant const& command) {
    if (command.name.empty() || command.name.size() > model::name_bytes_max) {
        return draft.reject(Rejection::malformed, "name");
    }
    if (draft.state.control.tenants.contains(command.name)) return;  // asked for, and so
    if (draft.state.control.tenants.size() >= regions_max) {
        return draft.reject(Rejection::limit_reached, "tenants");
    }
    draft.emit(model::TenantCreated{command.name});
}

void decide(Draft& draft, model::CreateRegion const& command) {
    auto const& control = draft.state.control;
    if (command.region == control_region) return draft.reject(Rejection::malformed, "region");
    if (!is_on_earth(command.centre)) return draft.reject(Rejection::malformed, "centre");
    if (command.name.size() > model::name_bytes_max) {
        return draft.reject(Rejection::malformed, "name");
    }
    if (!control.tenants.contains(command.tenant)) {
        return draft.reject(Rejection::tenant_unknown, command.tenant);
    }
    RegionEntry const wanted{command.tenant, command.name, command.centre};
    auto const found = control.regions.find(command.region);
    if (found != control.regions.end()) {
        if (found->second == wanted) return;
        return draft.reject(Rejection::region_exists);
    }
    draft.emit(model::RegionCreated{command.region, command.tenant, command.name, command.centre});
}

void decide(Draft& draft, model::CreateKey const& command) {
    auto const& control = draft.state.control;
    // Nobody's tenant: a key of the installation, for who runs it.
    bool const is_operators = command.tenant.empty() && command.role == model::Role::admin;
    if (!is_operators && !control.tenants.contains(command.tenant)) {
        return draft.reject(Rejection::tenant_unknown, command.tenant);
    }
    if (command.secret.is_zero()) return draft.reject(Rejection::malformed, "secret");
    if (command.label.size() > model::name_bytes_max) {
        return draft.reject(Rejection::malformed, "label");
    }
    bool const needs_agent =
        command.role == model::Role::agent || command.role == model::Role::calendar;
    if (command.role == model::Role::none || command.role == model::Role::engine) {
        return draft.reject(Rejection::malformed, "role");
    }
    if (needs_agent != (command.agent != model::AgentId{})) {
        return draft.reject(
            Rejection::malformed, "agent: exactly the roles agent and calendar are one's"
        );
    }
    if (control.keys.size() >= keys_max) return draft.reject(Rejection::limit_reached, "keys");
    auto const id = draft.new_id<model::KeyId>();
    draft.emit(model::KeyCreated{
        id,
        command.tenant,
        command.secret,
        command.role,
        command.agent,
        command.expires,
        command.label});
    draft.answer(id);
}

void decide(Draft& draft, model::RevokeKey const& command) {
    auto const* const key = draft.state.control.keys.find(command.key);
    if (key == nullptr) return draft.reject(Rejection::key_unknown);
    draft.answer(command.key);
    if (!key->revoked) draft.emit(model::KeyRevoked{command.key});
}

}  // namespace posthaste::core
