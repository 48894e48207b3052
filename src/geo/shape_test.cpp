#include "geo/shape.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/prng.hpp"

namespace posthaste::geo {

namespace {

model::Zone ring(std::vector<Position> points) {
    model::Zone zone;
    zone.ring = std::move(points);
    return zone;
}

model::Zone circle(Position centre, std::int64_t radius_m) {
    model::Zone zone;
    zone.centre = centre;
    zone.radius = Metres{radius_m};
    return zone;
}

bool holds_at(model::Zone const& zone, Position place) {
    auto const shape = detail::make_shape(zone);
    return detail::holds(shape, detail::to_plane_near(shape, place));
}

}  // namespace

TEST_CASE("a zone that cannot be is told why") {
    auto const good = ring({{0, 0}, {0, 1000}, {1000, 1000}, {1000, 0}});
    CHECK(!zone_fault(good));
    CHECK(zone_fault(ring({{0, 0}, {0, 1000}})) == "a ring has at least 3 points");
    CHECK(zone_fault(ring(std::vector<Position>(2001))) == "a ring has at most 2000 points");
    CHECK(
        zone_fault(ring({{0, 0}, {0, 1000}, {900'000'001, 0}})) ==
        "a point of the ring is not on the earth"
    );
    CHECK(zone_fault(ring({{0, 0}, {0, 1000}, {0, 2000}})) == "the ring has no area");
    CHECK(
        zone_fault(ring({{0, 0}, {0, 1000}, {1000, 1000}, {0, 0}})) ==
        "two points of the ring in succession are the same; it is closed by itself"
    );
    // A bow tie, uneven so that it has an area; a ring that touches itself; a spike.
    char const* const crosses = "the ring crosses or touches itself";
    CHECK(zone_fault(ring({{0, 0}, {2000, 1000}, {0, 1000}, {1000, 0}})) == crosses);
    CHECK(zone_fault(ring({{0, 0}, {0, 1000}, {1000, 1000}, {0, 500}, {1000, 0}})) == crosses);
    CHECK(zone_fault(ring({{0, 0}, {0, 1000}, {0, 500}, {1000, 0}})) == crosses);
    CHECK(
        zone_fault(ring({{0, 0}, {0, 1000}, {851'000'000, 0}})) ==
        "the zone comes nearer to a pole than latitude 85"
    );
    CHECK(
        zone_fault(ring({{0, 0}, {0, 201'000'000}, {1000, 0}})) ==
        "the zone is more than 20 degrees across"
    );
    auto both = good;
    both.radius = Metres{5};
    CHECK(zone_fault(both) == "a zone is a ring or a circle, not both");
    CHECK(!zone_fault(circle({0, 0}, 1)));
    CHECK(zone_fault(circle({0, 0}, 0)) == "a circle's radius is at least 1 m");
    CHECK(zone_fault(circle({0, 0}, 500'001)) == "a circle's radius is at most 500000 m");
    CHECK(
        zone_fault(circle({849'000'000, 0}, 100'000)) ==
        "the zone comes nearer to a pole than latitude 85"
    );
}

TEST_CASE("the largest ring there may be has no fault and is looked at in time") {
    std::vector<Position> comb;  // 1,000 teeth
    for (std::int32_t i = 0; i < 1999; ++i)
        comb.push_back({i % 2 == 0 ? 1000 : 50'000, i * 100});
    comb.push_back({0, 100'000});
    CHECK(!zone_fault(ring(comb)));
}

TEST_CASE("places in a ring with a notch, and in one over the antimeridian") {
    auto const notched = ring({{0, 0}, {0, 1000}, {1000, 1000}, {500, 500}, {1000, 0}});
    CHECK(holds_at(notched, {400, 500}));
    CHECK(!holds_at(notched, {600, 500}));
    CHECK(holds_at(notched, {600, 100}));
    auto const fiji = ring(
        {{0, 1'799'000'000}, {0, -1'799'000'000}, {5000, -1'799'000'000}, {5000, 1'799'000'000}}
    );
    CHECK(!zone_fault(fiji));
    CHECK(holds_at(fiji, {100, 1'800'000'000}));
    CHECK(holds_at(fiji, {100, -1'800'000'000}));
    CHECK(holds_at(fiji, {100, -1'799'500'000}));
    CHECK(!holds_at(fiji, {100, 1'798'000'000}));
    CHECK(!holds_at(fiji, {100, 0}));
}

TEST_CASE("places on a common edge are in exactly one of the two") {
    auto const west = ring({{0, 0}, {0, 1000}, {1000, 1500}, {1000, 0}});
    auto const east = ring({{0, 1000}, {0, 3000}, {1000, 3000}, {1000, 1500}});
    for (std::int32_t lat = 0; lat < 1000; lat += 2) {
        Position const place{lat, 1000 + (lat / 2)};
        REQUIRE(holds_at(west, place) != holds_at(east, place));
    }
}

TEST_CASE("how far is beyond") {
    // On the equator 100 m are 8,993 units.
    auto const shape =
        detail::make_shape(ring({{0, 0}, {0, 90'000}, {90'000, 90'000}, {90'000, 0}}));
    auto const beyond = [&](Position place, std::int64_t metres) {
        return detail::is_beyond(shape, detail::to_plane_near(shape, place), Metres{metres});
    };
    CHECK(beyond({-8993, 50'000}, 99));
    CHECK(!beyond({-8993, 50'000}, 101));
    // A corner, 100 m off on both axes: 141 m.
    CHECK(beyond({-8993, -8993}, 140));
    CHECK(!beyond({-8993, -8993}, 142));
}

TEST_CASE("a ring stays good or bad when it is turned round or begun elsewhere") {
    CHECK(rc::check([] {
        auto const coordinates = *rc::gen::container<std::vector<std::pair<int, int>>>(
            rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 12))
        );
        std::vector<Position> points;
        for (auto const& [lat, lon] : coordinates)
            points.push_back({lat, lon});
        bool const is_good = !points.empty() && !zone_fault(ring(points));
        auto turned = points;
        std::reverse(turned.begin(), turned.end());
        RC_ASSERT((!turned.empty() && !zone_fault(ring(turned))) == is_good);
        if (points.empty()) return;
        std::rotate(points.begin(), points.begin() + 1, points.end());
        RC_ASSERT(!zone_fault(ring(points)) == is_good);
    }));
}

}  // namespace posthaste::geo
