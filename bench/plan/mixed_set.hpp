// Instances of our own with all that a working day has, which the public benchmarks have not.
//
// Takes    the roads of Gothenburg.
// Gives    six instances of 50 to 300 jobs. Each has vans and bicycles with travel times and costs
//          of their own, breaks, two capacities, skills, jobs of two visits, several windows, and
//          vehicles under way with a locked beginning. `parcels`: one depot, vehicles are dear.
//          `repairs`: everybody begins and ends at home, and only driving costs.
// Units    seconds from 8:00; weight in kg, room in tens of litres.
// Order    everything is drawn from the seed and the instance's number.
// Threads  one
#pragma once

#include "bench/plan/ground.hpp"

namespace posthaste::bench {

struct MixedInstance {
    std::string name;  ///< "parcels_50"
    plan::Problem problem;
    std::uint64_t hash = 0;  ///< of the problem: another one has other figures
};

std::vector<MixedInstance> mixed_set(std::shared_ptr<road::Roads const> const& roads);

}  // namespace posthaste::bench
