#include "workflow/machine.hpp"

#include <algorithm>
#include <tuple>

namespace posthaste::workflow {

namespace {

std::optional<StateIndex> first_where(std::vector<State> const& states, auto&& matches) {
    auto const found = std::find_if(states.begin(), states.end(), matches);
    if (found == states.end()) return std::nullopt;
    return static_cast<StateIndex>(found - states.begin());
}

}  // namespace

std::optional<StateIndex> Machine::state_named(std::string_view state_name) const {
    return first_where(states, [&](State const& state) { return state.name == state_name; });
}

State const& Machine::state(StateIndex state) const {
    ASSERT(state < states.size());
    return states[state];
}

std::span<Transition const> Machine::steps_from(StateIndex from) const {
    ASSERT(from < states.size());
    auto const range = std::ranges::equal_range(transitions, from, {}, &Transition::from);
    return {range.begin(), range.end()};
}

Transition const* Machine::find(StateIndex from, StateIndex to) const {
    ASSERT(to < states.size());
    auto const steps = steps_from(from);
    auto const found = std::ranges::lower_bound(steps, to, {}, &Transition::to);
    return found != steps.end() && found->to == to ? &*found : nullptr;
}

std::optional<StateIndex> Machine::first_state(model::Phase phase) const {
    return first_where(states, [&](State const& state) {
        return state.phase == phase && !state.on_slip;
    });
}

std::optional<StateIndex> Machine::delayed() const {
    return first_where(states, [](State const& state) { return state.on_slip; });
}

std::optional<StateIndex> Machine::mended() const {
    auto const slipped = delayed();
    if (!slipped) return std::nullopt;
    for (Transition const& step : steps_from(*slipped)) {
        auto const back = phase(step.to);
        bool const in_time = back == model::Phase::accepted || back == model::Phase::en_route;
        if (in_time && step.guards.empty() && may(step, model::Role::engine)) return step.to;
    }
    return std::nullopt;
}

bool may(Transition const& step, model::Role role) {
    if (step.who.has(role)) return true;
    return role == model::Role::admin && step.who.has(model::Role::dispatcher);
}

}  // namespace posthaste::workflow
