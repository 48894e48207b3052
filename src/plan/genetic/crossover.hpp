// Children of two plans: some routes of one replaced by the other's routes for the same customers.
//
// Takes    the routes of both parents, with every customer once.
// Gives    two children with every customer once. Routes that both parents have are not exchanged:
//          a child is to be new. Who is on none is put beside the near customer where the way round
//          is least, of those it can be in time for.
// Order    the generator chooses where and how many; then those that share most are taken.
// Cost     O(customers + missing x customers)
// Threads  one object a thread
// Source   Nagata, Braeysy, Dullaert (2010), doi:10.1016/j.cor.2009.06.022 (SREX).
#pragma once

#include "plan/genetic/local_search.hpp"

namespace posthaste::plan {

class Crossover {
public:
    Crossover(LocalSearch const& search, Prng& prng) : search_{search}, prng_{prng} {}

    /// With the father's routes whole, and with what the mother's other routes leave of them.
    std::array<std::vector<Chain>, 2> children(
        std::vector<Chain> const& mother, std::vector<Chain> const& father
    );

    /// Puts in whoever is on no route. Requires: there are routes.
    void complete(std::vector<Chain>& routes);

private:
    using Marks = std::vector<char>;  ///< by customer
    struct Side {
        std::vector<char> common;  ///< by route: the other has it too
        std::vector<std::uint32_t> chosen;
        Marks on_chosen;
    };

    void find_common(std::vector<Chain> const& mother, std::vector<Chain> const& father);
    void choose_around(std::vector<Chain> const& mother);
    void align(std::vector<Chain> const& mother, std::vector<Chain> const& father);
    std::size_t choose_sharing(std::vector<Chain> const& routes, Side const& with, Side& side);
    void mark(std::vector<Chain> const& routes, Side& side) const;
    void insert(std::vector<Chain>& routes, Customer customer);

    LocalSearch const& search_;
    Prng& prng_;
    Side ours_;    ///< of the mother
    Side theirs_;  ///< of the father
    std::size_t wanted_ = 0;
    std::vector<std::uint32_t> on_;                               ///< by customer: a parent's route
    std::vector<std::pair<std::size_t, std::uint32_t>> sharing_;  ///< routes by customers shared
    Marks marked_;
};

}  // namespace posthaste::plan
