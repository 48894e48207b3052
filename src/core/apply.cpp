#include "core/apply.hpp"

#include "core/apply_parts.hpp"

namespace posthaste::core {

Instant made_at(model::Envelope const& envelope) {
    bool const told = envelope.role == model::Role::agent && envelope.device_time != Instant{};
    return told ? std::min(envelope.device_time, envelope.at) : envelope.at;
}

Touched apply(State& state, model::Envelope const& envelope, model::Event const& event) {
    ++state.last_event;
    state.last_at = envelope.at;
    Touched touched;
    detail::Applier applier{state, envelope, touched};
    std::visit([&](auto const& it) { applier(it); }, event);
    return touched;
}

void apply(State& state, model::Record const& record) {
    ASSERT(record.header.first_event == state.last_event + 1);
    for (auto const& entry : record.entries) {
        for (auto const& event : entry.events)
            apply(state, entry.envelope, event);
    }
    ASSERT(state.last_event + 1 == record.header.first_event + record.header.event_count);
}

}  // namespace posthaste::core
