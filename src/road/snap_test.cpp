#include "road/snap.hpp"

#include <doctest/doctest.h>

#include "geo/distance.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

// One street east-west of 2 x 600 m, the eastern half one way to the east.
OwnedColumns one_street() {
    Builder builder{{.profiles = testing::motor}};
    builder.add_way(1, std::array<std::int64_t, 2>{1, 2}, testing::street(36, 36), "West Street");
    builder.add_way(2, std::array<std::int64_t, 2>{2, 3}, testing::street(36, 36), "East Street");
    builder.add_way(3, std::array<std::int64_t, 2>{3, 4}, testing::street(36, 36), "");
    builder.seal_ways();
    builder.add_node(1, {577'000'000, 119'000'000}, {});
    builder.add_node(2, {577'000'000, 119'100'000}, {});
    builder.add_node(3, {577'000'000, 119'200'000}, {});
    builder.add_node(4, {577'100'000, 119'200'000}, {});
    auto columns = std::move(builder.finish()).value();
    CHECK(add_hierarchy(columns).ok());
    return columns;
}

std::int64_t scan_mm(Network const& network, Position at) {
    auto least = std::int64_t{1} << 60;
    for (std::uint32_t segment = 0; segment < network.segment_way.size(); ++segment) {
        auto const shape = network.shape(segment);
        bool is_usable = false;
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
            is_usable |= network.edge_segment[edge] == segment &&
                         (network.edge_traits[edge].connected & bit_of(Profile::car)) != 0;
        if (!is_usable) continue;
        constexpr std::int64_t steps = 400;
        for (std::size_t i = 0; i + 1 < shape.size(); ++i) {
            for (std::int64_t step = 0; step <= steps; ++step) {
                auto const between = [&](std::int64_t a, std::int64_t b) {
                    return static_cast<std::int32_t>(a + (b - a) * step / steps);
                };
                Position const point{
                    between(shape[i].lat, shape[i + 1].lat),
                    between(shape[i].lon, shape[i + 1].lon)};
                least = std::min(least, geo::distance_mm(at, point));
            }
        }
    }
    return least;
}

TEST_CASE("the nearest road is the one that a scan over all points of all roads finds") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        auto const columns = testing::random_city(seed, 8);
        auto const network = network_of(columns);
        SnapIndex const index{network};
        Prng prng{seed};
        for (int i = 0; i < 40; ++i) {
            Position const at{
                static_cast<std::int32_t>(577'000'000 + prng.between(-60'000, 200'000)),
                static_cast<std::int32_t>(119'000'000 + prng.between(-90'000, 320'000))};
            auto const snapped = index.snap(at, Profile::car, {.reach = Metres{20'000}});
            REQUIRE(snapped);
            auto const expected = scan_mm(network, at);
            INFO("seed ", seed, " place ", i);
            CHECK(snapped->distance_mm >= expected - 500);
            CHECK(snapped->distance_mm <= expected + 1000);
        }
    }
}

TEST_CASE("a two-way street gives both directions, a heading the one that it fits") {
    auto const columns = one_street();
    auto const network = network_of(columns);
    SnapIndex const index{network};
    Position const at{577'001'000, 119'025'000};
    auto const both = index.snap(at, Profile::car);
    REQUIRE(both);
    REQUIRE(both->place.count == 2);
    CHECK(both->place.spots[0].part == doctest::Approx(whole_edge / 4).epsilon(0.01));
    CHECK(both->place.spots[1].part == doctest::Approx(whole_edge * 3 / 4).epsilon(0.01));
    CHECK(both->distance_mm == doctest::Approx(11'120).epsilon(0.02));
    CHECK(network.name(both->place.spots[0].edge) == "West Street");
    auto const east = index.snap(at, Profile::car, {.heading = 80});
    REQUIRE(east);
    REQUIRE(east->place.count == 1);
    CHECK(network.edge_traits[east->place.spots[0].edge].is_backward == 0);
    auto const west = index.snap(at, Profile::car, {.heading = 265});
    REQUIRE(west);
    REQUIRE(west->place.count == 1);
    CHECK(network.edge_traits[west->place.spots[0].edge].is_backward == 1);
}

TEST_CASE("the kerb says from which side a place is driven to") {
    auto const columns = one_street();
    auto const network = network_of(columns);
    SnapIndex const index{network};
    // North of the street: on the right of who drives west.
    auto const right = index.snap({577'001'000, 119'025'000}, Profile::car, {.kerb = Kerb::right});
    REQUIRE(right);
    REQUIRE(right->place.count == 1);
    CHECK(network.edge_traits[right->place.spots[0].edge].is_backward == 1);
    auto const left = index.snap({577'001'000, 119'025'000}, Profile::car, {.kerb = Kerb::left});
    REQUIRE(left);
    CHECK(network.edge_traits[left->place.spots[0].edge].is_backward == 0);
}

TEST_CASE("of two roads nearly as near the one that the heading fits wins") {
    auto const columns = one_street();
    auto const network = network_of(columns);
    SnapIndex const index{network};
    // 6 m west of the road north, 3 m north of the street: driving north.
    Position const at{577'000'270, 119'198'900};
    auto const blind = index.snap(at, Profile::car);
    REQUIRE(blind);
    CHECK(network.name(blind->place.spots[0].edge) == "East Street");
    auto const north = index.snap(at, Profile::car, {.accuracy = Metres{20}, .heading = 0});
    REQUIRE(north);
    CHECK(network.name(north->place.spots[0].edge).empty());
    REQUIRE(north->place.count == 1);
    CHECK(network.edge_traits[north->place.spots[0].edge].is_backward == 0);
}

TEST_CASE("a place at the other end of the earth, or at a pole, is at no road") {
    auto const columns = one_street();
    auto const network = network_of(columns);
    SnapIndex const index{network};
    for (auto const lat : {850'000'000, 889'000'000, 900'000'000, -900'000'000, 577'000'000})
        for (auto const lon : {0, 119'100'000, 1'799'999'999, -1'800'000'000})
            if (lat != 577'000'000 || lon != 119'100'000)
                CHECK_FALSE(index.snap({lat, lon}, Profile::car, {.reach = Metres{20'000}}));
}

TEST_CASE("no road within reach is nothing, and nobody is put where their profile may not go") {
    auto const columns = one_street();
    auto const network = network_of(columns);
    SnapIndex const index{network};
    Position const far{577'000'000, 119'400'000};
    CHECK_FALSE(index.snap(far, Profile::car, {.reach = Metres{1000}}));
    CHECK(index.snap(far, Profile::car, {.reach = Metres{1500}}));
    CHECK_FALSE(index.snap({577'000'000, 119'000'000}, Profile::bicycle));
}

}  // namespace
}  // namespace posthaste::road
