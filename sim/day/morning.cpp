#include "day/morning.hpp"

namespace posthaste::day {

namespace {

plan::Time since(Instant at) {
    return (at - work_begins).count();
}

std::vector<model::Position> places_of(ServiceDay const& day, std::size_t order_count) {
    std::vector<model::Position> places;
    for (auto const& technician : day.technicians)
        places.push_back(technician.home);
    for (std::size_t i = 0; i < order_count; ++i)
        places.push_back(day.orders[i].place);
    return places;
}

plan::Profile drives_between(
    std::vector<model::Position> const& places, match::Travel const& travel
) {
    plan::Profile profile;
    profile.legs.resize(places.size() * places.size());
    for (std::size_t hub = 0; hub < places.size(); ++hub) {
        match::Travel::Foresight foresight;
        foresight.idle = places;
        foresight.stops = std::span{places}.subspan(hub, 1);
        travel.foresee(foresight);
        for (std::size_t from = 0; from < places.size(); ++from)
            profile.legs[from * places.size() + hub].time =
                static_cast<std::int32_t>(travel.time(places[from], places[hub], 0).count());
    }
    return profile;
}

plan::Job job_of(Order const& order, std::uint32_t place) {
    plan::Job job;
    job.skills = order.needs_licence ? 1 : 0;
    auto& visit = job.visits.emplace_back();
    visit.place = place;
    visit.service = order.planned.count();
    visit.windows = {{since(order.window.earliest), since(order.window.latest)}};
    return job;
}

}  // namespace

Lists plan_morning(ServiceDay const& day, Ground const& ground, std::uint64_t steps) {
    std::size_t order_count = 0;
    while (order_count < day.orders.size() && day.orders[order_count].known <= morning)
        ++order_count;
    auto const places = places_of(day, order_count);
    plan::Problem problem;
    problem.place_count = static_cast<std::uint32_t>(places.size());
    problem.profiles.push_back(drives_between(places, *ground.travel()({}, {})));
    for (std::uint32_t i = 0; i < day.technicians.size(); ++i) {
        auto& vehicle = problem.vehicles.emplace_back();
        vehicle.start = i;
        vehicle.shift = {0, since(work_ends + Millis{3'600'000})};
        vehicle.skills = day.technicians[i].has_licence ? 1 : 0;
        vehicle.per_distance = 0;
        vehicle.per_time = plan::rate_one;
    }
    auto const first = static_cast<std::uint32_t>(day.technicians.size());
    for (std::uint32_t i = 0; i < order_count; ++i)
        problem.jobs.push_back(job_of(day.orders[i], first + i));
    ASSERT(plan::fault_in(problem).empty());
    auto const answer = plan::solve(problem, {steps, 0, {}}, {});
    Lists lists;
    for (auto const& route : answer.routes) {
        auto& list = lists.emplace_back();
        for (auto const stop : route)
            list.push_back(stop.job);
    }
    return lists;
}

}  // namespace posthaste::day
