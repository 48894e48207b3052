// When a vehicle is where on a route, what it carries and costs, or the first rule it breaks.
//
// Takes    a vehicle and its stops in order.
// Gives    the route's timetable. This is what a plan means: the search, the check of a slot and
//          the explanation all ask here.
//          Its visits begin as early as they may; where duration_max is given, as late as they may
//          without the vehicle being back later. A break is taken between the two visits where it
//          makes the rest of the route earliest, on the way if need be; one whose window outlasts
//          the route is taken after it. A rest comes before the leg that would make too long a
//          stretch of driving; a break or a wait of its length is one.
// Order    faults in the order of the enum at each stop; the first stop that has one.
// Cost     O(stops x (breaks + 1)).
// Threads  pure
#pragma once

#include <span>

#include "plan/problem.hpp"

namespace posthaste::plan {

/// Spelled as on the wire.
enum class Fault : std::uint8_t {
    none,
    skills,        ///< the vehicle lacks one
    pinned,        ///< to another vehicle
    locked,        ///< what is locked does not come first
    position,      ///< has to be first or last
    together,      ///< not with those it belongs to, or not in order
    incompatible,  ///< with what else is aboard
    capacity,
    visits,        ///< too many
    unreachable,   ///< no way there
    window,        ///< reached after the last window
    precedence,    ///< what has to be over before is not
    break_window,  ///< a break cannot be taken in its window
    shift,         ///< back after its end
    duration,      ///< away longer than it may be
    range,         ///< farther than it can drive
    driving,       ///< longer than the driver may
};
std::string_view name_of(Fault fault);

enum class Doing : std::uint8_t { start, visit, pause, rest, end };

struct Entry {
    Doing doing = Doing::visit;
    Stop stop;                ///< of a visit
    std::uint32_t pause = 0;  ///< of a pause: which of the vehicle's breaks
    Time travel = 0;          ///< from the visit or start before, without breaks, rests, waiting
    Time arrival = 0;
    Time begin = 0;  ///< of the service or the break
    Time departure = 0;
    Time lateness = 0;
    std::int64_t distance = 0;  ///< from the start to here
    Amounts load{};             ///< when leaving
};

struct Timetable {
    std::vector<Entry> entries;
    Fault fault = Fault::none;
    std::uint32_t fault_at = 0;    ///< of the stops: the first that breaks it; their count: the end
    Time excess = 0;               ///< by how much, in the unit of what is broken
    std::uint32_t fault_load = 0;  ///< of a capacity: which of the loads
    Time driving = 0;
    std::int64_t distance = 0;
    Time lateness = 0;
    Time disturbance = 0;
    Cost cost = 0;    ///< 0 without stops
    Cost broken = 0;  ///< prices of promises

    bool feasible() const { return fault == Fault::none; }
};

/// Beginnings and ends that other routes' jobs impose on this one's (Problem::precedences), and
/// what vehicle jobs are on. Kept by who changes the routes.
struct Others {
    std::vector<std::uint32_t> vehicle_of;  ///< by job; nobody: not served
    std::vector<Time> begin;                ///< by job: of its first visit
    std::vector<Time> over;                 ///< by job: of its last
};

/// What a route adds to a plan's score.
Score score_of(Problem const& problem, Timetable const& table);

/// A vehicle and its stops: each once, each job's in order and all of them.
struct Tour {
    Problem const& problem;
    std::uint32_t vehicle = 0;
    std::span<Stop const> stops;
    Others const* others = nullptr;
};

/// With its entries, as far as the first fault.
Timetable timetable(Tour const& tour);

/// The same without entries.
Timetable assess(Tour const& tour);

}  // namespace posthaste::plan
