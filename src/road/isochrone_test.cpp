#include "road/isochrone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "geo/distance.hpp"
#include "road/import.hpp"
#include "road/snap.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

Position place_on(Network const& network, Spot spot) {
    auto const shape = network.shape_along(spot.edge);
    std::int64_t whole = 0;
    for (std::size_t i = 1; i < shape.size(); ++i)
        whole += geo::distance_mm(shape[i - 1], shape[i]);
    auto left = whole * spot.part / whole_edge;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        auto const leg = std::max<std::int64_t>(geo::distance_mm(shape[i - 1], shape[i]), 1);
        if (left > leg && i + 1 < shape.size()) {
            left -= leg;
            continue;
        }
        auto const between = [&](std::int64_t a, std::int64_t b) {
            return static_cast<std::int32_t>(a + (b - a) * std::min(left, leg) / leg);
        };
        return {between(shape[i - 1].lat, shape[i].lat), between(shape[i - 1].lon, shape[i].lon)};
    }
    return shape.back();
}

bool is_in(Ring const& ring, Position place) {
    bool inside = false;
    for (std::size_t i = 1; i < ring.size(); ++i) {
        auto const a = ring[i - 1];
        auto const b = ring[i];
        if ((a.lat > place.lat) == (b.lat > place.lat)) continue;
        auto const lon = a.lon + (std::int64_t{b.lon} - a.lon) * (std::int64_t{place.lat} - a.lat) /
                                     (std::int64_t{b.lat} - a.lat);
        if (place.lon < lon) inside = !inside;
    }
    return inside;
}

bool is_in(Contour const& contour, Position place) {
    return std::ranges::any_of(contour.polygons, [&](Polygon const& polygon) {
        return is_in(polygon.outer, place) &&
               std::ranges::none_of(polygon.holes, [&](Ring const& hole) {
                   return is_in(hole, place);
               });
    });
}

/// The earliest that a stretch says; never: it is on none.
std::int32_t time_at(std::span<Stretch const> stretches, Spot spot) {
    auto best = never;
    for (auto const& one : stretches) {
        if (one.edge != spot.edge || spot.part < one.from || spot.part > one.to) continue;
        auto const whole = std::max<std::int64_t>(one.to - one.from, 1);
        auto const passed = std::int64_t{one.time_to - one.time_from} * (spot.part - one.from);
        best = std::min(best, one.time_from + static_cast<std::int32_t>(passed / whole));
    }
    return best;
}

struct City {
    explicit City(OwnedColumns made)
        : columns{std::move(made)},
          network{network_of(columns)},
          lower{lower_of(network)},
          metric{customize(network, lower, Profile::car, edge_times(network, Profile::car))},
          reachable{network} {}
    City(City const&) = delete;
    City& operator=(City const&) = delete;
    ~City() = default;

    Place anywhere(Prng& prng) const {
        for (;;) {
            auto const edge = static_cast<EdgeId>(prng.below(network.edge_count()));
            if (!network.is_open(edge, Profile::car)) continue;
            auto const part = static_cast<std::uint32_t>(prng.below(whole_edge + 1));
            Place place{.spots = {{{edge, part}}}, .count = 1};
            auto const twin = network.edge_twin[edge];
            if (twin != none && prng.chance(500) && network.is_open(twin, Profile::car))
                place.spots[place.count++] = {twin, whole_edge - part};
            return place;
        }
    }

    OwnedColumns columns;
    Network network;
    Lower lower;
    Metric metric;
    Reachable reachable;
};

/// That what is reached, and when, is what Dijkstra's algorithm says of single places.
void check_reach(City const& city, std::uint64_t seed, int places, Millis limit) {
    Prng prng{seed};
    testing::Plain plain{city.network, city.metric};
    for (auto const heading : {Heading::away, Heading::towards}) {
        auto const from = city.anywhere(prng);
        auto const reached = city.reachable.reach(city.metric, from, heading, limit);
        REQUIRE(reached.ok());
        for (int i = 0; i < places; ++i) {
            auto const edge = static_cast<EdgeId>(prng.below(city.network.edge_count()));
            Spot const spot{edge, static_cast<std::uint32_t>(prng.below(whole_edge + 1))};
            Place const to{.spots = {{spot}}, .count = 1};
            auto const expected =
                heading == Heading::away ? plain.time(from, to) : plain.time(to, from);
            auto const found = time_at(reached.value(), spot);
            INFO("seed ", seed, " heading ", static_cast<int>(heading), " time ", expected);
            // Parts of edges are rounded to milliseconds, both here and there.
            constexpr std::int32_t rounding = 4;
            if (expected <= limit.count() - rounding) {
                CHECK(std::abs(found - expected) <= rounding);
            } else if (expected > limit.count() + rounding) {
                CHECK(found == never);
            }
        }
    }
}

TEST_CASE("what is reached within a time is what Dijkstra's algorithm finds, both ways") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        City const city{testing::random_city(seed, 12)};
        check_reach(city, seed, 60, Millis{90'000});
        check_reach(city, seed, 20, Millis{10'000'000});
        check_reach(city, seed, 20, Millis{0});
    }
}

TEST_CASE("contours hold what is reached, the longer the shorter, and little else") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        City const city{testing::random_city(seed, 16)};
        Prng prng{seed};
        auto const from = city.anywhere(prng);
        std::vector<Millis> const limits{Millis{30'000}, Millis{90'000}, Millis{180'000}};
        auto const reached =
            city.reachable.reach(city.metric, from, Heading::away, limits.back()).value();
        auto const all = contours(city.network, reached, limits);
        REQUIRE(all.size() == 3);
        CHECK(all[0].limit == limits[0]);
        for (auto const& contour : all) {
            for (auto const& polygon : contour.polygons) {
                CHECK(polygon.outer.size() >= 5);
                CHECK(polygon.outer.front() == polygon.outer.back());
                for (auto const& hole : polygon.holes)
                    CHECK(is_in(polygon.outer, hole.front()));
            }
        }
        for (int i = 0; i < 2000; ++i) {
            auto const& stretch = reached[prng.below(reached.size())];
            auto const part = stretch.from +
                              static_cast<std::uint32_t>(prng.below(stretch.to - stretch.from + 1));
            Spot const spot{stretch.edge, part};
            auto const time = time_at(reached, spot);
            auto const place = place_on(city.network, spot);
            for (auto const& contour : all)
                if (time <= contour.limit.count()) CHECK(is_in(contour, place));
            bool const in_short = is_in(all[0], place);
            bool const in_middle = is_in(all[1], place);
            CHECK((!in_short || in_middle));
            CHECK((!in_middle || is_in(all[2], place)));
        }
        // Nothing that lies further from every road that is reached than a gap is wide.
        for (int i = 0; i < 300; ++i) {
            Position const place{
                static_cast<std::int32_t>(577'000'000 + prng.between(-50'000, 400'000)),
                static_cast<std::int32_t>(119'000'000 + prng.between(-50'000, 600'000))};
            auto nearest = Metres{1'000'000};
            for (auto const& stretch : reached)
                for (auto const part : {stretch.from, (stretch.from + stretch.to) / 2, stretch.to})
                    nearest = std::min(
                        nearest, geo::distance(place, place_on(city.network, {stretch.edge, part}))
                    );
            if (nearest > Metres{300}) CHECK_FALSE(is_in(all[2], place));
        }
    }
}

TEST_CASE("what lies across a river without a bridge is outside") {
    Builder builder{{.profiles = testing::motor}};
    std::vector<std::int64_t> const south{1, 2, 3};
    std::vector<std::int64_t> const north{4, 5, 6};
    builder.add_way(1, south, testing::street(50, 50), "");
    builder.add_way(2, north, testing::street(50, 50), "");
    builder.seal_ways();
    constexpr std::int32_t kilometre = 90'000;
    constexpr std::int32_t river = 18'000;  // 200 m
    for (std::int32_t i = 0; i < 3; ++i) {
        builder.add_node(1 + i, {577'000'000, 119'000'000 + i * kilometre}, {});
        builder.add_node(4 + i, {577'000'000 + river, 119'000'000 + i * kilometre}, {});
    }
    auto columns = std::move(builder.finish()).value();
    REQUIRE(add_hierarchy(columns).ok());
    City const city{std::move(columns)};
    SnapIndex const index{city.network};
    auto const snapped = index.snap({577'000'000, 119'000'000}, Profile::car);
    REQUIRE(snapped);
    std::vector<Millis> const limits{Millis{60'000}};
    auto const reached =
        city.reachable.reach(city.metric, snapped->place, Heading::away, limits[0]).value();
    auto const all = contours(city.network, reached, limits);
    // 50 km/h for a minute: 833 m to the east; a degree of longitude is half as long here.
    CHECK(is_in(all[0], {577'000'000, 119'000'000 + kilometre}));
    CHECK(is_in(all[0], {577'000'000, 119'000'000 + 3 * kilometre / 2}));
    CHECK_FALSE(is_in(all[0], {577'000'000, 119'000'000 + 2 * kilometre}));
    CHECK_FALSE(is_in(all[0], {577'000'000 + river, 119'000'000 + kilometre}));
    REQUIRE(all[0].polygons.size() == 1);
    CHECK(all[0].polygons[0].holes.empty());
}

TEST_CASE("nowhere to start from, nothing reached") {
    City const city{testing::random_city(1, 5)};
    auto const reached = city.reachable.reach(city.metric, {}, Heading::away, Millis{1000});
    REQUIRE(reached.ok());
    std::vector<Millis> const limits{Millis{1000}};
    auto const all = contours(city.network, reached.value(), limits);
    REQUIRE(all.size() == 1);
    CHECK(all[0].polygons.empty());
}

TEST_CASE("in a real city, with places where one may only start or end") {
    fs::path const file{POSTHASTE_SHARED_DATA "/roads/columbus_oh.osm.pbf"};
    if (!fs::exists(file)) {
        MESSAGE("skipped: no road networks at " << file.string());
        return;
    }
    ImportReport report;
    City const city{std::move(import_network(file, {}, report)).value()};
    check_reach(city, 7, 40, Millis{600'000});
    check_reach(city, 8, 40, Millis{600'000});
}

}  // namespace
}  // namespace posthaste::road
