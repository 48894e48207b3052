#include "plan/search.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "plan/genetic/genetic.hpp"
#include "plan/island.hpp"

namespace posthaste::plan {

namespace {

// How much of a budget is used; asks the clock no more often than is needed.
class Meter {
public:
    explicit Meter(Budget const& budget) : budget_{budget} {}

    bool is_over() {
        if (budget_.steps > 0 && steps_ >= budget_.steps) return true;
        if (budget_.micros == 0) return false;
        if (steps_ >= ask_at_) ask();
        return micros_ >= budget_.micros;
    }

    bool is_out_of_time() const { return micros_ >= budget_.micros; }
    void count_step() { ++steps_; }

    void ask() {
        micros_ = budget_.clock();
        auto const each = micros_ / static_cast<std::int64_t>(steps_ + 1);
        ask_at_ = steps_ + static_cast<std::uint64_t>(std::clamp<std::int64_t>(
                               100 / std::max<std::int64_t>(1, each), 1, 100
                           ));
    }

    std::uint32_t done() const {
        std::uint64_t done = 0;
        if (budget_.steps > 0) done = steps_ * Cooling::done_max / budget_.steps;
        if (budget_.micros > 0) {
            auto const used = static_cast<std::uint64_t>(micros_) * Cooling::done_max /
                              static_cast<std::uint64_t>(budget_.micros);
            done = std::max(done, used);
        }
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(done, Cooling::done_max));
    }

    Progress progress(Score const& score) const { return {steps_, micros_, score}; }
    std::uint64_t steps() const { return steps_; }

private:
    Budget const& budget_;
    std::uint64_t steps_ = 0;
    std::uint64_t ask_at_ = 0;
    std::int64_t micros_ = 0;
};

// From here on children of many plans, instead of steps of one, up to so many visits; above that
// many less and less of the time.
constexpr std::uint32_t all_genetic = 500;
constexpr std::uint32_t no_genetic = 1600;

class Search {
public:
    Search(Problem const& problem, Budget const& budget, Settings const& settings)
        : meter_{budget}, settings_{settings}, island_{problem, settings.seed} {}

    Answer run(Budget const& budget) {
        island_.start_from_routes();
        while (island_.construct_one()) {
            if (budget.micros > 0) meter_.ask();
            if (meter_.is_over()) break;
        }
        island_.settle();
        tell();
        auto const annealed = annealed_until(budget);
        while (!meter_.is_over() && meter_.done() < annealed) {
            island_.step(meter_.done() * Cooling::done_max / annealed);
            meter_.count_step();
            if (island_.best_score() < told_) tell();
        }
        if (!meter_.is_over()) breed(budget);
        Answer answer;
        answer.routes = island_.best_routes();
        answer.score = island_.best_score();
        answer.unserved = island_.best_absent();
        std::ranges::sort(answer.unserved);
        answer.steps = meter_.steps();
        return answer;
    }

private:
    // How much of the budget goes into the annealing; the rest into the genetic search.
    std::uint32_t annealed_until(Budget const& budget) {
        auto const& instance = island_.instance();
        auto const visits = instance.visit_count;
        constexpr auto all = Cooling::done_max + 1;
        if (visits < 3 || visits >= no_genetic || !is_plain(instance)) return all;
        if (!island_.best_absent().empty()) return all;
        // Some times what its first plans take: a short deadline has better use for the time.
        auto const worth = 50 * std::int64_t{visits} * visits;
        if (budget.micros > 0 && budget.micros < worth) return all;
        if (visits <= all_genetic) return 0;
        return Cooling::done_max * (visits - all_genetic) / (no_genetic - all_genetic);
    }

    void breed(Budget const& budget) {
        auto const going = std::ranges::count_if(island_.best(), [](auto const& visits) {
            return !visits.empty();
        });
        Genetic genetic{island_.instance(), settings_.seed, static_cast<std::size_t>(going)};
        std::uint32_t asked = 0;
        auto const is_over = [&] {
            if (budget.micros == 0 || ++asked % 4 != 0) return false;
            meter_.ask();
            return meter_.is_out_of_time();
        };
        genetic.add(island_.best(), is_over);
        while (!meter_.is_over()) {
            bool better = false;
            if (genetic.wants_more()) {
                auto const scattered = island_.scatter(is_over);
                if (meter_.is_over()) break;
                better = genetic.add(scattered, is_over);
            } else {
                better = genetic.step(is_over);
            }
            meter_.count_step();
            if (budget.micros > 0) meter_.ask();
            if (!better) continue;
            island_.adopt(genetic.best());
            tell();
        }
    }

    void tell() {
        told_ = island_.best_score();
        if (settings_.on_better) settings_.on_better(meter_.progress(told_));
    }

    Meter meter_;
    Settings const& settings_;
    Island island_;
    Score told_;
};

}  // namespace

Answer solve(Problem const& problem, Budget const& budget, Settings const& settings) {
    ASSERT(budget.steps > 0 || budget.micros > 0);
    ASSERT(budget.micros == 0 || budget.clock);
    ASSERT(settings.islands > 0);
    std::vector<Answer> answers(settings.islands);
    std::vector<std::function<void()>> tasks;
    for (std::uint32_t i = 0; i < settings.islands; ++i) {
        tasks.emplace_back([&, i] {
            Settings own{settings.seed + i, 1, {}, {}};
            if (i == 0) own.on_better = settings.on_better;
            answers[i] = Search{problem, budget, own}.run(budget);
        });
    }
    if (settings.crew) {
        settings.crew(tasks);
    } else {
        for (auto const& task : tasks)
            task();
    }
    auto const best = std::ranges::min_element(answers, {}, &Answer::score);
    return std::move(*best);
}

}  // namespace posthaste::plan
