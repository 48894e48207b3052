#include "main/key_book.hpp"

namespace posthaste::main {

void KeyBook::follow(views::Turned const& turned) {
    if (turned.region != core::control_region) return;
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events) {
            if (auto const* const made = std::get_if<model::KeyCreated>(&event)) {
                take(turned.state.control, made->id);
            } else if (auto const* const revoked = std::get_if<model::KeyRevoked>(&event)) {
                take(turned.state.control, revoked->key);
            }
        }
    }
}

void KeyBook::reset(core::State const& state, core::Field const& /*field*/) {
    if (state.region != core::control_region) return;
    {
        std::unique_lock const lock{mutex_};
        keys_.clear();
    }
    for (auto const id : state.control.keys.ids())
        take(state.control, id);
}

std::optional<api::KeyRecord> KeyBook::find(model::KeyId id) const {
    std::shared_lock const lock{mutex_};
    auto const found = keys_.find(id);
    if (found == keys_.end()) return std::nullopt;
    return found->second;
}

void KeyBook::take(core::Control const& control, model::KeyId id) {
    auto const& key = control.keys.at(id);
    std::unique_lock const lock{mutex_};
    keys_.erase(id);
    if (key.revoked) return;
    keys_.emplace(id, api::KeyRecord{key.tenant, key.secret, key.role, key.agent, key.expires});
}

}  // namespace posthaste::main
