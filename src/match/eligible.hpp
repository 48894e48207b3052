// May this agent take this slot? The rules, asked in Rule's order; the first that fails counts.
//
// Takes    Needs (the slot's side) and Facts (the agent's), as they stand in a decision record: so
//          a checker asks the same question of the record alone.
// Gives    the first failed rule, or none. While facts.planned is false the rules that need a plan
//          (capacity, too_late, shift_too_short) are not asked.
// Cost     some 20 integer comparisons; no memory is touched but the two structs.
// Threads  pure
#pragma once

#include "model/agent.hpp"
#include "model/decision.hpp"
#include "model/job.hpp"
#include "model/policy.hpp"

namespace posthaste::match {

/// The distance of an agent that was never seen: beyond every radius.
constexpr Metres distance_unknown{100'000'000};

model::Rule first_failed(model::Needs const& needs, model::Facts const& facts);

/// What the slot asks of an agent. `zone` is the service area of the job's first stop, zero: none.
///
/// `earliest` is the start that the slack term counts from: the first stop's window's; without one,
/// but with a window's end or a deadline, the job's release or creation; with neither zero.
/// Requires: the job has a stop, slot < job.slots.size().
model::Needs needs_of(
    model::Job const& job, std::uint8_t slot, model::Policy const& policy, model::ZoneId zone
);

/// The agent's side, all but the planned part. `distance` is the great circle from its last known
/// position to the job's first stop, or distance_unknown.
model::Facts facts_of(
    model::Agent const& agent,
    model::Needs const& needs,
    model::JobSlot const& slot,
    Metres distance
);

}  // namespace posthaste::match
