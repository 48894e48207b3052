#include "base/plant.hpp"
#include "core/apply_parts.hpp"

namespace posthaste::core::detail {

using model::Group;
using model::Job;
using model::SlotStatus;

void Applier::touch(Job& job, Group group) {
    touched.jobs.push_back(job.id);
    job.version = number();
    job.group_versions[static_cast<std::size_t>(group)] = number();
}

void Applier::drop_job_timers(Job const& job) {
    state.timers.erase({job.release, raw(job.id), TimerKind::job_release});
    state.timers.erase({job.deadline, raw(job.id), TimerKind::job_deadline});
}

void Applier::operator()(model::JobCreated const& created) {
    if (!planted(Plant::next_id_reused)) claim_id(raw(created.job.id));
    auto& job = state.jobs.insert(created.job);
    touched.jobs.push_back(job.id);
    job.version = number();
    job.group_versions.fill(number());
    if (!job.reference.empty()) state.job_references.put(job.reference, job.id);
    if (job.deadline < instant_max) {
        state.timers.insert({job.deadline, raw(job.id), TimerKind::job_deadline});
    }
    if (state.phase_of(job) == model::Phase::open && job.release > envelope.at) {
        state.timers.insert({job.release, raw(job.id), TimerKind::job_release});
    }
}

void Applier::operator()(model::JobUpdated const& updated) {
    auto& job = state.jobs.at(updated.job);
    drop_job_timers(job);
    // The agenda names a slot by the job's priority, and both may change here.
    for (std::size_t i = 0; i < job.slots.size(); ++i)
        take_off_agenda(job, static_cast<std::uint8_t>(i));
    if (updated.priority || updated.contact) touch(job, Group::details);
    if (updated.stops || updated.release || updated.deadline) touch(job, Group::window);
    if (updated.needs) touch(job, Group::requirements);
    if (updated.notes) touch(job, Group::notes);
    if (updated.priority) job.priority = *updated.priority;
    if (updated.contact) job.contact = *updated.contact;
    if (updated.stops) job.stops = *updated.stops;
    if (updated.release) job.release = *updated.release;
    if (updated.deadline) job.deadline = *updated.deadline;
    if (updated.notes) job.notes = *updated.notes;
    if (updated.needs) {
        job.slots.resize(updated.needs->size());
        for (std::size_t i = 0; i < job.slots.size(); ++i)
            job.slots[i].need = (*updated.needs)[i];
    }
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        if (job.slots[i].status == SlotStatus::wanting)
            put_on_agenda(job, static_cast<std::uint8_t>(i));
    }
    bool const over = model::is_over(state.phase_of(job));
    if (!over && job.deadline < instant_max && job.deadline > envelope.at) {
        state.timers.insert({job.deadline, raw(job.id), TimerKind::job_deadline});
    }
    if (state.phase_of(job) == model::Phase::open && job.release > envelope.at) {
        state.timers.insert({job.release, raw(job.id), TimerKind::job_release});
    }
}

void Applier::put_job_over(Job& job) {
    job.over = envelope.at;
    if (job.booking != model::BookingId{}) drop_booking(job.booking);
    drop_job_timers(job);
    state.timers.insert({envelope.at + state.policy.keep_over, raw(job.id), TimerKind::job_archive}
    );
}

void Applier::operator()(model::JobTransitioned const& step) {
    auto& job = state.jobs.at(step.job);
    job.chain = step.chain;
    touch(job, Group::status);
    auto const phase = state.machine_of(job).phase(step.to);
    if (auto* const assignment = state.assignments.find(step.assignment)) {
        // Back to a phase of the job's own: AssignmentEnded follows.
        if (!model::is_assigned(phase) && !model::is_over(phase)) return;
        assignment->state = step.to;
        assignment->stepped = made_at(envelope);
        return;
    }
    bool const was_over = model::is_over(state.phase_of(job));
    job.state = step.to;
    if (model::is_over(phase) && !was_over) put_job_over(job);
    if (phase == model::Phase::open && job.release > envelope.at) {
        state.timers.insert({job.release, raw(job.id), TimerKind::job_release});
    } else {
        state.timers.erase({job.release, raw(job.id), TimerKind::job_release});
    }
}

void Applier::operator()(model::QuoteSet const& set) {
    auto& job = state.jobs.at(set.job);
    job.quote = set.quote;
    touch(job, Group::details);
}

void Applier::operator()(model::AttachmentAdded const& added) {
    auto& job = state.jobs.at(added.job);
    ASSERT(job.attachments.size() < model::attachments_max);
    job.attachments.push_back(added.attachment);
    touch(job, Group::notes);
}

void Applier::operator()(model::ConflictRecorded const& recorded) {
    auto& job = state.jobs.at(recorded.job);
    if (job.conflicts.size() == model::conflicts_max) job.conflicts.erase(job.conflicts.begin());
    job.conflicts.push_back(recorded.conflict);
    job.conflicts.back().number = number();
    touch(job, Group::notes);
}

void Applier::operator()(model::ConflictResolved const& resolved) {
    auto& job = state.jobs.at(resolved.job);
    std::erase_if(job.conflicts, [&](auto const& conflict) {
        return conflict.number == resolved.conflict;
    });
    touch(job, Group::notes);
}

void Applier::operator()(model::JobArchived const& archived) {
    auto const& job = state.jobs.at(archived.job);
    touched.jobs.push_back(archived.job);
    ASSERT(model::is_over(state.phase_of(job)));
    if (!job.reference.empty()) state.job_references.erase(job.reference, archived.job);
    state.jobs.erase(archived.job);
}

}  // namespace posthaste::core::detail
