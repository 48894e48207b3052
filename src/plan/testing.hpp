// For tests of plan: small problems whose numbers can be worked out by hand.
#pragma once

#include <algorithm>
#include <vector>

#include "plan/problem.hpp"

namespace posthaste::plan::testing {

/// Places on a line, as far apart in time as in distance; vehicles go from the first and back.
inline Problem line(std::vector<std::int32_t> const& at, std::size_t vehicle_count = 1) {
    Problem problem;
    problem.place_count = static_cast<std::uint32_t>(at.size());
    auto& profile = problem.profiles.emplace_back();
    for (auto const from : at) {
        for (auto const to : at) {
            auto const gap = std::max(from, to) - std::min(from, to);
            profile.legs.push_back({gap, gap});
        }
    }
    Vehicle vehicle;
    vehicle.start = vehicle.end = 0;
    vehicle.shift = {0, 1000};
    vehicle.capacity = {10, 10, 0, 0};
    problem.vehicles.assign(vehicle_count, vehicle);
    return problem;
}

/// Of one visit.
inline std::uint32_t add_job(
    Problem& problem, std::uint32_t place, Time service = 0, Window window = {0, 1000}
) {
    Visit visit;
    visit.place = place;
    visit.service = service;
    visit.windows = {window};
    problem.jobs.emplace_back().visits.push_back(visit);
    return static_cast<std::uint32_t>(problem.jobs.size() - 1);
}

}  // namespace posthaste::plan::testing
