#include "road/query.hpp"

#include <doctest/doctest.h>

#include "road/testing.hpp"

namespace posthaste::road {
namespace {

Place random_place(Network const& network, Prng& prng) {
    Place place;
    auto const edge = static_cast<EdgeId>(prng.below(network.edge_count()));
    auto const part = static_cast<std::uint32_t>(prng.below(whole_edge + 1));
    place.spots[place.count++] = {edge, part};
    auto const twin = network.edge_twin[edge];
    if (twin != none && prng.chance(500)) place.spots[place.count++] = {twin, whole_edge - part};
    return place;
}

std::vector<Place> random_places(Network const& network, Prng& prng, std::size_t count) {
    std::vector<Place> places;
    for (std::size_t i = 0; i < count; ++i)
        places.push_back(random_place(network, prng));
    return places;
}

TEST_CASE("every query agrees with Dijkstra's algorithm, in cities of all sizes") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        auto const columns = testing::random_city(seed, 2 + static_cast<std::int64_t>(seed % 9));
        auto const network = network_of(columns);
        if (network.edge_count() == 0) continue;
        auto const lower = lower_of(network);
        auto const metric =
            customize(network, lower, Profile::car, edge_times(network, Profile::car));
        Query query{network, lower};
        testing::Plain plain{network, metric};
        Prng prng{seed};
        auto const sources = random_places(network, prng, 12);
        auto const targets = random_places(network, prng, 21);
        auto const matrix = query.matrix(metric, sources, targets);
        for (std::size_t j = 0; j < targets.size(); ++j) {
            auto const times = query.times(metric, sources, targets[j]);
            for (std::size_t i = 0; i < sources.size(); ++i) {
                INFO("seed ", seed, " source ", i, " target ", j);
                auto const expected = plain.time(sources[i], targets[j]);
                CHECK(times[i] == expected);
                CHECK(matrix[i * targets.size() + j] == expected);
            }
        }
        for (std::size_t i = 0; i < sources.size(); ++i) {
            auto const times = query.times_from(metric, sources[i], targets);
            for (std::size_t j = 0; j < targets.size(); ++j)
                CHECK(times[j] == matrix[i * targets.size() + j]);
        }
    }
}

/// What it takes along the edges of a route, turn by turn.
std::int32_t time_along(Network const& network, Metric const& metric, Route const& route) {
    auto const part = [&](Spot spot) {
        auto const whole = std::int64_t{metric.edges[spot.edge]};
        return static_cast<std::int32_t>((whole * spot.part) >> 16);
    };
    auto time = -part(route.source);
    StateId state = route.edges.front();
    for (std::size_t i = 1; i < route.edges.size(); ++i) {
        StateId to = none;
        for (auto turn = network.turn_first[state]; turn < network.turn_first[state + 1]; ++turn) {
            auto const step = metric.turn_time(network, route.edges[i - 1], turn);
            if (network.edge_of(network.turn_to[turn]) != route.edges[i] || step >= never) continue;
            to = network.turn_to[turn];
            time += step;
        }
        if (to == none) return never;
        state = to;
    }
    return time + part(route.target);
}

TEST_CASE("a route is edges that follow each other, and takes as long as it says") {
    std::size_t routes = 0;
    std::size_t copies = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto const columns = testing::random_city(seed, 4 + static_cast<std::int64_t>(seed));
        auto const network = network_of(columns);
        copies += network.copy_of.size();
        auto const lower = lower_of(network);
        auto const metric =
            customize(network, lower, Profile::car, edge_times(network, Profile::car));
        Query query{network, lower};
        Prng prng{seed};
        for (int i = 0; i < 60; ++i) {
            auto const source = random_place(network, prng);
            auto const target = random_place(network, prng);
            auto const time = query.time(metric, source, target);
            auto const route = query.route(metric, source, target);
            CHECK(route.has_value() == (time < never));
            if (!route) continue;
            ++routes;
            CHECK(route->time == time);
            CHECK(time_along(network, metric, *route) == time);
        }
    }
    CHECK(routes > 800);
    CHECK(copies > 100);
}

TEST_CASE("many threads make the same metric as one") {
    auto const columns = testing::random_city(7, 30);
    auto const network = network_of(columns);
    auto const lower = lower_of(network);
    auto const times = edge_times(network, Profile::car);
    auto const one = customize(network, lower, Profile::car, times);
    auto const four = customize(network, lower, Profile::car, times, 4);
    CHECK(one.up == four.up);
    CHECK(one.down == four.down);
    CHECK(one.hash() == four.hash());
}

}  // namespace
}  // namespace posthaste::road
