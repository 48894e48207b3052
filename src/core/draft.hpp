// The events of one input while they are being made.
//
// A Draft sees the state as it was before the input; what it has drafted so far is not in it,
// except what it keeps itself: the ids it gave out and the chain of each job it moved.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/decide.hpp"

namespace posthaste::core {

struct Draft {
    Region const& region;
    Scratch& scratch;
    model::Envelope const& envelope;
    State const& state;
    Instant now;
    Decided out;

    Draft(Region const& the_region, Scratch& the_scratch, model::Envelope const& the_envelope)
        : region{the_region},
          scratch{the_scratch},
          envelope{the_envelope},
          state{the_region.state},
          now{the_envelope.at},
          next_counter_{the_region.state.next_counter} {}

    template <class E>
    void emit(E event) {
        out.events.emplace_back(std::move(event));
    }

    /// The answer is no; nothing that was drafted happens.
    void reject(model::Rejection rejection, std::string detail = {}) {
        out.events.clear();
        out.decisions.clear();
        out.answer.rejection = rejection;
        out.answer.detail = std::move(detail);
    }

    /// What the answer is about: the id of what was made or changed.
    template <Id I>
    void answer(I subject) {
        out.answer.subject = raw(subject);
    }

    template <Id I>
    I new_id() {
        return make_id<I>(state.region, next_counter_++);
    }

    bool by_agent() const { return envelope.role == model::Role::agent; }
    /// Whether the actor is an agent, and not this one.
    bool is_other_agent(model::AgentId agent) const {
        return by_agent() && envelope.agent != agent;
    }

    /// One audited step of a job, or of its assignment, with the effects the workflow asks for.
    void transition(
        model::Job const& job,
        model::AssignmentId assignment,
        std::uint8_t from,
        std::uint8_t to,
        std::string reason = {}
    );

    void want(model::JobId job, std::size_t slot, model::Want why, model::AgentId agent = {}) {
        emit(model::SlotWanted{job, static_cast<std::uint8_t>(slot), why, agent});
    }

private:
    std::uint64_t next_counter_;
    std::map<model::JobId, Digest> chains_;
};

/// The digest of a job's step: over the chain before it, the step, and the envelope's who and when.
Digest chain_of(
    Digest const& before, model::Envelope const& envelope, model::JobTransitioned const& step
);

// One function a command; each in the decide_*.cpp of what it is about.
void decide(Draft& draft, model::SetPolicy const& command);
void decide(Draft& draft, model::SetWorkflow const& command);
void decide(Draft& draft, model::SetZone const& command);
void decide(Draft& draft, model::RemoveZone const& command);
void decide(Draft& draft, model::PostRoadReport const& command);
void decide(Draft& draft, model::LiftRoadReport const& command);
void decide(Draft& draft, model::CreateJob const& command);
void decide(Draft& draft, model::UpdateJob const& command);
void decide(Draft& draft, model::TransitionJob const& command);
void decide(Draft& draft, model::FinishStop const& command);
void decide(Draft& draft, model::ProposeQuote const& command);
void decide(Draft& draft, model::DecideQuote const& command);
void decide(Draft& draft, model::AttachToJob const& command);
void decide(Draft& draft, model::ResolveConflict const& command);
void decide(Draft& draft, model::PutAgent const& command);
void decide(Draft& draft, model::SetAvailability const& command);
void decide(Draft& draft, model::RemoveAgent const& command);
void decide(Draft& draft, model::AssignJob const& command);
void decide(Draft& draft, model::ReleaseAssignment const& command);
void decide(Draft& draft, model::ReceiveOffer const& command);
void decide(Draft& draft, model::AcceptOffer const& command);
void decide(Draft& draft, model::DeclineOffer const& command);
void decide(Draft& draft, model::AdoptPlan const& command);
void decide(Draft& draft, model::CreateTenant const& command);
void decide(Draft& draft, model::CreateRegion const& command);
void decide(Draft& draft, model::CreateKey const& command);
void decide(Draft& draft, model::RevokeKey const& command);
void decide(Draft& draft, model::HoldBooking const& command);
void decide(Draft& draft, model::ReleaseBooking const& command);
void decide(Draft& draft, model::SetBusy const& command);

// The inputs that are not commands.
void decide(Draft& draft, TermInput const& input);
void decide(Draft& draft, TimerInput const& input);
void decide(Draft& draft, OverdueInput const& input);
void decide(Draft& draft, FixInput const& input);
void decide(Draft& draft, AgendaInput const& input);
void decide(Draft& draft, MetricInput const& input);
void decide(Draft& draft, RetimeInput const& input);
void decide(Draft& draft, CommandInput const& input);

// What several of them need.

/// Both versions in a sentence, when `what` is newer than what the edit was made on; else empty.
std::string moved_since(
    std::string_view what,
    model::EventNumber version,
    std::optional<model::EventNumber> const& if_version
);

/// Bits for names, giving new names bits as NameAdded. None, and the draft rejected, when full.
std::optional<std::uint64_t> bits_of(
    Draft& draft, model::NameKind kind, std::vector<std::string> const& names, std::string field
);
std::optional<model::Requirement> need_of(Draft& draft, model::NeedDraft const& need);

/// What an operation was about: the offer or assignment it named, or zero and the job.
struct Claim {
    std::uint64_t id = 0;
    model::JobId job{};
};
/// Of a phone's refused operation: a conflict of the job, if the claim was taken from the agent
/// after it was made.
void keep_if_taken(Draft& draft, Claim claim, std::string operation, std::string wanted);
/// Of a phone's refused step: a conflict, if another brought the assignment where it is after the
/// step was made, or one that the device made before is still to come.
void keep_if_overtaken(
    Draft& draft,
    model::Assignment const& assignment,
    workflow::StateIndex wanted,
    std::string operation
);

/// Puts every slot of an open job on the agenda, or leaves it to the release timer.
void want_slots(Draft& draft, model::Job const& job, model::Want why);
/// Takes every slot of a job off it: offers are withdrawn, assignments end.
void free_slots(Draft& draft, model::Job const& job, model::AssignmentEnd how, std::string reason);

void close_offer(
    Draft& draft, model::Offer const& offer, model::OfferEnd how, std::string reason = {}
);

/// Stops of routes that one input may write: what fits a record.
constexpr std::size_t route_stops_per_input_max = 4000;
/// After an edit of a job's places or times, drafted before: the routes of those who have it.
void follow_edit(Draft& draft, model::Job const& edited);

/// The engine takes a step only where the workflow gives it to the engine. Whether it did.
bool engine_step(
    Draft& draft,
    model::Assignment const& assignment,
    std::optional<workflow::StateIndex> to,
    std::string reason
);

/// Times an agent's route again from `place`, and tells of it: when who is on the way would arrive
/// at another time by more than the policy tolerates, or a slip anywhere on the route is news.
/// Requires: a route.
void renew_eta(Draft& draft, model::Agent const& agent, model::Position place);

/// A stop of an assignment, and how late it will be.
struct Slip {
    std::uint8_t stop = 0;
    Millis late;
};
/// By the first stop that is late by more than the policy tolerates; without one, by the latest.
/// Not of stops that were reached. `edited`: as in core/route.hpp.
std::map<model::AssignmentId, Slip> slips_on(
    State const& state,
    std::vector<model::RouteStop> const& route,
    model::Job const* edited = nullptr
);

/// The agent's stops with other times, and of each slip on it that is news.
void tell_route(Draft& draft, model::Agent const& agent, std::vector<model::RouteStop> route);
/// Tells once that a stop will be late, and once that it will not after all; the engine takes the
/// step to delayed and back where the workflow has it. Whether the job stands as delayed now.
bool tell_slip(Draft& draft, model::Assignment const& assignment, Slip slip);

/// Decides who takes a slot: an assignment, an offer, or that it waits.
void match_slot(Draft& draft, model::Job const& job, std::uint8_t slot);
/// The agent's route as the matcher sees it, with the room that is kept for bookings, but not for
/// the job's own.
void see_route(
    Draft& draft,
    model::Agent const& agent,
    model::Job const& job,
    std::vector<match::Visit>& visits
);
/// How a slot is given.
struct Giving {
    bool in_time = true;      ///< whether every window and the shift must be kept
    std::string forced = {};  ///< why it is given all the same when one is not; empty: it is not
};
/// Gives the slot to an agent without comparing: an accept, a booking or a person's decision.
/// False, and the draft rejected, when a rule that protects people, loads or promises says no.
bool give_slot(
    Draft& draft,
    model::Job const& job,
    std::uint8_t slot,
    model::Agent const& agent,
    Giving const& giving
);
/// What keeps a slot for an agent; null: nothing does.
model::Booking const* booking_of(State const& state, model::Job const& job, std::uint8_t slot);
/// The job takes what is held: its windows, and the slot. What is wrong with that, or empty.
std::string take_held(model::Booking const& booking, model::Job& job);
/// The service area of the job's first stop; zero: none.
model::ZoneId service_area_of(Draft const& draft, model::Job const& job);
/// Wants again the next batch of what waits and the agent (zero: anybody) could take, from the job
/// after `cursor` on.
void wake(Draft& draft, model::AgentId agent, model::JobId cursor);
/// Wants again what waits of the job and this agent, standing there, could take.
void wake_for(
    Draft& draft, model::Job const& job, model::Agent const& agent, model::Position place
);
/// Whether some agent could be at the job in time, on duty now or not.
bool is_reachable(Draft& draft, model::Job const& job);

}  // namespace posthaste::core
