#include "plan/search.hpp"

#include <algorithm>

#include "base/assert.hpp"
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

}  // namespace

Answer solve(Problem const& problem, Budget const& budget, Settings const& settings) {
    Meter meter{budget};
    Island island{problem, settings.seed};
    island.start_from_routes();
    while (island.construct_one()) {
        if (budget.micros > 0) meter.ask();
        if (meter.is_over()) break;
    }
    island.settle();
    auto told = island.best_score();
    if (settings.on_better) settings.on_better(meter.progress(told));
    while (!meter.is_over()) {
        island.step(meter.done());
        meter.count_step();
        if (settings.on_better && island.best_score() < told) {
            told = island.best_score();
            settings.on_better(meter.progress(told));
        }
    }
    Answer answer;
    answer.routes = island.best_routes();
    answer.score = island.best_score();
    answer.unserved = island.best_absent();
    std::ranges::sort(answer.unserved);
    answer.steps = meter.steps();
    return answer;
}

}  // namespace posthaste::plan
