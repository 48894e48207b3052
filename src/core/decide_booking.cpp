// Bookings and busy times: what an agent's route is kept free for.
#include "core/draft.hpp"
#include "core/reach.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using model::Booking;
using model::BusyTime;
using model::Rejection;

namespace {

bool is_busy_time(BusyTime const& time) {
    return time.start >= Instant{} && time.start < time.end && time.end <= instant_max;
}

// By start, those that touch as one, without those that are over.
std::vector<BusyTime> joined(std::vector<BusyTime> times, Instant now) {
    std::erase_if(times, [&](BusyTime const& time) { return time.end <= now; });
    std::sort(times.begin(), times.end(), [](BusyTime const& left, BusyTime const& right) {
        return left.start < right.start;
    });
    std::vector<BusyTime> whole;
    for (auto const& time : times) {
        if (whole.empty() || whole.back().end < time.start) {
            whole.push_back(time);
        } else {
            whole.back().end = std::max(whole.back().end, time.end);
        }
    }
    return whole;
}

// The first reason against it, or the draft is not rejected.
bool can_be_held(Draft& draft, model::Agent const& agent, model::Job const& job) {
    auto const reach = reach_of(draft.region, draft.scratch.inserter, {job, 0, agent, draft.now});
    if (reach.is_drivable()) return true;
    auto const& first = reach.conflicts.front();
    if (is_of_time(first.what)) {
        draft.reject(Rejection::slot_unreachable, late_text(draft.state, reach));
    } else {
        draft.reject(Rejection::not_eligible, std::string{name_of(first.what)});
    }
    return false;
}

// The route's times around it; of who will be late it is told.
void follow_busy(Draft& draft, model::Agent const& agent, std::vector<BusyTime> const& busy) {
    if (agent.route.empty()) return;
    auto start = start_of(draft.region, agent, draft.now);
    start.busy = busy;
    tell_route(draft, agent, retimed(draft.region, start, agent.route));
}

}  // namespace

void decide(Draft& draft, model::HoldBooking const& command) {
    auto const& state = draft.state;
    auto const* const agent = state.agents.find(command.agent);
    if (agent == nullptr) return draft.reject(Rejection::agent_unknown);
    if (command.span < Millis{1000} || command.span > model::booking_span_max) {
        return draft.reject(Rejection::malformed, "span: a second to a day");
    }
    auto const wrong = bad_stops(state, command.stops);
    if (!wrong.empty()) return draft.reject(Rejection::malformed, wrong);
    if (state.bookings.size() >= model::bookings_max) {
        return draft.reject(Rejection::limit_reached, "bookings");
    }
    if (agent->bookings.size() >= model::bookings_per_agent_max) {
        return draft.reject(Rejection::limit_reached, "bookings of the agent: at most 32");
    }
    auto const need = need_of(draft, command.need);
    if (!need) return;
    if (!can_be_held(draft, *agent, draft_of(command.stops, *need))) return;
    auto const id = draft.new_id<model::BookingId>();
    draft.answer(id);
    draft.emit(model::BookingHeld{
        {.id = id,
         .agent = agent->id,
         .stops = command.stops,
         .need = *need,
         .made = draft.now,
         .expires = draft.now + command.span}});
}

void decide(Draft& draft, model::ReleaseBooking const& command) {
    if (!draft.state.bookings.contains(command.booking)) {
        return draft.reject(Rejection::booking_unknown);
    }
    draft.answer(command.booking);
    draft.emit(model::BookingEnded{command.booking, model::BookingEnd::released});
}

void decide(Draft& draft, model::SetBusy const& command) {
    auto const* const agent = draft.state.agents.find(command.agent);
    if (agent == nullptr) return draft.reject(Rejection::agent_unknown);
    if (draft.is_other_agent(agent->id)) {
        return draft.reject(Rejection::not_allowed, "not this agent");
    }
    if (command.busy.size() > model::busy_max) {
        return draft.reject(Rejection::malformed, "busy: at most 256");
    }
    for (std::size_t i = 0; i < command.busy.size(); ++i) {
        if (is_busy_time(command.busy[i])) continue;
        return draft.reject(
            Rejection::malformed, "busy[" + std::to_string(i) + "]: must end after it starts"
        );
    }
    draft.answer(agent->id);
    auto const busy = joined(command.busy, draft.now);
    if (busy == agent->busy) return;
    draft.emit(model::BusySet{agent->id, busy});
    follow_busy(draft, *agent, busy);
}

Booking const* booking_of(State const& state, model::Job const& job, std::uint8_t slot) {
    return slot == 0 ? state.bookings.find(job.booking) : nullptr;
}

std::string take_held(Booking const& booking, model::Job& job) {
    if (booking.job != model::JobId{}) return "booking: another job has it";
    if (job.stops.size() != booking.stops.size()) return "stops: not those that are held";
    for (std::size_t i = 0; i < job.stops.size(); ++i) {
        auto const& held = booking.stops[i];
        auto& stop = job.stops[i];
        stop.window = held.window;
        if (!(stop == held)) return "stops: not those that are held";
    }
    if (!(job.slots[0].need == booking.need)) return "slots: not what is held";
    return {};
}

}  // namespace posthaste::core
