// What it costs to put a job where, and the best place for it.
//
// Takes    Tours and an absent job.
// Gives    the placement that adds least, by the order of Score; with blinks, some are overlooked
//          on purpose, so that a search does not always do the same. Every placement given holds.
// Order    equal: the first found: by the neighbours of the job, then by vehicle class.
// Cost     a job of one visit: 2 x reach prices; of two: O(visits) of the routes that its
//          neighbours are on, and the pairs of positions that times, loads and bounds allow.
//          Where the instance is not exact, the timetable is asked for the cheapest tries_max.
// Threads  one object a thread
#pragma once

#include "base/prng.hpp"
#include "plan/course.hpp"
#include "plan/tours.hpp"

namespace posthaste::plan {

class Pricing {
public:
    Pricing(Instance& instance, Tours const& tours, Prng& prng);

    /// Where to look and what to overlook.
    struct Look {
        std::size_t reach = 0;              ///< neighbours; 0: everywhere
        std::uint32_t blink_per_mille = 0;  ///< of the positions
        bool new_vehicles = true;           ///< may a vehicle without visits go
    };

    /// Nothing: there is no place for it.
    bool best(std::uint32_t job, Look const& look, Placement& placement);

    /// Into one route.
    bool best_in(std::uint32_t job, std::uint32_t vehicle, Placement& placement);

    static constexpr std::size_t tries_max = 8;

private:
    // A visit on its way into a route: the legs to it and from it, by place.
    struct Guest {
        Node visit;
        Time latest;
        Arc const* to;
        Arc const* from;
        Instance const& instance;

        Guest(Course const& course, Node visit);
        Arc arc_from(Node before) const { return to[instance.sites[before].place]; }
        Arc arc_to(Node next) const { return from[instance.sites[next].place]; }
    };
    // The first visit of a pair, put behind a node.
    struct Opening {
        Guest const& pickup;
        Guest const& dropoff;
        std::size_t gap = 0;
        Node before = 0;
        Node next = 0;
        Time leave = 0;  ///< the pickup
        Cost cost = 0;   ///< so far, without the leg from the pickup
    };

    void look_near(std::uint32_t job);
    void look_everywhere(std::uint32_t job);
    void look_at_idle(std::uint32_t job);
    void look_at_route(std::uint32_t job, std::uint32_t vehicle);
    void look_behind(Node visit, Node before);
    void pair_in(std::uint32_t job, std::uint32_t vehicle);
    void price_dropoffs(Course const& course, Guest const& pickup, Guest const& dropoff);
    void open_pair(Course const& course, Opening& opening);
    void close_pair(Course const& course, Opening const& opening);
    void offer_pair(std::uint32_t vehicle, Node pickup_behind, Node dropoff_behind, Cost cost);
    void several_in(std::uint32_t job, std::uint32_t vehicle);
    bool decide(std::uint32_t job, Placement& placement);
    bool is_locked(Node before, std::uint32_t vehicle) const;
    bool fits(Node visit, std::uint32_t vehicle, Node before) const;
    void look_at_promised(std::uint32_t job);
    Cost price_of_moving(std::uint32_t job, std::uint32_t vehicle) const;
    bool may_go(std::uint32_t job, std::uint32_t vehicle) const;
    bool overlooks();
    void offer(Placement const& placement);
    Cost worst_kept() const;
    Node node_at(std::uint32_t vehicle, std::size_t gap) const;

    Instance& instance_;
    Tours const& tours_;
    Prng& prng_;
    Look look_;
    std::uint64_t until_blink_ = 0;
    std::size_t keep_ = 1;  ///< how many of the cheapest are kept
    std::size_t kept_count_ = 0;
    std::array<Placement, tries_max> kept_;
    bool all_alike_ = false;  ///< every vehicle may serve every job
    bool some_locked_ = false;
    bool some_priced_ = false;         ///< a promise has a price
    std::vector<std::uint64_t> seen_;  ///< by vehicle: the look it was seen in
    std::uint64_t look_number_ = 0;
    // By gap of a route: what the second visit of a pair adds there; too much where it is too late
    // or, on the way there, too full.
    struct Dropoff {
        Cost cost = 0;
        Cost least = 0;         ///< of this gap and those behind it
        Node least_behind = 0;  ///< where that is
    };
    std::vector<Dropoff> dropoffs_;
    std::vector<Stop> stops_;

    // For jobs of more visits: by visit and gap, the least cost and the gap of the visit before.
    struct Step {
        Cost cost = 0;
        std::uint32_t from = 0;
    };
    std::vector<std::vector<Step>> steps_;
};

}  // namespace posthaste::plan
