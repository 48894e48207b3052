#include "plan/genetic/genetic.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::plan {

namespace {

constexpr std::size_t reach = 40;
// The cheapest of so many is improved, the others forgotten: where children are dear, more.
constexpr int children_compared = 2;
constexpr int children_compared_large = 4;
constexpr Customer large = 150;
constexpr std::uint64_t restart_after = 5000;
constexpr std::uint64_t mended_per_mille = 500;
constexpr Cost mending = 10;  // times dearer
constexpr std::uint32_t adapted_every = 100;

}  // namespace

Genetic::Genetic(Instance& instance, std::uint64_t seed)
    : prng_{seed},
      search_{instance, reach},
      crossover_{search_, prng_},
      population_{search_.customer_count()} {
    Cost sum = 0;
    for (Customer i = 1; i <= search_.customer_count(); ++i)
        sum += search_.cost(0, i);
    penalties_.load = std::max<Cost>(256, 256 * sum / search_.customer_count() / 10);
}

bool Genetic::add(Visits const& routes, IsOver const& is_over) {
    std::vector<Chain> chains;
    for (auto const& visits : routes) {
        if (visits.empty()) continue;
        if (chains.size() < search_.route_max()) chains.emplace_back();
        for (auto const visit : visits)
            chains.back().push_back(visit + 1);
    }
    chains.resize(search_.route_max());
    crossover_.complete(chains);
    auto const bill = search_.bill_of(chains);
    bool const better = consider(chains, bill);
    return educate(std::move(chains), is_over) || better;
}

Genetic::Visits Genetic::best() const {
    Visits routes;
    for (auto const& chain : best_) {
        auto& visits = routes.emplace_back();
        for (auto const customer : chain)
            visits.push_back(customer - 1);
    }
    return routes;
}

bool Genetic::step(IsOver const& is_over) {
    auto const& mother = population_.pick(prng_);
    auto const* father = &population_.pick(prng_);
    for (int tries = 0; tries < 10 && father->number == mother.number; ++tries)
        father = &population_.pick(prng_);
    std::vector<Chain> child;
    std::optional<Cost> least;
    auto const count =
        search_.customer_count() < large ? children_compared : children_compared_large;
    for (int i = 0; i < count; ++i) {
        auto other = i % 2 == 0 ? crossover_.child(mother.routes, father->routes)
                                : crossover_.child(father->routes, mother.routes);
        auto const cost = search_.bill_of(other).with(penalties_);
        if (least && cost >= *least) continue;
        least = cost;
        child = std::move(other);
    }
    bool const better = educate(std::move(child), is_over);
    since_better_ = better ? 0 : since_better_ + 1;
    if (since_better_ > restart_after) {
        since_better_ = 0;
        population_.clear();
    }
    return better;
}

bool Genetic::educate(std::vector<Chain> routes, IsOver const& is_over) {
    auto bill = search_.improve(routes, penalties_, prng_, is_over);
    adapt(bill);
    bool const better = consider(routes, bill);
    auto mended = routes;
    population_.add(std::move(routes), bill, penalties_);
    if (bill.is_feasible() || !prng_.chance(mended_per_mille)) return better;
    Penalties const dear{penalties_.warp * mending, penalties_.load * mending};
    bill = search_.improve(mended, dear, prng_, is_over);
    if (!bill.is_feasible()) return better;
    bool const is_best = consider(mended, bill);
    population_.add(std::move(mended), bill, penalties_);
    return is_best;
}

bool Genetic::consider(std::vector<Chain> const& routes, Bill const& bill) {
    if (!bill.is_feasible() || (best_bill_ && bill.driving >= best_bill_->driving)) return false;
    best_ = routes;
    best_bill_ = bill;
    return true;
}

// About one in five children is to be in time, and as many not too full.
void Genetic::adapt(Bill const& bill) {
    ++seen_;
    in_time_ += bill.warp == 0 ? 1 : 0;
    not_too_full_ += bill.excess == 0 ? 1 : 0;
    if (seen_ < adapted_every) return;
    auto const change = [](Cost& penalty, std::uint32_t good) {
        if (good <= 15) penalty = std::min<Cost>(penalty * 6 / 5 + 1, Cost{1} << 24U);
        if (good >= 25) penalty = std::max<Cost>(penalty * 17 / 20, 8);
    };
    change(penalties_.warp, in_time_);
    change(penalties_.load, not_too_full_);
    population_.reprice(penalties_);
    seen_ = in_time_ = not_too_full_ = 0;
}

}  // namespace posthaste::plan
