#include <doctest/doctest.h>

#include "day/run_day.hpp"

namespace posthaste::day {

TEST_CASE("a day") {
    auto const ground = make_plane();
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        auto const day = draw_day({}, *ground, seed);
        auto const lists = plan_morning(day, *ground, 20'000);
        for (auto const way : {Dispatch::none, Dispatch::greedy, Dispatch::replanned}) {
            DayOptions options{.way = way};
            options.policy.replan_after = Millis{30'000};
            auto const outcome = run_day(day, *ground, lists, options);
            MESSAGE(
                static_cast<int>(way),
                " late ",
                outcome.lateness.count() / 60'000,
                " min, ",
                outcome.late,
                " of ",
                outcome.served,
                " km ",
                outcome.driven.count() / 1000,
                " moved ",
                outcome.moved,
                " of ",
                outcome.promises,
                " searches ",
                outcome.searches,
                " adopted ",
                outcome.adopted,
                " hash ",
                outcome.hash
            );
        }
    }
}

}  // namespace posthaste::day
