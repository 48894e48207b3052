#include "geo/fence_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/prng.hpp"

namespace posthaste::geo {

namespace {

using model::Crossing;
using model::Zone;
using model::ZoneId;

constexpr Metres hysteresis{30};

Position shifted(Position place, std::int64_t north, std::int64_t east) {
    std::int64_t lon = place.lon + east;
    if (lon > model::lon_max) lon -= lon_turn;
    if (lon < -model::lon_max) lon += lon_turn;
    return {static_cast<std::int32_t>(place.lat + north), static_cast<std::int32_t>(lon)};
}

Moment moment(Position place, std::int64_t millis) {
    return {place, Instant{millis}};
}

/// 1,000 m north to south and the same east to west, its middle at 0, 0.
Zone square_zone(std::uint64_t id) {
    constexpr std::int32_t half = 44'966;
    Zone zone;
    zone.id = ZoneId{id};
    zone.ring = {{-half, -half}, {-half, half}, {half, half}, {half, -half}};
    return zone;
}

Zone circle_zone(std::uint64_t id, std::int64_t radius_m) {
    Zone zone;
    zone.id = ZoneId{id};
    zone.radius = Metres{radius_m};
    return zone;
}

/// Star-shaped about a place near `centre`, or a circle; of any size up to `size` units.
Zone random_zone(Prng& prng, std::uint64_t id, Position centre, std::int64_t size) {
    Zone zone;
    zone.id = ZoneId{id};
    Position const middle =
        shifted(centre, prng.between(-4 * size, 4 * size), prng.between(-4 * size, 4 * size));
    std::int64_t const reach = prng.between(size / 100 + 1, size);
    if (prng.chance(300)) {
        zone.centre = middle;
        zone.radius = Metres{std::max<std::int64_t>(1, reach / 90)};
        return zone;
    }
    auto const count = prng.between(3, 40);
    for (std::int64_t i = 0; i < count; ++i) {
        double const angle = 6.283185307 * static_cast<double>(i) / static_cast<double>(count);
        auto const radius = static_cast<double>(prng.between(reach / 3 + 1, reach));
        zone.ring.push_back(shifted(
            middle, std::llround(radius * std::sin(angle)), std::llround(radius * std::cos(angle))
        ));
    }
    return zone;
}

/// Every zone asked by itself, without an index.
std::vector<ZoneId> containing_by_scan(std::vector<Zone> const& zones, Position place) {
    std::vector<ZoneId> holding;
    for (Zone const& zone : zones) {
        auto const shape = detail::make_shape(zone);
        if (detail::holds(shape, detail::to_plane_near(shape, place))) holding.push_back(zone.id);
    }
    std::sort(holding.begin(), holding.end());
    return holding;
}

bool is_by(Zone const& zone, Position place, Metres margin) {
    auto const shape = detail::make_shape(zone);
    auto const point = detail::to_plane_near(shape, place);
    return detail::holds(shape, point) || !detail::is_beyond(shape, point, margin);
}

/// Whether the way comes into the zone, by looking at 200 places of it.
bool is_met(Zone const& zone, Position from, Position to) {
    auto const shape = detail::make_shape(zone);
    std::int64_t const east = lon_difference(from.lon, to.lon);
    std::int64_t const north = std::int64_t{to.lat} - from.lat;
    for (std::int64_t i = 0; i <= 200; ++i) {
        Position const place = shifted(from, north * i / 200, east * i / 200);
        if (detail::holds(shape, detail::to_plane_near(shape, place))) return true;
    }
    return false;
}

struct Track {
    std::set<ZoneId> inside;
    std::size_t crossing_count = 0;

    void follow(FenceIndex const& index, std::optional<Moment> const& from, Moment const& to) {
        std::vector<ZoneId> const before{inside.begin(), inside.end()};
        for (ZoneCrossing const& crossing : index.crossings(before, from, to, hysteresis)) {
            ++crossing_count;
            if (crossing.crossing == Crossing::enter) inside.insert(crossing.zone);
            if (crossing.crossing == Crossing::exit) inside.erase(crossing.zone);
        }
    }
};

}  // namespace

TEST_CASE("in, out and over: each with its instant") {
    FenceIndex index;
    index.set(square_zone(7));
    // 2,000 m at 100 m/s along the equator; the edges are at 500 m and at 1,500 m.
    Moment const west = moment({0, -89'932}, 10'000);
    Moment const middle = moment({0, 0}, 20'000);
    Moment const east = moment({0, 89'932}, 30'000);
    std::vector<ZoneId> const none;
    std::vector<ZoneId> const in{ZoneId{7}};

    auto const enter = index.crossings(none, west, middle, hysteresis);
    REQUIRE(enter.size() == 1);
    CHECK(enter[0] == ZoneCrossing{ZoneId{7}, Crossing::enter, Instant{15'000}, Instant{15'000}});

    auto const exit = index.crossings(in, middle, east, hysteresis);
    REQUIRE(exit.size() == 1);
    CHECK(exit[0].crossing == Crossing::exit);
    CHECK(exit[0].at == Instant{25'000});

    auto const passed = index.crossings(none, west, east, hysteresis);
    REQUIRE(passed.size() == 1);
    CHECK(passed[0] == ZoneCrossing{ZoneId{7}, Crossing::passed, Instant{15'000}, Instant{25'000}});

    CHECK(index.crossings(in, west, middle, hysteresis).empty());
    CHECK(index.crossings(none, std::nullopt, west, hysteresis).empty());
    auto const first = index.crossings(none, std::nullopt, middle, hysteresis);
    REQUIRE(first.size() == 1);
    CHECK(first[0].at == Instant{20'000});
}

TEST_CASE("a circle is crossed where its radius says") {
    FenceIndex index;
    index.set(circle_zone(3, 500));
    auto const passed =
        index.crossings({}, moment({0, -89'932}, 0), moment({0, 89'932}, 20'000), hysteresis);
    REQUIRE(passed.size() == 1);
    CHECK(passed[0].crossing == Crossing::passed);
    CHECK(passed[0].at.millis() == doctest::Approx(5000).epsilon(0.002));
    CHECK(passed[0].until.millis() == doctest::Approx(15'000).epsilon(0.002));
    // By 501 m it goes past.
    CHECK(index.crossings({}, moment({45'060, -89'932}, 0), moment({45'060, 89'932}, 1), hysteresis)
              .empty());
}

TEST_CASE("leaving counts only beyond the hysteresis") {
    FenceIndex index;
    index.set(square_zone(7));
    std::vector<ZoneId> const in{ZoneId{7}};
    Moment const inside = moment({0, 44'000}, 0);
    // 29 m and 31 m past the edge: 2,608 and 2,788 units.
    CHECK(index.crossings(in, inside, moment({0, 44'966 + 2608}, 1000), hysteresis).empty());
    CHECK(index.crossings(in, inside, moment({0, 44'966 + 2788}, 1000), hysteresis).size() == 1);
    // A way through that ends within the hysteresis has entered, not passed.
    auto const through =
        index.crossings({}, moment({0, -89'932}, 0), moment({0, 44'966 + 2608}, 1000), hysteresis);
    REQUIRE(through.size() == 1);
    CHECK(through[0].crossing == Crossing::enter);
}

TEST_CASE("a leap across the country is no way, and a removed zone gives nothing") {
    FenceIndex index;
    index.set(square_zone(7));
    Moment const far = moment({0, -20'000'001}, 0);
    CHECK(index.crossings({}, far, moment({0, 89'932}, 1000), hysteresis).empty());
    CHECK(index.crossings({}, far, moment({0, 0}, 1000), hysteresis)[0].at == Instant{1000});
    index.remove(ZoneId{7});
    std::vector<ZoneId> const in{ZoneId{7}};
    CHECK(index.crossings(in, std::nullopt, far, hysteresis).empty());
    CHECK(index.size() == 0);
}

TEST_CASE("a fix that jitters about an edge enters once") {
    Prng prng{42};
    for (std::uint64_t round = 0; round < 200; ++round) {
        Zone const zone = random_zone(prng, 1, {577'000'000, 119'000'000}, 200'000);
        FenceIndex index;
        index.set(zone);
        Position const corner = zone.ring.empty()
                                    ? shifted(zone.centre, zone.radius.count() * 90, 0)
                                    : zone.ring[prng.below(zone.ring.size())];
        Track track;
        std::optional<Moment> before;
        for (std::int64_t i = 0; i < 50; ++i) {
            // Within 20 m of a place on the edge: 1,270 units are 14 m.
            Moment const now = moment(
                shifted(corner, prng.between(-1270, 1270), prng.between(-1270, 1270)), i * 1000
            );
            track.follow(index, before, now);
            before = now;
        }
        REQUIRE(track.crossing_count <= 1);
    }
}

TEST_CASE("index and scan agree on any tracks through any zones") {
    struct World {
        Position centre;
        std::int64_t size = 0;
    };
    World const worlds[] = {
        {{577'000'000, 119'000'000}, 100'000},       // a town
        {{-170'000'000, 1'799'900'000}, 300'000},    // over the antimeridian
        {{200'000'000, -1'799'000'000}, 8'000'000},  // large ones beside it
        {{800'000'000, 250'000'000}, 1'000'000},     // far north
    };
    Prng prng{42};
    for (World const& world : worlds) {
        FenceIndex index;
        std::vector<Zone> zones;
        for (std::uint64_t id = 1; id <= 60; ++id) {
            zones.push_back(random_zone(prng, id, world.centre, world.size));
            REQUIRE(!zone_fault(zones.back()));
            index.set(zones.back());
        }
        for (std::size_t i = 0; i < 20; ++i) {  // redrawn or removed
            std::size_t const which = prng.below(zones.size());
            ZoneId const id = zones[which].id;
            if (prng.chance(500)) {
                zones[which] = random_zone(prng, raw(id), world.centre, world.size);
                index.set(zones[which]);
            } else {
                zones.erase(zones.begin() + static_cast<std::ptrdiff_t>(which));
                index.remove(id);
            }
        }
        REQUIRE(index.size() == zones.size());
        Track track;
        std::optional<Moment> before;
        Position place = world.centre;
        for (std::int64_t i = 0; i < 600; ++i) {
            std::int64_t const step = world.size / (std::int64_t{1} << prng.below(8));
            place =
                prng.chance(50)
                    ? shifted(world.centre, prng.between(-step, step), prng.between(-step, step))
                    : shifted(place, prng.between(-step, step), prng.between(-step, step));
            Moment const now = moment(place, i * 10'000);
            REQUIRE(index.containing(place) == containing_by_scan(zones, place));

            std::set<ZoneId> const was = track.inside;
            std::vector<ZoneId> const was_sorted{was.begin(), was.end()};
            auto const crossings = index.crossings(was_sorted, before, now, hysteresis);
            std::set<ZoneId> told;
            for (ZoneCrossing const& crossing : crossings)
                told.insert(crossing.zone);
            track.follow(index, before, now);
            for (Zone const& zone : zones) {
                bool const is_inside = track.inside.contains(zone.id);
                // Inside means in it or hardly out of it; outside means out of it.
                if (is_inside) REQUIRE(is_by(zone, place, hysteresis));
                if (!is_inside) REQUIRE(!is_by(zone, place, Metres{-1}));
                bool const is_way = before && distance(before->place, place) < Metres{100'000};
                if (is_way && !was.contains(zone.id) && is_met(zone, before->place, place))
                    REQUIRE(told.contains(zone.id));
            }
            before = now;
        }
    }
}

}  // namespace posthaste::geo
