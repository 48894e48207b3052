#include "geo/distance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/prng.hpp"

namespace posthaste::geo {

namespace {

// What the fixed-point answer is measured against.
double haversine_m(Position a, Position b) {
    double const radians = std::acos(-1.0) / 180 / 1e7;
    double const lat = std::sin((a.lat * radians - b.lat * radians) / 2);
    double const lon = std::sin((a.lon * radians - b.lon * radians) / 2);
    double const h = lat * lat + std::cos(a.lat * radians) * std::cos(b.lat * radians) * lon * lon;
    return 2 * 6'371'008.8 * std::asin(std::sqrt(std::min(1.0, h)));
}

Position random_position(Prng& prng, std::int32_t lat_limit = model::lat_max) {
    return {
        static_cast<std::int32_t>(prng.between(-lat_limit, lat_limit)),
        static_cast<std::int32_t>(prng.between(-model::lon_max, model::lon_max))};
}

}  // namespace

TEST_CASE("the root is the largest whose square fits") {
    CHECK(isqrt(0) == 0);
    CHECK(isqrt(15) == 3);
    CHECK(isqrt(16) == 4);
    CHECK(isqrt(std::numeric_limits<std::uint64_t>::max()) == 0xffff'ffff);
    Prng prng{42};
    for (int i = 0; i < 200'000; ++i) {
        std::uint64_t const value = prng.next() >> prng.below(64);
        std::uint64_t const root = isqrt(value);
        REQUIRE(root * root <= value);
        REQUIRE((root == 0xffff'ffff || (root + 1) * (root + 1) > value));
        REQUIRE(isqrt(root * root) == root);
    }
}

TEST_CASE("cosines are true to six digits, and fall") {
    CHECK(cosine(0) == 1 << 30);
    CHECK(cosine(quarter_turn * 2 / 3) == doctest::Approx(1 << 29).epsilon(1e-6));
    CHECK(std::abs(cosine(quarter_turn)) < 500);
    for (std::int64_t angle = 1'000'000; angle <= quarter_turn; angle += 1'000'000)
        REQUIRE(cosine(angle) < cosine(angle - 1'000'000));
}

TEST_CASE("a degree of the meridian is 111,195 m, and half of that along latitude 60") {
    CHECK(distance({0, 0}, {10'000'000, 0}) == Metres{111'195});
    CHECK(distance({600'000'000, 0}, {600'000'000, 10'000'000}) == Metres{55'598});
    CHECK(distance_mm({0, 0}, {0, 90}) == 1001);  // 90 units of 11.12 mm
    CHECK(distance({1, 1}, {1, 1}) == Metres{0});
}

TEST_CASE("the antimeridian is no border, and the poles are points") {
    CHECK(distance({0, 1'799'999'000}, {0, -1'799'999'000}) == Metres{22});
    CHECK(distance({900'000'000, 0}, {900'000'000, 1'234'567'890}) == Metres{0});
    CHECK(distance({900'000'000, 0}, {-900'000'000, 0}) == Metres{20'015'114});
    CHECK(distance({0, 0}, {0, 1'800'000'000}) == Metres{20'015'114});
    CHECK(
        distance({899'000'000, 0}, {899'000'000, 1'800'000'000}).count() ==
        doctest::Approx(22'239).epsilon(0.001)
    );
}

TEST_CASE("any two places: within 0.1 % of the haversine, and the same both ways") {
    Prng prng{42};
    for (int i = 0; i < 100'000; ++i) {
        Position const a = random_position(prng);
        Position const b = random_position(prng);
        double const truth = haversine_m(a, b);
        REQUIRE(
            static_cast<double>(distance(a, b).count()) == doctest::Approx(truth).epsilon(0.001)
        );
        REQUIRE(square(a, b) == square(b, a));
        REQUIRE(distance(a, b) <= distance_max);
    }
}

TEST_CASE("places in one city or county: within 0.1 % and a centimetre") {
    Prng prng{43};
    for (int i = 0; i < 100'000; ++i) {
        Position const a = random_position(prng, 800'000'000);
        std::int64_t const reach = std::int64_t{100} << prng.below(19);
        Position const b{
            static_cast<std::int32_t>(a.lat + prng.between(-reach, reach)),
            static_cast<std::int32_t>(std::clamp<std::int64_t>(
                a.lon + prng.between(-reach, reach), -model::lon_max, model::lon_max
            ))};
        double const truth_mm = haversine_m(a, b) * 1000;
        double const error = std::abs(static_cast<double>(distance_mm(a, b)) - truth_mm);
        REQUIRE(error <= truth_mm * 0.001 + 12);
    }
}

TEST_CASE("the limit of squares separates whole metres exactly") {
    Prng prng{44};
    for (int i = 0; i < 50'000; ++i) {
        Metres const metres{static_cast<std::int64_t>(prng.below(20'015'000) >> prng.below(24))};
        std::uint64_t const limit = square_limit(metres);
        REQUIRE(metres_of(limit - 1) == metres);
        REQUIRE(metres_of(limit) == metres + Metres{1});
    }
    CHECK(square_limit(Metres{-1}) == 0);
    CHECK(square_limit(Metres{1'000'000'000'000}) == square_limit(distance_max));
}

}  // namespace posthaste::geo
