#include "road/journey.hpp"

#include <doctest/doctest.h>

#include "geo/distance.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

TEST_CASE("who drives is on the way all the time, never faster than a road allows, and arrives") {
    auto const roads = testing::open_random_city(5, 14);
    Query query{roads->network(), roads->lower()};
    Prng prng{11};
    std::size_t journeys = 0;
    for (int i = 0; i < 60; ++i) {
        auto const junction = [&] {
            return roads->network().places[prng.below(roads->network().junction_count())];
        };
        auto const source = junction();
        auto const target = junction();
        auto const journey = Journey::plan(*roads, query, Profile::car, source, target);
        if (!journey) continue;
        ++journeys;
        CHECK(journey->at(Millis{}) == source);
        CHECK(journey->at(journey->time()) == target);
        CHECK(journey->at(journey->time() + Millis{1'000'000}) == target);
        constexpr Millis step{1000};
        constexpr std::int64_t fastest_mm = 26'000;  // 90 km/h, and a rounding
        for (Millis since{}; since < journey->time(); since = since + step) {
            auto const mm = geo::distance_mm(journey->at(since), journey->at(since + step));
            auto const driven = journey->length_mm(since + step) - journey->length_mm(since);
            CHECK(driven >= 0);
            if (since > Millis{} && since + step < journey->time()) CHECK(mm <= fastest_mm);
        }
    }
    CHECK(journeys > 40);
}

}  // namespace
}  // namespace posthaste::road
