// decide: what follows from one input, as events. The heart; it changes nothing.
//
// Takes    a region as it is (state and what is seen), an envelope that says who, when and why, and
//          one input. envelope.at is the only clock there is.
// Gives    the events, to be applied in order at once, so that the next input sees them; the
//          decision records beside them; and the answer to a command. The same arguments always
//          give the same result. A command that was answered before gets its answer again, and no
//          events.
// Errors   cannot fail: a rule that says no is a Rejection in the answer.
// Limits   one input makes at most what fits a record: slots_max slots, wake_batch wakes, a plan of
//          plan_routes_max routes.
// Threads  pure; Scratch is reused between calls and holds nothing that matters
#pragma once

#include <utility>
#include <vector>

#include "core/field.hpp"
#include "core/input.hpp"
#include "core/state.hpp"

namespace posthaste::core {

struct Region {
    explicit Region(State the_state, match::MakeTravel make_travel = match::straight_lines)
        : state{std::move(the_state)}, field{state, std::move(make_travel)} {}

    State state;
    Field field;
};

struct Decided {
    std::vector<model::Event> events;
    std::vector<model::Decision> decisions;
    Answer answer;          ///< to a command; number is 0 until its events have numbers
    bool repeated = false;  ///< the answer is an earlier one's
};

/// Under which rules the input will be decided, for its envelope: the policy's hash, and that of
/// the workflow version of the job it is about (a fix: of the agent's next stop), zero with none.
void name_rules(State const& state, Input const& input, model::Envelope& envelope);

Decided decide(
    Region const& region, Scratch& scratch, model::Envelope const& envelope, Input const& input
);

/// Where the agent is: a service area, else any fence; zero: in none, as far as is known.
model::ZoneId zone_of(State const& state, model::AgentId agent);

/// Whether an AgendaInput has something to do.
inline bool has_agenda(State const& state) {
    return !state.agenda.empty();
}

}  // namespace posthaste::core
