#include "node/outside_travel.hpp"

#include <doctest/doctest.h>

namespace posthaste::node {

using model::Position;
using model::TravelSource;

namespace {

Position const here{577'000'000, 119'000'000};
Position const there{577'500'000, 119'500'000};
constexpr Instant now{1'800'000'000'000};

struct Outside {
    std::shared_ptr<OutsideTimes> times = std::make_shared<OutsideTimes>();
    std::unique_ptr<match::Travel> travel = travel_outside(times)({}, {"car", "bicycle"});
    match::StraightLine straight{model::Policy{}};

    void learn(std::vector<OutsideTime> all, Instant at, Instant oldest = {}) const {
        auto const hash = times->offer(std::move(all), at, oldest);
        times->adopt();
        CHECK(travel->hash() == hash);
    }
};

}  // namespace

TEST_CASE("what is not known is wished for, and until it is there the time is that without roads") {
    Outside outside;
    CHECK(outside.travel->time(here, there, 0) == outside.straight.time(here, there, 0));
    CHECK(outside.travel->time(here, there, 0) == outside.straight.time(here, there, 0));
    auto const wishes = outside.times->take_wishes(10);
    REQUIRE(wishes.size() == 1);
    CHECK(wishes[0] == outside_pair(here, there, road::Profile::car));
    CHECK(outside.times->take_wishes(10).empty());

    outside.learn({{wishes[0], Millis{777'000}}}, now);
    CHECK(outside.travel->time(here, there, 0) == Millis{777'000});
    Position const beside{here.lat + 3000, here.lon};
    CHECK(outside.travel->time(beside, there, 0) == Millis{777'000});  // the same cell
    CHECK(outside.travel->time(there, here, 0) != Millis{777'000});
    CHECK(outside.travel->time(here, there, 1) != Millis{777'000});  // another profile
    auto const answered = outside.times->answered();
    CHECK(answered[static_cast<std::size_t>(TravelSource::outside)] == 2);
    CHECK(answered[static_cast<std::size_t>(TravelSource::great_circle)] == 4);
    CHECK(outside.travel->outlook(Millis{1000}, there, {}).source == TravelSource::outside);
}

TEST_CASE("what is offered in two parts is adopted whole; no way is no way") {
    Outside outside;
    auto const pair = outside_pair(here, there, road::Profile::car);
    auto const back = outside_pair(there, here, road::Profile::car);
    outside.times->offer({{pair, match::travel_max}}, now, {});
    outside.learn({{back, Millis{5000}}}, now);
    CHECK(outside.travel->time(here, there, 0) == match::travel_max);
    CHECK(outside.travel->time(there, here, 0) == Millis{5000});
}

TEST_CASE("what the other server has no time for is not asked again for a while") {
    Outside outside;
    outside.learn({{outside_pair(here, there, road::Profile::car), std::nullopt}}, now);
    CHECK(outside.travel->time(here, there, 0) == outside.straight.time(here, there, 0));
    CHECK(outside.times->take_wishes(10).empty());
}

TEST_CASE("a time that is too old is forgotten, one that was renewed is not") {
    Outside outside;
    auto const pair = outside_pair(here, there, road::Profile::car);
    auto const back = outside_pair(there, here, road::Profile::car);
    outside.learn({{pair, Millis{5000}}, {back, Millis{6000}}}, now);
    auto const later = now + Millis{600'000};
    outside.learn({{pair, Millis{7000}}}, later, now + Millis{1});
    CHECK(outside.travel->time(here, there, 0) == Millis{7000});
    CHECK(outside.travel->time(there, here, 0) == outside.straight.time(there, here, 0));
    outside.learn({}, later + Millis{1}, later + Millis{1});
    CHECK(outside.times->size() == 0);
}

TEST_CASE("wishes are bounded, and places in one cell need none") {
    Outside outside;
    CHECK(outside.travel->time(here, {here.lat + 1000, here.lon}, 0) > Millis{});
    CHECK(outside.times->take_wishes(10).empty());
    for (std::int32_t i = 0; i < 25'000; ++i)
        outside.travel->time(here, {there.lat, there.lon + i * 10'000}, 0);
    CHECK(outside.times->take_wishes(100'000).size() == OutsideTimes::wishes_max);
}

}  // namespace posthaste::node
