// Does a state hold together? What must be true after every event, looked up the long way round.
//
// Takes    a state, after an event.
// Gives    nothing, or the first thing that is wrong, with the ids. Used by the simulator after
//          each turn and by doctor; never on the path of a decision.
// Cost     O(the whole state).
// Threads  pure
#pragma once

#include <optional>
#include <string>

#include "core/field.hpp"

namespace posthaste::core {

std::optional<std::string> fault_in(State const& state);

/// The index's traits against those computed afresh; also that it holds everybody, once.
std::optional<std::string> fault_in(State const& state, Field const& field);

/// Whether an agent's route stays within its capacity from now on.
bool is_within_capacity(State const& state, model::Agent const& agent);

}  // namespace posthaste::core
