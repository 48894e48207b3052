#include "plan/genetic/crossover.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/shuffle.hpp"

namespace posthaste::plan {

std::array<std::vector<Chain>, 2> Crossover::children(
    std::vector<Chain> const& mother, std::vector<Chain> const& father
) {
    find_common(mother, father);
    choose_around(mother);
    align(mother, father);
    std::array<std::vector<Chain>, 2> both{mother, mother};
    auto& [whole, left] = both;
    for (auto& route : whole)
        std::erase_if(route, [&](Customer customer) { return theirs_.on_chosen[customer] != 0; });
    for (std::size_t i = 0; i < ours_.chosen.size(); ++i) {
        auto const r = ours_.chosen[i];
        whole[r].clear();
        left[r].clear();
        if (i >= theirs_.chosen.size()) continue;
        whole[r] = father[theirs_.chosen[i]];
        std::ranges::copy_if(whole[r], std::back_inserter(left[r]), [&](Customer customer) {
            return ours_.on_chosen[customer] != 0;
        });
    }
    complete(whole);
    complete(left);
    return both;
}

// Of two plans that are the same nothing counts as common: there must be routes to choose.
void Crossover::find_common(std::vector<Chain> const& mother, std::vector<Chain> const& father) {
    on_.assign(search_.customer_count() + 1, 0);
    for (std::uint32_t r = 0; r < father.size(); ++r) {
        for (auto const customer : father[r])
            on_[customer] = r;
    }
    ours_.common.assign(mother.size(), 0);
    theirs_.common.assign(father.size(), 0);
    std::size_t different = 0;
    for (std::uint32_t r = 0; r < mother.size(); ++r) {
        if (mother[r].empty()) continue;
        auto const other = on_[mother[r].front()];
        bool const same = mother[r] == father[other];
        different += same ? 0U : 1U;
        ours_.common[r] = same ? 1 : 0;
        if (same) theirs_.common[other] = 1;
    }
    if (different > 0) return;
    std::ranges::fill(ours_.common, 0);
    std::ranges::fill(theirs_.common, 0);
}

// From one to all but one of the routes, each near one before.
void Crossover::choose_around(std::vector<Chain> const& mother) {
    constexpr int hops_max = 20;
    std::size_t candidates = 0;
    for (std::uint32_t r = 0; r < mother.size(); ++r) {
        candidates += mother[r].empty() || ours_.common[r] != 0 ? 0U : 1U;
        for (auto const customer : mother[r])
            on_[customer] = r;
    }
    wanted_ = candidates < 2 ? 1 : 1 + prng_.below(candidates - 1);
    auto& chosen = ours_.chosen;
    chosen.clear();
    std::vector<char> taken = ours_.common;
    auto const take = [&](Customer customer) {
        auto const r = on_[customer];
        if (taken[r] != 0 || chosen.size() >= wanted_) return;
        taken[r] = 1;
        chosen.push_back(r);
    };
    auto around = Customer{0};
    do {
        around = static_cast<Customer>(1 + prng_.below(search_.customer_count()));
    } while (ours_.common[on_[around]] != 0);
    take(around);
    for (int hops = 0; hops < hops_max && chosen.size() < wanted_; ++hops) {
        for (auto const near : search_.near(around))
            take(near);
        auto const& route = mother[chosen[prng_.below(chosen.size())]];
        around = route[prng_.below(route.size())];
    }
}

// The father's routes that share most with the mother's, the mother's that share most with those,
// and so on while more is shared: the fewer customers are on one side alone, the less is torn.
void Crossover::align(std::vector<Chain> const& mother, std::vector<Chain> const& father) {
    constexpr int rounds_max = 10;
    mark(mother, ours_);
    auto shared = choose_sharing(father, ours_, theirs_);
    for (int round = 0; round < rounds_max; ++round) {
        choose_sharing(mother, theirs_, ours_);
        auto const now = choose_sharing(father, ours_, theirs_);
        if (now <= shared) break;
        shared = now;
    }
}

// How many customers they share.
std::size_t Crossover::choose_sharing(
    std::vector<Chain> const& routes, Side const& with, Side& side
) {
    sharing_.clear();
    for (std::uint32_t r = 0; r < routes.size(); ++r) {
        if (side.common[r] != 0) continue;
        auto const shared =
            std::ranges::count_if(routes[r], [&](Customer c) { return with.on_chosen[c] != 0; });
        if (shared > 0) sharing_.emplace_back(shared, r);
    }
    std::ranges::sort(sharing_, std::greater{});
    auto const most = &side == &theirs_ ? ours_.chosen.size() : wanted_;
    if (sharing_.size() > most) sharing_.resize(most);
    std::size_t shared = 0;
    side.chosen.clear();
    for (auto const& [count, r] : sharing_) {
        shared += count;
        side.chosen.push_back(r);
    }
    mark(routes, side);
    return shared;
}

void Crossover::mark(std::vector<Chain> const& routes, Side& side) const {
    side.on_chosen.assign(search_.customer_count() + 1, 0);
    for (auto const r : side.chosen) {
        for (auto const customer : routes[r])
            side.on_chosen[customer] = 1;
    }
}

void Crossover::complete(std::vector<Chain>& routes) {
    auto const count = search_.customer_count();
    marked_.assign(count + 1, 0);
    for (auto const& route : routes) {
        for (auto const customer : route)
            marked_[customer] = 1;
    }
    std::vector<Customer> missing;
    for (Customer i = 1; i <= count; ++i) {
        if (marked_[i] == 0) missing.push_back(i);
    }
    shuffle(missing, prng_);
    for (auto const customer : missing)
        insert(routes, customer);
}

void Crossover::insert(std::vector<Chain>& routes, Customer customer) {
    marked_.assign(search_.customer_count() + 1, 0);
    for (auto const other : search_.near(customer))
        marked_[other] = 1;
    Cost least = std::numeric_limits<Cost>::max();
    std::size_t into = 0;
    std::size_t at = 0;
    for (std::size_t r = 0; r < routes.size(); ++r) {
        auto const& route = routes[r];
        for (std::size_t i = 0; i <= route.size(); ++i) {
            auto const before = i == 0 ? 0 : route[i - 1];
            auto const after = i == route.size() ? 0 : route[i];
            if (marked_[before] == 0 && marked_[after] == 0) continue;
            bool const in_time = (before == 0 || search_.reaches(before, customer)) &&
                                 (after == 0 || search_.reaches(customer, after));
            if (!in_time) continue;
            auto const cost = search_.cost(before, customer) + search_.cost(customer, after) -
                              search_.cost(before, after);
            if (cost >= least) continue;
            least = cost;
            into = r;
            at = i;
        }
    }
    auto& route = routes[into];
    route.insert(route.begin() + static_cast<std::ptrdiff_t>(at), customer);
}

}  // namespace posthaste::plan
