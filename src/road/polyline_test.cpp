#include "road/polyline.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/prng.hpp"
#include "geo/distance.hpp"

namespace posthaste::road {
namespace {

std::vector<Position> random_line(Prng& prng) {
    std::vector<Position> line;
    for (auto count = prng.below(20); count > 0; --count)
        line.push_back(
            {static_cast<std::int32_t>(prng.between(-model::lat_max, model::lat_max)),
             static_cast<std::int32_t>(prng.between(-model::lon_max, model::lon_max))}
        );
    return line;
}

TEST_CASE("the example of the format's own description") {
    std::vector<Position> const line{
        {385'000'000, -1'202'000'000},
        {407'000'000, -1'209'500'000},
        {432'520'000, -1'264'530'000}};
    CHECK(encode(line, Precision::five) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
    CHECK(encode(line, Precision::six) == "_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI");
    CHECK(decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@", Precision::five, 3) == line);
    CHECK(encode({}, Precision::five).empty());
}

TEST_CASE("what was encoded is decoded, rounded to the precision") {
    Prng prng{42};
    for (int round = 0; round < 2000; ++round) {
        auto const line = random_line(prng);
        for (auto const precision : {Precision::five, Precision::six}) {
            auto const unit = precision == Precision::five ? 100 : 10;
            auto const decoded = decode(encode(line, precision), precision, line.size());
            REQUIRE(decoded);
            REQUIRE(decoded->size() == line.size());
            for (std::size_t i = 0; i < line.size(); ++i) {
                CHECK((*decoded)[i].lat % unit == 0);
                CHECK(std::abs((*decoded)[i].lat - line[i].lat) <= unit / 2);
                CHECK(std::abs((*decoded)[i].lon - line[i].lon) <= unit / 2);
            }
            CHECK(encode(*decoded, precision) == encode(line, precision));
        }
    }
}

TEST_CASE("text that is no polyline is refused") {
    for (auto const* const text :
         {"_p~iF", "_p~iF~ps|", "a b", "\x7f\x7f", "~~~~~~~~~~~~~~~~~~~~", "_p~iF~ps|U_"})
        CHECK_FALSE(decode(text, Precision::five, 10));
    // Off the earth, and too many.
    CHECK_FALSE(decode(encode({{Position{900'000'000, 0}}}, Precision::six), Precision::five, 10));
    CHECK_FALSE(decode("????", Precision::five, 1));
    CHECK(decode("????", Precision::five, 2));
    Prng prng{42};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto count = prng.below(30); count > 0; --count)
            text += static_cast<char>(prng.between(60, 127));
        auto const line = decode(text, Precision::five, 30);
        if (line) CHECK(std::ranges::all_of(*line, model::is_on_earth));
    }
}

TEST_CASE("a simplified line keeps its ends, and nothing is far from it") {
    Prng prng{42};
    for (int round = 0; round < 200; ++round) {
        std::vector<Position> line;
        Position at{577'000'000, 119'000'000};
        for (auto count = 1 + prng.below(300); count > 0; --count) {
            line.push_back(at);
            at.lat += static_cast<std::int32_t>(prng.between(-2000, 4000));
            at.lon += static_cast<std::int32_t>(prng.between(-3000, 5000));
        }
        auto const simple = simplify(line);
        CHECK(simple.size() <= line.size());
        CHECK(simple.front() == line.front());
        CHECK(simple.back() == line.back());
        // In order, and of the line's own points.
        auto next = line.begin();
        for (auto const place : simple) {
            next = std::find(next, line.end(), place);
            REQUIRE(next != line.end());
        }
        std::int64_t extent = 0;
        for (auto const place : line)
            extent = std::max(extent, geo::distance_mm(line.front(), place));
        // To the nearest of many points along each leg that is left.
        for (auto const place : line) {
            auto nearest = extent;
            for (std::size_t i = 0; i + 1 < simple.size(); ++i) {
                for (int part = 0; part <= 64; ++part) {
                    auto const between = [&](std::int64_t a, std::int64_t b) {
                        return static_cast<std::int32_t>(a + (b - a) * part / 64);
                    };
                    Position const along{
                        between(simple[i].lat, simple[i + 1].lat),
                        between(simple[i].lon, simple[i + 1].lon)};
                    nearest = std::min(nearest, geo::distance_mm(place, along));
                }
            }
            CHECK(nearest <= extent / 50 + 1);
        }
    }
    std::vector<Position> const straight{{0, 0}, {0, 10'000}, {0, 20'000}, {0, 30'000}};
    CHECK(simplify(straight).size() == 2);
    std::vector<Position> const there_and_back{{0, 0}, {0, 30'000}, {0, 0}};
    CHECK(simplify(there_and_back) == there_and_back);
}

}  // namespace
}  // namespace posthaste::road
