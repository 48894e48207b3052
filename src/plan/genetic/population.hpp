// A population of routes: good ones, and different ones.
//
// Gives    parents by tournament; keeps the best of two groups, those that hold all rules and those
//          that do not, by how good and how unlike the others they are.
// Units    unlikeness: customers of 1,000 whose neighbours on their routes are others.
// Threads  one object a thread
// Source   Vidal et al. (2012), doi:10.1287/opre.1120.1048: biased fitness, survivors.
#pragma once

#include <memory>

#include "plan/genetic/local_search.hpp"

namespace posthaste::plan {

struct Individual {
    std::vector<Chain> routes;
    Bill bill;
    std::vector<std::pair<Customer, Customer>> beside;  ///< by customer: before and after it
    std::vector<std::pair<std::int64_t, Individual const*>> closest;  ///< by unlikeness, ascending
    std::uint64_t number = 0;
};

class Population {
public:
    explicit Population(std::uint32_t customer_count) : customer_count_{customer_count} {}

    void add(std::vector<Chain> routes, Bill const& bill, Penalties const& penalties);
    Individual const& pick(Prng& prng);
    void clear();
    std::size_t size() const { return groups_[0].members.size() + groups_[1].members.size(); }
    /// After the penalties changed.
    void reprice(Penalties const& penalties);

    static constexpr std::size_t least = 25;
    static constexpr std::size_t generation = 40;
    static constexpr std::size_t elite = 4;
    static constexpr std::size_t close = 5;

private:
    struct Group {
        std::vector<std::unique_ptr<Individual>> members;  ///< the cheapest first
        std::vector<std::int64_t> fitness;                 ///< the lower the better
    };
    void insert(Group& group, std::unique_ptr<Individual> member, Penalties const& penalties);
    void rank(Group& group);
    void remove_worst(Group& group);
    std::int64_t unlikeness(Individual const& a, Individual const& b) const;
    static std::int64_t mean_closest(Individual const& of);

    std::uint32_t customer_count_;
    std::array<Group, 2> groups_;  ///< feasible, not
    std::uint64_t numbered_ = 0;
};

}  // namespace posthaste::plan
