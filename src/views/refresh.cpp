// How the board takes in one turn.
#include <algorithm>

#include "base/plant.hpp"
#include "views/board_parts.hpp"

namespace posthaste::views {

using model::AgentId;
using model::JobId;

namespace {

template <class T>
T const* as(model::Event const& event) {
    return std::get_if<T>(&event);
}

bool is_setting(model::Event const& event) {
    return as<model::PolicyAdopted>(event) != nullptr ||
           as<model::WorkflowAdopted>(event) != nullptr || as<model::ZoneSet>(event) != nullptr ||
           as<model::ZoneRemoved>(event) != nullptr || as<model::NameAdded>(event) != nullptr ||
           as<model::RoadReportPosted>(event) != nullptr ||
           as<model::RoadReportLifted>(event) != nullptr ||
           as<model::TravelSourceChanged>(event) != nullptr;
}

bool is_cancelled(core::State const& state, JobId id) {
    auto const* const job = state.jobs.find(id);
    return job != nullptr && state.phase_of(*job) == model::Phase::cancelled;
}

}  // namespace

std::shared_ptr<Settings const> settings_of(core::State const& state, Settings const* before) {
    auto settings = std::make_shared<Settings>();
    settings->policy = state.policy;
    settings->policy_hash = state.policy_hash;
    for (auto const id : state.zones.ids())
        settings->zones.emplace(id, std::make_shared<model::Zone const>(state.zones.at(id)));
    for (auto const id : state.road_reports.ids())
        settings->road_reports.emplace(id, state.road_reports.at(id));
    settings->travel_source = state.travel_source;
    settings->workflow_names = state.workflow_names;
    for (auto const id : state.workflows.ids()) {
        auto const known = before != nullptr ? before->shared.workflows.find(id)
                                             : settings->shared.workflows.end();
        bool const is_known = before != nullptr && known != before->shared.workflows.end();
        settings->shared.workflows.emplace(
            id,
            is_known ? known->second
                     : std::make_shared<WorkflowView const>(WorkflowView{
                           state.workflows.at(id), state.machines.at(id)})
        );
    }
    bool const same_names = before != nullptr && *before->shared.names == state.catalogue;
    settings->shared.names = same_names ? before->shared.names
                                        : std::make_shared<core::Catalogue const>(state.catalogue);
    return settings;
}

// Touched says most of it; the rest is what an event changes beside its agents and jobs.
void Board::Refresh::gather(model::Event const& event) {
    settings_changed = settings_changed || is_setting(event);
    auto const touch_offer = [&](model::OfferId id) {
        if (auto const* const offer = state.offers.find(id)) jobs.insert(offer->job);
    };
    if (auto const* const received = as<model::OfferReceived>(event)) {
        touch_offer(received->offer);
    } else if (auto const* const slip = as<model::SlipPredicted>(event)) {
        auto const* const assignment = state.assignments.find(slip->assignment);
        if (assignment != nullptr) jobs.insert(assignment->job);
    } else if (as<model::TermBegan>(event) != nullptr) {
        for (auto const id : state.offers.ids())
            touch_offer(id);  // all were renewed
    }
}

void Board::Refresh::gather() {
    jobs.insert(turned.touched.jobs.begin(), turned.touched.jobs.end());
    agents.insert(turned.touched.agents.begin(), turned.touched.agents.end());
    std::map<model::OfferId, model::Offer> made;
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events) {
            gather(event);
            if (auto const* const offer = as<model::OfferMade>(event))
                made.insert_or_assign(offer->offer.id, offer->offer);
            auto const* const closed = as<model::OfferClosed>(event);
            if (closed == nullptr) continue;
            auto const here = made.find(closed->offer);
            if (here != made.end()) {
                change->offers_closed.push_back(here->second);
                continue;
            }
            auto const job = region.offers.find(raw(closed->offer));
            if (job == region.offers.end()) continue;
            for (auto const& offer : region.job(job->second)->offers) {
                if (offer.id == closed->offer) change->offers_closed.push_back(offer);
            }
        }
    }
    gather_routes();
}

void Board::Refresh::gather_routes() {
    for (auto const id : agents) {
        auto const* const agent = state.agents.find(id);
        if (agent == nullptr) continue;
        for (auto const assignment_id : agent->assignments) {
            auto const* const assignment = state.assignments.find(assignment_id);
            if (assignment == nullptr || jobs.contains(assignment->job)) continue;
            auto const shown = region.job(assignment->job);
            bool const is_shown =
                shown != nullptr && std::ranges::count(shown->assignments, *assignment) > 0;
            if (!is_shown) jobs.insert(assignment->job);
        }
    }
}

void Board::Refresh::make_settings() {
    if (settings_changed) change->settings = settings_of(state, region.settings.get());
}

void Board::Refresh::make_jobs() {
    auto const& settings = change->settings ? *change->settings : *region.settings;
    for (auto const id : jobs) {
        if (planted(Plant::view_misses_cancel) && is_cancelled(state, id)) continue;
        if (state.jobs.contains(id)) {
            change->jobs.push_back(view_of(state, id, settings.shared));
        } else if (auto gone = region.job(id)) {
            change->jobs_gone.push_back(std::move(gone));
        }
    }
}

void Board::Refresh::make_agents() {
    auto const& settings = change->settings ? *change->settings : *region.settings;
    auto const before = [&](AgentId id) {
        auto const* const seat = region.agent(id);
        return seat == nullptr ? nullptr : seat->view.get();
    };
    for (auto const id : agents) {
        if (state.agents.contains(id)) {
            change->agents.push_back(view_of(state, id, settings.shared, before(id)));
        } else if (before(id) != nullptr) {
            change->agents_gone.push_back(id);
        }
    }
    // A step of an assignment is a touch of its job; what its agent does may have changed.
    std::set<AgentId> perhaps;
    for (auto const& job : change->jobs) {
        for (auto const& assignment : job->assignments)
            perhaps.insert(assignment.agent);
    }
    for (auto const id : perhaps) {
        auto const* const shown = before(id);
        if (agents.contains(id) || shown == nullptr) continue;
        auto view = view_of(state, id, settings.shared, shown);
        if (!equal(*view, *shown)) change->agents.push_back(std::move(view));
    }
}

void Board::Refresh::count(model::Event const& event, Instant at) {
    auto& kpis = region.kpis;
    if (as<model::JobCreated>(event) != nullptr) ++kpis.jobs_created;
    if (as<model::OfferMade>(event) != nullptr) ++kpis.offers_made;
    if (as<model::DeadlineMissed>(event) != nullptr) ++kpis.deadlines_missed;
    if (auto const* const closed = as<model::OfferClosed>(event))
        ++kpis.offers_closed[static_cast<std::size_t>(closed->how)];
    if (auto const* const ended = as<model::AssignmentEnded>(event))
        ++kpis.assignments_ended[static_cast<std::size_t>(ended->how)];
    auto const* const made = as<model::AssignmentMade>(event);
    if (made == nullptr) return;
    kpis.count_assignment(at);
    auto const before = region.job(made->assignment.job);
    bool const was_open = before == nullptr || before->phase == model::Phase::open;
    auto const* const job = state.jobs.find(made->assignment.job);
    if (!was_open || job == nullptr) return;
    kpis.count_wait(at - std::max(job->created, job->release));
}

void Board::Refresh::put() {
    std::vector<std::shared_ptr<void const>> old;
    std::scoped_lock const lock{region.door, region.mutex};
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events)
            count(event, entry.envelope.at);
    }
    if (change->settings) region.settings = change->settings;
    for (auto const& gone : change->jobs_gone)
        old.push_back(region.take(gone->job.id));
    for (auto const& job : change->jobs)
        old.push_back(region.put(job));
    for (auto const id : change->agents_gone)
        old.push_back(region.take(id));
    for (auto const& agent : change->agents)
        old.push_back(region.put(agent));
    for (auto const& fix : turned.fixes)
        region.see(fix.agent, {fix.place, fix.time, fix.speed_mm_s, fix.heading_deg});
    region.number = state.last_event;
    region.at = state.last_at;
}

void Board::Region::count(JobView const& view, std::uint64_t by) {
    kpis.jobs_by_phase[static_cast<std::size_t>(view.phase)] += by;
    if (view.is_waiting()) kpis.jobs_waiting += by;
}

constexpr std::uint64_t minus_one = ~std::uint64_t{0};

void Board::Region::forget_names(JobView const& view) {
    count(view, minus_one);
    for (auto const& offer : view.offers)
        offers.erase(raw(offer.id));
}

std::shared_ptr<JobView const> Board::Region::put(std::shared_ptr<JobView const> view) {
    auto& place = jobs[view->job.id];
    if (place) {
        forget_names(*place);
    } else if (!view->job.reference.empty()) {
        job_references.put(view->job.reference, view->job.id);
    }
    count(*view, 1);
    for (auto const& offer : view->offers)
        offers.insert_or_assign(raw(offer.id), view->job.id);
    std::swap(place, view);
    return view;
}

std::shared_ptr<JobView const> Board::Region::take(JobId id) {
    auto const found = jobs.find(id);
    ASSERT(found != jobs.end());
    auto view = std::move(found->second);
    jobs.erase(found);
    forget_names(*view);
    job_references.erase(view->job.reference, id);
    return view;
}

std::shared_ptr<AgentView const> Board::Region::put(std::shared_ptr<AgentView const> view) {
    auto const id = view->id;
    auto const& reference = view->profile->reference;
    auto known = agent_slots.find(raw(id));
    if (known == agent_slots.end()) {
        auto slot = static_cast<Slot>(agents.size());
        if (spare_agents.empty()) {
            agents.emplace_back();
        } else {
            slot = spare_agents.back();
            spare_agents.pop_back();
        }
        known = agent_slots.emplace(raw(id), slot).first;
    }
    auto& seat = agents[known->second];
    if (seat.view) {
        --kpis.agents_by_status[static_cast<std::size_t>(seat.view->status)];
        if (seat.view->profile->reference != reference)
            agent_references.erase(seat.view->profile->reference, id);
    }
    agent_references.put(reference, id);
    ++kpis.agents_by_status[static_cast<std::size_t>(view->status)];
    std::swap(seat.view, view);
    return view;
}

std::shared_ptr<AgentView const> Board::Region::take(AgentId id) {
    auto const found = agent_slots.find(raw(id));
    ASSERT(found != agent_slots.end());
    auto& seat = agents[found->second];
    auto view = std::move(seat.view);
    seat = {};
    --kpis.agents_by_status[static_cast<std::size_t>(view->status)];
    agent_references.erase(view->profile->reference, id);
    spare_agents.push_back(found->second);
    agent_slots.erase(found);
    return view;
}

void Board::Region::see(AgentId agent, core::Sighting const& sighting) {
    auto const found = agent_slots.find(raw(agent));
    if (found != agent_slots.end()) agents[found->second].seen = sighting;
}

}  // namespace posthaste::views
