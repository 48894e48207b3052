// Every place that one more job could have on the routes as they are, and what each would add.
//
// Takes    a problem and routes, those of its vehicles if no others are given; a job on none.
// Gives    the positions at which every rule holds, each with what it adds; for a vehicle that has
//          none, the rule in the way at the position that lacks least. Both visits of a job of two
//          are tried at every pair of positions, those of a job of more only one behind the other.
// Order    fits by lateness, cost, disturbance, vehicle, position; conflicts by vehicle.
// Cost     a job of one visit into 200 routes of 20 stops: bench/plan, `insert`. Where the problem
//          asks for more than windows, loads, skills and pins, checks_max of the positions are
//          checked by the timetable, the cheapest of each route before the second of any.
// Threads  one object a thread; kept between questions
// Limits   fits_max are listed, and all are counted
#pragma once

#include <memory>
#include <span>

#include "plan/timetable.hpp"

namespace posthaste::plan {

constexpr std::size_t fits_max = 5000;
constexpr std::size_t checks_max = 256;

/// By visit: where it stands on the route that has the job.
using Positions = std::array<std::uint32_t, visits_per_job_max>;

struct Fit {
    std::uint32_t vehicle = nobody;
    Cost cost = 0;         ///< added, as the rest is
    Time lateness = 0;     ///< of all visits of the route
    Time disturbance = 0;  ///< of promises
    Positions at{};
};

/// Why a vehicle cannot have the job.
struct Conflict {
    std::uint32_t vehicle = nobody;
    Fault fault = Fault::none;
    Stop stop{nobody, 0};    ///< that breaks it; nobody: the end of the route, or the whole
    std::uint32_t load = 0;  ///< of a capacity: which
    std::int64_t excess = 0;
    Cost cost = 0;   ///< that it would add there
    Positions at{};  ///< where least is lacking; not for skills and pinned
};

struct Quote {
    std::vector<Fit> fits;
    std::size_t fit_count = 0;
    /// Left unchecked: windows and loads would allow so many more.
    std::size_t unchecked_count = 0;
    std::vector<Conflict> conflicts;
};

class Quoter {
public:
    /// Requires: fault_in(problem).empty(); the problem outlives this.
    explicit Quoter(Problem const& problem);
    /// About these routes instead.
    Quoter(Problem const& problem, Routes const& routes);
    ~Quoter();

    /// Requires: the job is on no route.
    Quote quote(std::uint32_t job);

    /// From now on, as it fits. Requires: a fit given for the routes as they are.
    void put(std::uint32_t job, Fit const& fit);
    /// Requires: it is on a route.
    void remove(std::uint32_t job);

    /// The route with a job put in.
    std::vector<Stop> with(std::uint32_t vehicle, std::uint32_t job, Positions const& at) const;
    Others const* others() const;

private:
    class Inner;
    std::unique_ptr<Inner> inner_;
};

}  // namespace posthaste::plan
