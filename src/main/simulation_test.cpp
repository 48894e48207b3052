#include "main/simulation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "demand/generate.hpp"
#include "road/testing.hpp"

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

std::shared_ptr<road::Roads const> small_town() {
    auto name = (std::filesystem::temp_directory_path() / "simulate-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    auto const file = std::filesystem::path{name} / "town.roads";
    auto const columns = road::testing::random_city(3, 20);
    REQUIRE(road::write_network(columns, road::testing::motor, file).ok());
    auto opened = road::Roads::open(file);
    std::filesystem::remove_all(name);
    REQUIRE(opened.ok());
    return std::move(opened).value();
}

}  // namespace

TEST_CASE("a small city with enough agents serves nearly everybody, the same every time") {
    demand::City city{.seed = 7, .start = Instant{1'780'293'600'000}, .length = Millis{3'600'000}};
    city.agents = 60;
    city.trips_per_day = 60 * 24;
    city.curve = demand::Curve::flat;
    std::int64_t trips = 0;
    std::int64_t done = 0;
    for (std::uint64_t seed = 5; seed < 9; ++seed) {
        city.seed = seed;
        auto const kpis = run(city);
        trips += kpis.trips;
        done += kpis.done;
        CHECK(kpis.trips > 40);
        CHECK(kpis.refused == 0);
        CHECK(kpis.wait_p90 <= Millis{60'000});
        CHECK(run(city).hash == kpis.hash);
    }
    CHECK(done * 100 >= trips * 90);  // of four hours: some are still on the way at the end of each
}

TEST_CASE("on roads a town is served too, over longer ways, the same every time") {
    auto const roads = small_town();
    demand::City city{.seed = 7, .start = Instant{1'780'293'600'000}, .length = Millis{3'600'000}};
    city.agents = 40;
    city.trips_per_day = 40 * 24;
    city.curve = demand::Curve::flat;
    demand::Places places;
    for (auto const place : roads->network().places)
        places.nodes.push_back(place);
    std::ranges::sort(places.nodes);
    auto const run_on = [&](std::shared_ptr<road::Roads const> const& ground) {
        auto const trips = demand::make_trips(city, places);
        auto fleet = demand::make_fleet(city, places);
        for (auto& member : fleet)
            member.shift = {};
        auto const done = simulate({.roads = ground}, fleet, *trips, [](Millis, std::int64_t) {});
        REQUIRE(done.ok());
        return done.value();
    };
    auto const kpis = run_on(roads);
    CHECK(kpis.trips > 25);
    CHECK(kpis.done * 100 >= kpis.trips * 80);
    CHECK(kpis.driven_mm > 0);
    CHECK(run_on(roads).hash == kpis.hash);
    CHECK(run_on(nullptr).hash != kpis.hash);
}

}  // namespace posthaste::main
