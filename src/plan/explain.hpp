// What bars a job that a plan leaves out, what would have to give for it to be served, and why a
// newer plan moved what it moved.
//
// Takes    a problem and routes of it.
// Gives    explain_unserved: for each job left out the rule in its way where least has to give, and
//          all that has to give there; with that given the route holds, the timetable says so.
//          explain_moves: for each job on another vehicle or in another order, what would come of
//          putting it back into the newer routes.
// Order    jobs ascending. What gives least: nothing that a vehicle is or has (skills, room, range)
//          before anything of it, fewer things before more, then less load, range, time, cost,
//          then the lower vehicle.
// Units    those of the problem
// Cost     a Quote a job, and at most tried_max routes looked at closely, O(stops^2) each. A move:
//          a timetable for every place on the route it left; where it has none, as many again for
//          each of up to tried_max newcomers without whom it might.
// Threads  pure
// Limits   explained_max jobs; the rest is only counted
#pragma once

#include <span>

#include "plan/quote.hpp"

namespace posthaste::plan {

constexpr std::size_t explained_max = 1000;
constexpr std::size_t tried_max = 16;
constexpr std::size_t reliefs_max = 4;

/// One thing that gives: the fault is no longer one once `amount` more is allowed.
struct Relief {
    Fault fault = Fault::none;
    Stop stop{nobody, 0};    ///< of a window: whose last one would have to be open longer
    std::uint32_t load = 0;  ///< of a capacity: which
    /// Later, longer, farther, heavier or more visits; 0 of skills, pins and windows of breaks.
    std::int64_t amount = 0;

    bool operator==(Relief const&) const = default;
};

struct Barred {
    std::uint32_t job = 0;
    /// none: it has a place, but is not worth its cost or was not tried in time.
    Fault fault = Fault::none;
    std::uint32_t vehicle = nobody;  ///< whose route needs least; nobody: every one needs the same
    Cost cost = 0;                   ///< that serving it there would add
    /// What has to give there. None with a fault: no more than reliefs_max would do.
    std::vector<Relief> reliefs;
};

struct Unserved {
    std::vector<Barred> jobs;
    std::size_t count = 0;  ///< with those above explained_max
};

Unserved explain_unserved(Problem const& problem, Routes const& routes);

/// Spelled as on the wire.
enum class Why : std::uint8_t {
    served,         ///< was on no route, and is now
    left_out,       ///< was on a route, and is on none
    no_longer_may,  ///< its vehicle cannot have it, even without any other job that is not locked
    makes_room,     ///< for another that came to its vehicle
    barred,         ///< among what its vehicle has now a rule is in its way
    less_late,      ///< back there all would be later
    cheaper,        ///< back there all would cost more
    keeps_promise,  ///< back there promises would be broken
    no_worse,       ///< it would do there as well
};
std::string_view name_of(Why why);

struct Move {
    std::uint32_t job = 0;
    std::uint32_t from = nobody;  ///< vehicle
    std::uint32_t to = nobody;    ///< the same: only the order changed
    Why why = Why::no_worse;
    std::uint32_t room_for = nobody;  ///< a job
    Fault fault = Fault::none;        ///< back there: of makes_room, barred, no_longer_may
    Score saved;                      ///< against having it back there
};

struct Moves {
    std::vector<Move> jobs;
    std::size_t count = 0;
};

/// Both by vehicle of the problem. A job of a vehicle that is gone was on no route.
Moves explain_moves(Problem const& problem, Routes const& before, Routes const& after);

}  // namespace posthaste::plan
