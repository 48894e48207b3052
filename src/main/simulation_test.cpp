#include "main/simulation.hpp"

#include <doctest/doctest.h>

#include "demand/generate.hpp"

namespace posthaste::main {
namespace {

Kpis run(demand::City const& city) {
    auto const places = demand::grid_places({577'000'000, 119'700'000}, 60);
    auto const trips = demand::make_trips(city, places);
    auto fleet = demand::make_fleet(city, places);
    for (auto& member : fleet)
        member.shift = {};
    auto const done = simulate({}, fleet, *trips, [](Millis, std::int64_t) {});
    REQUIRE(done.ok());
    return done.value();
}

}  // namespace

TEST_CASE("a small city with enough agents serves nearly everybody, the same every time") {
    demand::City city{.seed = 7, .start = Instant{1'780'293'600'000}, .length = Millis{3'600'000}};
    city.agents = 60;
    city.trips_per_day = 60 * 24;
    city.curve = demand::Curve::flat;
    auto const kpis = run(city);
    CHECK(kpis.trips > 40);
    CHECK(kpis.refused == 0);
    CHECK(kpis.done * 100 >= kpis.trips * 90);
    CHECK(kpis.wait_p90 <= Millis{60'000});
    CHECK(run(city).hash == kpis.hash);
}

}  // namespace posthaste::main
