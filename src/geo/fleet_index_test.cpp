#include "geo/fleet_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/prng.hpp"

namespace posthaste::geo {

namespace {

struct Known {
    std::uint64_t id = 0;
    Position position;
    Traits traits;
};
using Scan = std::map<Slot, Known>;

// The stupid version: everything, sorted.
Found nearest_by_scan(Scan const& scan, Query const& query) {
    std::vector<Hit> all;
    for (auto const& [slot, known] : scan) {
        Metres const away = distance(query.place, known.position);
        if (away <= query.radius)
            all.push_back({slot, known.id, away, first_miss(known.traits, query.wanted)});
    }
    std::sort(all.begin(), all.end(), [](Hit const& a, Hit const& b) {
        return std::pair{a.distance, a.id} < std::pair{b.distance, b.id};
    });
    Found found;
    for (Hit const& hit : all) {
        if (found.hits.size() == query.count) break;
        ++found.scanned_count;
        if (hit.miss == Miss::nothing) {
            found.hits.push_back(hit);
            continue;
        }
        ++found.failed_counts.at(static_cast<std::size_t>(hit.miss));
        if (found.passed_over.size() < passed_over_max) found.passed_over.push_back(hit);
    }
    return found;
}

std::vector<std::uint64_t> rectangle_by_scan(
    Scan const& scan, Rectangle const& area, Wanted const& wanted
) {
    std::vector<std::uint64_t> ids;
    bool const wraps = area.north_east.lon < area.south_west.lon;
    for (auto const& [slot, known] : scan) {
        Position const at = known.position;
        bool const in_lat = at.lat >= area.south_west.lat && at.lat <= area.north_east.lat;
        bool const east = at.lon >= area.south_west.lon;
        bool const west = at.lon <= area.north_east.lon;
        bool const in_lon = wraps ? east || west : east && west;
        if (in_lat && in_lon && first_miss(known.traits, wanted) == Miss::nothing)
            ids.push_back(known.id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

void check_same(Found const& found, Found const& expected) {
    REQUIRE(found.hits == expected.hits);
    REQUIRE(found.passed_over == expected.passed_over);
    REQUIRE(found.failed_counts == expected.failed_counts);
    REQUIRE(found.scanned_count == expected.scanned_count);
}

/// Where the things of one run are: around `centre`, up to `spread` units away.
struct World {
    Position centre;
    std::int64_t spread = 0;
    Metres radius;
};

class Run {
public:
    Run(World const& world, std::uint64_t seed) : world_{world}, prng_{seed} {}

    void step() {
        auto const slot = static_cast<Slot>(prng_.below(300));
        auto const known = scan_.find(slot);
        if (known == scan_.end()) {
            Known const fresh{prng_.next() >> 40U, place(), traits()};
            scan_[slot] = fresh;
            index_.put(slot, fresh.id, fresh.position, fresh.traits);
            return;
        }
        switch (prng_.below(6)) {
            case 0:
                index_.remove(slot);
                scan_.erase(known);
                break;
            case 1:
                known->second.traits = traits();
                index_.set_traits(slot, known->second.traits);
                break;
            case 2:
                known->second = {prng_.next() >> 40U, place(), traits()};
                index_.put(slot, known->second.id, known->second.position, known->second.traits);
                break;
            default:
                known->second.position = place();
                index_.move(slot, known->second.position);
        }
    }

    void check() {
        REQUIRE(index_.size() == scan_.size());
        Query query{place(), prng_.below(20), Metres{}, wanted()};
        query.radius = Metres{prng_.between(0, world_.radius.count())};
        index_.nearest(query, found_);
        check_same(found_, nearest_by_scan(scan_, query));

        index_.within(query, found_);
        Query all = query;
        all.count = scan_.size();
        auto const inside = nearest_by_scan(scan_, all).hits;
        REQUIRE(found_.truncated == (inside.size() > query.count));
        REQUIRE(found_.hits.size() == std::min(inside.size(), query.count));
        REQUIRE(std::equal(found_.hits.begin(), found_.hits.end(), inside.begin()));
        check_rectangle();
    }

    void check_entries() const {
        for (auto const& [slot, known] : scan_) {
            REQUIRE(index_.contains(slot));
            REQUIRE(index_.id(slot) == known.id);
            REQUIRE(index_.position(slot) == known.position);
            REQUIRE(index_.traits(slot) == known.traits);
        }
    }

private:
    void check_rectangle() {
        Rectangle const area{place(), place()};
        Wanted const want = wanted();
        std::size_t const count = prng_.below(60);
        auto ids = rectangle_by_scan(scan_, area, want);
        index_.in_rectangle(area, count, want, found_);
        REQUIRE(found_.truncated == (ids.size() > count));
        ids.resize(std::min(ids.size(), count));
        REQUIRE(found_.hits.size() == ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i)
            REQUIRE(found_.hits[i].id == ids[i]);
    }

    Position place() {
        std::int64_t const lat = world_.centre.lat + prng_.between(-world_.spread, world_.spread);
        std::int64_t lon = world_.centre.lon + prng_.between(-world_.spread, world_.spread);
        if (lon > model::lon_max) lon -= lon_turn;
        if (lon < -model::lon_max) lon += lon_turn;
        return {
            static_cast<std::int32_t>(std::clamp<std::int64_t>(lat, -model::lat_max, model::lat_max)
            ),
            static_cast<std::int32_t>(lon)};
    }
    Traits traits() {
        return {
            prng_.next() | prng_.next(),
            static_cast<std::uint32_t>(prng_.below(4)),
            static_cast<std::uint16_t>(1U << prng_.below(3)),
            static_cast<std::uint16_t>(prng_.below(16) | prng_.below(16))};
    }
    Wanted wanted() {
        if (prng_.chance(200)) return {};
        return {
            std::uint64_t{1} << prng_.below(64),
            static_cast<std::uint32_t>(prng_.below(2)),
            static_cast<std::uint16_t>(prng_.below(8)),
            static_cast<std::uint16_t>(prng_.below(4))};
    }

    World world_;
    Prng prng_;
    FleetIndex index_;
    Scan scan_;
    Found found_;
};

}  // namespace

TEST_CASE("what is missed is told in a fixed order") {
    Traits const has{0b101, 0b1, 0b10, 0b0011};
    CHECK(first_miss(has, {}) == Miss::nothing);
    CHECK(first_miss(has, {0b100, 0b1, 0b11, 0b0011}) == Miss::nothing);
    CHECK(first_miss(has, {0b10, 0b10, 0b100, 0b1100}) == Miss::flag_2);
    CHECK(first_miss(has, {0b10, 0b10, 0b100, 0}) == Miss::kinds);
    CHECK(first_miss(has, {0b10, 0b10, 0, 0}) == Miss::features);
    CHECK(first_miss(has, {0b10, 0, 0, 0}) == Miss::skills);
}

TEST_CASE("the nearest that fit, those passed over, and who lies beyond") {
    // On the equator 1 km is 89,932 units. b and c are equally far: the lower id is first.
    FleetIndex index;
    index.put(0, 50, {0, 89'932}, {.flags = 1});
    index.put(1, 40, {0, -89'932}, {.flags = 1});
    index.put(2, 30, {8993, 0}, {.flags = 0});
    index.put(3, 20, {0, 179'864}, {.flags = 0});
    index.put(4, 10, {0, 899'320}, {.flags = 1});
    Found found;
    index.nearest({{0, 0}, 2, Metres{3000}, {.flags = 1}}, found);
    REQUIRE(found.hits.size() == 2);
    CHECK(found.hits[0] == Hit{1, 40, Metres{1000}, Miss::nothing});
    CHECK(found.hits[1] == Hit{0, 50, Metres{1000}, Miss::nothing});
    // Id 20 stands behind the last hit: the search did not get there.
    REQUIRE(found.passed_over.size() == 1);
    CHECK(found.passed_over[0] == Hit{2, 30, Metres{100}, Miss::flag_0});
    CHECK(found.scanned_count == 3);

    index.nearest({{0, 0}, 3, Metres{3000}, {.flags = 1}}, found);
    CHECK(found.hits.size() == 2);
    CHECK(found.passed_over.size() == 2);
    CHECK(found.failed_counts[0] == 2);

    index.nearest({{0, 0}, 3, distance_max, {.flags = 1}}, found);
    REQUIRE(found.hits.size() == 3);
    CHECK(found.hits[2].distance == Metres{10'000});
}

TEST_CASE("a radius includes its edge, and no index finds nothing") {
    FleetIndex index;
    Found found;
    index.nearest({{0, 0}, 10, Metres{1000}, {}}, found);
    CHECK(found.hits.empty());
    index.put(7, 1, {0, 89'932}, {});
    index.nearest({{0, 0}, 10, Metres{999}, {}}, found);
    CHECK(found.hits.empty());
    index.nearest({{0, 0}, 10, Metres{1000}, {}}, found);
    CHECK(found.hits.size() == 1);
    index.remove(7);
    CHECK(!index.contains(7));
    CHECK(index.size() == 0);
}

TEST_CASE("an entry that travels leaves no memory behind, and is found wherever it is") {
    FleetIndex index;
    Found found;
    index.put(0, 1, {}, {});
    Prng prng{42};
    for (int i = 0; i < 20'000; ++i) {
        Position const place{
            static_cast<std::int32_t>(prng.between(-model::lat_max, model::lat_max)),
            static_cast<std::int32_t>(prng.between(-model::lon_max, model::lon_max))};
        index.move(0, place);
        index.nearest({place, 1, Metres{0}, {}}, found);
        REQUIRE(found.hits.size() == 1);
    }
    CHECK(index.tile_count() == 1);
}

TEST_CASE("index and scan agree after any sequence of changes") {
    World const worlds[] = {
        {{577'000'000, 119'000'000}, 2'000'000, Metres{20'000}},     // a city
        {{0, 0}, 60'000, Metres{1000}},                              // one block, crowded
        {{577'000'000, 119'000'000}, 0, Metres{10}},                 // all at one place
        {{-180'000'000, 1'799'000'000}, 3'000'000, Metres{40'000}},  // over the antimeridian
        {{740'000'000, 0}, 20'000'000, Metres{200'000}},             // where the walk ends
        {{898'000'000, 0}, 30'000'000, Metres{300'000}},             // round a pole
        {{0, 0}, 1'800'000'000, distance_max},                       // the whole earth
    };
    std::uint64_t seed = 42;
    for (World const& world : worlds) {
        Run run{world, seed++};
        for (int i = 0; i < 6000; ++i) {
            run.step();
            if (i % 10 == 0) run.check();
        }
        run.check_entries();
    }
}

}  // namespace posthaste::geo
