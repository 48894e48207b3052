// What a phone did before it could know better: refused, and kept as a conflict of its job.
//
// docs/semantics.md, "What is late", has the rule that stands here.
#include "base/plant.hpp"
#include "core/draft.hpp"

namespace posthaste::core {

namespace {

bool is_from_phone(Draft const& draft) {
    return draft.by_agent() && !draft.envelope.device.empty();
}

void keep(Draft& draft, model::Job const& job, std::string operation, std::string wanted) {
    if (planted(Plant::late_operation_dropped)) return;
    draft.emit(model::ConflictRecorded{
        job.id,
        {.agent = draft.envelope.agent,
         .operation = std::move(operation),
         .wanted = std::move(wanted),
         .found = draft.state.machine_of(job).state(draft.state.shown_state(job)).name,
         .device_time = draft.envelope.device_time}});
}

}  // namespace

void keep_if_taken(Draft& draft, Claim claim, std::string operation, std::string wanted) {
    auto const known = draft.state.taken.find(draft.envelope.agent);
    if (!is_from_phone(draft) || known == draft.state.taken.end()) return;
    auto const& all = known->second;
    auto const tapped = made_at(draft.envelope);
    auto const taken = std::find_if(all.rbegin(), all.rend(), [&](Taken const& each) {
        bool const meant = claim.id != 0 ? each.id == claim.id : each.job == claim.job;
        return meant && tapped < each.at;
    });
    if (taken == all.rend()) return;
    auto const* const job = draft.state.jobs.find(taken->job);
    if (job == nullptr) return;  // archived: nobody looks at it any more
    bool const is_so = model::is_over(draft.state.phase_of(*job)) &&
                       draft.state.machine_of(*job).state(job->state).name == wanted;
    if (!is_so) keep(draft, *job, std::move(operation), std::move(wanted));
}

void keep_if_overtaken(
    Draft& draft,
    model::Assignment const& assignment,
    workflow::StateIndex wanted,
    std::string operation
) {
    if (!is_from_phone(draft) || assignment.state == wanted) return;
    bool const overtaken = made_at(draft.envelope) < assignment.stepped;
    bool const kept = overtaken || planted(Plant::wrong_tap_kept);
    if (!kept && !draft.state.remembered.lacks_earlier(draft.envelope)) return;
    auto const& job = draft.state.jobs.at(assignment.job);
    keep(draft, job, std::move(operation), draft.state.machine_of(job).state(wanted).name);
}

}  // namespace posthaste::core
