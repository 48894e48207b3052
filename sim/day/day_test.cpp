#include <doctest/doctest.h>

#include "day/run_day.hpp"

namespace posthaste::day {

namespace {

// Small enough for slow checks: 5 technicians with 35 orders, of whom one falls ill.
constexpr DayShape small{
    .technicians = 5, .morning_orders = 35, .hot_orders = 6, .cancellations = 2, .ill = 1};

struct Played {
    explicit Played(std::uint64_t seed)
        : today{draw_day(small, *ground, seed)}, lists{plan_morning(today, *ground, 3000)} {}

    DayOutcome run(Dispatch way) const {
        DayOptions options{.way = way, .steps = 300};
        options.policy.replan_after = Millis{30'000};
        options.policy.replan_gain = Millis{300'000};
        return run_day(today, *ground, lists, options);
    }

    std::unique_ptr<Ground> ground = make_plane();
    ServiceDay today;
    Lists lists;
};

}  // namespace

TEST_CASE("every order of a day is served or cancelled, however it is dispatched") {
    Played const played{1};
    for (auto const way : {Dispatch::none, Dispatch::greedy, Dispatch::helping}) {
        auto const outcome = played.run(way);
        CHECK(outcome.promises == 41);
        CHECK(outcome.served + small.cancellations >= 41);
        CHECK(outcome.searches == 0);
        CHECK(outcome.driven > Metres{});
        CHECK((way == Dispatch::helping || outcome.moved == 0));
    }
}

TEST_CASE("a day planned again comes out the same each time, and drives less than a greedy one") {
    Metres driven_greedy;
    Metres driven;
    std::size_t moved = 0;
    std::size_t promises = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Played const played{seed};
        auto const greedy = played.run(Dispatch::greedy);
        auto const ours = played.run(Dispatch::replanned);
        CHECK(ours.searches > 0);
        driven_greedy = driven_greedy + greedy.driven;
        driven = driven + ours.driven;
        moved += ours.moved;
        promises += ours.promises;
        if (seed == 1) CHECK(played.run(Dispatch::replanned).hash == ours.hash);
    }
    CHECK(driven < driven_greedy);
    CHECK(moved * 10 < promises);
}

}  // namespace posthaste::day
