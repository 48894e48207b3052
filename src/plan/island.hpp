// One search: ruin a little, rebuild it, keep it if it is better or not too much worse.
//
// Takes    an instance and a seed. Gives    the best routes so far, after any number of steps.
// Order    equal seed and equal calls: equal routes
// Threads  one object a thread
#pragma once

#include "plan/cooling.hpp"
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

    Score const& best_score() const { return best_score_; }
    Routes best_routes() const;
    std::vector<std::uint32_t> const& best_absent() const { return best_absent_; }

private:
    Cost energy(Score const& score) const;
    void rebuild();
    void sort_absent();
    void remember();
    void find_scale();

    Instance instance_;
    Prng prng_;
    Tours tours_;
    Pricing pricing_;
    Ruin ruin_;
    std::optional<Cooling> cooling_;
    Cost per_unserved_ = 0;
    Cost per_lateness_ = 0;
    Cost scale_ = 1;  ///< what a job costs, roughly

    std::vector<std::uint32_t> order_;
    std::vector<std::pair<Time, std::uint32_t>> keys_;
    std::size_t constructed_ = 0;
    std::vector<std::vector<Node>> best_;
    std::vector<std::uint32_t> best_absent_;
    Score best_score_;
    Placement placement_;
};

}  // namespace posthaste::plan
