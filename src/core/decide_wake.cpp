// Who is woken when something changed that could help: jobs that wait, for an agent or for all.
#include "core/draft.hpp"
#include "core/route.hpp"
#include "geo/distance.hpp"
#include "match/eligible.hpp"

namespace posthaste::core {

using model::Agent;
using model::Job;
using model::Rule;
using model::SlotStatus;

namespace {

constexpr std::size_t wake_batch = 64;
constexpr std::size_t wake_nearby_max = 4096;

bool has(Agent const& agent, model::Requirement const& need) {
    auto const& profile = agent.profile;
    bool const kind = need.kinds == 0 || ((need.kinds >> profile.vehicle.kind) & 1U) != 0;
    return kind && (profile.skills & need.skills) == need.skills &&
           (profile.vehicle.features & need.features) == need.features;
}

// Whether this agent alone could take the slot: asked here so that a slot is not tried in vain.
bool could_help(
    Draft& draft, Job const& job, std::uint8_t slot, Agent const& agent, model::Position place
) {
    auto const& need = job.slots[slot];
    if (!has(agent, need.need)) return false;
    auto const& policy = draft.state.policy;
    auto const needs = match::needs_of(job, slot, policy, service_area_of(draft, job));
    auto const facts =
        match::facts_of(agent, needs, need, geo::distance(place, job.stops.front().place));
    if (match::first_failed(needs, facts) != Rule::none) return false;
    auto& scratch = draft.scratch;
    if (scratch.routes.empty()) scratch.routes.resize(1);
    see_route(draft, agent, job, scratch.routes.front());
    visits_of(job, scratch.job);
    match::Asked const asked{
        .agent = agent.id,
        .facts = facts,
        .place = place,
        .aboard = agent.aboard,
        .capacity = agent.profile.vehicle.capacity,
        .route = scratch.routes.front(),
        .busy = agent.busy};
    auto const choice = scratch.chooser.choose(
        {.now = draft.now, .needs = needs, .weights = policy.weights, .job = scratch.job},
        {&asked, 1},
        draft.region.field.travel()
    );
    return choice.winner_index.has_value();
}

void want_waiting(Draft& draft, Job const& job) {
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        if (job.slots[i].status != SlotStatus::waiting) continue;
        draft.want(job.id, i, model::Want::woken);
    }
}

// Waiting jobs that the agent might now take, after `cursor` by id. With no agent: all of them.
std::vector<model::JobId> waiting_for(Draft& draft, Agent const* agent, model::JobId cursor) {
    auto const& waiting = draft.state.waiting;
    if (agent == nullptr) return {waiting.upper_bound(cursor), waiting.end()};
    std::vector<model::JobId> jobs;
    auto const handle = draft.region.field.handle_of(agent->id);
    if (!handle) return jobs;
    auto const& fleet = draft.region.field.agents();
    if ((fleet.traits(*handle).flags & flags_dispatchable) != flags_dispatchable) return jobs;
    auto& found = draft.scratch.found;
    draft.region.field.waiting().within(
        {.place = fleet.position(*handle),
         .count = wake_nearby_max,
         .radius = draft.state.policy.radius,
         .wanted = {}},
        found
    );
    for (auto const& hit : found.hits) {
        if (model::JobId{hit.id} > cursor) jobs.emplace_back(model::JobId{hit.id});
    }
    std::sort(jobs.begin(), jobs.end());
    return jobs;
}

}  // namespace

void wake_for(Draft& draft, Job const& job, Agent const& agent, model::Position place) {
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        if (job.slots[i].status != SlotStatus::waiting) continue;
        bool const helps = could_help(draft, job, static_cast<std::uint8_t>(i), agent, place);
        if (helps) draft.want(job.id, i, model::Want::woken, agent.id);
    }
}

void wake(Draft& draft, model::AgentId id, model::JobId cursor) {
    auto const* const agent = draft.state.agents.find(id);
    std::vector<model::JobId> jobs;
    if (agent != nullptr || id == model::AgentId{}) jobs = waiting_for(draft, agent, cursor);
    bool const more = jobs.size() > wake_batch;
    if (more) jobs.resize(wake_batch);
    for (auto const job_id : jobs) {
        auto const& job = draft.state.jobs.at(job_id);
        if (agent != nullptr) {
            wake_for(draft, job, *agent, place_of(draft.region, *agent));
        } else {
            want_waiting(draft, job);
        }
    }
    draft.emit(model::AgentWoken{id, more ? jobs.back() : model::JobId{}});
}

}  // namespace posthaste::core
