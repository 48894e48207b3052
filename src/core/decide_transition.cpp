// The steps of a job's workflow, and what they mean for who has it.
#include "base/plant.hpp"
#include "core/draft.hpp"
#include "core/route.hpp"
#include "workflow/guards.hpp"

namespace posthaste::core {

using model::Agent;
using model::Assignment;
using model::AssignmentEnd;
using model::Job;
using model::Phase;
using model::Rejection;
using model::SlotStatus;

namespace {

// One step as asked for: whose, from where, to where.
struct Step {
    Job const* job = nullptr;
    Assignment const* assignment = nullptr;  ///< none: the job's own
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    std::string reason;
};

workflow::GuardFacts facts_of(Draft& draft, Step const& step, workflow::Transition const& rule) {
    workflow::GuardFacts facts;
    facts.quote = step.job->quote.status;
    for (auto const& attachment : step.job->attachments) {
        facts.attachments.add(attachment.kind);
    }
    facts.work_completed = draft.state.phase_of(*step.job) == Phase::done;
    bool const asks =
        std::find(rule.guards.begin(), rule.guards.end(), model::Guard::slot_reachable) !=
        rule.guards.end();
    facts.slot_reachable = asks && is_reachable(draft, *step.job);
    return facts;
}

// Rejects the draft, and says false, when the workflow does not allow the step.
bool is_allowed(Draft& draft, Step const& step) {
    auto const& machine = draft.state.machine_of(*step.job);
    auto const* const rule = machine.find(step.from, step.to);
    if (rule == nullptr) {
        draft.reject(
            Rejection::transition_unknown,
            machine.state(step.from).name + " -> " + machine.state(step.to).name
        );
        return false;
    }
    if (!workflow::may(*rule, draft.envelope.role)) {
        draft.reject(Rejection::not_allowed, "this step is for others");
        return false;
    }
    auto const failed = workflow::first_failed(rule->guards, facts_of(draft, step, *rule));
    if (!failed) return true;
    draft.reject(
        Rejection::guard_failed,
        std::string{name_of(*failed)} + ": " + std::string{workflow::sentence_of(*failed)}
    );
    return false;
}

std::optional<std::uint8_t> first_open_stop(Assignment const& assignment) {
    for (std::size_t i = 0; i < assignment.stops.size(); ++i) {
        if (!assignment.stops[i].done) return static_cast<std::uint8_t>(i);
    }
    return std::nullopt;
}

// The agent's word, but never before the assignment was made.
Instant when(Draft const& draft, Assignment const& assignment) {
    return std::max(made_at(draft.envelope), assignment.made);
}

void change_route(Draft& draft, Agent const& agent, std::vector<model::RouteStop> route) {
    auto const start = start_of(draft.region, agent, draft.now);
    draft.emit(model::RouteChanged{agent.id, retimed(draft.region, start, std::move(route))});
}

// On the way: the next stop of this assignment comes first, and nobody may move it.
void lock_next_stop(Draft& draft, Assignment const& assignment) {
    auto const& agent = draft.state.agents.at(assignment.agent);
    auto route = agent.route;
    auto const next = std::find_if(route.begin(), route.end(), [&](auto const& stop) {
        return stop.assignment == assignment.id;
    });
    if (next == route.end()) return;
    for (auto stop = route.begin(); stop != next; ++stop)
        stop->hold = model::Hold::free;
    next->hold = model::Hold::locked;
    std::rotate(route.begin(), next, next + 1);
    // With a full vehicle something is left first, whatever was tapped.
    if (!route_fits(draft.state, agent, route)) route = made_to_fit(draft.state, agent, route);
    change_route(draft, agent, std::move(route));
}

// The stops up to this one are made. Facts win: when what is aboard by the agent's word leaves no
// room for what was planned next, the rest of the route is laid again at once.
void finish_stops(Draft& draft, Assignment const& assignment, std::size_t last) {
    auto agent = draft.state.agents.at(assignment.agent);
    auto const& job = draft.state.jobs.at(assignment.job);
    for (std::size_t i = 0; i <= last; ++i) {
        if (assignment.stops[i].done) continue;
        auto const stop = static_cast<std::uint8_t>(i);
        draft.emit(model::StopFinished{assignment.id, stop, when(draft, assignment)});
        agent.aboard += job.stops[i].pickup;
        agent.aboard -= job.stops[i].dropoff;
        std::erase_if(agent.route, [&](auto const& made) {
            return made.assignment == assignment.id && made.stop == stop;
        });
    }
    if (route_fits(draft.state, agent, agent.route) || planted(Plant::overfull_route_kept)) return;
    auto route = made_to_fit(draft.state, agent, agent.route);
    change_route(draft, agent, std::move(route));
}

// What a step of an assignment says about its stops.
void follow_phase(Draft& draft, Step const& step, Phase phase) {
    auto const& assignment = *step.assignment;
    auto const next = first_open_stop(assignment);
    if (phase == Phase::en_route) lock_next_stop(draft, assignment);
    if (!next) return;
    auto const& progress = assignment.stops[*next];
    if (phase == Phase::on_site && !progress.arrived) {
        draft.emit(model::StopReached{assignment.id, *next, when(draft, assignment)});
    }
    bool const leaves_first = phase == Phase::working && assignment.stops.size() > 1 && *next == 0;
    if (leaves_first) finish_stops(draft, assignment, 0);
    if (phase == Phase::done) finish_stops(draft, assignment, assignment.stops.size() - 1);
}

// Who sets out to what is known to come late is delayed from the start: it is not told again.
void set_out_late(Draft& draft, Step const& step) {
    auto const& machine = draft.state.machine_of(*step.job);
    bool const sets_out = machine.phase(step.from) < Phase::en_route;
    auto const delayed = machine.delayed();
    if (!step.assignment->slip_told || !sets_out || !delayed) return;
    auto const* const rule = machine.find(step.to, *delayed);
    if (rule == nullptr || !workflow::may(*rule, model::Role::engine)) return;
    draft.transition(*step.job, step.assignment->id, step.to, *delayed, "will be late");
}

void step_assignment(Draft& draft, Step const& step) {
    auto const& assignment = *step.assignment;
    auto const phase = draft.state.machine_of(*step.job).phase(step.to);
    draft.transition(*step.job, assignment.id, step.from, step.to, step.reason);
    if (phase == Phase::en_route) set_out_late(draft, step);
    follow_phase(draft, step, phase);
    if (model::is_assigned(phase)) return;
    if (phase == Phase::done || phase == Phase::failed) {
        auto const how = phase == Phase::done ? AssignmentEnd::done : AssignmentEnd::failed;
        return draft.emit(model::AssignmentEnded{assignment.id, how, step.reason});
    }
    // Back to the job's own state: the slot is free again.
    auto const how = draft.by_agent() ? AssignmentEnd::dropped : AssignmentEnd::unassigned;
    draft.emit(model::AssignmentEnded{assignment.id, how, step.reason});
    bool const released = step.job->release <= draft.now;  // else the release timer will
    if (released && !planted(Plant::drop_not_rematched)) {
        draft.want(step.job->id, assignment.slot, model::Want::freed, assignment.agent);
    }
}

void step_job(Draft& draft, Step const& step) {
    auto const phase = draft.state.machine_of(*step.job).phase(step.to);
    if (phase != Phase::open) {
        auto const how = phase == Phase::failed ? AssignmentEnd::failed : AssignmentEnd::cancelled;
        free_slots(draft, *step.job, how, step.reason);
    }
    draft.transition(*step.job, {}, step.from, step.to, step.reason);
    if (phase == Phase::open) want_slots(draft, *step.job, model::Want::created);
    // What was approved was another plan of the work: it wants a quote again.
    bool const quoted = step.job->quote.status != model::QuoteStatus::none;
    bool const was_open = draft.state.phase_of(*step.job) != Phase::draft;
    if (phase == Phase::draft && was_open && quoted) draft.emit(model::QuoteSet{step.job->id, {}});
}

// The assignment a step is about: the one named, or the only one there is.
Assignment const* assignment_for(
    State const& state, Job const& job, model::AssignmentId named, Phase to
) {
    if (named != model::AssignmentId{}) return state.assignments.find(named);
    bool const of_job = to == Phase::cancelled || to == Phase::draft || to == Phase::closed;
    if (of_job) return nullptr;
    Assignment const* only = nullptr;
    for (auto const& slot : job.slots) {
        auto const* const assignment = state.assignments.find(slot.assignment);
        if (assignment == nullptr) continue;
        if (only != nullptr) return nullptr;
        only = assignment;
    }
    return only;
}

// Why a step to this phase needs an assignment and has none, or empty: it may be the job's own.
std::string missing_assignment(State const& state, Job const& job, Phase to) {
    if (model::is_assigned(to)) return "the job is in no agent's hands, or in several: name one";
    if (to != Phase::done && to != Phase::failed) return {};
    bool const held = std::any_of(job.slots.begin(), job.slots.end(), [&](auto const& slot) {
        return state.assignments.contains(slot.assignment);
    });
    return held ? "several agents have the job: name one" : std::string{};
}

}  // namespace

void close_offer(Draft& draft, model::Offer const& offer, model::OfferEnd how, std::string reason) {
    draft.emit(model::OfferClosed{offer.id, how, std::move(reason)});
}

void free_slots(Draft& draft, Job const& job, AssignmentEnd how, std::string reason) {
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        auto const& slot = job.slots[i];
        if (auto const* const offer = draft.state.offers.find(slot.offer)) {
            close_offer(draft, *offer, model::OfferEnd::withdrawn, reason);
        }
        if (draft.state.assignments.contains(slot.assignment)) {
            draft.emit(model::AssignmentEnded{slot.assignment, how, reason});
        }
        if (slot.status == SlotStatus::wanting || slot.status == SlotStatus::waiting) {
            draft.emit(model::SlotIdled{job.id, static_cast<std::uint8_t>(i)});
        }
    }
}

void decide(Draft& draft, model::TransitionJob const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    draft.answer(job->id);
    auto const& machine = draft.state.machine_of(*job);
    auto const to = machine.state_named(command.to);
    if (!to) return draft.reject(Rejection::transition_unknown, "no state " + command.to);
    if (command.reason.size() > model::reason_bytes_max) {
        return draft.reject(Rejection::malformed, "reason");
    }
    auto const* const assignment =
        assignment_for(draft.state, *job, command.assignment, machine.phase(*to));
    bool const gone = command.assignment != model::AssignmentId{} &&
                      (assignment == nullptr || assignment->job != job->id);
    bool const others =
        draft.by_agent() && (assignment == nullptr || draft.is_other_agent(assignment->agent));
    if (gone || others) {
        draft.reject(
            gone ? Rejection::assignment_unknown : Rejection::not_allowed,
            gone ? "" : "not this agent's assignment"
        );
        return keep_if_taken(
            draft, {raw(command.assignment), job->id}, "TransitionJob", command.to
        );
    }
    auto const status = job->group_versions[static_cast<std::size_t>(model::Group::status)];
    auto const conflict = moved_since("status", status, command.if_version);
    if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);

    auto const from = assignment != nullptr ? assignment->state : draft.state.shown_state(*job);
    Step const step{job, assignment, from, *to, command.reason};
    if (!is_allowed(draft, step)) {
        bool const guarded = draft.out.answer.rejection == Rejection::guard_failed;
        if (assignment != nullptr && !guarded)
            keep_if_overtaken(draft, *assignment, *to, "TransitionJob");
        return;
    }
    auto const missing = missing_assignment(draft.state, *job, machine.phase(*to));
    if (assignment == nullptr && !missing.empty()) {
        return draft.reject(Rejection::assignment_unknown, missing);
    }
    bool const whole_job = assignment == nullptr || machine.phase(*to) == Phase::cancelled;
    if (whole_job) {
        step_job(draft, step);
    } else {
        step_assignment(draft, step);
    }
}

void decide(Draft& draft, model::FinishStop const& command) {
    auto const* const assignment = draft.state.assignments.find(command.assignment);
    if (assignment == nullptr || draft.is_other_agent(assignment->agent)) {
        draft.reject(
            assignment == nullptr ? Rejection::assignment_unknown : Rejection::not_allowed,
            assignment == nullptr ? "" : "not this agent's assignment"
        );
        auto const wanted = "stop " + std::to_string(command.stop) + " done";
        return keep_if_taken(draft, {raw(command.assignment), {}}, "FinishStop", wanted);
    }
    draft.answer(assignment->job);
    if (command.stop >= assignment->stops.size()) {
        return draft.reject(Rejection::malformed, "stop");
    }
    bool const last = command.stop + 1U == assignment->stops.size();
    if (last) {
        return draft.reject(
            Rejection::malformed, "stop: the last one is finished by finishing the work"
        );
    }
    if (assignment->stops[command.stop].done) return;  // tapped twice
    // What comes before it in the job was made before it, whatever was not tapped.
    finish_stops(draft, *assignment, command.stop);
}

void decide(Draft& draft, model::ReleaseAssignment const& command) {
    auto const* const assignment = draft.state.assignments.find(command.assignment);
    if (assignment == nullptr) return draft.reject(Rejection::assignment_unknown);
    if (draft.is_other_agent(assignment->agent)) {
        return draft.reject(Rejection::not_allowed, "not this agent's assignment");
    }
    if (command.reason.size() > model::reason_bytes_max) {
        return draft.reject(Rejection::malformed, "reason");
    }
    auto const& job = draft.state.jobs.at(assignment->job);
    draft.answer(job.id);
    Step const step{&job, assignment, assignment->state, job.state, command.reason};
    if (!is_allowed(draft, step)) {
        return keep_if_overtaken(draft, *assignment, job.state, "ReleaseAssignment");
    }
    step_assignment(draft, step);
}

}  // namespace posthaste::core
