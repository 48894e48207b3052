#include "road/traffic/matcher.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "road/import.hpp"
#include "road/testing.hpp"
#include "road/traffic/drives.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

constexpr model::AgentId agent{7};
constexpr Instant begin{1'780'000'000'000};

struct Town {
    OwnedColumns columns;
    Network network = network_of(columns);
    Lower lower = lower_of(network);
    Metric metric = customize(network, lower, Profile::car, edge_times(network, Profile::car));
    SnapIndex index{network};
    Query query{network, lower};

    explicit Town(OwnedColumns the_columns) : columns{std::move(the_columns)} {}
    Town(Town const&) = delete;
    Town& operator=(Town const&) = delete;

    Place anywhere(Prng& prng) const {
        for (;;) {
            auto const at = network.shapes[prng.below(network.shapes.size())];
            if (auto const snapped = index.snap(at, Profile::car)) return snapped->place;
        }
    }
    /// The edge from one junction's place to another's.
    EdgeId edge(Position tail, Position head) const {
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
            if (network.places[network.edge_tail[edge]] == tail &&
                network.places[network.edge_head[edge]] == head)
                return edge;
        return none;
    }
};

std::vector<Passage> match(Matcher& matcher, std::vector<model::Fix> const& fixes) {
    std::vector<Passage> all;
    for (auto const& fix : fixes)
        for (auto const& passage : matcher.take(fix))
            all.push_back(passage);
    for (auto const& passage : matcher.end(agent))
        all.push_back(passage);
    return all;
}

std::vector<EdgeId> edges_of(std::vector<Passage> const& passages) {
    std::vector<EdgeId> edges;
    for (auto const& passage : passages)
        edges.push_back(passage.edge);
    return edges;
}

/// But for a few metres past a junction: noise at the first fix and the last.
std::vector<EdgeId> edges_driven(Network const& network, std::vector<Passage> const& passages) {
    std::vector<EdgeId> edges;
    for (auto const& passage : passages)
        if (std::int64_t{network.edge_length_mm[passage.edge]} * passage.part / whole_edge > 30'000)
            edges.push_back(passage.edge);
    return edges;
}

model::Fix fix_at(Position place, std::int64_t seconds) {
    model::Fix fix;
    fix.agent = agent;
    fix.place = place;
    fix.time = begin + Millis{seconds * 1000};
    fix.accuracy_m = 10;
    return fix;
}

/// How many of the edges driven were found, and of those found were driven, per mille.
struct Share {
    std::size_t driven = 0;
    std::size_t found = 0;
    std::size_t found_again = 0;
    std::size_t right = 0;

    void add(
        std::vector<EdgeId> const& truth,
        std::vector<EdgeId> const& matched,
        std::vector<EdgeId> const& surely
    ) {
        std::set<EdgeId> const there(truth.begin(), truth.end());
        std::set<EdgeId> const all(matched.begin(), matched.end());
        std::set<EdgeId> const mine(surely.begin(), surely.end());
        driven += there.size();
        found += mine.size();
        for (auto const edge : there)
            found_again += all.count(edge);
        for (auto const edge : mine)
            right += there.count(edge);
    }
    std::size_t recall() const { return 1000 * found_again / driven; }
    std::size_t precision() const { return 1000 * right / found; }
};

Share drive_around(Town& town, std::int64_t every_s, std::int64_t noise_m, int drives) {
    Share share;
    Prng prng{42};
    Matcher matcher{town.network, town.index, town.metric};
    for (int i = 0; i < drives;) {
        auto const route = town.query.route(town.metric, town.anywhere(prng), town.anywhere(prng));
        if (!route || route->edges.size() < 5) continue;
        ++i;
        testing::KnownDrive const drive{town.network, town.metric, route->edges, 1300};
        auto const fixes = drive.fixes(prng, every_s * 1000, noise_m, agent, begin);
        auto const passages = match(matcher, fixes);
        share.add(route->edges, edges_of(passages), edges_driven(town.network, passages));
    }
    return share;
}

struct Demand {
    std::int64_t every_s;
    std::int64_t noise_m;
    std::size_t recall_min;
    std::size_t precision_min;
};

void check_town(Town& town, std::vector<Demand> const& demands, int drives) {
    for (auto const& demand : demands) {
        auto const share = drive_around(town, demand.every_s, demand.noise_m, drives);
        INFO("every ", demand.every_s, " s, noise ", demand.noise_m, " m");
        CHECK(share.recall() >= demand.recall_min);
        CHECK(share.precision() >= demand.precision_min);
    }
}

TEST_CASE("a known drive is found again from noisy fixes, in a made city") {
    Town town{testing::random_city(3, 14)};
    check_town(
        town, {{5, 5, 990, 980}, {5, 15, 980, 980}, {15, 10, 985, 980}, {30, 15, 970, 960}}, 20
    );
}

void check_file(char const* name, std::vector<Demand> const& demands) {
    auto const file = fs::path{POSTHASTE_SHARED_DATA} / "roads" / name;
    if (!fs::exists(file)) {
        MESSAGE("skipped: no ", file.string());
        return;
    }
    ImportReport report;
    auto imported = import_network(file, {}, report);
    REQUIRE(imported.ok());
    Town town{std::move(imported).value()};
    check_town(town, demands, 10);
}

TEST_CASE("a known drive is found again from noisy fixes, in Monaco") {
    check_file("monaco.osm.gz", {{5, 5, 970, 960}, {15, 10, 950, 960}, {30, 15, 910, 930}});
}

TEST_CASE("a known drive is found again from noisy fixes, in Columbus") {
    check_file("columbus_oh.osm.pbf", {{5, 5, 990, 990}, {15, 10, 985, 985}, {30, 15, 970, 970}});
}

// Two streets side by side, 40 m apart, 2 km from west (1, 4) over the middle (2, 5) to the east
// (3, 6), joined at both ends; 36 km/h. From the east a dead end of 1 km (7).
//   4 --- 5 --- 6
//   |           |
//   1 --- 2 --- 3 --- 7
constexpr std::int32_t km_lat = 89'932;
constexpr std::int32_t km_lon = 168'300;

Position at(std::int64_t east_m, std::int64_t north_m) {
    return {
        static_cast<std::int32_t>(577'000'000 + north_m * km_lat / 1000),
        static_cast<std::int32_t>(119'000'000 + east_m * km_lon / 1000)};
}

OwnedColumns side_by_side(std::uint8_t northern_westward = 36) {
    using Two = std::array<std::int64_t, 2>;
    Builder builder{{.profiles = testing::motor}};
    builder.add_way(1, Two{1, 2}, testing::street(36, 36), "South");
    builder.add_way(2, Two{2, 3}, testing::street(36, 36), "South");
    builder.add_way(3, Two{4, 5}, testing::street(36, northern_westward), "North");
    builder.add_way(4, Two{5, 6}, testing::street(36, northern_westward), "North");
    builder.add_way(5, Two{1, 4}, testing::street(36, 36), "");
    builder.add_way(6, Two{3, 6}, testing::street(36, 36), "");
    builder.add_way(7, Two{3, 7}, testing::street(36, 36), "Dead End");
    builder.seal_ways();
    builder.add_node(1, at(0, 0), {});
    builder.add_node(2, at(1000, 0), {});
    builder.add_node(3, at(2000, 0), {});
    builder.add_node(4, at(0, 40), {});
    builder.add_node(5, at(1000, 40), {});
    builder.add_node(6, at(2000, 40), {});
    builder.add_node(7, at(3000, 0), {});
    auto columns = std::move(builder.finish()).value();
    CHECK(add_hierarchy(columns).ok());
    return columns;
}

TEST_CASE("of two roads side by side it is the one that all fixes together lie nearer to") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    std::vector<model::Fix> fixes;
    // 10 m north of the southern road; once 22 m, nearer to the other.
    for (int i = 0; i <= 12; ++i)
        fixes.push_back(fix_at(at(200 + 100 * i, i == 5 ? 22 : 10), 10 * i));
    auto const passages = match(matcher, fixes);
    auto const south =
        std::vector{town.edge(at(0, 0), at(1000, 0)), town.edge(at(1000, 0), at(2000, 0))};
    CHECK(edges_of(passages) == south);
    // 200 to 1000 m and 1000 to 1400 m, 100 m in 10 s: 100 s for the whole of each.
    REQUIRE(passages.size() == 2);
    CHECK(passages[0].part == doctest::Approx(0.8 * whole_edge).epsilon(0.01));
    CHECK(passages[1].part == doctest::Approx(0.4 * whole_edge).epsilon(0.01));
    CHECK(passages[0].whole.count() == doctest::Approx(100'000).epsilon(0.01));
    CHECK(passages[1].whole.count() == doctest::Approx(100'000).epsilon(0.01));
    CHECK(passages[0].entered == begin);
    CHECK((passages[1].entered - begin).count() == doctest::Approx(80'000).epsilon(0.01));
}

TEST_CASE("a one-way street is not driven the wrong way where another one is near") {
    Town const town{side_by_side(0)};
    Matcher matcher{town.network, town.index, town.metric};
    std::vector<model::Fix> fixes;
    // Westward, nearer to the northern road, which is one way to the east.
    for (int i = 0; i <= 12; ++i)
        fixes.push_back(fix_at(at(1800 - 100 * i, 24), 10 * i));
    auto const south =
        std::vector{town.edge(at(2000, 0), at(1000, 0)), town.edge(at(1000, 0), at(0, 0))};
    CHECK(edges_of(match(matcher, fixes)) == south);
}

TEST_CASE("a heading says which direction it was, from the first fix on") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    auto fix = fix_at(at(500, 0), 0);
    fix.heading_deg = 270;
    auto next = fix_at(at(450, 2), 5);
    next.heading_deg = 268;
    CHECK(edges_of(match(matcher, {fix, next})) == std::vector{town.edge(at(1000, 0), at(0, 0))});
}

TEST_CASE("who turns round at a dead end drives it twice") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    std::vector<model::Fix> fixes;
    for (int i = 0; i <= 10; ++i)
        fixes.push_back(fix_at(at(2450 + 50 * i, 3), 5 * i));
    for (int i = 0; i <= 10; ++i)
        fixes.push_back(fix_at(at(2950 - 50 * i, -3), 80 + 5 * i));
    auto const there_and_back =
        std::vector{town.edge(at(2000, 0), at(3000, 0)), town.edge(at(3000, 0), at(2000, 0))};
    CHECK(edges_of(match(matcher, fixes)) == there_and_back);
}

TEST_CASE("after a long silence a new track begins, and what came before is told") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    std::vector<model::Fix> fixes;
    for (int i = 0; i <= 4; ++i)
        fixes.push_back(fix_at(at(100 + 100 * i, 0), 10 * i));
    for (int i = 0; i <= 4; ++i)
        fixes.push_back(fix_at(at(1400 + 100 * i, 0), 300 + 10 * i));
    auto const passages = match(matcher, fixes);
    CHECK(matcher.counts().gaps == 1);
    REQUIRE(passages.size() == 2);
    CHECK(passages[0].part == doctest::Approx(0.4 * whole_edge).epsilon(0.01));
    CHECK(passages[1].entered == begin + Millis{300'000});
    CHECK(matcher.counts().passages == 2);
}

TEST_CASE("a place that no way leads to in time begins a new track") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    for (auto const& fix : {fix_at(at(100, 0), 0), fix_at(at(200, 0), 10), fix_at(at(2900, 0), 15)})
        matcher.take(fix);
    CHECK(matcher.counts().breaks == 1);
    CHECK(matcher.track_count() == 1);
}

TEST_CASE("who stands still, is off all roads or comes too late is counted and nothing else") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    for (int i = 0; i < 10; ++i)
        CHECK(matcher.take(fix_at(at(100 + i, i), 10 * i)).empty());
    CHECK(matcher.take(fix_at(at(100, 3000), 200)).empty());
    CHECK(matcher.take(fix_at(at(300, 0), 150)).empty());
    CHECK(matcher.end(agent).empty());
    CHECK(matcher.track_count() == 0);
    auto const& counts = matcher.counts();
    CHECK(counts.used == 1);
    CHECK(counts.too_near == 9);
    CHECK(counts.off_road == 1);
    CHECK(counts.stale == 1);
}

TEST_CASE("past tracks_max a new track is refused, until others have been silent for long") {
    Town const town{side_by_side()};
    Matcher matcher{town.network, town.index, town.metric};
    auto fix = fix_at(at(100, 0), 0);
    for (std::uint64_t i = 0; i <= tracks_max; ++i) {
        fix.agent = model::AgentId{1000 + i};
        (void)matcher.take(fix);
    }
    CHECK(matcher.track_count() == tracks_max);
    CHECK(matcher.counts().refused == 1);
    fix.time = fix.time + gap_max + Millis{1};
    (void)matcher.take(fix);
    CHECK(matcher.track_count() == 1);
    CHECK(matcher.counts().refused == 1);
}

TEST_CASE("edges come in the order they were driven, each once, and their times add up") {
    Town town{testing::random_city(5, 10)};
    Prng prng{5};
    Matcher matcher{town.network, town.index, town.metric};
    for (int i = 0; i < 20;) {
        auto const route = town.query.route(town.metric, town.anywhere(prng), town.anywhere(prng));
        if (!route || route->edges.size() < 4) continue;
        ++i;
        testing::KnownDrive const drive{town.network, town.metric, route->edges, 2000};
        auto const passages = match(matcher, drive.fixes(prng, 10'000, 8, agent, begin));
        for (std::size_t k = 1; k < passages.size(); ++k) {
            CHECK(passages[k].entered >= passages[k - 1].entered);
            CHECK(passages[k].edge != passages[k - 1].edge);
        }
        std::int64_t all = 0;
        for (auto const& passage : passages) {
            CHECK(passage.part > 0);
            CHECK(passage.part <= whole_edge);
            all += passage.whole.count() * passage.part / whole_edge;
        }
        CHECK(all <= drive.time_ms() + 1000);
    }
}

}  // namespace
}  // namespace posthaste::road
