// The hybrid genetic search: children of two plans each, improved; the good and the different stay.
//
// Takes    a plain instance (is_plain) and a seed; routes to begin with, which may lack customers.
// Gives    better and better routes that hold all rules.
// Order    equal seed and equal calls: equal routes
// Threads  one object a thread
// Source   Vidal, Crainic, Gendreau, Lahrichi, Rei (2012), doi:10.1287/opre.1120.1048.
#pragma once

#include <functional>

#include "plan/genetic/crossover.hpp"
#include "plan/genetic/population.hpp"

namespace posthaste::plan {

class Genetic {
public:
    using IsOver = std::function<bool()>;
    using Visits = std::vector<std::vector<Node>>;  ///< by route

    /// `going`: how many routes a plan that holds has, as in LocalSearch.
    Genetic(Instance& instance, std::uint64_t seed, std::size_t going);

    /// Improves these routes and takes them in. True when they are the best so far.
    bool add(Visits const& routes, IsOver const& is_over);

    /// Few plans yet: better add others than ask for children.
    bool wants_more() const { return population_.size() < Population::least; }

    /// One more child; `is_over` may cut it short. True when it is the best so far.
    /// Requires: two plans were added.
    bool step(IsOver const& is_over);

    /// Requires: a plan that was added or made holds.
    Visits best() const;

private:
    bool educate(
        std::vector<Chain> routes, LocalSearch::Settled const& settled, IsOver const& is_over
    );
    bool consider(std::vector<Chain> const& routes, Bill const& bill);
    void adapt(Bill const& bill);

    Prng prng_;
    LocalSearch search_;
    Crossover crossover_;
    Population population_;
    Penalties penalties_;
    std::uint32_t seen_ = 0;  ///< children since the penalties were looked at
    std::uint32_t in_time_ = 0;
    std::uint32_t not_too_full_ = 0;
    std::uint64_t since_better_ = 0;  ///< children, of this population
    std::optional<Cost> best_of_line_;
    std::vector<Chain> best_;
    std::optional<Bill> best_bill_;
};

}  // namespace posthaste::plan
