#include "core/integrity.hpp"

#include <algorithm>

namespace posthaste::core {

using model::Job;
using model::JobSlot;
using model::Phase;
using model::SlotStatus;

namespace {

using Fault = std::optional<std::string>;

// Each {} of the text is the next number.
template <class... Ts>
Fault fault(std::string_view text, Ts... numbers) {
    std::string said;
    [[maybe_unused]] auto const put = [&](std::uint64_t number) {
        auto const hole = text.find("{}");
        said += text.substr(0, hole);
        said += std::to_string(number);
        text.remove_prefix(hole + 2);
    };
    (put(static_cast<std::uint64_t>(numbers)), ...);
    return said.append(text);
}

bool has_timer(State const& state, Instant due, std::uint64_t id, TimerKind kind) {
    return state.timers.contains({due, id, kind});
}

Fault fault_in_status(State const& state, Job const& job, std::size_t i) {
    auto const& slot = job.slots[i];
    MatchItem const item{model::priority_max - job.priority, job.id, static_cast<std::uint8_t>(i)};
    bool const on_agenda = state.agenda.match.contains(item);
    if (on_agenda != (slot.status == SlotStatus::wanting)) {
        return fault("job {} slot {}: wanting and the agenda differ", raw(job.id), i);
    }
    bool const open = state.phase_of(job) == Phase::open;
    switch (slot.status) {
        case SlotStatus::idle: {
            bool const later = has_timer(state, job.release, raw(job.id), TimerKind::job_release);
            if (open && !later)
                return fault("job {} slot {}: nobody will match it", raw(job.id), i);
            return {};
        }
        case SlotStatus::wanting:
            break;
        case SlotStatus::waiting:
            if (!state.waiting.contains(job.id)) {
                return fault("job {} slot {}: waits, and is not in waiting", raw(job.id), i);
            }
            break;
        case SlotStatus::offered: {
            auto const* const offer = state.offers.find(slot.offer);
            if (offer == nullptr || offer->job != job.id || offer->slot != i) {
                return fault("job {} slot {}: offered, and there is no offer", raw(job.id), i);
            }
            break;
        }
        case SlotStatus::assigned: {
            auto const* const assignment = state.assignments.find(slot.assignment);
            if (assignment == nullptr || assignment->job != job.id || assignment->slot != i) {
                return fault("job {} slot {}: assigned to nothing", raw(job.id), i);
            }
            break;
        }
        case SlotStatus::finished:
            return {};
    }
    if (!open) return fault("job {} slot {}: is matched, and not open", raw(job.id), i);
    return {};
}

Fault fault_in_job(State const& state, Job const& job) {
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        if (auto found = fault_in_status(state, job, i)) return found;
        auto const& slot = job.slots[i];
        bool const has_offer = slot.offer != model::OfferId{};
        if (has_offer != (slot.status == SlotStatus::offered)) {
            return fault("job {} slot {}: an offer that it should not name", raw(job.id), i);
        }
        bool const has_assignment = slot.assignment != model::AssignmentId{};
        if (has_assignment != (slot.status == SlotStatus::assigned)) {
            return fault("job {} slot {}: an assignment it should not name", raw(job.id), i);
        }
    }
    bool const waits = std::any_of(job.slots.begin(), job.slots.end(), [](JobSlot const& slot) {
        return slot.status == SlotStatus::waiting;
    });
    if (state.waiting.contains(job.id) != waits) {
        return fault("job {}: waiting holds it wrongly", raw(job.id));
    }
    auto const* const booking = state.bookings.find(job.booking);
    bool const is_booked = job.booking != model::BookingId{};
    if (is_booked != (booking != nullptr && booking->job == job.id)) {
        return fault("job {}: a booking that it should not name", raw(job.id));
    }
    if (model::is_over(state.phase_of(job)) != (job.over != Instant{})) {
        return fault("job {}: over and its phase differ", raw(job.id));
    }
    bool const archived_later =
        std::any_of(state.timers.begin(), state.timers.end(), [&](Timer const& timer) {
            return timer.kind == TimerKind::job_archive && timer.id == raw(job.id);
        });
    if (model::is_over(state.phase_of(job)) && !archived_later) {
        return fault("job {}: is over and nothing will archive it", raw(job.id));
    }
    return {};
}

Fault fault_in_offer(State const& state, model::Offer const& offer) {
    auto const* const job = state.jobs.find(offer.job);
    auto const* const agent = state.agents.find(offer.agent);
    if (job == nullptr || agent == nullptr) return fault("offer {}: of nothing", raw(offer.id));
    if (job->slots[offer.slot].offer != offer.id) {
        return fault("offer {}: its slot does not name it", raw(offer.id));
    }
    if (job->slots[offer.slot].attempt != offer.attempt) {
        return fault("offer {}: of an earlier attempt, and open", raw(offer.id));
    }
    if (!std::binary_search(agent->offers.begin(), agent->offers.end(), offer.id)) {
        return fault("offer {}: not in its agent's inbox", raw(offer.id));
    }
    if (!has_timer(state, offer.expires, raw(offer.id), TimerKind::offer_expiry)) {
        return fault("offer {}: will never expire", raw(offer.id));
    }
    bool const receipt =
        has_timer(state, offer.receipt_due, raw(offer.id), TimerKind::offer_receipt);
    if (receipt == offer.received) return fault("offer {}: receipt timer", raw(offer.id));
    return {};
}

Fault fault_in_assignment(State const& state, model::Assignment const& assignment) {
    auto const* const job = state.jobs.find(assignment.job);
    auto const* const agent = state.agents.find(assignment.agent);
    if (job == nullptr || agent == nullptr) {
        return fault("assignment {}: of nothing", raw(assignment.id));
    }
    if (job->slots[assignment.slot].assignment != assignment.id) {
        return fault("assignment {}: its slot does not name it", raw(assignment.id));
    }
    if (!std::binary_search(agent->assignments.begin(), agent->assignments.end(), assignment.id)) {
        return fault("assignment {}: its agent does not have it", raw(assignment.id));
    }
    if (!model::is_assigned(state.phase_of(assignment))) {
        return fault("assignment {}: in a state that is not its own", raw(assignment.id));
    }
    for (std::size_t i = 0; i < assignment.stops.size(); ++i) {
        auto const count =
            std::count_if(agent->route.begin(), agent->route.end(), [&](auto const& stop) {
                return stop.assignment == assignment.id && stop.stop == i;
            });
        if (count != (assignment.stops[i].done ? 0 : 1)) {
            return fault(
                "assignment {}: stop {} is {} times on the route", raw(assignment.id), i, count
            );
        }
    }
    return {};
}

Fault fault_in_agent(State const& state, model::Agent const& agent) {
    for (auto const id : agent.assignments) {
        auto const* const assignment = state.assignments.find(id);
        if (assignment == nullptr || assignment->agent != agent.id) {
            return fault(
                "agent {}: has assignment {}, which is not theirs", raw(agent.id), raw(id)
            );
        }
    }
    for (auto const id : agent.offers) {
        auto const* const offer = state.offers.find(id);
        if (offer == nullptr || offer->agent != agent.id) {
            return fault("agent {}: has offer {}, which is not theirs", raw(agent.id), raw(id));
        }
    }
    for (auto const& stop : agent.route) {
        auto const* const assignment = state.assignments.find(stop.assignment);
        if (assignment == nullptr || assignment->agent != agent.id) {
            return fault(
                "agent {}: goes to a stop of {}, which is not theirs",
                raw(agent.id),
                raw(stop.assignment)
            );
        }
    }
    for (auto const id : agent.bookings) {
        auto const* const booking = state.bookings.find(id);
        if (booking == nullptr || booking->agent != agent.id) {
            return fault("agent {}: has booking {}, which is not theirs", raw(agent.id), raw(id));
        }
    }
    model::Load aboard;
    for (auto const id : agent.assignments) {
        auto const& assignment = state.assignments.at(id);
        auto const& job = state.jobs.at(assignment.job);
        for (std::size_t i = 0; i < assignment.stops.size(); ++i) {
            if (!assignment.stops[i].done) continue;
            aboard += job.stops[i].pickup;
            aboard -= job.stops[i].dropoff;
        }
    }
    if (!(aboard == agent.aboard)) return fault("agent {}: carries something else", raw(agent.id));
    auto const& shift = agent.profile.shift;
    bool const due_end = shift.end < instant_max;
    if (agent.in_shift && due_end &&
        !has_timer(state, shift.end, raw(agent.id), TimerKind::shift_end)) {
        return fault("agent {}: the shift will never end", raw(agent.id));
    }
    return {};
}

Fault fault_in_booking(State const& state, model::Booking const& booking) {
    auto const* const agent = state.agents.find(booking.agent);
    bool const is_kept =
        agent != nullptr &&
        std::binary_search(agent->bookings.begin(), agent->bookings.end(), booking.id);
    if (!is_kept) return fault("booking {}: its agent does not keep it", raw(booking.id));
    if (booking.job == model::JobId{}) {
        bool const ends =
            has_timer(state, booking.expires, raw(booking.id), TimerKind::booking_end);
        if (!ends) return fault("booking {}: will never end", raw(booking.id));
        return {};
    }
    auto const* const job = state.jobs.find(booking.job);
    if (job == nullptr || job->booking != booking.id || model::is_over(state.phase_of(*job)) ||
        job->slots[0].status == SlotStatus::assigned) {
        return fault("booking {}: its job does not need it", raw(booking.id));
    }
    return {};
}

template <class I, class T, class Check>
Fault first_fault(State const& state, Table<I, T> const& table, Check const& check) {
    for (auto const id : table.ids()) {
        if (auto found = check(state, table.at(id))) return found;
    }
    return {};
}

}  // namespace

std::optional<std::string> fault_in(State const& state) {
    if (auto found = first_fault(state, state.jobs, fault_in_job)) return found;
    if (auto found = first_fault(state, state.offers, fault_in_offer)) return found;
    if (auto found = first_fault(state, state.assignments, fault_in_assignment)) return found;
    if (auto found = first_fault(state, state.bookings, fault_in_booking)) return found;
    return first_fault(state, state.agents, fault_in_agent);
}

std::optional<std::string> fault_in(State const& state, Field const& field) {
    if (field.agents().size() != state.agents.size()) return fault("the index holds others");
    for (auto const id : state.agents.ids()) {
        auto const handle = field.handle_of(id);
        if (!handle) return fault("agent {}: not in the index", raw(id));
        auto fresh = traits_of(state, state.agents.at(id));
        if (!field.seen(id)) fresh.flags = static_cast<std::uint16_t>(fresh.flags & ~flag_fresh);
        if (!(field.agents().traits(*handle) == fresh)) {
            return fault("agent {}: the index says other traits", raw(id));
        }
    }
    if (field.waiting().size() != state.waiting.size()) return fault("the index of waiting jobs");
    return {};
}

bool is_within_capacity(State const& state, model::Agent const& agent) {
    auto const& capacity = agent.profile.vehicle.capacity.amount;
    auto aboard = agent.aboard.amount;
    for (auto const& stop : agent.route) {
        auto const& at = state.jobs.at(stop.job).stops[stop.stop];
        for (std::size_t i = 0; i < aboard.size(); ++i) {
            aboard[i] += at.pickup.amount[i] - at.dropoff.amount[i];
            if (at.pickup.amount[i] > 0 && aboard[i] > capacity[i]) return false;
        }
    }
    return true;
}

}  // namespace posthaste::core
