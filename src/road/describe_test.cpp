#include "road/describe.hpp"

#include <doctest/doctest.h>

#include "base/fields.hpp"
#include "geo/distance.hpp"
#include "road/snap.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

// A crossing at 2: Main Street from the west (1) by a bend (9) to the east (3), Side Street from
// the north (4) to the south (5); from 3 on Main Street is called High Street, to 6.
//
//            4
//        9   |
//   1        2        3        6
//            |
//            5
constexpr Position west{577'000'000, 119'000'000};
constexpr Position crossing{577'000'000, 119'200'000};
constexpr Position east{577'000'000, 119'300'000};

struct Town {
    Town() {
        Builder builder{{.profiles = testing::motor}};
        auto const both = testing::street(36, 36);
        using Nodes = std::vector<std::int64_t>;
        builder.add_way(1, Nodes{1, 9, 2, 3}, both, "Main Street");
        builder.add_way(2, Nodes{4, 2, 5}, both, "Side Street");
        builder.add_way(3, Nodes{3, 6}, both, "High Street");
        builder.seal_ways();
        builder.add_node(1, west, {});
        builder.add_node(9, {577'020'000, 119'100'000}, {});
        builder.add_node(2, crossing, {});
        builder.add_node(3, east, {});
        builder.add_node(4, {577'100'000, 119'200'000}, {});
        builder.add_node(5, {576'900'000, 119'200'000}, {});
        builder.add_node(6, {577'000'000, 119'400'000}, {});
        columns = std::move(builder.finish()).value();
        REQUIRE(add_hierarchy(columns).ok());
        network = network_of(columns);
        lower = lower_of(network);
        metric = customize(network, lower, Profile::car, edge_times(network, Profile::car));
    }

    Description from_to(Position source, Position target) const {
        SnapIndex const index{network};
        Query query{network, lower};
        auto const a = index.snap(source, Profile::car);
        auto const b = index.snap(target, Profile::car);
        REQUIRE(a);
        REQUIRE(b);
        auto const route = query.route(metric, a->place, b->place);
        REQUIRE(route);
        auto said = describe(network, metric, *route);
        CHECK(said.time_ms == route->time);
        CHECK(said.line.size() == said.pieces.size() + 1);
        return said;
    }
    std::string steps(Description const& said) const {
        std::string text;
        for (auto const& step : said.steps) {
            text += std::string{name_of(step.kind)} + " " + std::string{name_of(step.modifier)};
            text += " " + std::string{network.name(step.edge)} + "; ";
        }
        return text;
    }

    OwnedColumns columns;
    Network network;
    Lower lower;
    Metric metric;
};

TEST_CASE("a turn at a crossing is a step, a bend in the road is none") {
    Town const town;
    auto const south = town.from_to({577'010'000, 119'050'000}, {576'950'000, 119'200'000});
    CHECK(
        town.steps(south) ==
        "depart straight Main Street; turn right Side Street; arrive straight Side Street; "
    );
    CHECK(south.line.size() == 4);  // source, bend, crossing, target
    CHECK(south.line[2] == crossing);
    CHECK(south.steps[1].bearing_after == 180);
    CHECK(south.steps[1].first == 2);
    CHECK(south.steps[2].bearing_before == 180);
    auto const north = town.from_to({577'010'000, 119'050'000}, {577'050'000, 119'200'000});
    CHECK(
        town.steps(north) ==
        "depart straight Main Street; turn left Side Street; arrive straight Side Street; "
    );
    CHECK(north.steps[1].bearing_after == 0);
}

TEST_CASE("straight on is no step unless the name changes") {
    Town const town;
    auto const far = town.from_to(west, {577'000'000, 119'350'000});
    CHECK(
        town.steps(far) ==
        "depart straight Main Street; new name straight High Street; arrive straight High Street; "
    );
    CHECK(far.steps[1].bearing_before == 90);
    auto const direct = geo::distance_mm(west, {577'000'000, 119'350'000});
    CHECK(far.length_mm > direct);
    CHECK(far.length_mm < direct * 105 / 100);
}

TEST_CASE("who stays where they are has a line of no length") {
    Town const town;
    Position const at{577'000'000, 119'250'000};
    auto const said = town.from_to(at, at);
    CHECK(said.length_mm == 0);
    CHECK(said.time_ms == 0);
    REQUIRE(said.line.size() == 2);
    CHECK(said.line[0] == said.line[1]);
    CHECK(said.steps.size() == 2);
}

TEST_CASE("along every way through a city, pieces and steps add up to the route") {
    std::size_t turns = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto const columns = testing::random_city(seed, 8);
        auto const network = network_of(columns);
        auto const lower = lower_of(network);
        auto const metric =
            customize(network, lower, Profile::car, edge_times(network, Profile::car));
        Query query{network, lower};
        Prng prng{seed};
        auto const anywhere = [&] {
            auto const edge = static_cast<EdgeId>(prng.below(network.edge_count()));
            auto const part = static_cast<std::uint32_t>(prng.below(whole_edge + 1));
            return Place{{Spot{edge, part}, Spot{}}, 1};
        };
        for (int i = 0; i < 50; ++i) {
            auto const route = query.route(metric, anywhere(), anywhere());
            if (!route) continue;
            auto const said = describe(network, metric, *route);
            INFO("seed ", seed, " route ", i);
            CHECK(said.time_ms == route->time);
            REQUIRE(said.line.size() == said.pieces.size() + 1);
            std::int64_t pieces_mm = 0;
            for (std::size_t j = 0; j < said.pieces.size(); ++j) {
                pieces_mm += said.pieces[j].length_mm;
                auto const gap = geo::distance_mm(said.line[j], said.line[j + 1]);
                CHECK(std::abs(gap - said.pieces[j].length_mm) <= 20);
            }
            CHECK(pieces_mm == said.length_mm);
            std::int64_t steps_mm = 0;
            std::int64_t steps_ms = 0;
            std::size_t at = 0;
            for (auto const& step : said.steps) {
                CHECK(step.first == at);
                at = step.last;
                steps_mm += step.length_mm;
                steps_ms += step.time_ms;
            }
            CHECK(at == said.line.size() - 1);
            CHECK(steps_mm == said.length_mm);
            CHECK(steps_ms == said.time_ms);
            turns += said.steps.size() - 2;
        }
    }
    CHECK(turns > 1000);
}

TEST_CASE("bearings are clockwise from north, to the nearest degree") {
    Position const at{0, 0};
    CHECK(bearing(at, at) == 0);
    CHECK(bearing(at, {10'000, 0}) == 0);
    CHECK(bearing(at, {10'000, 10'000}) == 45);
    CHECK(bearing(at, {0, 10'000}) == 90);
    CHECK(bearing(at, {-10'000, 10'000}) == 135);
    CHECK(bearing(at, {-10'000, 0}) == 180);
    CHECK(bearing(at, {-10'000, -10'000}) == 225);
    CHECK(bearing(at, {0, -10'000}) == 270);
    CHECK(bearing(at, {10'000, -10'000}) == 315);
    CHECK(bearing(at, {10'000, -1}) == 0);
    CHECK(bearing(at, {17'321, 10'000}) == 30);
    // A degree of longitude is half as wide at 60 degrees north.
    CHECK(bearing({600'000'000, 0}, {600'010'000, 20'000}) == 45);
    CHECK(bearing({0, 1'799'999'000}, {0, -1'799'999'000}) == 90);
}

TEST_CASE("a turn is called by its angle") {
    CHECK(modifier_of(0) == Modifier::straight);
    CHECK(modifier_of(-20) == Modifier::straight);
    CHECK(modifier_of(21) == Modifier::slight_right);
    CHECK(modifier_of(-39) == Modifier::slight_left);
    CHECK(modifier_of(40) == Modifier::right);
    CHECK(modifier_of(-120) == Modifier::left);
    CHECK(modifier_of(121) == Modifier::sharp_right);
    CHECK(modifier_of(-179) == Modifier::sharp_left);
    CHECK(modifier_of(-180) == Modifier::uturn);
}

}  // namespace
}  // namespace posthaste::road
