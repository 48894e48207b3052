#include "core/state.hpp"

#include "base/codec.hpp"
#include "base/plant.hpp"
#include "workflow/load.hpp"

namespace posthaste::core {

void State::index() {
    agent_references.clear();
    job_references.clear();
    machines.clear();
    for (auto const id : agents.ids()) {
        agent_references.put(agents.at(id).profile.reference, id);
    }
    for (auto const id : jobs.ids()) {
        auto const& reference = jobs.at(id).reference;
        if (!reference.empty()) job_references.put(reference, id);
    }
    for (auto const id : workflows.ids()) {
        auto const& version = workflows.at(id);
        auto loaded = workflow::load(version.toml, version.name);
        ASSERT(loaded.machine.has_value());
        machines.insert_or_assign(id, std::move(*loaded.machine));
    }
}

std::optional<model::AgentId> State::agent_named(std::string_view reference) const {
    return agent_references.find(reference, [&](model::AgentId id) -> std::string_view {
        return agents.at(id).profile.reference;
    });
}

std::optional<model::JobId> State::job_named(std::string_view reference) const {
    return job_references.find(reference, [&](model::JobId id) -> std::string_view {
        return jobs.at(id).reference;
    });
}

workflow::Machine const& State::machine_of(model::Job const& job) const {
    auto const found = machines.find(job.workflow);
    ASSERT(found != machines.end());
    return found->second;
}

model::Phase State::phase_of(model::Job const& job) const {
    return machine_of(job).phase(job.state);
}

model::Phase State::phase_of(model::Assignment const& assignment) const {
    return machine_of(jobs.at(assignment.job)).phase(assignment.state);
}

std::uint8_t State::shown_state(model::Job const& job) const {
    if (model::is_over(phase_of(job))) return job.state;
    for (auto const& slot : job.slots) {
        if (auto const* const assignment = assignments.find(slot.assignment)) {
            return assignment->state;
        }
    }
    return job.state;
}

namespace {

// A copy that forgets what a planted bug says; compiled away in production.
void forget_planted(State& state) {
    if (planted(Plant::timer_lost_in_snapshot)) state.timers.clear();
    if (planted(Plant::id_forgotten_in_snapshot)) state.remembered.answers.clear();
    if (!planted(Plant::gap_forgotten_in_snapshot)) return;
    for (auto& [name, device] : state.remembered.devices)
        device.gaps.clear();
}

constexpr std::uint64_t snapshot_format = 2;

}  // namespace

std::string snapshot(State const& state) {
    Writer out;
    out.varint(snapshot_format);
    encode(out, state);
    return std::move(out).bytes();
}

Result<State> restore(std::string_view bytes) {
    Reader in{bytes};
    if (in.varint() != snapshot_format) {
        return Error{Errc::too_new, "snapshot format is not this version's"};
    }
    State state = TRY(decode<State>(in.take(in.left())));
    forget_planted(state);
    state.index();
    return state;
}

Digest hash_of(State const& state) {
    return digest_of(state);
}

}  // namespace posthaste::core
