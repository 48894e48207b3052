// The question a planner is asked: vehicles, jobs, travel times, and what is settled already.
//
// Takes    what the caller knows; everything refers by index into the vectors here.
// Shapes   a Stop names one visit of one job; a job's visits are made in order by one vehicle.
//          Travel has one matrix a profile, place_count x place_count, row = from.
// Units    One unit of time and one of distance for the whole problem (a region's: ms and m);
//          instants are counted from any zero. Costs are in the unit that the rates give them.
//          time_max: never. Loads are as the operator counts them.
// Errors   fault_in() says the first thing that is wrong, by field; everything else requires a
//          problem without a fault.
// Limits   the *_max below; a problem above them is refused, never cut.
// Threads  a value; immutable while it is planned.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace posthaste::plan {

using Time = std::int64_t;
using Cost = std::int64_t;

constexpr Time time_max = std::int64_t{1} << 50U;
constexpr std::size_t loads_max = 4;
constexpr std::size_t load_kinds_max = 32;
constexpr std::size_t jobs_max = 20'000;
constexpr std::size_t vehicles_max = 5000;
constexpr std::size_t places_max = 12'000;
constexpr std::size_t visits_per_job_max = 16;
constexpr std::size_t windows_max = 16;
constexpr std::size_t breaks_max = 4;
constexpr std::uint32_t nobody = 0xffff'ffff;
constexpr std::int64_t rate_one = 1000;  ///< rates and factors are per mille

using Amounts = std::array<std::int32_t, loads_max>;

/// Both ends are included.
struct Window {
    Time earliest = 0;
    Time latest = time_max;

    bool operator==(Window const&) const = default;
};

/// Something to do at one place.
struct Visit {
    std::uint32_t place = 0;
    std::vector<Window> windows;  ///< of its beginning: sorted, apart; empty: at any time
    Time service = 0;
    std::vector<Time> service_by_class;  ///< by Vehicle::service_class; empty: `service` for all
    Time due = time_max;                 ///< to begin later is late: allowed, and counted
    Amounts pickup{};
    Amounts dropoff{};  ///< made before the pickup; what nobody picked up is aboard from the start

    bool operator==(Visit const&) const = default;
};

/// What was told to somebody, and is better not changed.
struct Promise {
    std::uint32_t vehicle = nobody;  ///< nobody: whoever
    Time start = time_max;           ///< of the first visit; time_max: no time was told
    Time tolerance = 0;              ///< this far from `start` is as promised
    Cost price = 0;  ///< what breaking it costs: another vehicle, or past the tolerance

    bool operator==(Promise const&) const = default;
};

/// Where in a route a job has to stand.
enum class Position : std::uint8_t { any, first, last };

struct Job {
    std::vector<Visit> visits;
    /// What leaving it out weighs, before lateness and cost. 0: it need not be served at all.
    std::int64_t weight = 1;
    Cost prize = 0;                     ///< what serving it is worth, in cost
    std::uint64_t skills = 0;           ///< a vehicle with all of these
    std::uint32_t pinned_to = nobody;   ///< only this vehicle
    Position position = Position::any;  ///< after what is locked, before or after all else
    std::uint32_t load_kind = 0;        ///< of what is aboard, for Problem::incompatible
    std::optional<Promise> promise;
};

/// One visit of one job.
struct Stop {
    std::uint32_t job = 0;
    std::uint32_t visit = 0;

    auto operator<=>(Stop const&) const = default;
};

/// Begins within one of its windows, between two visits, on the way or waiting.
struct Break {
    std::vector<Window> windows;
    Time duration = 0;
};

struct Vehicle {
    std::uint32_t profile = 0;           ///< of Travel
    std::optional<std::uint32_t> start;  ///< where it stands; none: begins at its first visit
    std::optional<std::uint32_t> end;    ///< where it has to be at last; none: anywhere
    Window shift;                        ///< leaves no earlier, is back no later
    Amounts capacity{};
    std::uint64_t skills = 0;
    std::uint32_t service_class = 0;
    Cost fixed = 0;                        ///< if it goes at all
    std::int64_t per_distance = rate_one;  ///< per mille of a unit of distance
    std::int64_t per_time = 0;             ///< per mille of a unit of driving
    std::int64_t distance_max = time_max;  ///< its range
    Time driving_max = time_max;
    Time duration_max = time_max;  ///< from leaving to being back, breaks included
    std::uint32_t visits_max = 0xffff'ffff;
    std::vector<Break> breaks;            ///< in order
    Time driving_before_rest = time_max;  ///< hours of service: no more at a stretch
    Time rest = 0;
    /// Now: what it is to do in order. A prefix of it may be locked.
    std::vector<Stop> route;
    std::uint32_t locked = 0;
};

/// Jobs that must be on one vehicle, if they are served; in this order, if they are ordered.
struct Together {
    std::vector<std::uint32_t> jobs;
    bool in_order = false;
};

/// The earlier's last visit is over before the later's first begins, whoever makes them.
struct Precedence {
    std::uint32_t earlier = 0;
    std::uint32_t later = 0;
};

constexpr std::int32_t no_way = 0x7fff'ffff;  ///< as a leg's time or distance

struct Leg {
    std::int32_t time = 0;
    std::int32_t distance = 0;

    bool operator==(Leg const&) const = default;
};

/// From `from` on a drive takes this much of what the matrix says, until the next one begins.
struct Traffic {
    Time from = 0;
    std::int64_t per_mille = rate_one;
};

struct Profile {
    std::vector<Leg> legs;         ///< place_count squared
    std::vector<Traffic> traffic;  ///< sorted by `from`; before the first the matrix holds
};

struct Problem {
    std::uint32_t place_count = 0;
    std::vector<Profile> profiles;
    std::vector<Vehicle> vehicles;
    std::vector<Job> jobs;
    std::vector<Together> together;
    std::vector<Precedence> precedences;
    /// Per mille of a unit of lateness, as cost. 0: lateness comes before all cost.
    std::int64_t per_lateness = 0;
    /// Kinds of load that are never aboard together: bit k of [j] and bit j of [k].
    std::array<std::uint32_t, load_kinds_max> incompatible{};

    Visit const& visit(Stop stop) const { return jobs[stop.job].visits[stop.visit]; }
    Leg const& leg(std::uint32_t profile, std::uint32_t from, std::uint32_t to) const {
        return profiles[profile].legs[std::size_t{from} * place_count + to];
    }
};

/// What makes it no problem at all, as "jobs[3].visits[0].place: ..."; empty when it is one.
std::string fault_in(Problem const& problem);

/// How good a plan is; the lower, the better, the first that differs decides.
struct Score {
    std::int64_t unserved = 0;  ///< weights of the jobs left out
    Time lateness = 0;          ///< of all visits past their due; 0 where it is priced
    Cost cost = 0;              ///< fixed, distance, driving; prizes not won; what has a price
    Time disturbance = 0;       ///< of promises: time moved past tolerance; `moved_vehicle` each

    auto operator<=>(Score const&) const = default;
    Score& operator+=(Score const& other) {
        unserved += other.unserved;
        lateness += other.lateness;
        cost += other.cost;
        disturbance += other.disturbance;
        return *this;
    }
    friend Score operator+(Score left, Score const& right) { return left += right; }
    friend Score operator-(Score const& left, Score const& right) {
        return Score{
            left.unserved - right.unserved,
            left.lateness - right.lateness,
            left.cost - right.cost,
            left.disturbance - right.disturbance};
    }
};

/// A promise broken to another vehicle weighs as much as this much time.
constexpr Time moved_vehicle = 1'800'000;

/// By vehicle, in order. Vehicles that stay have no stops.
using Routes = std::vector<std::vector<Stop>>;

}  // namespace posthaste::plan
