// Cities for tests, and the plain algorithm that the hierarchy must agree with.
#pragma once

#include <cstdlib>
#include <queue>

#include "base/prng.hpp"
#include "road/builder.hpp"
#include "road/hierarchy.hpp"
#include "road/query.hpp"
#include "road/roads.hpp"

namespace posthaste::road::testing {

constexpr ProfileMask motor = bit_of(Profile::car) | bit_of(Profile::truck);

inline WayUse street(std::uint8_t forward, std::uint8_t backward) {
    WayUse use;
    use.forward.fill(forward);
    use.backward.fill(backward);
    return use;
}

/// A square of streets with gaps, one-way streets, differing speeds and dead ends, and with
/// restrictions at nodes and by ways.
class RandomCity {
public:
    RandomCity(std::uint64_t seed, std::int64_t side) : prng_{seed}, side_{side} {
        for (std::int64_t y = 0; y < side; ++y) {
            for (std::int64_t x = 0; x < side; ++x) {
                if (x + 1 < side) add_street(id(x, y), id(x + 1, y));
                if (y + 1 < side) add_street(id(x, y), id(x, y + 1));
            }
        }
        builder_.seal_ways();
        for (std::int64_t y = 0; y < side; ++y)
            for (std::int64_t x = 0; x < side; ++x)
                builder_.add_node(id(x, y), place(x, y), {});
        for (std::size_t i = 0; i < streets_.size() / 4; ++i)
            add_restriction();
    }

    OwnedColumns make() {
        auto columns = std::move(builder_.finish()).value();
        (void)add_hierarchy(columns).ok();
        return columns;
    }

private:
    using Street = std::array<std::int64_t, 2>;  // its ends; its way's id is its index + 1

    std::int64_t id(std::int64_t x, std::int64_t y) const { return 1 + x + y * side_; }

    Position place(std::int64_t x, std::int64_t y) {
        auto const jitter = [&] { return prng_.between(-5000, 5000); };
        return {
            static_cast<std::int32_t>(577'000'000 + y * 20'000 + jitter()),
            static_cast<std::int32_t>(119'000'000 + x * 35'000 + jitter())};
    }

    void add_street(std::int64_t a, std::int64_t b) {
        if (prng_.chance(150)) return;
        auto const speed = static_cast<std::uint8_t>(prng_.between(5, 90));
        auto const back = prng_.chance(250) ? std::uint8_t{0} : speed;
        auto const ends = prng_.chance(500) ? Street{a, b} : Street{b, a};
        streets_.push_back(ends);
        builder_.add_way(static_cast<std::int64_t>(streets_.size()), ends, street(speed, back), "");
    }

    /// Any street at a node but one; 0: there is none.
    std::int64_t way_at(std::int64_t node, std::int64_t but) {
        std::vector<std::int64_t> ways;
        for (std::size_t i = 0; i < streets_.size(); ++i) {
            auto const way = static_cast<std::int64_t>(i) + 1;
            bool const is_here = streets_[i][0] == node || streets_[i][1] == node;
            if (is_here && way != but) ways.push_back(way);
        }
        return ways.empty() ? 0 : ways[prng_.below(ways.size())];
    }

    void add_restriction() {
        auto const from = 1 + static_cast<std::int64_t>(prng_.below(streets_.size()));
        auto const via = streets_[static_cast<std::size_t>(from - 1)][prng_.below(2)];
        auto to = way_at(via, from);
        if (to == 0) return;
        Restriction restriction{.from_ways = {from}, .via_node = via, .profiles = motor};
        restriction.is_only = prng_.chance(300);
        if (prng_.chance(500)) {
            auto const& between = streets_[static_cast<std::size_t>(to - 1)];
            restriction.via_node = 0;
            restriction.via_ways = {to};
            to = way_at(between[0] == via ? between[1] : between[0], to);
            if (to == 0) return;
        }
        restriction.to_ways = {to};
        builder_.add_restriction(restriction);
    }

    Prng prng_;
    std::int64_t side_;
    Builder builder_{{.profiles = motor, .drives_on_left = false}};
    std::vector<Street> streets_;
};

inline OwnedColumns random_city(std::uint64_t seed, std::int64_t side) {
    return RandomCity{seed, side}.make();
}

/// The same, opened from a file.
inline std::shared_ptr<Roads const> open_random_city(std::uint64_t seed, std::int64_t side) {
    namespace fs = std::filesystem;
    auto name = (fs::temp_directory_path() / "roads-XXXXXX").string();
    ASSERT(::mkdtemp(name.data()) != nullptr);
    auto const file = fs::path{name} / "city.roads";
    ASSERT(write_network(random_city(seed, side), motor, file).ok());
    auto opened = Roads::open(file);
    fs::remove_all(name);  // mapped: the bytes stay
    return std::move(opened).value();
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
        return best < never ? best - relief(metric_, source, target) : never;
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
