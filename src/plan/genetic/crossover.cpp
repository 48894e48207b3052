#include "plan/genetic/crossover.hpp"

#include <algorithm>
#include <limits>

namespace posthaste::plan {

std::vector<Chain> Crossover::child(
    std::vector<Chain> const& mother, std::vector<Chain> const& father
) {
    choose_routes(mother);
    choose_replacements(father, chosen_.size());
    bool const whole = prng_.chance(500);  // the father's routes, or what the mother leaves of them
    auto child = mother;
    for (auto const r : chosen_)
        child[r].clear();
    if (whole) {
        marked_.assign(search_.customer_count() + 1, 0);
        for (auto const& replacement : replacements_) {
            for (auto const customer : father[replacement.second])
                marked_[customer] = 1;
        }
        for (auto& route : child)
            std::erase_if(route, [&](Customer customer) { return marked_[customer] != 0; });
    }
    for (std::size_t i = 0; i < replacements_.size(); ++i) {
        for (auto const customer : father[replacements_[i].second]) {
            if (whole || leaves(customer)) child[chosen_[i]].push_back(customer);
        }
    }
    complete(child);
    return child;
}

// From one up to half of the routes, each near one before.
void Crossover::choose_routes(std::vector<Chain> const& mother) {
    constexpr int hops_max = 20;
    on_.assign(search_.customer_count() + 1, 0);
    std::size_t going = 0;
    for (std::uint32_t r = 0; r < mother.size(); ++r) {
        going += mother[r].empty() ? 0U : 1U;
        for (auto const customer : mother[r])
            on_[customer] = r;
    }
    auto const wanted = 1 + prng_.below(std::max<std::size_t>(1, going / 2));
    leaving_.assign(mother.size(), 0);
    chosen_.clear();
    auto const take = [&](Customer customer) {
        auto const r = on_[customer];
        if (leaving_[r] != 0 || chosen_.size() >= wanted) return;
        leaving_[r] = 1;
        chosen_.push_back(r);
    };
    auto around = static_cast<Customer>(1 + prng_.below(search_.customer_count()));
    take(around);
    for (int hops = 0; hops < hops_max && chosen_.size() < wanted; ++hops) {
        for (auto const near : search_.near(around))
            take(near);
        auto const& route = mother[chosen_[prng_.below(chosen_.size())]];
        around = route[prng_.below(route.size())];
    }
}

void Crossover::choose_replacements(std::vector<Chain> const& father, std::size_t count) {
    replacements_.clear();
    for (std::uint32_t r = 0; r < father.size(); ++r) {
        auto const shared =
            std::ranges::count_if(father[r], [&](Customer customer) { return leaves(customer); });
        auto const size = static_cast<std::int64_t>(father[r].size());
        if (shared > 0) replacements_.emplace_back(size - 2 * shared, r);
    }
    std::ranges::sort(replacements_);
    if (replacements_.size() > count) replacements_.resize(count);
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
    for (std::size_t i = missing.size(); i > 1; --i)
        std::swap(missing[i - 1], missing[prng_.below(i)]);
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
