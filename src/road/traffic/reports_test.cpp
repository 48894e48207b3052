#include "road/traffic/reports.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "road/conditions.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

Factors free_factors(Roads const& roads) {
    return {std::vector<std::uint16_t>(roads.network().edge_count(), as_free)};
}

/// Two places with a way between them, and that way.
struct Trip {
    explicit Trip(Roads const& roads, Prng& prng) {
        Query query{roads.network(), roads.lower()};
        auto const& network = roads.network();
        for (std::optional<Route> found; !found || found->edges.size() < 4;) {
            from = network.places[prng.below(network.junction_count())];
            to = network.places[prng.below(network.junction_count())];
            auto const source = roads.index().snap(from, Profile::car);
            auto const target = roads.index().snap(to, Profile::car);
            if (!source || !target) continue;
            found = query.route(*roads.metric(Profile::car), source->place, target->place);
            if (found) route = *found;
        }
    }
    Position from;
    Position to;
    Route route;
};

TEST_CASE("the road of a line of points is the quickest way along them; both: its other side too") {
    auto const roads = testing::open_random_city(5, 12);
    Query query{roads->network(), roads->lower()};
    Prng prng{3};
    for (int i = 0; i < 20; ++i) {
        Trip const trip{*roads, prng};
        model::RoadReport report{.line = {trip.from, trip.to}};
        report.ways = model::RoadReportWays::along;
        auto along = trip.route.edges;
        std::ranges::sort(along);
        CHECK(road_of(*roads, query, report) == along);
        report.ways = model::RoadReportWays::both;
        auto const both = road_of(*roads, query, report);
        CHECK(std::ranges::includes(both, along));
        for (auto const edge : along) {
            auto const twin = roads->network().edge_twin[edge];
            if (twin != none) CHECK(std::ranges::binary_search(both, twin));
        }
    }
}

TEST_CASE("one point names the piece of road nearest to it, and far from all roads none") {
    auto const roads = testing::open_random_city(5, 12);
    Query query{roads->network(), roads->lower()};
    auto const& network = roads->network();
    auto const shape = network.shape(network.edge_segment[7]);
    Position const middle{(shape[0].lat + shape[1].lat) / 2, (shape[0].lon + shape[1].lon) / 2};
    auto const edges = road_of(*roads, query, {.line = {middle}});
    REQUIRE_FALSE(edges.empty());
    for (auto const edge : edges)
        CHECK(network.edge_segment[edge] == network.edge_segment[edges.front()]);
    auto factors = free_factors(*roads);
    std::vector<model::RoadReport> const nowhere{{.line = {Position{100'000'000, 100'000'000}}}};
    CHECK(apply_reports(*roads, query, nowhere, factors) == 1);
    CHECK(factors.hash() == free_factors(*roads).hash());
}

TEST_CASE("nobody passes a closed road, and all is as before when it is open again") {
    auto const roads = testing::open_random_city(6, 12);
    Query query{roads->network(), roads->lower()};
    Prng prng{4};
    for (int i = 0; i < 10; ++i) {
        Trip const trip{*roads, prng};
        // The middle of the way, so that both ends stay open.
        auto const closed_edge = trip.route.edges[trip.route.edges.size() / 2];
        auto factors = free_factors(*roads);
        factors.per_mille[closed_edge] = closed;
        auto const conditions = Conditions::make(roads, {.factors = factors});
        auto const& metric = conditions->metric(Profile::car);
        auto const source = roads->index().snap(trip.from, Profile::car);
        auto const target = roads->index().snap(trip.to, Profile::car);
        auto const round = query.route(metric, source->place, target->place);
        if (round) {
            CHECK(round->time >= trip.route.time);
            CHECK(std::ranges::count(round->edges, closed_edge) == 0);
        }
        CHECK(
            query.time(metric, source->place, target->place) ==
            testing::Plain{roads->network(), metric}.time(source->place, target->place)
        );
        CHECK(conditions->hash() != Conditions::free_flow(roads)->hash());
        auto const again = Conditions::make(roads, {.factors = free_factors(*roads)});
        CHECK(again->hash() == Conditions::free_flow(roads)->hash());
        CHECK(&again->metric(Profile::car) == roads->metric(Profile::car).get());
    }
}

TEST_CASE("of two reports on one road the more severe holds") {
    auto const roads = testing::open_random_city(5, 12);
    Query query{roads->network(), roads->lower()};
    Prng prng{5};
    Trip const trip{*roads, prng};
    model::RoadReport slow{.kind = model::RoadReportKind::slow, .line = {trip.from, trip.to}};
    slow.slower_per_mille = 3000;
    auto slower = slow;
    slower.slower_per_mille = 5000;
    auto shut = slow;
    shut.kind = model::RoadReportKind::closed;
    auto const edge = trip.route.edges[1];
    auto const factor_with = [&](std::vector<model::RoadReport> const& reports) {
        auto factors = free_factors(*roads);
        CHECK(apply_reports(*roads, query, reports, factors) == 0);
        return factors.per_mille[edge];
    };
    CHECK(factor_with({slow}) == 3000);
    CHECK(factor_with({slower, slow}) == 5000);
    CHECK(factor_with({slow, slower}) == 5000);
    CHECK(factor_with({shut, slower}) == closed);
    CHECK(factor_with({slower, shut}) == closed);
}

}  // namespace
}  // namespace posthaste::road
