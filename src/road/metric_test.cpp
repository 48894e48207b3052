#include "road/metric.hpp"

#include <doctest/doctest.h>

#include "road/testing.hpp"

// Worked out by hand, so that a mistake of the metric is not shared by what it is compared with.
//
//          5 (north, 500 m)
//          |
//   1------2------3------4       each 1,000 m apart, from west to east
//          |
//          6 (south, 500 m)
namespace posthaste::road {
namespace {

constexpr std::int32_t lat = 0;      // on the equator 1e-7 degrees of both are alike
constexpr std::int32_t km = 89'932;  // 1,000 m in 1e-7 degrees of a great circle
constexpr std::int64_t west_way = 1;
constexpr std::int64_t middle_way = 2;
constexpr std::int64_t east_way = 3;
constexpr std::int64_t north_way = 4;
constexpr std::int64_t south_way = 5;

struct Town {
    Builder builder{{.profiles = motor_and_foot}};
    OwnedColumns columns;
    Network network;
    Lower lower;

    static constexpr ProfileMask motor_and_foot = testing::motor | bit_of(Profile::foot);

    explicit Town(
        std::vector<Restriction> const& restrictions = {},
        NodeUse crossing = {},
        WayUse const& west = testing::street(36, 36)
    ) {
        auto const street = testing::street(36, 36);
        auto const add = [&](std::int64_t way, std::int64_t a, std::int64_t b, WayUse const& use) {
            builder.add_way(way, std::array{a, b}, use, "");
        };
        add(west_way, 1, 2, west);
        add(middle_way, 2, 3, street);
        add(east_way, 3, 4, testing::street(72, 72));
        add(north_way, 2, 5, street);
        add(south_way, 2, 6, street);
        builder.seal_ways();
        builder.add_node(1, {lat, -km}, {});
        builder.add_node(2, {lat, 0}, crossing);
        builder.add_node(3, {lat, km}, {});
        builder.add_node(4, {lat, 2 * km}, {});
        builder.add_node(5, {lat + km / 2, 0}, {});
        builder.add_node(6, {lat - km / 2, 0}, {});
        for (auto const& restriction : restrictions)
            builder.add_restriction(restriction);
        columns = std::move(builder.finish()).value();
        CHECK(add_hierarchy(columns).ok());
        network = network_of(columns);
        lower = lower_of(network);
    }

    /// The edge of a way from the junction at that place, or to it.
    EdgeId edge(std::int64_t way, Position from) const {
        for (EdgeId e = 0; e < network.edge_count(); ++e)
            if (network.segment_way[network.edge_segment[e]] == way &&
                network.places[network.edge_tail[e]] == from)
                return e;
        return none;
    }

    std::int32_t time(EdgeId from, EdgeId to, Profile profile = Profile::car) const {
        auto const metric = customize(network, lower, profile, edge_times(network, profile));
        Query query{network, lower};
        Place source;
        source.spots[source.count++] = {from, 0};
        Place target;
        target.spots[target.count++] = {to, whole_edge};
        return query.time(metric, source, target);
    }
};

constexpr Position at_1{lat, -km};
constexpr Position at_2{lat, 0};
constexpr Position at_3{lat, km};
constexpr Position at_4{lat, 2 * km};

TEST_CASE("a kilometre at 36 km/h takes 100 s, and at 72 km/h 50 s") {
    Town const town;
    auto const times = edge_times(town.network, Profile::car);
    CHECK(times[town.edge(west_way, at_1)] == doctest::Approx(100'000).epsilon(0.001));
    CHECK(times[town.edge(east_way, at_3)] == doctest::Approx(50'000).epsilon(0.001));
}

TEST_CASE("straight on costs nothing, a bend without a choice neither") {
    Town const town;
    auto const through = town.time(town.edge(west_way, at_1), town.edge(east_way, at_3));
    CHECK(through == doctest::Approx(250'000).epsilon(0.001));
}

TEST_CASE("a turn to the right costs 2 s and to the left 3.5 s where one drives on the right") {
    Town const town;
    auto const right = town.time(town.edge(west_way, at_1), town.edge(south_way, at_2));
    auto const left = town.time(town.edge(west_way, at_1), town.edge(north_way, at_2));
    CHECK(right == doctest::Approx(152'000).epsilon(0.001));
    CHECK(left == doctest::Approx(153'500).epsilon(0.001));
    auto const on_foot =
        town.time(town.edge(west_way, at_1), town.edge(north_way, at_2), Profile::foot);
    CHECK(on_foot == doctest::Approx(150'000).epsilon(0.001));
}

TEST_CASE("a signal costs 2 s") {
    Town const town{{}, {.has_signal = true}};
    auto const through = town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2));
    CHECK(through == doctest::Approx(202'000).epsilon(0.001));
}

TEST_CASE("one turns round only at a dead end, for 20 s") {
    Town const town;
    auto const back = town.time(town.edge(west_way, at_1), town.edge(west_way, at_2));
    // Into the north (left, 3.5 s) or the south (right, 2 s), round there, and out again: by the
    // south 100 + 2 + 50 + 20 + 50 + left 3.5 + 100 s, by the north as long.
    CHECK(back == doctest::Approx(325'500).epsilon(0.001));
}

TEST_CASE("a forbidden turn is not made: one goes round by the dead end") {
    Restriction const no_left{
        .from_ways = {west_way}, .to_ways = {north_way}, .via_node = 2, .profiles = testing::motor};
    Town const town{{no_left}};
    auto const source = town.edge(west_way, at_1);
    auto const target = town.edge(north_way, at_2);
    // South (right, 2 s), round (20 s), and straight on north: 100 + 2 + 50 + 20 + 50 + 50.
    CHECK(town.time(source, target) == doctest::Approx(272'000).epsilon(0.001));
    CHECK(town.time(source, target, Profile::foot) == doctest::Approx(150'000).epsilon(0.001));
}

TEST_CASE("only straight on: neither left nor right") {
    Restriction const only_on{
        .from_ways = {west_way},
        .to_ways = {middle_way},
        .via_node = 2,
        .is_only = true,
        .profiles = testing::motor};
    Town const town{{only_on}};
    auto const source = town.edge(west_way, at_1);
    // To 4, round there (20 s), back to 2, and right into the north (2 s) or left into the south.
    auto const to_north = town.time(source, town.edge(north_way, at_2));
    CHECK(
        to_north ==
        doctest::Approx(100'000 + 100'000 + 50'000 + 20'000 + 50'000 + 100'000 + 2000 + 50'000)
            .epsilon(0.001)
    );
}

TEST_CASE("a restriction by ways binds who comes from the first, and nobody else") {
    // Who comes from the west by the middle may not go on east.
    Restriction const by_ways{
        .from_ways = {west_way},
        .to_ways = {east_way},
        .via_ways = {middle_way},
        .profiles = testing::motor};
    Town const town{{by_ways}};
    CHECK(town.network.copy_of.size() == 1);
    auto const east = town.edge(east_way, at_3);
    auto const from_north = town.edge(north_way, {lat + km / 2, 0});
    CHECK(town.time(from_north, east) == doctest::Approx(203'500).epsilon(0.001));
    // From the west one leaves the way first: right into the south, round, and right into the
    // middle: 100 + 2 + 50 + 20 + 50 + 2 + 100 + 50.
    auto const from_west = town.time(town.edge(west_way, at_1), east);
    CHECK(from_west == doctest::Approx(374'000).epsilon(0.001));
    // To the middle itself nothing has changed: its copy is the same road.
    auto const to_middle = town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2));
    CHECK(to_middle == doctest::Approx(200'000).epsilon(0.001));
}

TEST_CASE("a way only for destinations is begun and ended on as any other") {
    auto private_west = testing::street(36, 36);
    private_west.destination_only = testing::motor;
    Town const town{{}, {}, private_west};
    auto const out = town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2));
    CHECK(out == doctest::Approx(200'000).epsilon(0.001));
    auto const in = town.time(town.edge(middle_way, at_3), town.edge(west_way, at_2));
    CHECK(in == doctest::Approx(200'000).epsilon(0.001));
}

// From 4 to 5: between them 1 to 2 by a private drive of 500 m, or around by 3.
OwnedColumns drive_or_around(Position around) {
    auto const street = testing::street(36, 36);
    auto drive = street;
    drive.destination_only = testing::motor;
    Builder builder{{.profiles = testing::motor}};
    builder.add_way(1, std::array<std::int64_t, 2>{1, 2}, drive, "");
    builder.add_way(2, std::array<std::int64_t, 3>{1, 3, 2}, street, "");
    builder.add_way(3, std::array<std::int64_t, 2>{4, 1}, street, "");
    builder.add_way(4, std::array<std::int64_t, 2>{2, 5}, street, "");
    builder.seal_ways();
    builder.add_node(1, {lat, 0}, {});
    builder.add_node(2, {lat, km / 2}, {});
    builder.add_node(3, around, {});
    builder.add_node(4, {lat, -km}, {});
    builder.add_node(5, {lat, km + km / 2}, {});
    auto columns = std::move(builder.finish()).value();
    CHECK(add_hierarchy(columns).ok());
    return columns;
}

std::int32_t time_through(OwnedColumns const& columns) {
    auto const network = network_of(columns);
    auto const lower = lower_of(network);
    auto const metric = customize(network, lower, Profile::car, edge_times(network, Profile::car));
    Query query{network, lower};
    Place source;
    Place target;
    for (EdgeId edge = 0; edge < network.edge_count(); ++edge) {
        auto const way = network.segment_way[network.edge_segment[edge]];
        if (network.edge_traits[edge].is_backward != 0) continue;
        if (way == 3) source.spots[source.count++] = {edge, 0};
        if (way == 4) target.spots[target.count++] = {edge, whole_edge};
    }
    return query.time(metric, source, target);
}

TEST_CASE("nobody cuts through a way for destinations who loses less than 5 minutes around it") {
    // Around is 2,062 m: 206 s and two turns instead of 50 s.
    auto const around = time_through(drive_or_around({lat + km, km / 4}));
    CHECK(around > 400'000);
    CHECK(around < 420'000);
    // Around is 20 km: through the drive, and 300 s are counted for it.
    auto const through = time_through(drive_or_around({lat + 10 * km, km / 4}));
    CHECK(through == doctest::Approx(550'000).epsilon(0.01));
}

TEST_CASE("a restriction from a way to itself forbids turning round, not going on") {
    // West and middle as one way: going on along it stays allowed.
    Restriction const no_round{
        .from_ways = {west_way}, .to_ways = {west_way}, .via_node = 2, .profiles = testing::motor};
    Town const town{{no_round}};
    CHECK(
        town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2)) ==
        doctest::Approx(200'000).epsilon(0.001)
    );
}

TEST_CASE("two restrictions by ways, one beginning where the other ended, both hold") {
    Restriction first{
        .relation = 1,
        .from_ways = {west_way},
        .to_ways = {east_way},
        .via_ways = {middle_way},
        .profiles = testing::motor};
    Restriction second = first;
    second.relation = 2;
    second.from_ways = {north_way};
    Restriction third{
        .relation = 3,
        .from_ways = {south_way},
        .to_ways = {middle_way},
        .via_ways = {west_way},
        .profiles = testing::motor};
    Town const town{{third, second, first}};
    Town const again{{first, third, second}};
    CHECK(town.columns.turn_to == again.columns.turn_to);
    auto const east = town.edge(east_way, at_3);
    CHECK(town.time(town.edge(west_way, at_1), east) > 360'000);
    CHECK(town.time(town.edge(north_way, {lat + km / 2, 0}), east) > 260'000);
}

TEST_CASE("two nodes a hand apart at a crossing are no turn") {
    Builder builder{{.profiles = testing::motor}};
    auto const street = testing::street(36, 36);
    builder.add_way(1, std::array<std::int64_t, 3>{1, 2, 3}, street, "");
    builder.add_way(2, std::array<std::int64_t, 2>{3, 4}, street, "");
    builder.add_way(3, std::array<std::int64_t, 2>{3, 5}, street, "");
    builder.seal_ways();
    builder.add_node(1, {-3 - km, -3 - km}, {});
    builder.add_node(2, {-3, -3}, {});  // 5 cm before the crossing
    builder.add_node(3, {0, 0}, {});
    builder.add_node(4, {km, km}, {});
    builder.add_node(5, {km, -km}, {});
    auto const columns = std::move(builder.finish()).value();
    for (EdgeId edge = 0; edge < columns.edge_head.size(); ++edge)
        for (auto turn = columns.turn_first[edge]; turn < columns.turn_first[edge + 1]; ++turn)
            if (columns.segment_way[columns.edge_segment[edge]] == 1 &&
                columns.segment_way[columns.edge_segment[columns.turn_to[turn]]] == 2)
                CHECK(columns.turn_cost_ds[turn] == 0);
}

TEST_CASE("a node where too many roads meet is named") {
    Builder builder{{.profiles = testing::motor}};
    auto const street = testing::street(36, 36);
    for (std::int64_t i = 2; i <= junction_edges_max + 2; ++i)
        builder.add_way(i, std::array<std::int64_t, 2>{7'000'000, i}, street, "");
    builder.seal_ways();
    builder.add_node(7'000'000, {0, 0}, {});
    for (std::int64_t i = 2; i <= junction_edges_max + 2; ++i)
        builder.add_node(i, {static_cast<std::int32_t>(i), km}, {});
    auto const built = builder.finish();
    REQUIRE_FALSE(built.ok());
    CHECK(built.error().code == Errc::limit_exceeded);
    CHECK(built.error().detail.find("7000000") != std::string::npos);
}

TEST_CASE("a road entered only under a restriction by ways is connected all the same") {
    // A circle one way from 1 by 2, 3 and 4; who comes from 1 may not go from 3 to 5.
    Builder builder{{.profiles = testing::motor}};
    auto const one_way = testing::street(36, 0);
    auto const add = [&](std::int64_t way, std::int64_t a, std::int64_t b) {
        builder.add_way(way, std::array{a, b}, one_way, "");
    };
    add(1, 1, 2);
    add(2, 2, 3);
    add(3, 3, 4);
    add(4, 4, 1);
    add(5, 3, 1);
    builder.seal_ways();
    builder.add_node(1, {0, 0}, {});
    builder.add_node(2, {0, km}, {});
    builder.add_node(3, {km, km}, {});
    builder.add_node(4, {km, 0}, {});
    builder.add_restriction(
        {.from_ways = {1}, .to_ways = {5}, .via_ways = {2}, .profiles = testing::motor}
    );
    auto const columns = std::move(builder.finish()).value();
    REQUIRE(columns.copy_of.size() == 1);
    for (EdgeId edge = 0; edge < columns.edge_head.size(); ++edge) {
        auto const way = columns.segment_way[columns.edge_segment[edge]];
        CHECK((columns.edge_traits[edge].connected != 0) == (way != 5));
    }
}

TEST_CASE("a barrier lets nobody through whom it bars") {
    Town const town{{}, {.barred = testing::motor}};
    CHECK(town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2)) == never);
    auto const on_foot =
        town.time(town.edge(west_way, at_1), town.edge(middle_way, at_2), Profile::foot);
    CHECK(on_foot == doctest::Approx(200'000).epsilon(0.001));
}

}  // namespace
}  // namespace posthaste::road
