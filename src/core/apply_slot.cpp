#include "base/plant.hpp"
#include "core/apply_parts.hpp"

namespace posthaste::core::detail {

using model::AssignmentEnd;
using model::Group;
using model::Job;
using model::JobSlot;
using model::SlotStatus;

namespace {

// At the limit everybody may be asked again: a slot must not wait for ever on a list of refusals.
void note_declined(JobSlot& slot, model::AgentId agent) {
    if (planted(Plant::declined_agent_asked_again)) return;
    if (slot.declined.size() >= model::declined_max) slot.declined.clear();
    insert_sorted(slot.declined, agent);
}

}  // namespace

void Applier::put_on_agenda(Job const& job, std::uint8_t slot) {
    state.agenda.match.insert({model::priority_max - job.priority, job.id, slot});
}

void Applier::take_off_agenda(Job const& job, std::uint8_t slot) {
    state.agenda.match.erase({model::priority_max - job.priority, job.id, slot});
}

void Applier::take_from(model::AgentId agent, std::uint64_t id, model::JobId job) {
    bool const own = envelope.role == model::Role::agent && envelope.agent == agent;
    if (own) return;
    auto& taken = state.taken[agent];
    if (taken.size() == taken_max) taken.erase(taken.begin());
    taken.push_back({id, job, envelope.at});
}

void Applier::set_slot(Job& job, std::uint8_t slot, SlotStatus status) {
    job.slots[slot].status = status;
    take_off_agenda(job, slot);
    if (status == SlotStatus::wanting) put_on_agenda(job, slot);
    bool const waits = std::any_of(job.slots.begin(), job.slots.end(), [](JobSlot const& each) {
        return each.status == SlotStatus::waiting;
    });
    if (waits) {
        state.waiting.insert(job.id);
    } else {
        state.waiting.erase(job.id);
    }
    touch(job, Group::assignment);
}

void Applier::operator()(model::SlotWanted const& wanted) {
    auto& job = state.jobs.at(wanted.job);
    set_slot(job, wanted.slot, SlotStatus::wanting);
    auto& slot = job.slots[wanted.slot];
    slot.attempt = number();
    bool const refused = wanted.why == model::Want::declined || wanted.why == model::Want::freed;
    if (refused && wanted.agent != model::AgentId{}) note_declined(slot, wanted.agent);
}

void Applier::operator()(model::SlotWaited const& waited) {
    set_slot(state.jobs.at(waited.job), waited.slot, SlotStatus::waiting);
}

void Applier::operator()(model::SlotIdled const& idled) {
    set_slot(state.jobs.at(idled.job), idled.slot, SlotStatus::idle);
}

void Applier::operator()(model::OfferMade const& made) {
    auto const& offer = made.offer;
    claim_id(raw(offer.id));
    state.offers.insert(offer);
    auto& job = state.jobs.at(offer.job);
    set_slot(job, offer.slot, SlotStatus::offered);
    job.slots[offer.slot].offer = offer.id;
    insert_sorted(agent_to_change(offer.agent).offers, offer.id);
    if (!planted(Plant::offer_timer_lost)) {
        state.timers.insert({offer.expires, raw(offer.id), TimerKind::offer_expiry});
    }
    state.timers.insert({offer.receipt_due, raw(offer.id), TimerKind::offer_receipt});
}

void Applier::operator()(model::OfferReceived const& received) {
    auto& offer = state.offers.at(received.offer);
    offer.received = true;
    state.timers.erase({offer.receipt_due, raw(offer.id), TimerKind::offer_receipt});
}

void Applier::operator()(model::OfferClosed const& closed) {
    auto const offer = state.offers.at(closed.offer);
    state.timers.erase({offer.expires, raw(offer.id), TimerKind::offer_expiry});
    state.timers.erase({offer.receipt_due, raw(offer.id), TimerKind::offer_receipt});
    erase_sorted(agent_to_change(offer.agent).offers, offer.id);
    if (closed.how != model::OfferEnd::accepted) take_from(offer.agent, raw(offer.id), offer.job);
    auto& job = state.jobs.at(offer.job);
    job.slots[offer.slot].offer = {};
    set_slot(job, offer.slot, SlotStatus::idle);
    state.offers.erase(offer.id);
    wake(offer.agent);
}

void Applier::operator()(model::AssignmentMade const& made) {
    auto const& assignment = made.assignment;
    claim_id(raw(assignment.id));
    state.assignments.insert(assignment);
    auto& job = state.jobs.at(assignment.job);
    set_slot(job, assignment.slot, SlotStatus::assigned);
    job.slots[assignment.slot].assignment = assignment.id;
    bool const is_booked = assignment.slot == 0 && job.booking != model::BookingId{};
    if (is_booked) drop_booking(job.booking);
    auto& agent = agent_to_change(assignment.agent);
    insert_sorted(agent.assignments, assignment.id);
    ++agent.assigned_count;
    set_route(agent, made.route);
}

void Applier::operator()(model::AssignmentEnded const& ended) {
    auto const assignment = state.assignments.at(ended.assignment);
    auto& job = state.jobs.at(assignment.job);
    auto& agent = agent_to_change(assignment.agent);
    bool const worked_off = ended.how == AssignmentEnd::done || ended.how == AssignmentEnd::failed;
    if (!(planted(Plant::complete_keeps_agent_busy) && ended.how == AssignmentEnd::done)) {
        erase_sorted(agent.assignments, assignment.id);
    }
    if (!(planted(Plant::cancel_keeps_route) && ended.how == AssignmentEnd::cancelled)) {
        std::erase_if(agent.route, [&](auto const& stop) {
            return stop.assignment == assignment.id;
        });
    }
    agent.route_version = number();
    take_from(assignment.agent, raw(assignment.id), assignment.job);
    for (std::size_t i = 0; i < assignment.stops.size(); ++i) {
        if (!assignment.stops[i].done) continue;
        agent.aboard -= job.stops[i].pickup;
        agent.aboard += job.stops[i].dropoff;
    }
    if (agent.assignments.empty()) agent.idle_since = envelope.at;
    state.assignments.erase(assignment.id);

    job.slots[assignment.slot].assignment = {};
    set_slot(job, assignment.slot, worked_off ? SlotStatus::finished : SlotStatus::idle);
    bool const all_finished =
        std::all_of(job.slots.begin(), job.slots.end(), [](JobSlot const& slot) {
            return slot.status == SlotStatus::finished;
        });
    if (worked_off && all_finished) {
        job.state = assignment.state;
        put_job_over(job);
    }
    wake(assignment.agent);
}

void Applier::operator()(model::AssignmentMoved const& moved) {
    auto& assignment = state.assignments.at(moved.assignment);
    auto& from = agent_to_change(assignment.agent);
    erase_sorted(from.assignments, assignment.id);
    std::erase_if(from.route, [&](auto const& stop) { return stop.assignment == assignment.id; });
    if (from.assignments.empty()) from.idle_since = envelope.at;
    take_from(from.id, raw(assignment.id), assignment.job);
    wake(from.id);
    assignment.agent = moved.to;
    auto& to = agent_to_change(moved.to);
    insert_sorted(to.assignments, assignment.id);
    ++to.assigned_count;
    touch(state.jobs.at(assignment.job), Group::assignment);
}

void Applier::operator()(model::StopReached const& reached) {
    auto& assignment = state.assignments.at(reached.assignment);
    assignment.stops[reached.stop].arrived = reached.at;
    touch(state.jobs.at(assignment.job), Group::status);
}

void Applier::operator()(model::StopFinished const& finished) {
    auto& assignment = state.assignments.at(finished.assignment);
    auto& job = state.jobs.at(assignment.job);
    auto& agent = agent_to_change(assignment.agent);
    auto& progress = assignment.stops[finished.stop];
    ASSERT(!progress.done);
    progress.done = finished.at;
    if (!progress.arrived) progress.arrived = finished.at;
    agent.aboard += job.stops[finished.stop].pickup;
    agent.aboard -= job.stops[finished.stop].dropoff;
    std::erase_if(agent.route, [&](auto const& stop) {
        return stop.assignment == finished.assignment && stop.stop == finished.stop;
    });
    agent.route_version = number();
    touch(job, Group::status);
    wake(assignment.agent);
}

void Applier::operator()(model::SlipPredicted const& predicted) {
    auto& assignment = state.assignments.at(predicted.assignment);
    assignment.slip_told = predicted.late > Millis{};
}

}  // namespace posthaste::core::detail
