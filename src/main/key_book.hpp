// The keys by their ids, for the door of every request: what the control region says of them.
//
// Threads  follow, reset: the writer's. find: any.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "api/auth.hpp"
#include "views/follower.hpp"

namespace posthaste::main {

class KeyBook final : public views::Follower {
public:
    void follow(views::Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    /// Nothing for a key that is unknown or revoked.
    std::optional<api::KeyRecord> find(model::KeyId id) const;

private:
    void take(core::Control const& control, model::KeyId id);

    mutable std::shared_mutex mutex_;
    std::map<model::KeyId, api::KeyRecord> keys_;
};

}  // namespace posthaste::main
