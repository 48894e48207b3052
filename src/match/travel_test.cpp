#include "match/travel.hpp"

#include <doctest/doctest.h>

#include "base/prng.hpp"

namespace posthaste::match {
namespace {

model::Policy policy_of(std::int32_t detour_per_mille, std::int32_t speed_mm_s) {
    model::Policy policy;
    policy.detour_per_mille = detour_per_mille;
    policy.speed_mm_s.fill(speed_mm_s);
    return policy;
}

/// Whether `found` is within `per_mille` of `wanted`.
bool is_near(std::int64_t found, std::int64_t wanted, std::int64_t per_mille) {
    return std::abs(found - wanted) * 1000 <= wanted * per_mille;
}

}  // namespace

TEST_CASE("a degree of latitude is 111.195 km, of longitude at 60 degrees half of it") {
    // 1.3 x 111,195 m / 10 m/s = 14,455 s.
    StraightLine const travel{policy_of(1300, 10'000)};
    auto const north = travel.time({0, 0}, {10'000'000, 0}, 0);
    CHECK(is_near(north.count(), 14'455'350, 1));
    auto const east = travel.time({600'000'000, 0}, {600'000'000, 10'000'000}, 0);
    CHECK(is_near(east.count(), 14'455'350 / 2, 1));
    // Gothenburg's station to its airport: 18.852 km by the haversine, so 2450 s.
    auto const airport = travel.time({577'089'000, 119'746'000}, {576'628'000, 122'798'000}, 0);
    CHECK(is_near(airport.count(), 2'450'000, 1));
}

TEST_CASE("a drive across the date line goes the short way") {
    StraightLine const travel{policy_of(1000, 1000)};
    // 0.2 degrees on the equator, at 1 m/s: 22,239 s.
    auto const found = travel.time({0, 1'799'000'000}, {0, -1'799'000'000}, 0);
    CHECK(is_near(found.count(), 22'239'000, 1));
}

TEST_CASE("only equal places are no time apart, and no time is above the most") {
    StraightLine const fast{policy_of(1, 2'000'000'000)};
    CHECK(fast.time({5, 5}, {5, 5}, 3) == Millis{});
    CHECK(fast.time({5, 5}, {5, 6}, 3) == Millis{1});
    StraightLine const slow{policy_of(StraightLine::detour_per_mille_max, 1)};
    CHECK(slow.time({900'000'000, 0}, {-900'000'000, 0}, 3) == travel_max);
}

TEST_CASE("a kind has its own speed, and a time is rounded up") {
    model::Policy policy = policy_of(1000, 10'000);
    policy.speed_mm_s[2] = 5000;
    StraightLine const travel{policy};
    Millis const car = travel.time({0, 0}, {0, 100'000}, 0);
    Millis const bicycle = travel.time({0, 0}, {0, 100'000}, 2);
    CHECK(bicycle > car * 2 - Millis{2});
    CHECK(bicycle <= car * 2);
}

TEST_CASE("there and back take the same time, and no detour is shorter, seed 42") {
    StraightLine const travel{policy_of(1300, 12'345)};
    Prng prng{42};
    for (int round = 0; round < 2000; ++round) {
        auto const place = [&] {
            return model::Position{
                static_cast<std::int32_t>(577'000'000 + prng.between(-3'000'000, 3'000'000)),
                static_cast<std::int32_t>(119'000'000 + prng.between(-3'000'000, 3'000'000))};
        };
        auto const a = place();
        auto const b = place();
        auto const c = place();
        CHECK(travel.time(a, b, 0) == travel.time(b, a, 0));
        Millis const direct = travel.time(a, c, 0);
        Millis const around = travel.time(a, b, 0) + travel.time(b, c, 0);
        // The cosine is taken at each pair's own middle latitude: a few parts in a thousand.
        CHECK(direct.count() * 995 <= around.count() * 1000 + 5000);
    }
}

}  // namespace posthaste::match
