#include "load/pace.hpp"

#include <doctest/doctest.h>

using posthaste::Instant;
using posthaste::Millis;
using posthaste::load::demand_of;
using posthaste::load::Pace;
using posthaste::load::profile_named;

namespace demand = posthaste::demand;

TEST_CASE("At twice the speed a minute of the trace takes half a minute") {
    Pace const pace{Instant{1'000'000}, Instant{5'000'000}, 2000};
    CHECK(pace.wall(Instant{1'000'000}) == Instant{5'000'000});
    CHECK(pace.wall(Instant{1'060'000}) == Instant{5'030'000});
}

TEST_CASE("A window keeps its length at any speed and never begins before it is asked for") {
    Pace const pace{Instant{0}, Instant{5'000'000}, 3000};
    demand::Trip trip;
    trip.time = Instant{60'000};
    trip.window = {Instant{50'000}, Instant{960'000}};
    auto const window = pace.window(trip, Instant{5'020'000});
    CHECK(window.earliest == Instant{5'020'000});
    CHECK(window.latest == Instant{5'920'000});  // 900 s after it was asked for
    trip.window = {};
    CHECK(pace.window(trip, Instant{5'020'000}) == posthaste::model::Window{});
}

TEST_CASE("Each profile brings about as many jobs as its name says") {
    for (auto const* const name : {"baseline", "3.8M", "day", "132", "1000"}) {
        auto const profile = profile_named(name);
        REQUIRE(profile);
        std::int64_t const seconds = 40;
        auto made =
            demand_of(profile->jobs_per_second, profile->curve, seconds, Instant{86'400'000});
        auto const places = demand::grid_places({577'000'000, 119'700'000}, 10);
        auto const source = demand::make_trips(made.city, places);
        Pace const pace{made.city.start, Instant{0}, made.speed};
        std::int64_t count = 0;
        Instant last;
        for (;;) {
            auto const trip = source->next();
            REQUIRE(trip.ok());
            if (!trip.value()) break;
            ++count;
            CHECK(pace.wall(trip.value()->time) >= last);
            last = pace.wall(trip.value()->time);
        }
        auto const wanted = profile->jobs_per_second * seconds;
        CHECK(count > wanted * 8 / 10);
        CHECK(count < wanted * 12 / 10);
        CHECK(last <= Instant{(seconds + 1) * 1000});
    }
    CHECK_FALSE(profile_named("another"));
}
