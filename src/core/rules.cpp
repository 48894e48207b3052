// Which rules an input is decided under.
#include "core/decide.hpp"

namespace posthaste::core {

namespace {

using model::JobId;

template <class C>
JobId job_of(State const& state, C const& command) {
    if constexpr (requires { command.job; }) {
        return command.job;
    } else if constexpr (requires { command.assignment; }) {
        auto const* const assignment = state.assignments.find(command.assignment);
        return assignment == nullptr ? JobId{} : assignment->job;
    } else if constexpr (requires { command.offer; }) {
        auto const* const offer = state.offers.find(command.offer);
        return offer == nullptr ? JobId{} : offer->job;
    } else {
        return {};
    }
}

JobId job_of(State const& state, Timer const& timer) {
    switch (timer.kind) {
        case TimerKind::job_release:
        case TimerKind::job_deadline:
        case TimerKind::job_archive:
            return JobId{timer.id};
        case TimerKind::offer_receipt:
        case TimerKind::offer_expiry:
            return state.offers.at(model::OfferId{timer.id}).job;
        case TimerKind::shift_start:
        case TimerKind::shift_end:
        case TimerKind::dwell:
        case TimerKind::report_end:
        case TimerKind::booking_end:
            return {};
    }
    ASSERT(false);
}

JobId next_job_of(State const& state, model::AgentId id) {
    auto const* const agent = state.agents.find(id);
    return agent == nullptr || agent->route.empty() ? JobId{} : agent->route.front().job;
}

JobId job_of(State const& state, Input const& input) {
    if (auto const* const said = std::get_if<CommandInput>(&input)) {
        return std::visit([&](auto const& it) { return job_of(state, it); }, said->command);
    }
    if (auto const* const due = std::get_if<TimerInput>(&input)) return job_of(state, due->timer);
    if (auto const* const seen = std::get_if<FixInput>(&input))
        return next_job_of(state, seen->fix.agent);
    if (auto const* const retime = std::get_if<RetimeInput>(&input))
        return next_job_of(state, retime->agent);
    bool const matches = std::holds_alternative<AgendaInput>(input) && !state.agenda.match.empty();
    return matches ? state.agenda.match.begin()->job : JobId{};
}

// A job that is about to be has its workflow's newest version.
model::WorkflowId workflow_of(State const& state, Input const& input) {
    auto const* const said = std::get_if<CommandInput>(&input);
    auto const* const create =
        said == nullptr ? nullptr : std::get_if<model::CreateJob>(&said->command);
    if (create != nullptr) {
        auto const named = state.workflow_names.find(create->workflow);
        return named == state.workflow_names.end() ? model::WorkflowId{} : named->second;
    }
    auto const* const job = state.jobs.find(job_of(state, input));
    return job == nullptr ? model::WorkflowId{} : job->workflow;
}

}  // namespace

void name_rules(State const& state, Input const& input, model::Envelope& envelope) {
    auto const* const version = state.workflows.find(workflow_of(state, input));
    envelope.policy_hash = state.policy_hash;
    envelope.workflow_hash = version == nullptr ? 0 : version->hash;
}

}  // namespace posthaste::core
