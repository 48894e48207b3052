#include "views/view.hpp"

#include <algorithm>

namespace posthaste::views {

using model::Phase;

bool JobView::is_waiting() const {
    return std::ranges::any_of(job.slots, [](model::JobSlot const& slot) {
        return slot.status == model::SlotStatus::waiting;
    });
}

bool JobView::concerns(model::AgentId agent) const {
    auto const is_theirs = [&](auto const& claim) { return claim.agent == agent; };
    return std::ranges::any_of(assignments, is_theirs) || std::ranges::any_of(offers, is_theirs);
}

bool equal(JobView const& a, JobView const& b) {
    return a.job == b.job && a.assignments == b.assignments && a.offers == b.offers &&
           a.shown_state == b.shown_state && a.phase == b.phase &&
           a.workflow->version == b.workflow->version;
}

bool equal(AgentView const& a, AgentView const& b) {
    return a.id == b.id && *a.profile == *b.profile && a.availability == b.availability &&
           a.freshness == b.freshness && a.status == b.status && a.in_shift == b.in_shift &&
           a.assigned_count == b.assigned_count && a.aboard == b.aboard && a.route == b.route &&
           a.jobs == b.jobs && a.offers == b.offers && a.inside == b.inside && a.busy == b.busy &&
           a.bookings == b.bookings && a.idle_since == b.idle_since &&
           a.route_version == b.route_version && a.version == b.version;
}

std::shared_ptr<JobView const> view_of(
    core::State const& state, model::JobId id, Shared const& shared
) {
    auto view = std::make_shared<JobView>();
    view->job = state.jobs.at(id);
    for (auto const& slot : view->job.slots) {
        if (auto const* const one = state.assignments.find(slot.assignment))
            view->assignments.push_back(*one);
        if (auto const* const one = state.offers.find(slot.offer)) view->offers.push_back(*one);
    }
    std::ranges::sort(view->assignments, {}, &model::Assignment::id);
    std::ranges::sort(view->offers, {}, &model::Offer::id);
    view->workflow = shared.workflows.at(view->job.workflow);
    view->names = shared.names;
    view->shown_state = state.shown_state(view->job);
    view->phase = view->state().phase;
    return view;
}

namespace {

AgentStatus status_at(Phase phase) {
    if (phase >= Phase::working) return AgentStatus::working;
    if (phase == Phase::on_site) return AgentStatus::on_site;
    if (phase == Phase::en_route) return AgentStatus::en_route;
    return AgentStatus::assigned;
}

AgentStatus status_of(core::State const& state, model::Agent const& agent) {
    if (!agent.assignments.empty()) {
        auto furthest = AgentStatus::assigned;
        for (auto const id : agent.assignments) {
            auto const* const assignment = state.assignments.find(id);
            if (assignment == nullptr) continue;
            furthest = std::max(furthest, status_at(state.phase_of(*assignment)));
        }
        return furthest;
    }
    if (!agent.offers.empty()) return AgentStatus::offered;
    if (agent.availability == model::Availability::off) return AgentStatus::off;
    if (agent.availability == model::Availability::paused) return AgentStatus::paused;
    return AgentStatus::idle;
}

}  // namespace

std::shared_ptr<AgentView const> view_of(
    core::State const& state, model::AgentId id, Shared const& shared, AgentView const* before
) {
    auto const& agent = state.agents.at(id);
    auto view = std::make_shared<AgentView>();
    view->id = id;
    bool const same_profile = before != nullptr && *before->profile == agent.profile;
    view->profile =
        same_profile ? before->profile : std::make_shared<model::AgentProfile const>(agent.profile);
    view->names = shared.names;
    view->availability = agent.availability;
    view->freshness = agent.freshness;
    view->status = status_of(state, agent);
    view->in_shift = agent.in_shift;
    view->assigned_count = agent.assigned_count;
    view->aboard = agent.aboard;
    view->route.reserve(agent.route.size());
    for (auto const& visit : agent.route) {
        auto const* const job = state.jobs.find(visit.job);
        if (job != nullptr) view->route.push_back({visit, job->stops[visit.stop].place});
    }
    view->jobs.reserve(agent.assignments.size());
    for (auto const assignment : agent.assignments) {
        if (auto const* const one = state.assignments.find(assignment))
            view->jobs.push_back(one->job);
    }
    view->offers = agent.offers;
    view->inside = agent.inside;
    view->busy = agent.busy;
    for (auto const booking : agent.bookings)
        view->bookings.push_back(state.bookings.at(booking));
    view->idle_since = agent.idle_since;
    view->route_version = agent.route_version;
    view->version = agent.version;
    return view;
}

std::vector<std::string_view> names_of_bits(
    core::Catalogue const& names, model::NameKind kind, std::uint64_t bits
) {
    std::vector<std::string_view> found;
    auto const& all = names.of(kind);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (((bits >> i) & 1U) != 0) found.emplace_back(all[i]);
    }
    return found;
}

}  // namespace posthaste::views
