#include "plan/genetic/genetic.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::plan {

namespace {

constexpr std::size_t reach = 20;
// The cheapest child of a crossing is improved, the others forgotten; where improving is dear, of
// two crossings. Of more: too many children hardly differ from a parent.
constexpr Customer large = 300;
constexpr std::uint64_t restart_after = 2500;  // children that were not the best of their line
constexpr std::uint64_t mended_per_mille = 500;
constexpr Cost mending = 10;  // times dearer
constexpr std::uint32_t adapted_every = 100;

}  // namespace

Genetic::Genetic(Instance& instance, std::uint64_t seed, std::size_t going)
    : prng_{seed},
      search_{instance, reach, going},
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
    return educate(std::move(chains), {}, is_over) || better;
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
    auto const* const mother = &population_.pick(prng_);
    auto const* father = &population_.pick(prng_);
    for (int tries = 0; tries < 10 && father->number == mother->number; ++tries)
        father = &population_.pick(prng_);
    std::vector<Chain> child;
    LocalSearch::Settled settled;
    std::optional<Cost> least;
    auto const cross = [&](Individual const& ours, Individual const& theirs) {
        for (auto& other : crossover_.children(ours.routes, theirs.routes)) {
            auto const cost = search_.bill_of(other).with(penalties_);
            if (least && cost >= *least) continue;
            least = cost;
            child = std::move(other);
            settled.clear();
            for (std::size_t r = 0; r < child.size(); ++r)
                settled.push_back(child[r] == ours.routes[r] ? 1 : 0);
        }
    };
    cross(*mother, *father);
    if (search_.customer_count() > large) cross(*father, *mother);
    ++since_better_;
    bool const better = educate(std::move(child), settled, is_over);
    if (since_better_ > restart_after) {
        since_better_ = 0;
        best_of_line_.reset();
        population_.clear();
    }
    return better;
}

bool Genetic::educate(
    std::vector<Chain> routes, LocalSearch::Settled const& settled, IsOver const& is_over
) {
    auto bill = search_.improve(routes, settled, penalties_, prng_, is_over);
    adapt(bill);
    bool const better = consider(routes, bill);
    auto mended = routes;
    population_.add(std::move(routes), bill, penalties_);
    if (bill.is_feasible() || !prng_.chance(mended_per_mille)) return better;
    Penalties const dear{penalties_.warp * mending, penalties_.load * mending};
    bill = search_.improve(mended, {}, dear, prng_, is_over);
    if (!bill.is_feasible()) return better;
    bool const is_best = consider(mended, bill);
    population_.add(std::move(mended), bill, penalties_);
    return is_best;
}

bool Genetic::consider(std::vector<Chain> const& routes, Bill const& bill) {
    if (!bill.is_feasible()) return false;
    if (!best_of_line_ || bill.driving < *best_of_line_) {
        best_of_line_ = bill.driving;
        since_better_ = 0;
    }
    if (best_bill_ && bill.driving >= best_bill_->driving) return false;
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
