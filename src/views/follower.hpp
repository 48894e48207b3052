// Who follows a shard in its turn, and what they are told.
//
// Gives    every durable record of a region once, in order, with the state after it; and what was
//          seen in that turn. reset() first, and again whenever the state was read anew.
// Threads  the writer's
#pragma once

#include <span>
#include <string_view>

#include "core/decide.hpp"
#include "model/record.hpp"

namespace posthaste::views {

/// What a follower is told of, after it is durable. Views of the turn: copy what is kept.
struct Turned {
    RegionId region{};
    core::State const& state;  ///< after the record
    core::Field const& field;
    model::Record const& record;
    std::string_view bytes;             ///< of the record, sealed; empty when nothing was decided
    core::Touched const& touched;       ///< agents and jobs, each at least once
    std::span<model::Fix const> fixes;  ///< what was seen in this turn
};

/// Follows the shard in the turn: its work is bounded, and it decides nothing.
class Follower {
public:
    Follower() = default;
    Follower(Follower const&) = delete;
    Follower& operator=(Follower const&) = delete;
    virtual ~Follower() = default;

    virtual void follow(Turned const& turned) = 0;
    /// The region's state was read from the log: at the start, and after a failed append.
    virtual void reset(core::State const& state, core::Field const& field) = 0;
};

}  // namespace posthaste::views
