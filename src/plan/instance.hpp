// A problem laid out for the search: visits and vehicles by number, what a leg costs, who is near.
//
// Gives    the numbers that pricing a move needs, side by side in memory. What windows, breaks and
//          the rest of a problem ask beyond them is left to the timetable; `exact` says that
//          nothing is.
// Shapes   nodes: the visits of all jobs in order, then every vehicle's start, then every end.
//          Arcs are by place of `from`, then of `to`; the place after the last is "anywhere".
// Cost     O(visits + vehicles), and O(places^2) for each kind of rates that is not distance alone;
//          neighbours are looked for when first asked for, O(visits) a job.
// Threads  one object a thread: it remembers neighbours
#pragma once

#include <algorithm>
#include <span>

#include "plan/problem.hpp"

namespace posthaste::plan {

using Node = std::uint32_t;

/// Of a leg; laid out as a Leg, which it is where the cost is the distance.
struct Arc {
    std::int32_t time = 0;
    std::int32_t cost = 0;

    friend bool operator==(Arc const&, Arc const&) = default;
};

class Instance {
public:
    explicit Instance(Problem const& problem);

    Problem const& problem;
    std::uint32_t visit_count = 0;
    std::uint32_t vehicle_count = 0;

    struct Site {
        std::uint32_t place = 0;
        std::uint32_t job = nobody;
        Time earliest = 0;       ///< of the first window
        Time latest = time_max;  ///< of the last
        Time service = 0;
    };
    std::vector<Site> sites;              ///< by node
    std::vector<std::uint32_t> first_of;  ///< by job: the node of its first visit
    std::vector<Amounts> gains;           ///< by visit: what is aboard more when it is left
    std::vector<Amounts> owed;            ///< by job: what it drops that it did not pick up
    std::vector<std::uint32_t> class_of;  ///< by vehicle: alike in all but what they have to do
    std::uint32_t class_count = 0;

    bool several_windows = false;  ///< somewhere; then Problem::visit has them
    bool exact = true;             ///< windows, capacity, skills, pins and costs are all there is
    bool lateness = false;         ///< something has a due or a promise
    bool traffic = false;
    bool loads = false;  ///< something is carried
    bool pairs = false;  ///< a job has two visits

    Node start_of(std::uint32_t vehicle) const { return visit_count + vehicle; }
    Node end_of(std::uint32_t vehicle) const { return visit_count + vehicle_count + vehicle; }
    Stop stop_of(Node visit) const {
        auto const job = sites[visit].job;
        return {job, visit - first_of[job]};
    }
    std::uint32_t visits_of(std::uint32_t job) const {
        return static_cast<std::uint32_t>(problem.jobs[job].visits.size());
    }
    Time service(Node visit, std::uint32_t vehicle) const {
        bool const same = problem.vehicles[vehicle].service_class == 0;
        return same ? sites[visit].service : service_of_class(visit, vehicle);
    }
    /// When a visit begins that is reached at `arrival`, not after its last window.
    Time begin(Node visit, Time arrival) const {
        auto const& site = sites[visit];
        if (!several_windows || arrival <= site.earliest) return std::max(arrival, site.earliest);
        return begin_in_windows(visit, arrival);
    }

    /// The arcs that a vehicle drives, row by row of `stride`.
    Arc const* arcs(std::uint32_t vehicle) const { return tables_[table_of_[vehicle]].arcs; }
    /// The same by place of `to`, then of `from`: what leads to one place lies together. Only
    /// where there are pairs.
    Arc const* arcs_to(std::uint32_t vehicle) const { return tables_[table_of_[vehicle]].arcs_to; }
    std::size_t stride() const { return stride_; }

    /// Skills and pins.
    bool may_serve(std::uint32_t vehicle, std::uint32_t job) const {
        auto const& wanted = problem.jobs[job];
        return (wanted.skills & ~problem.vehicles[vehicle].skills) == 0 &&
               (wanted.pinned_to == nobody || wanted.pinned_to == vehicle);
    }

    /// Visits of other jobs that are good beside this one, the best first: by what the drive, the
    /// wait and the lateness between them come to. At most near_max.
    std::span<Node const> near(Node visit);

    static constexpr std::size_t near_max = 100;

private:
    struct Table {
        std::uint32_t profile = 0;
        std::int64_t per_distance = 0;
        std::int64_t per_time = 0;
        std::vector<Arc> own;
        std::vector<Arc> turned;  ///< by place of `to`; empty: no pairs, or both ways are alike
        Arc const* arcs = nullptr;
        Arc const* arcs_to = nullptr;
    };

    Time service_of_class(Node visit, std::uint32_t vehicle) const;
    Time begin_in_windows(Node visit, Time arrival) const;
    void lay_out_sites();
    void lay_out_loads();
    void classify_vehicles();
    void find_features();
    std::uint32_t table_for(Vehicle const& vehicle);
    void fill(Table& table) const;
    Time apart(Node from, Node to) const;

    std::size_t stride_ = 0;
    bool has_anywhere_ = false;
    std::vector<Table> tables_;
    std::vector<std::uint32_t> table_of_;
    std::vector<std::vector<Node>> near_;
    std::vector<std::pair<Time, Node>> scratch_;
};

}  // namespace posthaste::plan
