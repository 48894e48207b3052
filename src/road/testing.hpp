// Cities for tests, and the plain algorithm that the hierarchy must agree with.
#pragma once

#include <queue>

#include "base/prng.hpp"
#include "road/builder.hpp"
#include "road/hierarchy.hpp"
#include "road/query.hpp"

namespace posthaste::road::testing {

constexpr ProfileMask motor = bit_of(Profile::car) | bit_of(Profile::truck);

inline WayUse street(std::uint8_t forward, std::uint8_t backward) {
    WayUse use;
    use.forward.fill(forward);
    use.backward.fill(backward);
    return use;
}

/// A square of streets with gaps, one-way streets, differing speeds, bends, dead ends and
/// restrictions at nodes and by ways.
inline OwnedColumns random_city(std::uint64_t seed, std::int64_t side) {
    Prng prng{seed};
    Builder builder{{.profiles = motor, .drives_on_left = false}};
    std::int64_t way = 1;
    auto const id = [&](std::int64_t x, std::int64_t y) { return 1 + x + y * side; };
    std::vector<std::int64_t> at_start(static_cast<std::size_t>(side * side + 1), 0);
    auto const add = [&](std::int64_t a, std::int64_t b) {
        if (prng.chance(150)) return;
        auto const speed = static_cast<std::uint8_t>(prng.between(5, 90));
        bool const one_way = prng.chance(250);
        auto const nodes = prng.chance(500) ? std::vector{a, b} : std::vector{b, a};
        auto const back = one_way ? std::uint8_t{0} : speed;
        at_start[static_cast<std::size_t>(nodes[0])] = way;
        builder.add_way(way++, nodes, street(speed, back), "");
    };
    for (std::int64_t y = 0; y < side; ++y) {
        for (std::int64_t x = 0; x < side; ++x) {
            if (x + 1 < side) add(id(x, y), id(x + 1, y));
            if (y + 1 < side) add(id(x, y), id(x, y + 1));
        }
    }
    builder.seal_ways();
    for (std::int64_t y = 0; y < side; ++y) {
        for (std::int64_t x = 0; x < side; ++x) {
            auto const jitter = [&] {
                return static_cast<std::int32_t>(prng.between(-5000, 5000));
            };
            auto const lat = 577'000'000 + static_cast<std::int32_t>(y) * 20'000 + jitter();
            auto const lon = 119'000'000 + static_cast<std::int32_t>(x) * 35'000 + jitter();
            builder.add_node(id(x, y), {lat, lon}, {});
        }
    }
    for (std::int64_t i = 0; i < side * side / 4; ++i) {
        auto const any_way = [&] { return prng.between(1, way - 1); };
        Restriction restriction{.from_ways = {any_way()}, .to_ways = {any_way()}};
        restriction.profiles = motor;
        restriction.is_only = prng.chance(300);
        if (prng.chance(500)) {
            restriction.via_node = prng.between(1, side * side);
        } else {
            restriction.via_ways = {any_way()};
        }
        builder.add_restriction(restriction);
    }
    auto columns = builder.finish();
    auto made = std::move(columns).value();
    (void)add_hierarchy(made).ok();
    return made;
}

/// From the source to the start of every state: Dijkstra's algorithm over the turns.
class Plain {
public:
    Plain(Network const& network, Metric const& metric) : network_{network}, metric_{metric} {}

    std::int32_t time(Place const& source, Place const& target) {
        auto best = never;
        for (auto const spot : source.all())
            for (auto const end : target.all())
                best = std::min(best, time(spot, end));
        return best;
    }

private:
    std::int32_t part(Spot spot) const {
        return static_cast<std::int32_t>(
            (std::int64_t{metric_.edges[spot.edge]} * spot.part) >> 16
        );
    }
    std::int32_t time(Spot source, Spot target) {
        if (metric_.edges[source.edge] >= never || metric_.edges[target.edge] >= never)
            return never;
        if (source.edge == target.edge && source.part <= target.part)
            return std::min(part(target) - part(source), around(source, target));
        return around(source, target);
    }
    // By at least one turn.
    std::int32_t around(Spot source, Spot target) {
        std::vector<std::int32_t> times(network_.state_count(), never);
        using Entry = std::pair<std::int32_t, StateId>;
        std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
        auto const leave = [&](StateId state, std::int32_t time) {
            auto const edge = network_.edge_of(state);
            for (auto turn = network_.turn_first[state]; turn < network_.turn_first[state + 1];
                 ++turn) {
                auto const step = metric_.turn_time(network_, edge, turn);
                auto const to = network_.turn_to[turn];
                if (step >= never || time + step >= times[to]) continue;
                times[to] = time + step;
                queue.emplace(times[to], to);
            }
        };
        leave(source.edge, -part(source));
        while (!queue.empty()) {
            auto const [time, state] = queue.top();
            queue.pop();
            if (time > times[state]) continue;
            if (network_.edge_of(state) == target.edge) return time + part(target);
            leave(state, time);
        }
        return never;
    }

    Network const& network_;
    Metric const& metric_;
};

}  // namespace posthaste::road::testing
