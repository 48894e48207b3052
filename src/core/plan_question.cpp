#include "core/plan_question.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/route.hpp"
#include "geo/distance.hpp"
#include "plan/timetable.hpp"

namespace posthaste::core {

using model::Agent;
using model::Assignment;
using plan::Time;

namespace {

constexpr std::size_t needs_max = 62;  // bits of plan::Job::skills
constexpr std::int64_t weight_assigned =
    1'000'000;  // what has an agent is never left out for others
constexpr int gives_max = 16;
// Five minutes late are as bad as one driven, per mille. With more the fleet drives about for
// lateness that often does not come; `bin/bench plan day` says what it is worth.
constexpr std::int64_t lateness_weight = 200;

Time since(Instant now, Instant at) {
    return at == instant_max ? plan::time_max : (at - now).count();
}

class Asker {
public:
    Asker(Region const& region, Instant now) : region_{region}, state_{region.state} {
        asked_.now = now;
        asked_.read_at = state_.last_event;
        asked_.policy = state_.policy;
        asked_.problem.per_lateness = lateness_weight;
        asked_.kinds = state_.catalogue.of(model::NameKind::vehicle_kind);
    }

    std::optional<PlanQuestion> ask(std::span<model::Position const> troubles) {
        auto const agents = nearest(troubles);
        for (auto const* const agent : agents)
            if (is_there(*agent)) add_vehicle(*agent);
        if (asked_.problem.vehicles.empty()) return std::nullopt;
        for (auto const* const agent : agents)
            if (is_gone(*agent)) add_gone(*agent);
        if (asked_.works.empty()) return std::nullopt;
        for (std::uint32_t job = 0; job < asked_.works.size(); ++job)
            say_who_may(job);
        asked_.problem.place_count = static_cast<std::uint32_t>(asked_.places.size());
        return std::move(asked_);
    }

private:
    static bool is_there(Agent const& agent) {
        return agent.in_shift && agent.availability == model::Availability::on_duty;
    }

    bool is_gone(Agent const& agent) const {
        bool const over = agent.profile.shift.end <= asked_.now;
        return agent.availability == model::Availability::off || over;
    }

    // As many as may be asked about, by how near they are to a trouble.
    std::vector<Agent const*> nearest(std::span<model::Position const> troubles) const {
        std::vector<std::pair<Metres, model::AgentId>> found;
        for (auto const id : state_.agents.ids()) {
            auto const& agent = state_.agents.at(id);
            if (!agent.bookings.empty()) continue;
            if (!is_there(agent) && (agent.route.empty() || !is_gone(agent))) continue;
            auto near = geo::distance_max;
            for (auto const& trouble : troubles)
                near = std::min(near, geo::distance(place_of(region_, agent), trouble));
            found.emplace_back(near, id);
        }
        std::ranges::sort(found);
        std::vector<Agent const*> agents;
        std::size_t stops = 0;
        for (auto const& [distance, id] : found) {
            auto const& agent = state_.agents.at(id);
            if (stops + agent.route.size() > question_stops_max) continue;
            stops += agent.route.size();
            agents.push_back(&agent);
            if (agents.size() == question_agents_max) break;
        }
        return agents;
    }

    std::uint32_t place(model::Position at) {
        auto const next = static_cast<std::uint32_t>(asked_.places.size());
        auto const [known, is_new] = places_.try_emplace(at, next);
        if (is_new) asked_.places.push_back(at);
        return known->second;
    }

    std::uint32_t profile(std::uint8_t kind) {
        auto const known = std::ranges::find(asked_.profile_kinds, kind);
        auto const index = known - asked_.profile_kinds.begin();
        if (known == asked_.profile_kinds.end()) {
            asked_.profile_kinds.push_back(kind);
            asked_.problem.profiles.emplace_back();
        }
        return static_cast<std::uint32_t>(index);
    }

    PlanQuestion::Route& add_route(Agent const& agent) {
        auto& route = asked_.routes.emplace_back();
        route.agent = agent.id;
        route.version = agent.route_version;
        for (auto const& stop : agent.route)
            route.stops.push_back({stop.assignment, stop.stop});
        return route;
    }

    void add_vehicle(Agent const& agent) {
        auto const start = start_of(region_, agent, asked_.now);
        plan::Vehicle vehicle;
        vehicle.profile = profile(agent.profile.vehicle.kind);
        vehicle.start = place(start.place);
        vehicle.shift = {
            since(asked_.now, start.now),
            std::max(since(asked_.now, start.now), since(asked_.now, agent.profile.shift.end))};
        vehicle.capacity = agent.profile.vehicle.capacity.amount;
        vehicle.per_distance = 0;
        vehicle.per_time = plan::rate_one;
        for (auto const& busy : agent.busy) {
            if (busy.end <= asked_.now || vehicle.breaks.size() == plan::breaks_max) continue;
            auto const from = std::max<Time>(0, since(asked_.now, busy.start));
            vehicle.breaks.push_back({{{from, from}}, since(asked_.now, busy.end) - from});
        }
        auto const index = static_cast<std::uint32_t>(asked_.problem.vehicles.size());
        add_route(agent);
        std::map<model::AssignmentId, std::uint32_t> jobs;
        for (auto const& stop : agent.route) {
            auto const [known, is_new] = jobs.try_emplace(stop.assignment, 0);
            if (is_new) known->second = add_work(stop, index);
            vehicle.route.push_back({known->second, add_visit(known->second, stop)});
        }
        while (vehicle.locked < agent.route.size() &&
               agent.route[vehicle.locked].hold == model::Hold::locked)
            ++vehicle.locked;
        std::size_t longest = 1;
        for (auto const& [assignment, job] : jobs)
            longest = std::max(longest, asked_.problem.jobs[job].visits.size());
        vehicle.visits_max = static_cast<std::uint32_t>(std::max(
            agent.route.size(), static_cast<std::size_t>(state_.policy.stack_max) * longest
        ));
        asked_.problem.vehicles.push_back(std::move(vehicle));
    }

    // Of who went: what nobody has begun, and could be begun now.
    void add_gone(Agent const& agent) {
        std::map<model::AssignmentId, std::uint32_t> jobs;
        for (auto const& stop : agent.route) {
            auto const& assignment = state_.assignments.at(stop.assignment);
            auto const& job = state_.jobs.at(stop.job);
            bool const may_go = has_not_begun(state_, assignment) &&
                                stop.hold != model::Hold::locked && !begins_later(job, asked_.now);
            if (!may_go) continue;
            auto const [known, is_new] = jobs.try_emplace(stop.assignment, 0);
            if (is_new) {
                known->second = add_work(stop, plan::nobody);
                asked_.problem.jobs.back().weight = 1 + job.priority;
            }
            add_visit(known->second, stop);
        }
        if (!jobs.empty()) add_route(agent);
    }

    std::uint32_t add_work(model::RouteStop const& stop, std::uint32_t vehicle) {
        auto& work = asked_.works.emplace_back();
        work.assignment = stop.assignment;
        work.job = stop.job;
        work.route = vehicle == plan::nobody ? asked_.routes.size() : vehicle;
        auto& job = asked_.problem.jobs.emplace_back();
        job.weight = weight_assigned;
        if (vehicle == plan::nobody) return static_cast<std::uint32_t>(asked_.works.size() - 1);
        job.promise = plan::Promise{.vehicle = vehicle};
        job.promise->price = state_.policy.replan_gain.count();
        if (!has_not_begun(state_, state_.assignments.at(stop.assignment)) ||
            stop.hold == model::Hold::locked) {
            job.pinned_to = vehicle;
        }
        return static_cast<std::uint32_t>(asked_.works.size() - 1);
    }

    std::uint32_t add_visit(std::uint32_t job, model::RouteStop const& stop) {
        asked_.works[job].stops.push_back(stop.stop);
        auto const from = visit_of(state_, state_.jobs.at(stop.job), stop, asked_.now);
        auto& visits = asked_.problem.jobs[job].visits;
        auto& visit = visits.emplace_back();
        visit.place = place(from.place);
        auto const earliest = since(asked_.now, from.window.earliest);
        if (earliest > 0) visit.windows = {{earliest, plan::time_max}};
        visit.service = from.service.count();
        visit.due = since(asked_.now, from.window.latest);
        visit.pickup = from.pickup.amount;
        visit.dropoff = from.dropoff.amount;
        return static_cast<std::uint32_t>(visits.size() - 1);
    }

    // One bit for everything that is needed alike, given to the vehicles that have it.
    void say_who_may(std::uint32_t index) {
        auto const& work = asked_.works[index];
        auto& job = asked_.problem.jobs[index];
        if (job.pinned_to != plan::nobody) return;
        auto const& assignment = state_.assignments.at(work.assignment);
        auto const& slots = state_.jobs.at(work.job).slots;
        if (slots.size() > 1) return stay(work, job);  // nobody may have two of them
        auto const& slot = slots[assignment.slot];
        auto const& need = slot.need;
        auto const bit = static_cast<std::uint32_t>(needs_.size());
        auto const key = std::tuple{need.skills, need.kinds, need.features, slot.declined};
        auto known = needs_.find(key);
        bool const stays = work.route < asked_.problem.vehicles.size();
        if (known == needs_.end()) {
            if (needs_.size() == needs_max) return stay(work, job);
            known = needs_.emplace(key, bit).first;
            for (std::size_t i = 0; i < asked_.problem.vehicles.size(); ++i) {
                auto const& agent = state_.agents.at(asked_.routes[i].agent);
                if (broken_by_move(state_, assignment, agent) == model::Rule::none)
                    asked_.problem.vehicles[i].skills |= std::uint64_t{1} << bit;
            }
        }
        job.skills = std::uint64_t{1} << known->second;
        bool const fits_own =
            stays && (job.skills & asked_.problem.vehicles[work.route].skills) != 0;
        if (stays && !fits_own) stay(work, job);
    }

    // With whom it is; of who is gone: with nobody.
    void stay(PlanQuestion::Work const& work, plan::Job& job) const {
        bool const has_vehicle = work.route < asked_.problem.vehicles.size();
        job.skills = has_vehicle ? 0 : std::uint64_t{1} << needs_max;
        if (has_vehicle) job.pinned_to = static_cast<std::uint32_t>(work.route);
    }

    using Need =
        std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::vector<model::AgentId>>;

    Region const& region_;
    State const& state_;
    PlanQuestion asked_;
    std::map<model::Position, std::uint32_t> places_;
    std::map<Need, std::uint32_t> needs_;
};

std::int32_t leg_time(
    match::Travel const& travel, model::Position from, model::Position to, std::uint8_t kind
) {
    auto const time = travel.time(from, to, kind).count();
    return static_cast<std::int32_t>(std::min<std::int64_t>(time, plan::no_way - 1));
}

// One place after the other is foreseen both ways, as roads answer fastest.
void add_drives(PlanQuestion& question, match::Travel const& travel) {
    auto const& places = question.places;
    for (std::size_t p = 0; p < question.profile_kinds.size(); ++p) {
        auto const kind = question.profile_kinds[p];
        auto& legs = question.problem.profiles[p].legs;
        legs.resize(places.size() * places.size());
        for (std::size_t hub = 0; hub < places.size(); ++hub) {
            match::Travel::Foresight foresight;
            foresight.busy = {};
            foresight.idle = places;
            foresight.stops = std::span{places}.subspan(hub, 1);
            foresight.kind = kind;
            travel.foresee(foresight);
            for (std::size_t from = 0; from < places.size(); ++from) {
                legs[from * places.size() + hub] = {
                    leg_time(travel, places[from], places[hub], kind), 0};
            }
        }
    }
}

void freeze(plan::Vehicle& vehicle) {
    auto const count = static_cast<std::uint32_t>(vehicle.route.size());
    vehicle.locked = count;
    vehicle.visits_max = count;
    vehicle.breaks.clear();
    vehicle.shift.latest = plan::time_max;
    vehicle.capacity.fill(model::load_max);
}

// What a route breaks as it is, it may break as much. Where nothing helps it stays as it is.
void give(plan::Problem& problem, std::uint32_t index) {
    auto& vehicle = problem.vehicles[index];
    for (int i = 0; i < gives_max; ++i) {
        auto const table = plan::assess({problem, index, vehicle.route, nullptr});
        if (table.feasible()) return;
        if (table.fault == plan::Fault::shift) {
            vehicle.shift.latest += table.excess;
        } else if (table.fault == plan::Fault::capacity) {
            vehicle.capacity[table.fault_load] += static_cast<std::int32_t>(table.excess);
        } else {
            break;
        }
    }
    freeze(vehicle);
}

}  // namespace

std::optional<PlanQuestion> plan_question(
    Region const& region, Instant now, std::span<model::Position const> troubles
) {
    return Asker{region, now}.ask(troubles);
}

bool complete(PlanQuestion& question, match::Travel const& travel) {
    add_drives(question, travel);
    for (std::uint32_t i = 0; i < question.problem.vehicles.size(); ++i)
        give(question.problem, i);
    return plan::fault_in(question.problem).empty();
}

}  // namespace posthaste::core
