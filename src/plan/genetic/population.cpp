#include "plan/genetic/population.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::plan {

void Population::add(std::vector<Chain> routes, Bill const& bill, Penalties const& penalties) {
    auto member = std::make_unique<Individual>();
    member->routes = std::move(routes);
    member->bill = bill;
    member->number = ++numbered_;
    member->beside.assign(customer_count_ + 1, {0, 0});
    for (auto const& route : member->routes) {
        for (std::size_t i = 0; i < route.size(); ++i) {
            auto const before = i == 0 ? 0 : route[i - 1];
            auto const after = i + 1 == route.size() ? 0 : route[i + 1];
            member->beside[route[i]] = {before, after};
        }
    }
    auto& group = groups_[bill.is_feasible() ? 0 : 1];
    insert(group, std::move(member), penalties);
    if (group.members.size() > least + generation) {
        while (group.members.size() > least)
            remove_worst(group);
    }
    rank(group);
}

void Population::insert(
    Group& group, std::unique_ptr<Individual> member, Penalties const& penalties
) {
    for (auto& other : group.members) {
        auto const apart = unlikeness(*member, *other);
        auto const put = [apart](Individual& into, Individual const* what) {
            std::pair<std::int64_t, Individual const*> const entry{apart, what};
            auto const at = std::ranges::upper_bound(into.closest, apart, {}, [](auto const& e) {
                return e.first;
            });
            into.closest.insert(at, entry);
        };
        put(*member, other.get());
        put(*other, member.get());
    }
    auto const cost = member->bill.with(penalties);
    auto const at = std::ranges::upper_bound(group.members, cost, {}, [&](auto const& each) {
        return each->bill.with(penalties);
    });
    group.members.insert(at, std::move(member));
}

std::int64_t Population::unlikeness(Individual const& a, Individual const& b) const {
    std::int64_t different = 0;
    for (Customer i = 1; i <= customer_count_; ++i) {
        auto const [before, after] = a.beside[i];
        auto const [prev, next] = b.beside[i];
        if (after != next && after != prev) ++different;
        if (before == 0 && prev != 0 && next != 0) ++different;
    }
    return different * 1000 / std::max<std::int64_t>(1, customer_count_);
}

std::int64_t Population::mean_closest(Individual const& of) {
    auto const count = std::min(close, of.closest.size());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += of.closest[i].first;
    return count == 0 ? 1000 : sum / static_cast<std::int64_t>(count);
}

void Population::rank(Group& group) {
    auto const count = group.members.size();
    group.fitness.assign(count, 0);
    std::vector<std::pair<std::int64_t, std::size_t>> by_unlikeness;
    for (std::size_t i = 0; i < count; ++i)
        by_unlikeness.emplace_back(-mean_closest(*group.members[i]), i);
    std::ranges::sort(by_unlikeness);
    for (std::size_t place = 0; place < count; ++place) {
        auto const cost_rank = by_unlikeness[place].second;
        auto fitness = static_cast<std::int64_t>(cost_rank) * 1'000'000;
        if (count > elite) {
            fitness += static_cast<std::int64_t>(place) * 1'000'000 *
                       static_cast<std::int64_t>(count - elite) / static_cast<std::int64_t>(count);
        }
        group.fitness[cost_rank] = fitness;
    }
}

void Population::remove_worst(Group& group) {
    rank(group);
    std::size_t worst = 1;
    bool worst_is_clone = false;
    for (std::size_t i = 1; i < group.members.size(); ++i) {
        bool const is_clone =
            !group.members[i]->closest.empty() && group.members[i]->closest.front().first == 0;
        if ((is_clone && !worst_is_clone) ||
            (is_clone == worst_is_clone && group.fitness[i] > group.fitness[worst])) {
            worst = i;
            worst_is_clone = is_clone;
        }
    }
    auto const* const gone = group.members[worst].get();
    for (auto& other : group.members)
        std::erase_if(other->closest, [gone](auto const& entry) { return entry.second == gone; });
    group.members.erase(group.members.begin() + static_cast<std::ptrdiff_t>(worst));
}

Individual const& Population::pick(Prng& prng) {
    ASSERT(size() > 0);
    auto const draw = [&] {
        auto at = prng.below(size());
        std::size_t group = 0;
        if (at >= groups_[0].members.size()) {
            at -= groups_[0].members.size();
            group = 1;
        }
        return std::pair{groups_[group].fitness[at], std::pair{group, at}};
    };
    auto const first = draw();
    auto const second = draw();
    auto const [group, at] = std::min(first, second).second;
    return *groups_[group].members[at];
}

void Population::clear() {
    for (auto& group : groups_) {
        group.members.clear();
        group.fitness.clear();
    }
}

void Population::reprice(Penalties const& penalties) {
    auto& group = groups_[1];
    std::ranges::stable_sort(group.members, {}, [&](auto const& each) {
        return each->bill.with(penalties);
    });
    rank(group);
}

}  // namespace posthaste::plan
