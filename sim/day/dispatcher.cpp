#include "day/dispatcher.hpp"

#include <algorithm>
#include <tuple>

#include "core/route.hpp"

namespace posthaste::day {

namespace {

constexpr char const* why = "given by the office";

}  // namespace

std::vector<model::AgentId> Dispatcher::eligible(model::Job const& job) const {
    std::vector<model::AgentId> agents;
    auto const& state = office_.state();
    for (auto const id : state.agents.ids()) {
        auto const& agent = state.agents.at(id);
        bool const is_there = agent.availability == model::Availability::on_duty;
        bool const has_skills = (job.slots[0].need.skills & ~agent.profile.skills) == 0;
        if (is_there && has_skills) agents.push_back(id);
    }
    return agents;
}

std::optional<Dispatcher::Found> Dispatcher::best_for(
    model::Job const& job, model::AgentId except
) {
    auto const key = [](Found const& found) {
        return std::tuple{
            !found.is_drivable,
            found.is_drivable ? Millis{} : found.insertion.lateness,
            found.insertion.added,
            found.agent};
    };
    std::optional<Found> best;
    for (auto const id : eligible(job)) {
        if (id == except) continue;
        auto const& agent = office_.state().agents.at(id);
        auto const reach =
            core::reach_of(office_.region(), inserter_, {job, 0, agent, office_.clock.now()});
        Found const found{id, reach.is_drivable(), reach.insertion};
        if (!best || key(found) < key(*best)) best = found;
    }
    return best;
}

void Dispatcher::give(model::JobId id) {
    auto const& job = office_.state().jobs.at(id);
    if (way_ == Dispatch::none) return give_last(job);
    auto const found = best_for(job, {});
    ASSERT(found.has_value());
    office_.must(office_.tell(model::AssignJob{id, 0, found->agent, !found->is_drivable, why}));
}

// When the agent could be there who does all else before.
Instant Dispatcher::after_all(model::AgentId id, model::Job const& job) const {
    auto const& region = office_.region();
    auto const& agent = region.state.agents.at(id);
    auto const start = core::start_of(region, agent, office_.clock.now());
    auto free_at = start.now;
    auto place = start.place;
    for (auto const& stop : core::retimed(region, start, agent.route)) {
        auto const& at = region.state.jobs.at(stop.job).stops[stop.stop];
        free_at = std::max(stop.arrival, at.window.earliest) + at.service;
        place = at.place;
    }
    return free_at + region.field.travel().time(place, job.stops[0].place, start.kind);
}

void Dispatcher::give_last(model::Job const& job) {
    auto const agents = eligible(job);
    ASSERT(!agents.empty());
    auto const first = *std::ranges::min_element(agents, {}, [&](model::AgentId id) {
        return std::pair{after_all(id, job), id};
    });
    auto const id = job.id;
    office_.must(office_.tell(model::AssignJob{id, 0, first, true, why}));
    auto const& agent = office_.state().agents.at(first);
    model::PlannedRoute route{first, agent.route_version, {}};
    for (auto const& stop : agent.route)
        route.stops.push_back({stop.assignment, stop.stop});
    auto const own = office_.state().jobs.at(id).slots[0].assignment;
    std::ranges::stable_partition(route.stops, [&](auto const& stop) {
        return stop.assignment != own;
    });
    office_.must(office_.tell(model::AdoptPlan{{route}, {}}));
}

std::vector<model::AssignmentId> Dispatcher::late_ones() const {
    auto const& region = office_.region();
    std::vector<model::AssignmentId> late;
    for (auto const id : region.state.agents.ids()) {
        auto const& agent = region.state.agents.at(id);
        auto const start = core::start_of(region, agent, office_.clock.now());
        for (auto const& stop : core::retimed(region, start, agent.route)) {
            auto const& window = region.state.jobs.at(stop.job).stops[stop.stop].window;
            bool const slips = stop.arrival > window.latest + region.state.policy.slip_tolerance;
            if (slips) late.push_back(stop.assignment);
        }
    }
    return late;
}

std::vector<model::JobId> Dispatcher::help() {
    std::vector<model::JobId> helped;
    if (way_ != Dispatch::helping) return helped;
    for (auto const late : late_ones()) {
        auto const job = office_.state().assignments.at(late).job;
        if (help(late)) helped.push_back(job);
    }
    return helped;
}

bool Dispatcher::help(model::AssignmentId late) {
    auto const& assignment = office_.state().assignments.at(late);
    if (!core::has_not_begun(office_.state(), assignment)) return false;
    auto const id = assignment.job;
    auto const& job = office_.state().jobs.at(id);
    auto const found = best_for(job, assignment.agent);
    if (!found || !found->is_drivable) return false;
    office_.must(office_.tell(model::ReleaseAssignment{late, "will be late"}));
    office_.must(office_.tell(model::AssignJob{id, 0, found->agent, false, why}));
    return true;
}

}  // namespace posthaste::day
