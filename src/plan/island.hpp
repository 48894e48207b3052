// One search: ruin a little, rebuild it, keep it if it is better or not too much worse.
//
// Takes    an instance and a seed. Gives    the best routes so far, after any number of steps.
// Order    equal seed and equal calls: equal routes
// Threads  one object a thread
#pragma once

#include <functional>

#include "plan/cooling.hpp"
#include "plan/ejection.hpp"
#include "plan/pricing.hpp"
#include "plan/ruin.hpp"

namespace posthaste::plan {

class Island {
public:
    Island(Problem const& problem, std::uint64_t seed);

    /// Puts in what the vehicles' routes have and holds. O(visits).
    void start_from_routes();
    /// Puts in the next absent job, the most urgent first; false when all were tried.
    bool construct_one();
    /// To be called when construction is over.
    void settle();

    /// `done` of Cooling::done_max of the budget is used.
    void step(std::uint32_t done);

    /// Goes on from these routes, visits by vehicle, if they are better than its best.
    void adopt(std::vector<std::vector<Node>> const& routes);

    /// Every job where it is cheapest when its turn comes, at random; many places are overlooked.
    /// Forgets where the search stands, not its best. When `is_over` says so jobs stay out.
    std::vector<std::vector<Node>> scatter(std::function<bool()> const& is_over);

    Score const& best_score() const { return best_score_; }
    Routes best_routes() const;
    std::vector<std::vector<Node>> const& best() const { return best_; }
    Instance& instance() { return instance_; }
    std::vector<std::uint32_t> const& best_absent() const { return best_absent_; }

private:
    Cost energy(Score const& score) const;
    enum class Urgency : std::uint8_t { any, load, far, near, short_window, early, late };

    void rebuild(bool new_vehicles);
    void squeeze(std::uint32_t done);
    void give_up_a_vehicle();
    void make_room();
    std::int64_t absences_now() const;
    void sort_absent();
    Time key_of(std::uint32_t job, Urgency by);
    std::int64_t load_of(std::uint32_t job) const;
    void put(std::vector<std::vector<Node>> const& routes);
    void restore();
    void remember();
    void clear();
    void find_scale();

    Instance instance_;
    Prng prng_;
    Tours tours_;
    Pricing pricing_;
    Ruin ruin_;
    Ejection ejection_;
    Cooling cooling_{1, 1};
    Cost per_unserved_ = 0;
    Cost per_lateness_ = 0;
    Cost scale_ = 1;  ///< what a job costs, roughly

    bool squeezes_ = false;               ///< vehicles are dear: first fewer of them
    std::uint64_t squeezed_ = 0;          ///< steps
    std::uint32_t squeezed_until_ = 0;    ///< of the budget
    std::uint32_t annealed_from_ = 0;     ///< then
    std::vector<std::int64_t> absences_;  ///< by job: 1 + how often there was no room for it
    std::vector<std::uint32_t> order_;
    std::vector<std::pair<Time, std::uint32_t>> keys_;
    std::size_t constructed_ = 0;
    std::vector<std::vector<Node>> best_;
    std::vector<std::uint32_t> best_absent_;
    Score best_score_;
    Placement placement_;
};

}  // namespace posthaste::plan
