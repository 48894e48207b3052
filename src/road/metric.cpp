#include "road/metric.hpp"

#include <algorithm>
#include <atomic>
#include <ranges>
#include <thread>

#include "base/assert.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint32_t parts_per_thread = 8;

std::int32_t turn_cost_ms(std::uint8_t cost_ds, Profile profile) {
    if (profile == Profile::foot) return 0;
    auto const whole = cost_ds * 100;
    return profile == Profile::bicycle ? whole / 2 : whole;
}

class Customizer {
public:
    Customizer(Network const& network, Lower const& lower, Metric& metric)
        : network_{network}, lower_{lower}, metric_{metric} {}

    void run(unsigned threads) {
        set_turns();
        auto const parts = parts_for(threads);
        in_parallel(threads, parts.below, [&](auto const& part, Scratch& arc_to) {
            for (auto const state : part)
                close_triangles(state, arc_to);
        });
        Scratch arc_to(network_.state_count());
        for (auto const state : parts.above)
            close_triangles(state, arc_to);

        least_up_ = metric_.up;
        least_down_ = metric_.down;
        for (auto const state : parts.above | std::views::reverse)
            compare_ways_by(state, arc_to);
        in_parallel(threads, parts.below, [&](auto const& part, Scratch& of_thread) {
            for (auto const state : part | std::views::reverse)
                compare_ways_by(state, of_thread);
        });
        auto const keep_down = [&] { metric_.downward = needed(metric_.down, least_down_); };
        std::thread other;
        if (threads > 1) other = std::thread{keep_down};
        metric_.upward = needed(metric_.up, least_up_);
        if (threads > 1) other.join();
        if (threads == 1) keep_down();
    }

private:
    using Scratch = std::vector<std::uint32_t>;
    // States in ascending order: whole subtrees that need nothing from each other, and the rest.
    struct Parts {
        std::vector<std::vector<std::uint32_t>> below;
        std::vector<std::uint32_t> above;
    };

    void set_turns() {
        for (StateId from = 0; from < network_.state_count(); ++from) {
            auto const edge = network_.edge_of(from);
            for (auto turn = network_.turn_first[from]; turn < network_.turn_first[from + 1];
                 ++turn) {
                auto const arc = network_.turn_arc[turn];
                if (arc == none) continue;
                auto const time = metric_.turn_time(network_, edge, turn);
                bool const is_up = network_.rank[from] < network_.rank[network_.turn_to[turn]];
                auto& mine = is_up ? metric_.up[arc] : metric_.down[arc];
                mine = std::min(mine, time);
            }
        }
    }

    std::uint32_t parent_of(std::uint32_t state) const {
        auto const first = network_.up_first[state];
        return first == network_.up_first[state + 1] ? none : network_.up_head[first];
    }

    Parts parts_for(unsigned threads) const {
        auto const states = network_.state_count();
        std::vector<std::uint32_t> size(states, 1);
        for (std::uint32_t state = 0; state < states; ++state)
            if (auto const parent = parent_of(state); parent != none) size[parent] += size[state];
        auto const most = std::max(1U, states / (threads * parts_per_thread));
        Parts parts;
        std::vector<std::uint32_t> part(states, none);
        for (auto state = states; state-- > 0;) {
            auto const parent = parent_of(state);
            if (size[state] > most) continue;
            part[state] = parent == none ? none : part[parent];
            if (part[state] != none) continue;
            part[state] = static_cast<std::uint32_t>(parts.below.size());
            parts.below.emplace_back().reserve(size[state]);
        }
        for (std::uint32_t state = 0; state < states; ++state)
            (part[state] == none ? parts.above : parts.below[part[state]]).push_back(state);
        return parts;
    }

    template <class Work>
    void in_parallel(
        unsigned threads, std::vector<std::vector<std::uint32_t>> const& parts, Work const& work
    ) {
        std::atomic<std::size_t> next = 0;
        auto const run = [&] {
            Scratch arc_to(network_.state_count());
            for (auto i = next++; i < parts.size(); i = next++)
                work(parts[i], arc_to);
        };
        std::vector<std::thread> helpers;
        for (unsigned i = 1; i < threads; ++i)
            helpers.emplace_back(run);
        run();
        for (auto& helper : helpers)
            helper.join();
    }

    // Final once all lower ones are: a way by a state below is as short as any.
    void close_triangles(std::uint32_t state, Scratch& arc_to) {
        auto* const up = metric_.up.data();
        auto* const down = metric_.down.data();
        auto const* const heads = network_.up_head.data();
        auto const end = network_.up_first[state + 1];
        for (auto arc = network_.up_first[state]; arc < end; ++arc)
            arc_to[heads[arc]] = arc;
        for (auto i = lower_.first[state]; i < lower_.first[state + 1]; ++i) {
            auto const from_below = lower_.arcs[i];
            auto const ascent = up[from_below];
            auto const descent = down[from_below];
            auto const last = network_.up_first[lower_.tails[i] + 1];
            for (auto beside = from_below + 1; beside < last; ++beside) {
                auto const across = arc_to[heads[beside]];
                up[across] = std::min(up[across], descent + up[beside]);
                down[across] = std::min(down[across], down[beside] + ascent);
            }
        }
    }

    // From the top down: whether an arc from below to `state`, or to one beside it, takes longer
    // than going by the other of the two.
    void compare_ways_by(std::uint32_t state, Scratch& arc_to) {
        auto* const up = least_up_.data();
        auto* const down = least_down_.data();
        auto const* const heads = network_.up_head.data();
        auto const end = network_.up_first[state + 1];
        for (auto arc = network_.up_first[state]; arc < end; ++arc)
            arc_to[heads[arc]] = arc;
        for (auto i = lower_.first[state]; i < lower_.first[state + 1]; ++i) {
            auto const here = lower_.arcs[i];
            auto const last = network_.up_first[lower_.tails[i] + 1];
            for (auto beside = here + 1; beside < last; ++beside) {
                auto const across = arc_to[heads[beside]];
                up[here] = std::min(up[here], up[beside] + down[across]);
                up[beside] = std::min(up[beside], up[here] + up[across]);
                down[here] = std::min(down[here], up[across] + down[beside]);
                down[beside] = std::min(down[beside], down[across] + down[here]);
            }
        }
    }

    NeededArcs needed(
        std::vector<std::int32_t> const& times, std::vector<std::int32_t> const& least
    ) const {
        NeededArcs arcs;
        arcs.first.reserve(network_.state_count() + std::size_t{1});
        arcs.first.push_back(0);
        for (std::uint32_t state = 0; state < network_.state_count(); ++state) {
            for (auto arc = network_.up_first[state]; arc < network_.up_first[state + 1]; ++arc) {
                if (times[arc] >= never || times[arc] > least[arc]) continue;
                arcs.heads.push_back(network_.up_head[arc]);
                arcs.times.push_back(times[arc]);
            }
            arcs.first.push_back(static_cast<std::uint32_t>(arcs.heads.size()));
        }
        return arcs;
    }

    Network const& network_;
    Lower const& lower_;
    Metric& metric_;
    std::vector<std::int32_t> least_up_;  ///< by arc: between its ends, by any way above
    std::vector<std::int32_t> least_down_;
};

// Edges that only lead to destinations and can be turned between are one area.
std::vector<std::uint32_t> areas_of(Network const& network, Profile profile) {
    std::vector<std::uint32_t> area(network.edge_count(), none);
    for (EdgeId edge = 0; edge < area.size(); ++edge)
        if ((network.edge_traits[edge].destination_only & bit_of(profile)) != 0) area[edge] = edge;
    auto const root = [&](EdgeId edge) {
        while (area[edge] != edge)
            edge = area[edge] = area[area[edge]];
        return edge;
    };
    for (EdgeId edge = 0; edge < area.size(); ++edge) {
        if (area[edge] == none) continue;
        for (auto turn = network.turn_first[edge]; turn < network.turn_first[edge + 1]; ++turn) {
            auto const to = network.edge_of(network.turn_to[turn]);
            if (area[to] != none) area[root(to)] = root(edge);
        }
    }
    for (EdgeId edge = 0; edge < area.size(); ++edge)
        if (area[edge] != none) area[edge] = root(edge);
    return area;
}

}  // namespace

std::int32_t edge_time(Network const& network, EdgeId edge, Profile profile) {
    std::int64_t const speed = network.edge_speeds[edge][index_of(profile)];
    if (speed == 0) return never;
    auto const time = std::int64_t{network.edge_length_mm[edge]} * 36 / (speed * 10);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(time, 1, longest_edge_ms));
}

EdgeTimes edge_times(Network const& network, Profile profile) {
    EdgeTimes times(network.edge_count());
    for (EdgeId edge = 0; edge < times.size(); ++edge)
        times[edge] = edge_time(network, edge, profile);
    return times;
}

std::int32_t Metric::turn_time(Network const& network, EdgeId from, std::uint32_t turn) const {
    if ((network.turn_profiles[turn] & bit_of(profile)) == 0) return never;
    auto const to = network.edge_of(network.turn_to[turn]);
    if (edges[from] >= never || edges[to] >= never) return never;
    return edges[from] + turn_cost_ms(network.turn_cost_ds[turn], profile) +
           penalty(network, from, turn);
}

std::int32_t Metric::penalty(Network const& network, EdgeId from, std::uint32_t turn) const {
    auto const to = areas[network.edge_of(network.turn_to[turn])];
    return to != none && to != areas[from] ? destination_penalty_ms : 0;
}

Digest Metric::hash() const {
    auto const* const bytes = reinterpret_cast<char const*>(edges.data());
    return digest({bytes, edges.size() * sizeof(edges[0])});
}

Metric customize(
    Network const& network, Lower const& lower, Profile profile, EdgeTimes edges, unsigned threads
) {
    ASSERT(edges.size() == network.edge_count());
    ASSERT(threads >= 1);
    auto const arcs = network.up_head.size();
    Metric metric{
        profile,
        std::move(edges),
        std::vector<std::int32_t>(arcs, never),
        std::vector<std::int32_t>(arcs, never),
        {},
        {},
        areas_of(network, profile)};
    Customizer{network, lower, metric}.run(threads);
    return metric;
}

}  // namespace posthaste::road
