// How each event changes the state; split over apply_*.cpp by what it is about.
#pragma once

#include <algorithm>
#include <vector>

#include "core/apply.hpp"

namespace posthaste::core::detail {

/// One event's turn: the state is at state.last_event, which is this event's number.
struct Applier {
    State& state;
    model::Envelope const& envelope;
    Touched& touched;

    // apply_config.cpp: what a region is set up with, terms, memory of commands, control
    void operator()(model::TermBegan const&);
    void operator()(model::CommandConcluded const&);
    void operator()(model::PolicyAdopted const&);
    void operator()(model::WorkflowAdopted const&);
    void operator()(model::ZoneSet const&);
    void operator()(model::ZoneRemoved const&);
    void operator()(model::RoadReportPosted const&);
    void operator()(model::RoadReportLifted const&);
    void operator()(model::TravelSourceChanged const&);
    void operator()(model::NameAdded const&);
    void operator()(model::TenantCreated const&);
    void operator()(model::RegionCreated const&);
    void operator()(model::KeyCreated const&);
    void operator()(model::KeyRevoked const&);
    void operator()(model::TimerLapsed const&);

    // apply_agent.cpp
    void operator()(model::AgentPut const&);
    void operator()(model::AvailabilityChanged const&);
    void operator()(model::AgentRemoved const&);
    void operator()(model::ShiftTurned const&);
    void operator()(model::FreshnessChanged const&);
    void operator()(model::FenceCrossed const&);
    void operator()(model::RouteChanged const&);
    void operator()(model::AgentWoken const&);

    // apply_booking.cpp
    void operator()(model::BookingHeld const&);
    void operator()(model::BookingBound const&);
    void operator()(model::BookingEnded const&);
    void operator()(model::BusySet const&);

    // apply_job.cpp
    void operator()(model::JobCreated const&);
    void operator()(model::JobUpdated const&);
    void operator()(model::JobTransitioned const&);
    void operator()(model::EffectRequested const&) {}  // for followers
    void operator()(model::QuoteSet const&);
    void operator()(model::AttachmentAdded const&);
    void operator()(model::ConflictRecorded const&);
    void operator()(model::ConflictResolved const&);
    void operator()(model::DeadlineMissed const&) {}  // for followers
    void operator()(model::JobArchived const&);

    // apply_slot.cpp: a slot's way from wanted to finished
    void operator()(model::SlotWanted const&);
    void operator()(model::SlotWaited const&);
    void operator()(model::SlotIdled const&);
    void operator()(model::OfferMade const&);
    void operator()(model::OfferReceived const&);
    void operator()(model::OfferClosed const&);
    void operator()(model::AssignmentMade const&);
    void operator()(model::AssignmentEnded const&);
    void operator()(model::AssignmentMoved const&);
    void operator()(model::StopReached const&);
    void operator()(model::StopFinished const&);
    void operator()(model::SlipPredicted const&);

private:
    model::EventNumber number() const { return state.last_event; }
    void claim_id(std::uint64_t id);
    /// To be changed: an agent's eligibility, route or profile.
    model::Agent& agent_to_change(model::AgentId id);
    void touch(model::Job& job, model::Group group);
    void set_slot(model::Job& job, std::uint8_t slot, model::SlotStatus status);
    void put_on_agenda(model::Job const& job, std::uint8_t slot);
    void take_off_agenda(model::Job const& job, std::uint8_t slot);
    void put_job_over(model::Job& job);
    void set_route(model::Agent& agent, std::vector<model::RouteStop> const& route);
    void wake(model::AgentId agent);
    /// Notes what another took from the agent; the agent's own doing is not late for themself.
    void take_from(model::AgentId agent, std::uint64_t id, model::JobId job);
    void drop_booking(model::BookingId booking);
    void drop_dwell(model::AgentId agent, model::ZoneId zone);
    void drop_job_timers(model::Job const& job);
    void drop_shift_timers(model::Agent const& agent);
    void set_shift_timers(model::Agent const& agent);
};

template <class T>
void insert_sorted(std::vector<T>& list, T value) {
    auto const place = std::lower_bound(list.begin(), list.end(), value);
    if (place == list.end() || *place != value) list.insert(place, value);
}
template <class T>
void erase_sorted(std::vector<T>& list, T value) {
    auto const place = std::lower_bound(list.begin(), list.end(), value);
    if (place != list.end() && *place == value) list.erase(place);
}

}  // namespace posthaste::core::detail
