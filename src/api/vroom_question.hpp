// A planning problem as VROOM is asked it, in JSON, as a plan::Problem.
//
// Takes    VROOM's input: vehicles, jobs, shipments, matrices. `steps` of a vehicle are its route
//          now; the search begins there.
// Gives    the problem, and what its jobs and vehicles are called. Without matrices the legs are
//          still to be filled (vroom_travel.hpp); places then are the distinct coordinates.
//          Priorities come first, then the number of tasks, then cost, as there.
// Units    seconds and metres; cost in 1 / vroom_cost_scale of VROOM's, so that any price an hour
//          or a kilometre is exact for a whole second or metre.
// Errors   malformed: not JSON, an unknown field, or what is wrong with each, by its path; also
//          what would change the plan and is not there: setup times, max_load of breaks, costs by
//          task hour, matrices of costs.
// Limits   JSON of vroom_values_max values; four kinds of amounts; 64 skills; plan/problem.hpp's.
// Source   VROOM 1.14, docs/API.md.
// Threads  pure
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/place.hpp"
#include "plan/formats/read_problem.hpp"
#include "plan/problem.hpp"

namespace posthaste::api {

constexpr std::size_t vroom_values_max = 5'000'000;
constexpr plan::Cost vroom_cost_scale = 18;

enum class VroomTaskKind : std::uint8_t { job, pickup, delivery };
constexpr auto names_of(VroomTaskKind) {
    return std::to_array<std::string_view>({"job", "pickup", "delivery"});
}

/// Where something was said to be; by coordinates, by row of the matrices, or both.
struct VroomSpot {
    std::optional<model::Position> at;
    std::optional<std::uint32_t> index;
};

struct VroomTask {
    VroomTaskKind kind{};
    std::uint64_t id = 0;
    std::string description;
    std::int64_t priority = 0;
    VroomSpot spot;
};

struct VroomBreak {
    std::uint64_t id = 0;
    std::string description;
};

struct VroomVehicle {
    std::uint64_t id = 0;
    std::string description;
    std::optional<VroomSpot> start;
    std::optional<VroomSpot> end;
    std::vector<VroomBreak> breaks;  ///< as in the problem
};

/// One of Problem::profiles.
struct VroomProfile {
    std::string name;
    std::int64_t speed_percent = 100;
};

struct VroomQuestion {
    plan::Problem problem;
    std::vector<std::vector<VroomTask>> tasks;  ///< by job, by visit
    std::vector<VroomVehicle> vehicles;
    std::vector<VroomProfile> profiles;
    std::vector<model::Position> places;  ///< by place, where legs are to be filled; else empty
    std::size_t amounts = 0;              ///< how many kinds
    bool has_distances = false;
    bool needs_distances = false;  ///< they are priced or limited
    plan::Cost cost_scale = vroom_cost_scale;
};

Result<VroomQuestion> read_vroom(std::string_view text);

/// A benchmark's problem under the numbers of its file, its distances as they are.
VroomQuestion as_vroom(plan::NamedProblem read);

}  // namespace posthaste::api
