// A workflow as data: the states of a job type, the steps between them, who may take each, what
// must be true before it and what follows from it.
//
// Gives    answers about one verified machine: may / must / then. It does nothing by itself: core
//          asks whether a step exists, `may` whether the role can take it, first_failed
//          (workflow/guards.hpp) whether its guards hold, and turns its effects into events.
// Shapes   a state is its index in `states`, in file order, and that index is what jobs and
//          assignments carry in the log; transitions are by (from, to), each pair once.
// Errors   cannot fail: a Machine comes from load() (workflow/load.hpp), which verified it.
//          Indexes are asserted.
// Cost     find: a binary search of at most transitions_max; the others scan at most states_max.
// Threads  shared immutable
// Limits   states_max, transitions_max; load() refuses more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/names.hpp"
#include "workflow/enum_set.hpp"

namespace posthaste::workflow {

constexpr std::size_t states_max = 64;
constexpr std::size_t transitions_max = 1024;
constexpr std::size_t state_name_bytes_max = 32;
constexpr std::size_t title_bytes_max = 64;

using StateIndex = std::uint8_t;
using Roles = EnumSet<model::Role>;

struct State {
    std::string name;   ///< on the wire: a-z, 0-9 and _
    std::string title;  ///< for people; the name when the file gives none
    model::Phase phase = model::Phase::draft;
    bool on_slip = false;    ///< entered by the engine when it predicts that a window is missed
    std::uint32_t line = 0;  ///< in the file, from 1

    bool operator==(State const&) const = default;
};

struct Transition {
    StateIndex from = 0;
    StateIndex to = 0;
    Roles who;
    std::vector<model::Guard> guards;    ///< in file order: the first that fails is the answer
    std::vector<model::Effect> effects;  ///< in file order
    std::uint32_t line = 0;

    bool operator==(Transition const&) const = default;
};

struct Machine {
    std::string name;
    std::string title;
    model::Dispatch dispatch = model::Dispatch::direct;
    StateIndex initial = 0;
    std::vector<State> states;
    std::vector<Transition> transitions;

    std::optional<StateIndex> state_named(std::string_view state_name) const;
    /// Requires: state < states.size().
    State const& state(StateIndex state) const;
    /// Requires: state < states.size().
    model::Phase phase(StateIndex state) const { return this->state(state).phase; }

    /// The step between them, or nullptr. Requires: both < states.size().
    Transition const* find(StateIndex from, StateIndex to) const;
    /// All steps out of a state, by `to`. Requires: from < states.size().
    std::span<Transition const> steps_from(StateIndex from) const;

    /// The state the engine uses when it must enter a phase: the first in the file that has it and
    /// is not on_slip. Always there for open, assigned, done and cancelled, and for accepted in a
    /// machine that offers.
    std::optional<StateIndex> first_state(model::Phase phase) const;
    /// The state with on_slip.
    std::optional<StateIndex> delayed() const;
    /// Where the engine takes a delayed assignment when it is in time again; there when delayed()
    /// is.
    std::optional<StateIndex> mended() const;

    bool operator==(Machine const&) const = default;
};

/// Whether `role` may take the step: it is named, or it is admin and dispatcher is named.
bool may(Transition const& step, model::Role role);

}  // namespace posthaste::workflow
