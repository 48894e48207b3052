// apply: the one function that changes a region's state.
//
// Takes    one event with its entry's envelope. Events of a region are applied in their order, each
//          exactly once; the event's number is state.last_event + 1.
// Gives    the state after it. It never decides: whatever could be done otherwise was settled when
//          the event was made.
// Errors   cannot fail: an event that does not fit the state is a bug, and asserted.
#pragma once

#include <boost/container/small_vector.hpp>

#include "core/state.hpp"
#include "model/record.hpp"

namespace posthaste::core {

/// What an event changed (or removed), for the indexes and boards that follow.
struct Touched {
    boost::container::small_vector<model::AgentId, 2> agents;
    boost::container::small_vector<model::JobId, 2> jobs;
};

/// When it was done: by the device's clock if it is an agent's and says so, never after now.
Instant made_at(model::Envelope const& envelope);

Touched apply(State& state, model::Envelope const& envelope, model::Event const& event);

/// All of a record's events in order. Requires: record.header.first_event == state.last_event + 1.
void apply(State& state, model::Record const& record);

}  // namespace posthaste::core
