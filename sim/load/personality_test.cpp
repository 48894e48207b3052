#include "load/personality.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "geo/distance.hpp"

using posthaste::Millis;
using posthaste::Prng;
using posthaste::load::drive;
using posthaste::load::Response;
using posthaste::model::Position;

namespace load = posthaste::load;

TEST_CASE("The same seed and number are the same agent") {
    CHECK(load::draw_personality(42, 7) == load::draw_personality(42, 7));
    bool differs = false;
    for (std::uint64_t i = 0; i < 20; ++i)
        differs = differs || load::draw_personality(42, i) != load::draw_personality(43, i);
    CHECK(differs);
}

TEST_CASE("Of many offers about 5 % are not accepted, few of them without an answer") {
    Prng prng{42};
    int declined = 0;
    int ignored = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        auto const who = load::draw_personality(42, i);
        auto const response = load::draw_response(who, prng);
        declined += response == Response::decline ? 1 : 0;
        ignored += response == Response::ignore ? 1 : 0;
        auto const thinking = load::draw_thinking(who, prng);
        CHECK(thinking >= who.think_min);
        CHECK(thinking <= who.think_max);
    }
    CHECK(declined > 600);
    CHECK(declined < 1400);
    CHECK(ignored > 20);
    CHECK(ignored < 250);
}

TEST_CASE("Whoever drives on arrives, never faster than the speed says") {
    Prng prng{42};
    for (int i = 0; i < 500; ++i) {
        auto const near = [&](std::int32_t around) {
            return around + static_cast<std::int32_t>(prng.between(-2'000'000, 2'000'000));
        };
        Position place{near(577'000'000), near(119'700'000)};
        Position const target{near(577'000'000), near(119'700'000)};
        auto const whole = posthaste::geo::distance_mm(place, target);
        auto const speed = prng.between(1000, 30'000);
        std::int64_t ticks = 0;
        while (place != target) {
            auto const next = drive(place, target, speed, Millis{4000});
            // The distance is true to 0.1 %, a step of 1e-7 degree is 11 mm.
            CHECK(posthaste::geo::distance_mm(place, next) <= speed * 4 * 1001 / 1000 + 60);
            place = next;
            ++ticks;
            REQUIRE(ticks <= whole / (speed * 4) + whole / 100'000 + 3);
        }
    }
}

TEST_CASE("The short way leads over the date line") {
    auto const next = drive({0, 1'799'999'000}, {0, -1'799'999'000}, 10'000, Millis{1000});
    CHECK((next.lon > 1'799'999'000 || next.lon <= -1'799'999'000));
}
