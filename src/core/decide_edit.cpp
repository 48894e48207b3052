// What an edit of a job's places or times means for those who have it: their routes are laid and
// timed again; who has not set out and cannot be in time is replaced; of the others it is told.
#include "core/draft.hpp"
#include "core/reach.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using model::Agent;
using model::Assignment;
using model::Job;
using model::RouteStop;

namespace {

// One edit at work: the job as it will be, and the agents' routes as far as they are changed.
struct Edit {
    Job const& job;
    std::map<model::AgentId, Agent> agents;
};

// Without the edit, as things stand: then it is not the edit that makes it late.
bool was_late(Draft const& draft, Assignment const& assignment) {
    auto const& agent = draft.state.agents.at(assignment.agent);
    auto const& job = draft.state.jobs.at(assignment.job);
    auto const start = start_of(draft.region, agent, draft.now);
    auto const route = retimed(draft.region, start, agent.route);
    return std::any_of(route.begin(), route.end(), [&](RouteStop const& stop) {
        return stop.assignment == assignment.id &&
               stop.arrival > match::visit_of(job, stop.stop, stop.hold).window.latest;
    });
}

// Back to the job's own state, where the workflow lets the engine: then the slot is matched again.
bool release(Draft& draft, Edit const& edit, Assignment const& assignment) {
    auto const* const rule =
        draft.state.machine_of(edit.job).find(assignment.state, edit.job.state);
    if (rule == nullptr || !workflow::may(*rule, model::Role::engine)) return false;
    std::string const reason = "edited: cannot be there in time";
    draft.transition(edit.job, assignment.id, assignment.state, edit.job.state, reason);
    draft.emit(model::AssignmentEnded{assignment.id, model::AssignmentEnd::unassigned, reason});
    bool const released = edit.job.release <= draft.now;  // else the release timer will
    if (released) draft.want(edit.job.id, assignment.slot, model::Want::edited);
    return true;
}

// Takes the work off the route and puts it where it now fits best; if that is nowhere, somebody
// else may have it; and if that cannot be, everything stays as it is.
void lay_again(Draft& draft, Edit& edit, Assignment const& assignment, Agent& agent) {
    auto without = agent;
    std::erase_if(without.route, [&](auto const& stop) {
        return stop.assignment == assignment.id;
    });
    auto& scratch = draft.scratch;
    auto const& travel = draft.region.field.travel();
    auto const start = start_of(draft.region, agent, draft.now);
    auto const route =
        seen_route(draft.region, scratch.inserter, start, without, {edit.job.id, {}}, &edit.job)
            .visits;
    visits_of(edit.job, scratch.job);
    auto const insertion = scratch.inserter.best(start, route, scratch.job, travel);
    if (insertion.feasible() && insertion.finish <= agent.profile.shift.end) {
        std::vector<match::Planned> planned;
        match::lay_out(start, route, scratch.job, insertion.gap, travel, planned);
        agent.route = route_with(without, assignment.id, edit.job.id, planned);
    } else if (!was_late(draft, assignment) && release(draft, edit, assignment)) {
        agent.route = std::move(without.route);
    }
}

// A dispatcher's edit that whoever has the job cannot keep: for a person to resolve.
void record_conflict(Draft& draft, Edit const& edit, model::AgentId agent, Millis late) {
    draft.emit(model::ConflictRecorded{
        edit.job.id,
        {.agent = agent,
         .operation = "UpdateJob",
         .wanted = "in time",
         .found = "late by " + std::to_string(late.count() / 1000) + " s",
         .device_time = draft.envelope.device_time}});
}

void follow_route(Draft& draft, Edit const& edit, Agent const& agent) {
    auto const start = start_of(draft.region, agent, draft.now);
    auto const route = retimed(draft.region, start, agent.route, &edit.job);
    draft.emit(model::RouteChanged{agent.id, route});
    for (auto const& [id, slip] : slips_on(draft.state, route, &edit.job)) {
        auto const& assignment = draft.state.assignments.at(id);
        bool const shown = tell_slip(draft, assignment, slip);
        bool const slips = slip.late > draft.state.policy.slip_tolerance;
        bool const edited = assignment.job == edit.job.id && !was_late(draft, assignment);
        if (slips && !shown && edited) record_conflict(draft, edit, agent.id, slip.late);
    }
}

}  // namespace

void follow_edit(Draft& draft, Job const& edited) {
    Edit edit{edited, {}};
    for (auto const& slot : edited.slots) {
        auto const* const assignment = draft.state.assignments.find(slot.assignment);
        if (assignment == nullptr) continue;
        auto const& known = draft.state.agents.at(assignment->agent);
        auto& agent = edit.agents.try_emplace(known.id, known).first->second;
        if (has_not_begun(draft.state, *assignment)) lay_again(draft, edit, *assignment, agent);
    }
    std::size_t stops = 0;
    for (auto const& [id, agent] : edit.agents) {
        stops += agent.route.size();
        if (stops > route_stops_per_input_max) return;  // their next fixes will
        follow_route(draft, edit, agent);
    }
}

}  // namespace posthaste::core
