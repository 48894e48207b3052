// What a timer brings: the one that fired is gone, whatever follows from it.
#include "core/draft.hpp"

namespace posthaste::core {

using model::OfferEnd;
using model::SlotStatus;

namespace {

void release(Draft& draft, model::JobId id) {
    auto const& job = draft.state.jobs.at(id);
    if (draft.state.phase_of(job) == model::Phase::open) {
        want_slots(draft, job, model::Want::released);
    }
}

void miss_deadline(Draft& draft, model::JobId id) {
    auto const& job = draft.state.jobs.at(id);
    bool const unmanned =
        std::any_of(job.slots.begin(), job.slots.end(), [](model::JobSlot const& slot) {
            return slot.status != SlotStatus::assigned && slot.status != SlotStatus::finished;
        });
    if (unmanned) draft.emit(model::DeadlineMissed{id});
}

void end_offer(Draft& draft, model::OfferId id, OfferEnd how) {
    auto const& offer = draft.state.offers.at(id);
    close_offer(draft, offer, how);
    draft.want(offer.job, offer.slot, model::Want::declined, offer.agent);
}

void end_shift(Draft& draft, model::AgentId id) {
    for (auto const offer_id : draft.state.agents.at(id).offers) {
        auto const& offer = draft.state.offers.at(offer_id);
        close_offer(draft, offer, OfferEnd::withdrawn, "the shift ended");
        draft.want(offer.job, offer.slot, model::Want::freed);
    }
    draft.emit(model::ShiftTurned{id, false});
}

}  // namespace

void decide(Draft& draft, TimerInput const& input) {
    auto const& timer = input.timer;
    draft.emit(model::TimerLapsed{
        timer.due, timer.id, static_cast<std::uint8_t>(timer.kind), timer.extra});
    switch (timer.kind) {
        case TimerKind::job_release:
            return release(draft, model::JobId{timer.id});
        case TimerKind::job_deadline:
            return miss_deadline(draft, model::JobId{timer.id});
        case TimerKind::job_archive:
            return draft.emit(model::JobArchived{model::JobId{timer.id}});
        case TimerKind::offer_receipt:
            return end_offer(draft, model::OfferId{timer.id}, OfferEnd::unreceived);
        case TimerKind::offer_expiry:
            return end_offer(draft, model::OfferId{timer.id}, OfferEnd::expired);
        case TimerKind::shift_start:
            return draft.emit(model::ShiftTurned{model::AgentId{timer.id}, true});
        case TimerKind::shift_end:
            return end_shift(draft, model::AgentId{timer.id});
        case TimerKind::dwell:
            return draft.emit(model::FenceCrossed{
                model::AgentId{timer.id},
                model::ZoneId{timer.extra},
                model::Crossing::dwell,
                draft.now});
        case TimerKind::report_end:
            return draft.emit(model::RoadReportLifted{model::RoadReportId{timer.id}});
        case TimerKind::booking_end:
            return draft.emit(model::BookingEnded{
                model::BookingId{timer.id}, model::BookingEnd::expired});
    }
}

void decide(Draft& draft, TermInput const& input) {
    draft.emit(model::TermBegan{input.outage});
}

}  // namespace posthaste::core
