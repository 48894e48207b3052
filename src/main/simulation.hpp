// A city in virtual time: the production shard on a log in memory, and agents who do as they are
// asked.
//
// Takes    a fleet and trips (demand/).
// Gives    what became of them, as figures; the same for the same fleet, trips and seed on every
//          machine, but for wall_ms.
// Shapes   agents accept (949 of 1000; the others decline), drive straight at the policy's speed
//          over its detour, stay for the service time and follow the workflow.
// Cost     a fix for each agent every `step` of virtual time; memory for the whole log.
// Threads  one
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "demand/source.hpp"
#include "demand/trip.hpp"
#include "road/roads.hpp"

namespace posthaste::main {

struct SimulationOptions {
    std::uint64_t seed = 42;
    Millis step{10'000};       ///< of virtual time
    Millis settle{7'200'000};  ///< after the last trip, to finish what was begun
    /// Decided and driven on; nothing: straight lines.
    std::shared_ptr<road::Roads const> roads;
};

struct Kpis {
    std::int64_t trips = 0;
    std::int64_t refused = 0;  ///< no job came of them
    std::int64_t assigned = 0;
    std::int64_t done = 0;
    Millis wait_p50;  ///< from asked to assigned
    Millis wait_p90;
    Millis arrival_p50;  ///< from asked to somebody at the first stop
    Millis arrival_p90;
    std::int64_t agents = 0;
    std::int64_t duty_ms = 0;  ///< of all agents together
    std::int64_t idle_ms = 0;
    std::int64_t driven_mm = 0;
    std::int64_t empty_mm = 0;  ///< with nobody and nothing aboard
    std::int64_t decisions = 0;
    std::int64_t events = 0;
    Millis span;  ///< of virtual time
    std::int64_t wall_ms = 0;
    std::string hash;  ///< of the region's state at the end
};

/// Told now and then: virtual time so far, and trips so far.
using Progress = std::function<void(Millis span, std::int64_t trips)>;

Result<Kpis> simulate(
    SimulationOptions const& options,
    std::vector<demand::Member> const& fleet,
    demand::Source& trips,
    Progress const& progress
);

}  // namespace posthaste::main
