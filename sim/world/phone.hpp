// An agent and the phone they carry: moves, taps, declines, ignores, drives elsewhere, goes dark.
//
// It knows what it last read of the node, acts on it late, and counts its operations.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/state.hpp"
#include "model/fix.hpp"

namespace posthaste::sim {

class World;

class Phone {
public:
    Phone(World& world, std::uint64_t number);
    Phone(Phone const&) = delete;
    Phone& operator=(Phone const&) = delete;

private:
    void sign_on();
    void beat();
    void move(core::State const& state, model::Agent const& agent);
    void look_at_offers(core::State const& state, model::Agent const& agent);
    void answer(model::Offer const& offer);
    void work(core::State const& state, model::Assignment const& assignment);
    void take_step(core::State const& state, model::Assignment const& assignment);
    void attach(model::JobId job, model::AttachmentKind kind);
    void operate(model::Command command);
    bool is_rude() const;

    World& world_;
    std::uint64_t number_;
    std::string reference_;
    model::AgentId id_{};
    model::Position place_;
    std::uint64_t operation_ = 0;
    Instant dark_until_;
    std::set<model::OfferId> seen_;
    std::map<model::AssignmentId, Instant> acted_;
    std::set<model::JobId> documented_;
};

}  // namespace posthaste::sim
