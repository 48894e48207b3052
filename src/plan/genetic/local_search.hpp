// Routes improved by moving, swapping and reconnecting visits until none of that helps.
//
// Takes    routes of a plain instance (is_plain), which may be late or overloaded.
// Gives    routes that no move between near visits makes cheaper, with lateness and overload at a
//          price: exchanges of up to two visits for up to two, tails swapped, pieces turned round;
//          and between near routes one visit moved, or two swapped, to wherever is best for each.
// Shapes   customers are 1 .. customer_count in the order of the visits; 0 is the depot.
// Order    the generator decides in which order moves are tried; the first that helps is made.
// Cost     O(customers x reach) prices of O(1) a round; moves within a route O(its length).
// Threads  one object a thread
// Source   Vidal (2022), Hybrid genetic search for the CVRP: open-source implementation and SWAP*
//          neighborhood, doi:10.1016/j.cor.2021.105643; Kool et al. (2022), Hybrid genetic search
//          for the vehicle routing problem with time windows: a high-performance implementation.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/prng.hpp"
#include "plan/genetic/stretch.hpp"
#include "plan/instance.hpp"

namespace posthaste::plan {

using Customer = std::uint32_t;
using Chain = std::vector<Customer>;  ///< of one route, in order

/// Prices of a unit of time warped and of load too much, in 1/256.
struct Penalties {
    Cost warp = 256;
    Cost load = 256;
};

/// What routes come to.
struct Bill {
    Cost driving = 0;  ///< legs and vehicles
    Time warp = 0;
    std::int64_t excess = 0;

    bool is_feasible() const { return warp == 0 && excess == 0; }
    Cost with(Penalties const& penalties) const {
        return driving + (penalties.warp * warp + penalties.load * excess) / 256;
    }
};

/// Whether the genetic search can take it: one kind of vehicle, one load, visits one by one.
bool is_plain(Instance const& instance);

class LocalSearch {
public:
    /// `going`: how many routes a plan that holds has; there are some more than these.
    LocalSearch(Instance& instance, std::size_t reach, std::size_t going);

    std::uint32_t customer_count() const { return count_; }
    std::uint32_t route_max() const { return route_count_; }
    Cost cost(Customer from, Customer to) const { return arcs_[from * stride_ + to].cost; }
    /// Whether one that begins at its earliest leaves time for the other. Requires: no depot.
    bool reaches(Customer from, Customer to) const {
        auto const& first = times_[from].alone;
        auto const arrival = first.earliest + first.duration + arcs_[from * stride_ + to].time;
        return arrival <= times_[to].alone.latest;
    }
    std::vector<Customer> const& near(Customer customer) const { return near_[customer]; }

    using Settled = std::vector<char>;  ///< by route; shorter: the rest is not

    /// Improves; the generator shuffles. Moves between two settled routes are not tried until one
    /// of them has changed. Stops early when `is_over` says so.
    template <class IsOver>
    Bill improve(
        std::vector<Chain>& routes,
        Settled const& settled,
        Penalties const& penalties,
        Prng& prng,
        IsOver const& is_over
    ) {
        penalties_ = penalties;
        load(routes, settled);
        bool const far = looks_far(prng);
        do {
            while (!is_over() && round(prng, is_over)) {
            }
        } while (far && !is_over() && round_far(is_over));
        routes = tours();
        return bill();
    }

    Bill bill_of(std::vector<Chain> const& routes) const;

private:
    using Place = std::uint32_t;  ///< a customer, or the start or end of a route

    struct Link {
        std::uint32_t row = 0;  ///< of arcs_
        std::uint32_t route = 0;
        std::uint32_t position = 0;
        Place next = 0;
        Place prev = 0;
    };
    // Of a place, what is asked for less often.
    struct Times {
        Stretch upto;    ///< from the start to here
        Stretch onward;  ///< from here to the end
        Stretch alone;
        std::int64_t load_upto = 0;
    };
    struct Route {
        std::uint32_t size = 0;
        std::int64_t load = 0;
        Time warp = 0;
        Cost penalty = 0;  ///< in 1/256
        std::uint64_t changed = 0;
    };
    // Visits in a row on a route.
    struct Range {
        Place first = 0;
        Place last = 0;
    };
    // Ranges of one route in a new order, between what stays before and after them.
    struct Order {
        Place before = 0;
        Place after = 0;
        std::array<Range, 3> parts{};
        std::size_t count = 0;

        void add(Range const& range) { parts[count++] = range; }
    };

    void load(std::vector<Chain> const& routes, Settled const& settled);
    void put(std::uint32_t route, Chain const& chain);
    std::vector<Chain> tours() const;
    Bill bill() const;
    template <class IsOver>
    bool round(Prng& prng, IsOver const& is_over) {
        bool improved = false;
        shuffle_order(prng);
        for (auto const customer : order_) {
            if (is_over()) return false;
            improved = improve_around(customer) || improved;
        }
        return improved;
    }
    void shuffle_order(Prng& prng);
    bool improve_around(Customer customer);
    bool try_pair(Place u, Place v);
    bool try_empty(Place u);
    bool exchange(Place u, std::uint32_t n, Place v, std::uint32_t m);
    bool exchange_between(Place u, std::uint32_t n, Place v, std::uint32_t m);
    bool exchange_within(Place u, std::uint32_t n, Place v, std::uint32_t m);
    bool swap_tails(Place u, Place v);
    bool turn_round(Place u, Place v);
    bool reorder(Order const& order);
    void connect(Place from, Place to);
    void put_between(Place before, std::vector<Place> const& places, Place after);
    Place walk(Place from, std::uint32_t steps) const;

    Cost leg(Place from, Place to) const {
        return arcs_[links_[from].row * stride_ + links_[to].row].cost;
    }
    Time drive(Place from, Place to) const {
        return arcs_[links_[from].row * stride_ + links_[to].row].time;
    }
    Place start_of(std::uint32_t route) const { return count_ + 1 + 2 * route; }
    Place end_of(std::uint32_t route) const { return count_ + 2 + 2 * route; }
    bool is_customer(Place place) const { return place <= count_; }
    /// In 1/256, exactly: rounded, moves could go round in circles.
    Cost price(Time warp, std::int64_t load) const {
        auto const excess = std::max<std::int64_t>(0, load - capacity_);
        return penalties_.warp * warp + penalties_.load * excess;
    }
    Stretch follow(Stretch so_far, Place from, Range const& range) const;
    Stretch close(Stretch const& so_far, Place from, Place rest) const {
        return join(so_far, drive(from, rest), times_[rest].onward);
    }
    void update(std::uint32_t route);
    std::int64_t load_of(Range const& range) const;
    /// What a route comes to, in 1/256, from its legs. O(its length): for slow assertions.
    Cost due(std::uint32_t route) const;

    // Between any positions of two near routes (SWAP* and the like): far_moves.cpp.
    struct Entry {
        Cost delta = 0;  ///< in 1/256, lateness included
        Place behind = 0;
    };
    // The best places for a customer on a route it is not on.
    struct Entries {
        std::uint64_t known = 0;  ///< the change of the route
        std::array<Entry, 3> best{};
    };
    struct Removal {
        std::uint64_t known = 0;
        Cost delta = 0;
    };
    // Two customers change routes; behind the other itself: into its place.
    struct Swap {
        Cost delta = 0;
        Place u = 0;
        Place behind_u = 0;
        Place v = 0;
        Place behind_v = 0;
    };

    template <class IsOver>
    bool round_far(IsOver const& is_over) {
        bool improved = false;
        for (std::uint32_t r = 0; r < route_count_; ++r) {
            auto const last = tested_far_[r];
            tested_far_[r] = change_;
            find_near_routes(r);
            for (auto const other : near_routes_) {
                if (is_over()) return false;
                if (std::max(routes_[r].changed, routes_[other].changed) <= last) continue;
                improved = improve_two(r, other) || improved;
            }
        }
        return improved;
    }
    bool looks_far(Prng& prng) const;
    bool improve_two(std::uint32_t route, std::uint32_t other);
    std::span<Customer const> nearest(Customer customer) const;
    void find_near_routes(std::uint32_t route);
    void find_movable(std::uint32_t from, std::uint32_t to, std::vector<Place>& movable) const;
    bool relocate_far(std::uint32_t from, std::uint32_t to);
    bool swap_far(std::uint32_t r, std::uint32_t q);
    bool make(Swap const& swap);
    Cost removal(Place u);
    Entries const& entries(Place u, std::uint32_t route);
    Entry entry_without(Place u, Place v);
    Cost owing_with(Place out, Place in, Place behind, std::vector<Place>& places) const;

    void lay_out_arcs(Instance const& instance);
    void lay_out_loads(Instance const& instance, std::size_t going);
    void lay_out_nodes(Instance const& instance);

    std::uint32_t count_ = 0;
    std::uint32_t route_count_ = 0;
    std::int64_t capacity_ = 0;
    Cost fixed_ = 0;
    std::size_t stride_ = 0;
    std::vector<Arc> arcs_;
    std::vector<std::int64_t> demand_;
    std::vector<std::vector<Customer>> near_;

    Penalties penalties_;
    std::vector<Link> links_;
    std::vector<Times> times_;
    std::vector<Route> routes_;
    std::vector<Customer> order_;
    std::vector<std::vector<Customer>> tried_;  ///< near_, in the order in which they are tried
    std::vector<std::uint64_t> tested_;  ///< by customer: the change count it was last tried at
    std::uint64_t change_ = 0;
    std::vector<Place> moved_;
    std::vector<Place> tail_;

    std::vector<Removal> removals_;          ///< by customer
    std::vector<Entries> entries_;           ///< by customer, then by route
    std::vector<std::uint64_t> tested_far_;  ///< by route
    std::vector<std::uint32_t> near_routes_;
    std::vector<char> is_near_;  ///< by route
    std::vector<Place> movable_;
    std::vector<Place> movable_back_;
};

}  // namespace posthaste::plan
