// A child of two plans: some routes of one, side by side, replaced by those of the other.
//
// Takes    the routes of both parents, with every customer once.
// Gives    routes with every customer once, by the second parent's routes that share most with
//          those left out. Customers on both sides stay on one; who is on none is put beside the
//          near customer where the way round is least.
// Order    the generator chooses where, how many and which side keeps who is on both.
// Cost     O(customers + missing x customers)
// Threads  one object a thread
// Source   Nagata, Braeysy, Dullaert (2010), doi:10.1016/j.cor.2009.06.022 (SREX), without its
//          search for the best routes to exchange: several children are made, the best is taken.
#pragma once

#include "plan/genetic/local_search.hpp"

namespace posthaste::plan {

class Crossover {
public:
    Crossover(LocalSearch const& search, Prng& prng) : search_{search}, prng_{prng} {}

    std::vector<Chain> child(std::vector<Chain> const& mother, std::vector<Chain> const& father);

    /// Puts in whoever is on no route. Requires: there are routes.
    void complete(std::vector<Chain>& routes);

private:
    void choose_routes(std::vector<Chain> const& mother);
    void choose_replacements(std::vector<Chain> const& father, std::size_t count);
    bool leaves(Customer customer) const { return leaving_[on_[customer]] != 0; }
    void insert(std::vector<Chain>& routes, Customer customer);

    LocalSearch const& search_;
    Prng& prng_;
    std::vector<std::uint32_t> on_;      ///< by customer: the mother's route
    std::vector<char> leaving_;          ///< by the mother's routes
    std::vector<std::uint32_t> chosen_;  ///< of the mother
    std::vector<std::pair<std::int64_t, std::uint32_t>> replacements_;  ///< of the father
    std::vector<char> marked_;                                          ///< by customer
};

}  // namespace posthaste::plan
