#include "node/road_travel.hpp"

#include <doctest/doctest.h>

#include "road/testing.hpp"

namespace posthaste::node {
namespace {

using match::Travel;
using model::Position;
using road::Profile;

std::shared_ptr<road::Roads const> roads_of(std::uint64_t seed) {
    return road::testing::open_random_city(seed, 12);
}

std::unique_ptr<Travel> travel_over(std::shared_ptr<road::Roads const> const& roads) {
    auto const make = travel_on(std::make_shared<RoadTimes>(road::Conditions::free_flow(roads)));
    return make({}, {"car", "truck", "bicycle", "dray"});
}

Position somewhere(Prng& prng) {
    return {
        static_cast<std::int32_t>(577'000'000 + prng.between(0, 230'000)),
        static_cast<std::int32_t>(119'000'000 + prng.between(0, 400'000))};
}

TEST_CASE("what was foreseen is what a search of its own finds, in any order") {
    auto const roads = roads_of(3);
    auto const foreseeing = travel_over(roads);
    auto const searching = travel_over(roads);
    Prng prng{7};
    for (int round = 0; round < 20; ++round) {
        auto const hub = somewhere(prng);
        std::vector<Position> places;
        for (int i = 0; i < 30; ++i)
            places.push_back(somewhere(prng));
        std::uint8_t const kind = prng.chance(500) ? 0 : 1;
        std::span<Position const> const all{places};
        Travel::Foresight const foresight{
            .idle = all.first(10),
            .busy = all.subspan(10, 5),
            .visits = all.subspan(15),
            .stops = {&hub, 1},
            .kind = kind};
        foreseeing->foresee(foresight);
        for (auto const place : places) {
            CHECK(foreseeing->time(place, hub, kind) == searching->time(place, hub, kind));
            CHECK(foreseeing->time(hub, place, kind) == searching->time(hub, place, kind));
        }
    }
}

TEST_CASE("times are those of the roads, and of the way to them") {
    auto const roads = roads_of(3);
    auto const travel = travel_over(roads);
    match::StraightLine const straight{model::Policy{}};
    road::Query query{roads->network(), roads->lower()};
    Prng prng{9};
    std::size_t longer = 0;
    for (int i = 0; i < 200; ++i) {
        auto const from = somewhere(prng);
        auto const to = somewhere(prng);
        auto const source = roads->index().snap(from, Profile::car, {.reach = road_reach});
        auto const target = roads->index().snap(to, Profile::car, {.reach = road_reach});
        REQUIRE(source);
        REQUIRE(target);
        auto const drive = query.time(*roads->metric(Profile::car), source->place, target->place);
        auto const expected = straight.time(from, source->on_road, 0) + Millis{drive} +
                              straight.time(to, target->on_road, 0);
        CHECK(travel->time(from, to, 0) == std::max(expected, Millis{1}));
        if (travel->time(from, to, 0) > straight.time(from, to, 0)) ++longer;
    }
    CHECK(longer > 50);
    CHECK(longer < 200);
}

TEST_CASE("off the roads, and for who has none, the time is that without roads") {
    auto const travel = travel_over(roads_of(3));
    match::StraightLine const straight{model::Policy{}};
    Position const here{577'100'000, 119'100'000};
    Position const far{579'100'000, 119'100'000};
    CHECK(travel->time(here, far, 0) == straight.time(here, far, 0));
    Position const near{577'101'000, 119'150'000};
    constexpr std::uint8_t bicycle = 2;
    CHECK(travel->time(here, near, bicycle) == straight.time(here, near, bicycle));
    CHECK(travel->time(here, here, 0) == Millis{});
}

TEST_CASE("kinds of vehicle have their profile by name, and others drive as cars") {
    CHECK(profile_of("truck") == Profile::truck);
    CHECK(profile_of("cargo_bike") == Profile::bicycle);
    CHECK(profile_of("ambulance") == Profile::emergency);
    CHECK(profile_of("dray") == Profile::car);
}

TEST_CASE("newer conditions are answered with from when they are adopted on, at every place") {
    auto const roads = roads_of(3);
    auto const times = std::make_shared<RoadTimes>(road::Conditions::free_flow(roads));
    auto const travel = travel_on(times)({}, {"car"});
    Prng prng{21};
    std::vector<std::array<Position, 2>> pairs;
    for (int i = 0; i < 50; ++i)
        pairs.push_back({somewhere(prng), somewhere(prng)});
    std::vector<Millis> before;
    for (auto const& [from, to] : pairs)
        before.push_back(travel->time(from, to, 0));
    road::Factors factors{std::vector<std::uint16_t>(roads->network().edge_count(), 2000)};
    auto const slow = road::Conditions::make(roads, {.factors = factors});
    times->adopt(slow);
    CHECK(travel->hash() == slow->hash());
    std::size_t slower = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto const now = travel->time(pairs[i][0], pairs[i][1], 0);
        CHECK(now >= before[i]);
        if (now.count() > before[i].count() * 5 / 4) ++slower;
    }
    CHECK(slower > 40);
    times->adopt(road::Conditions::free_flow(roads));
    for (std::size_t i = 0; i < pairs.size(); ++i)
        CHECK(travel->time(pairs[i][0], pairs[i][1], 0) == before[i]);
}

TEST_CASE("who stands on a closed road, or is wanted there, has the nearest open one") {
    auto const roads = roads_of(3);
    auto const times = std::make_shared<RoadTimes>(road::Conditions::free_flow(roads));
    auto const travel = travel_on(times)({}, {"car"});
    Prng prng{22};
    int reached = 0;
    for (int i = 0; i < 20; ++i) {
        auto const from = somewhere(prng);
        auto const to = somewhere(prng);
        auto const there = times->spot(to, Profile::car);
        REQUIRE(there.place.count > 0);
        road::Factors factors{
            std::vector<std::uint16_t>(roads->network().edge_count(), road::as_free)};
        for (auto const spot : there.place.all())
            factors.per_mille[spot.edge] = road::closed;
        times->adopt(road::Conditions::make(roads, {.factors = factors}));
        CHECK(times->spot(to, Profile::car).on_road != there.on_road);
        bool const both = travel->time(from, to, 0) < match::travel_max &&
                          travel->time(to, from, 0) < match::travel_max;
        if (both) ++reached;
        times->adopt(road::Conditions::free_flow(roads));
    }
    CHECK(reached >= 18);  // the open road may lead nowhere else
}

TEST_CASE("the hash tells one network from another, and from none") {
    auto const one = roads_of(3);
    CHECK(travel_over(one)->hash() != 0);
    CHECK(travel_over(one)->hash() == travel_over(roads_of(3))->hash());
    CHECK(travel_over(one)->hash() != travel_over(roads_of(4))->hash());
}

}  // namespace
}  // namespace posthaste::node
