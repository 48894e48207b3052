#include "core/apply_parts.hpp"

namespace posthaste::core::detail {

using model::BookingId;

void Applier::operator()(model::BookingHeld const& held) {
    auto const& booking = held.booking;
    claim_id(raw(booking.id));
    state.bookings.insert(booking);
    state.timers.insert({booking.expires, raw(booking.id), TimerKind::booking_end});
    insert_sorted(agent_to_change(booking.agent).bookings, booking.id);
}

void Applier::operator()(model::BookingBound const& bound) {
    auto& booking = state.bookings.at(bound.booking);
    touched.agents.push_back(booking.agent);
    state.timers.erase({booking.expires, raw(booking.id), TimerKind::booking_end});
    booking.expires = instant_max;
    booking.job = bound.job;
    auto& job = state.jobs.at(bound.job);
    job.booking = booking.id;
    touch(job, model::Group::assignment);
}

void Applier::operator()(model::BookingEnded const& ended) {
    drop_booking(ended.booking);
}

void Applier::drop_booking(BookingId id) {
    auto const& booking = state.bookings.at(id);
    state.timers.erase({booking.expires, raw(id), TimerKind::booking_end});
    erase_sorted(agent_to_change(booking.agent).bookings, id);
    if (auto* const job = state.jobs.find(booking.job)) {
        job->booking = {};
        touch(*job, model::Group::assignment);
    }
    auto const agent = booking.agent;
    state.bookings.erase(id);
    wake(agent);
}

void Applier::operator()(model::BusySet const& set) {
    auto& agent = agent_to_change(set.agent);
    agent.busy = set.busy;
    agent.version = number();
    wake(set.agent);
}

}  // namespace posthaste::core::detail
