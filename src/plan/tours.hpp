// The routes a search works on, with what pricing a move needs beside every visit.
//
// Takes    jobs put in and taken out; changes since the last mark can be taken back.
// Gives    for every node on a route when it is left at the earliest, when it may be reached at the
//          latest, what is aboard. Exact where Instance::exact; else what windows and drives alone
//          say, which is never too strict: the timetable has the last word then.
// Cost     a change is O(stops of its route).
// Threads  one object a thread
#pragma once

#include "plan/instance.hpp"
#include "plan/timetable.hpp"

namespace posthaste::plan {

/// A node on a route.
struct Spot {
    Time leave = 0;   ///< earliest
    Time latest = 0;  ///< arrival that makes nothing after it too late
    std::uint32_t vehicle = nobody;
    Node next = 0;
    Node prev = 0;
    std::int32_t onward = 0;  ///< cost of the leg to the next
};
static_assert(sizeof(Spot) == 32);

/// What is aboard at a node.
struct Freight {
    Amounts after{};        ///< leaving it
    Amounts peak_before{};  ///< the most, each dimension by itself, until leaving it
    Amounts peak_after{};   ///< from leaving it on
};

/// Where a job goes: its k-th visit right behind after[k], which may be its own visit before.
struct Placement {
    std::uint32_t vehicle = nobody;
    Cost cost = 0;      ///< added
    Time lateness = 0;  ///< added
    Time disturbance = 0;
    std::array<Node, visits_per_job_max> after{};
};

class Tours {
public:
    explicit Tours(Instance const& instance);

    Spot const& spot(Node node) const { return spots_[node]; }
    Freight const& freight(Node node) const { return freight_[node]; }
    std::uint32_t position(Node visit) const { return positions_[visit]; }
    std::vector<Node> const& visits(std::uint32_t vehicle) const { return routes_[vehicle].visits; }
    bool is_served(std::uint32_t job) const {
        return spots_[instance_.first_of[job]].vehicle != nobody;
    }
    std::vector<std::uint32_t> const& absent() const { return absent_; }
    Score const& score_of(std::uint32_t vehicle) const { return routes_[vehicle].score; }
    /// Of all routes and of what is left out.
    Score const& score() const { return score_; }
    Others const* others() const { return others_in_use_ ? &others_ : nullptr; }
    /// A vehicle of this class without visits; nobody: all go.
    std::uint32_t idle_of(std::uint32_t vehicle_class) const;
    std::size_t going_count() const { return going_count_; }

    void insert(std::uint32_t job, Placement const& placement);
    void remove(std::span<std::uint32_t const> jobs);
    /// A route as it is asked for, whole. Requires: its jobs are absent, the route is empty.
    void set_route(std::uint32_t vehicle, std::span<Stop const> stops);

    /// False when taking something out made a route that no longer holds.
    bool holds();

    void mark();
    void take_back();

    Routes routes() const;
    std::vector<Stop> stops(std::uint32_t vehicle) const;
    /// With a job put in.
    void stops_with(std::uint32_t job, Placement const& placement, std::vector<Stop>& stops) const;

private:
    struct Route {
        std::vector<Node> visits;
        Score score;
        bool checked = true;  ///< by the timetable, since it changed
    };
    struct Saved {
        std::uint32_t vehicle = 0;
        Route route;
        std::vector<Spot> spots;
        std::vector<Freight> freight;
    };

    void save(std::uint32_t vehicle);
    void restore(Saved& saved);
    void refresh(std::uint32_t vehicle);
    void link(std::uint32_t vehicle);
    void run_forward(std::uint32_t vehicle);
    void run_backward(std::uint32_t vehicle);
    void load(std::uint32_t vehicle);
    void rate(std::uint32_t vehicle);
    bool judge(std::uint32_t vehicle);
    bool note_others(std::uint32_t vehicle);
    bool all_hold();
    void set_score(Route& route, Score const& score);
    Time latest_at(Node visit, Time begin) const;
    void leave_out(std::uint32_t job);
    void take_in(std::uint32_t job);
    void count_going(std::uint32_t vehicle, bool goes);

    Instance const& instance_;
    bool others_in_use_ = false;
    std::vector<Spot> spots_;
    std::vector<Freight> freight_;
    std::vector<std::uint32_t> positions_;
    std::vector<Route> routes_;
    std::vector<std::uint32_t> absent_;
    std::vector<std::uint32_t> absent_at_;          ///< by job: where in absent_
    std::vector<std::vector<std::uint32_t>> idle_;  ///< by class, the lowest last
    std::size_t going_count_ = 0;
    Score score_;
    Others others_;

    std::vector<Saved> saved_;
    std::size_t saved_count_ = 0;
    std::vector<std::uint64_t> saved_in_;  ///< by vehicle: the mark it was saved for
    std::uint64_t mark_ = 0;
    std::vector<std::uint32_t> absent_then_;
    Score score_then_;
    Others others_then_;
    std::vector<std::uint32_t> touched_;
};

}  // namespace posthaste::plan
