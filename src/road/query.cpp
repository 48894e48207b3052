#include "road/query.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "road/sweep.hpp"

namespace posthaste::road {

struct Hop {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t arc = 0;

    bool is_up() const { return from < to; }
    std::int32_t time(Metric const& metric) const {
        return is_up() ? metric.up[arc] : metric.down[arc];
    }
};

namespace {

bool is_open(Metric const& metric, Spot spot) {
    return metric.edges[spot.edge] < never;
}

// The target lies behind on the same edge: who stays on it does not get there.
bool is_behind(Spot source, Place const& target) {
    return std::ranges::any_of(target.all(), [&](Spot spot) {
        return spot.edge == source.edge && spot.part < source.part;
    });
}

/// Where a search begins: a state, and the time to its edge's start (less than 0: from within).
struct Start {
    StateId state = none;
    std::int32_t before = 0;
    EdgeId left = none;  ///< the source's edge, where that was left by a turn
};

std::vector<Start> starts_of(
    Network const& network, Metric const& metric, Place const& source, Place const& target
) {
    std::vector<Start> starts;
    for (auto const spot : source.all()) {
        if (!is_open(metric, spot)) continue;
        auto const passed = part_time(metric, spot);
        if (!is_behind(spot, target)) {
            starts.push_back({spot.edge, -passed, none});
            continue;
        }
        auto const end = network.turn_first[spot.edge + 1];
        for (auto turn = network.turn_first[spot.edge]; turn < end; ++turn) {
            auto const time = metric.turn_time(network, spot.edge, turn);
            if (time < never) starts.push_back({network.turn_to[turn], time - passed, spot.edge});
        }
    }
    return starts;
}

}  // namespace

std::int32_t part_time(Metric const& metric, Spot spot) {
    return static_cast<std::int32_t>((std::int64_t{metric.edges[spot.edge]} * spot.part) >> 16);
}

std::int32_t relief(Metric const& metric, Place const& source, Place const& target) {
    if (target.count == 0) return 0;
    auto const area = metric.areas[target.spots[0].edge];
    if (area == none) return 0;
    auto const is_in = [&](Spot spot) { return metric.areas[spot.edge] == area; };
    return std::ranges::any_of(source.all(), is_in) ? 0 : destination_penalty_ms;
}

// What all searches of one network share.
struct Query::Tree {
    Tree(Network const& the_network, Lower const& the_lower)
        : network{the_network}, lower{the_lower}, parents(the_network.state_count(), none) {
        for (std::uint32_t rank = 0; rank < parents.size(); ++rank) {
            auto const first = network.up_first[rank];
            if (first < network.up_first[rank + 1]) parents[rank] = network.up_head[first];
        }
        states.resize(parents.size());
        for (StateId state = 0; state < states.size(); ++state)
            states[network.rank[state]] = state;
        for (std::uint32_t i = 0; i < network.copy_of.size(); ++i)
            copies.emplace_back(network.copy_of[i], network.edge_count() + i);
        std::ranges::sort(copies);
    }

    void for_each_state(EdgeId edge, auto const& take) const {
        take(edge);
        auto const range =
            std::ranges::equal_range(copies, edge, {}, &std::pair<EdgeId, StateId>::first);
        for (auto const& [_, state] : range)
            take(state);
    }

    Network const& network;
    Lower const& lower;
    std::vector<std::uint32_t> parents;              ///< by rank
    std::vector<StateId> states;                     ///< by rank
    std::vector<std::pair<EdgeId, StateId>> copies;  ///< sorted
};

// From states to up to Width targets: down from the targets' side first, then from above to all
// states that were chosen. Ranks everywhere.
template <std::size_t Width>
class Query::Search {
public:
    explicit Search(Tree const& tree) : tree_{tree}, reach_(tree.parents.size()) {
        for (auto& reach : reach_)
            reach.fill(never);
        chosen_.resize(reach_.size(), 0);
    }

    /// Requires: before the first aim().
    void choose(StateId state) {
        path_.clear();
        for (auto rank = tree_.network.rank[state]; rank != none && chosen_[rank] == 0;
             rank = tree_.parents[rank]) {
            chosen_[rank] = 1;
            path_.push_back(rank);
        }
        order_.insert(order_.end(), path_.rbegin(), path_.rend());
    }

    void aim(Metric const& metric, Place const& target, std::size_t lane) {
        for (auto const spot : target.all()) {
            if (!is_open(metric, spot)) continue;
            tree_.for_each_state(spot.edge, [&](StateId state) {
                begin_at(state, part_time(metric, spot), lane);
            });
        }
        climb(metric.downward, lane);
    }
    /// The other way round: from one source to all that were chosen. Gives what all times are too
    /// long by: none is below 0, as never plus that would be.
    std::int32_t set_out(Metric const& metric, Place const& source) {
        std::int32_t most = 0;
        for (auto const spot : source.all())
            if (is_open(metric, spot)) most = std::max(most, part_time(metric, spot));
        for (auto const spot : source.all())
            if (is_open(metric, spot)) begin_at(spot.edge, most - part_time(metric, spot), 0);
        climb(metric.upward, 0);
        return most;
    }

    /// To the targets by the ways up; from the source by the ways down.
    void sweep(NeededArcs const& arcs) { sweep(arcs, order_.size()); }
    /// Only over the first chosen: they need none that were chosen later.
    void sweep(NeededArcs const& arcs, std::size_t count) {
        sweep_down({arcs, std::span{order_}.first(count)}, reach_);
    }
    std::size_t chosen_count() const { return order_.size(); }

    /// The arcs of a quickest way from a state; requires Width 1, after sweep().
    std::vector<Hop> hops_from(Metric const& metric, StateId state, Place const& target) const;

    std::int32_t at(StateId state, std::size_t lane) const {
        return reach_[tree_.network.rank[state]][lane];
    }

    /// Other targets, the same sources.
    void forget_targets() {
        for (auto const rank : climbed_)
            reach_[rank].fill(never);
        for (auto const rank : order_)
            reach_[rank].fill(never);
        climbed_.clear();
    }
    void clear() {
        forget_targets();
        for (auto const rank : order_)
            chosen_[rank] = 0;
        order_.clear();
    }

private:
    using Reach = Reached<Width>;

    void begin_at(StateId state, std::int32_t time, std::size_t lane) {
        auto const rank = tree_.network.rank[state];
        reach_[rank][lane] = std::min(reach_[rank][lane], time);
        climbing_.push_back(rank);
    }

    // All that lies above where it begins, from the lowest up.
    void climb(NeededArcs const& arcs, std::size_t lane) {
        // Several ways up, lowest first, until they have met.
        while (climbing_.size() > 1) {
            auto const rank = *std::ranges::min_element(climbing_);
            std::erase(climbing_, rank);
            relax(arcs, rank, lane);
            auto const parent = tree_.parents[rank];
            if (parent != none) climbing_.push_back(parent);
        }
        if (climbing_.empty()) return;
        for (auto rank = climbing_.front(); rank != none; rank = tree_.parents[rank])
            relax(arcs, rank, lane);
        climbing_.clear();
    }

    void relax(NeededArcs const& arcs, std::uint32_t rank, std::size_t lane) {
        climbed_.push_back(rank);
        auto const time = reach_[rank][lane];
        for (auto arc = arcs.first[rank]; arc < arcs.first[rank + 1]; ++arc) {
            auto& above = reach_[arcs.heads[arc]][lane];
            above = std::min(above, time + arcs.times[arc]);
        }
    }

    Tree const& tree_;
    std::vector<Reach> reach_;            ///< to the targets; never where not known
    std::vector<std::uint8_t> chosen_;    ///< is in order_
    std::vector<std::uint32_t> order_;    ///< above the sources, each after its parent
    std::vector<std::uint32_t> climbed_;  ///< above the targets
    std::vector<std::uint32_t> climbing_;
    std::vector<std::uint32_t> path_;
};

Query::Query(Network const& network, Lower const& lower)
    : tree_{std::make_unique<Tree const>(network, lower)},
      single_{std::make_unique<Search<1>>(*tree_)},
      fan_{std::make_unique<Search<1>>(*tree_)} {}

Query::~Query() = default;

std::int32_t Query::time(Metric const& metric, Place const& source, Place const& target) {
    auto const starts = starts_of(tree_->network, metric, source, target);
    for (auto const& start : starts)
        single_->choose(start.state);
    single_->aim(metric, target, 0);
    single_->sweep(metric.upward);
    auto least = never;
    for (auto const& start : starts) {
        auto const onward = single_->at(start.state, 0);
        if (onward < never) least = std::min(least, start.before + onward);
    }
    single_->clear();
    return least < never ? least - relief(metric, source, target) : never;
}

void Query::gather(std::span<Place const> places) {
    fan_->clear();
    gathered_.assign(places.begin(), places.end());
    chosen_by_.clear();
    for (auto const& place : places) {
        for (auto const spot : place.all())
            tree_->for_each_state(spot.edge, [&](StateId state) { fan_->choose(state); });
        chosen_by_.push_back(fan_->chosen_count());
    }
}

std::vector<std::int32_t> Query::to(Metric const& metric, Place const& hub, std::size_t count) {
    std::vector<std::int32_t> times(std::min(count, gathered_.size()), never);
    if (times.empty()) return times;
    fan_->aim(metric, hub, 0);
    fan_->sweep(metric.upward, chosen_by_[times.size() - 1]);
    for (std::size_t i = 0; i < times.size(); ++i) {
        bool goes_round = false;
        for (auto const spot : gathered_[i].all()) {
            if (!is_open(metric, spot)) continue;
            goes_round |= is_behind(spot, hub);
            auto const onward = fan_->at(spot.edge, 0);
            if (onward < never) times[i] = std::min(times[i], onward - part_time(metric, spot));
        }
        if (times[i] < never) times[i] -= relief(metric, gathered_[i], hub);
        if (goes_round) times[i] = time(metric, gathered_[i], hub);
    }
    fan_->forget_targets();
    return times;
}

std::vector<std::int32_t> Query::from(Metric const& metric, Place const& hub, std::size_t count) {
    std::vector<std::int32_t> times(std::min(count, gathered_.size()), never);
    if (times.empty()) return times;
    auto const too_long = fan_->set_out(metric, hub);
    fan_->sweep(metric.downward, chosen_by_[times.size() - 1]);
    for (std::size_t i = 0; i < times.size(); ++i) {
        for (auto const spot : gathered_[i].all()) {
            if (!is_open(metric, spot)) continue;
            tree_->for_each_state(spot.edge, [&](StateId state) {
                auto const before = fan_->at(state, 0);
                if (before < never)
                    times[i] = std::min(times[i], before - too_long + part_time(metric, spot));
            });
        }
        bool const goes_round = std::ranges::any_of(hub.all(), [&](Spot spot) {
            return is_behind(spot, gathered_[i]);
        });
        if (times[i] < never) times[i] -= relief(metric, hub, gathered_[i]);
        if (goes_round) times[i] = time(metric, hub, gathered_[i]);
    }
    fan_->forget_targets();
    return times;
}

std::vector<std::int32_t> Query::matrix(
    Metric const& metric, std::span<Place const> sources, std::span<Place const> targets
) {
    if (!wide_) wide_ = std::make_unique<Search<lanes>>(*tree_);
    std::vector<std::int32_t> times(sources.size() * targets.size(), never);
    for (auto const& source : sources)
        for (auto const spot : source.all())
            wide_->choose(spot.edge);
    for (std::size_t first = 0; first < targets.size(); first += lanes) {
        auto const count = std::min(lanes, targets.size() - first);
        for (std::size_t lane = 0; lane < count; ++lane)
            wide_->aim(metric, targets[first + lane], lane);
        wide_->sweep(metric.upward);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            auto* const row = &times[i * targets.size() + first];
            for (auto const spot : sources[i].all()) {
                if (!is_open(metric, spot)) continue;
                auto const passed = part_time(metric, spot);
                for (std::size_t lane = 0; lane < count; ++lane) {
                    auto const onward = wide_->at(spot.edge, lane);
                    if (onward < never) row[lane] = std::min(row[lane], onward - passed);
                }
            }
        }
        wide_->forget_targets();
    }
    wide_->clear();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        for (std::size_t j = 0; j < targets.size(); ++j) {
            auto& here = times[i * targets.size() + j];
            if (here < never) here -= relief(metric, sources[i], targets[j]);
            bool const goes_round = std::ranges::any_of(sources[i].all(), [&](Spot spot) {
                return is_behind(spot, targets[j]);
            });
            if (goes_round) here = time(metric, sources[i], targets[j]);
        }
    }
    return times;
}

// Every step is at least a millisecond nearer, so this ends.
template <>
std::vector<Hop> Query::Search<1>::hops_from(
    Metric const& metric, StateId state, Place const& target
) const {
    auto const& network = tree_.network;
    std::vector<Hop> hops;
    auto rank = network.rank[state];
    auto const is_end = [&] {
        auto const edge = network.edge_of(tree_.states[rank]);
        return std::ranges::any_of(target.all(), [&](Spot spot) {
            return spot.edge == edge && part_time(metric, spot) == reach_[rank][0];
        });
    };
    auto const step = [&]() -> Hop {
        auto const left = reach_[rank][0];
        for (auto arc = network.up_first[rank]; arc < network.up_first[rank + 1]; ++arc) {
            auto const head = network.up_head[arc];
            if (metric.up[arc] + reach_[head][0] == left) return {rank, head, arc};
        }
        for (auto const below : climbed_) {
            if (below >= rank) break;
            auto const arc = arc_between(network, below, rank);
            if (arc != none && metric.down[arc] + reach_[below][0] == left)
                return {rank, below, arc};
        }
        ASSERT(false);
        return {};
    };
    while (!is_end()) {
        hops.push_back(step());
        rank = hops.back().to;
    }
    return hops;
}

namespace {

bool is_turn(
    Network const& network, Metric const& metric, StateId from, StateId to, std::int32_t time
) {
    auto const edge = network.edge_of(from);
    for (auto turn = network.turn_first[from]; turn < network.turn_first[from + 1]; ++turn)
        if (network.turn_to[turn] == to && metric.turn_time(network, edge, turn) == time)
            return true;
    return false;
}

// The two hops by a state below both ends that take as long.
std::pair<Hop, Hop> halves_of(
    Network const& network, Lower const& lower, Metric const& metric, Hop hop
) {
    auto const low = std::min(hop.from, hop.to);
    auto const high = std::max(hop.from, hop.to);
    for (auto i = lower.first[low]; i < lower.first[low + 1]; ++i) {
        auto const below = lower.tails[i];
        auto const other = arc_between(network, below, high);
        if (other == none) continue;
        Hop const first{hop.from, below, hop.is_up() ? lower.arcs[i] : other};
        Hop const second{below, hop.to, hop.is_up() ? other : lower.arcs[i]};
        if (first.time(metric) + second.time(metric) == hop.time(metric)) return {first, second};
    }
    ASSERT(false);
    return {};
}

}  // namespace

std::vector<EdgeId> Query::edges_of(Metric const& metric, StateId first, std::vector<Hop> hops) {
    auto const& network = tree_->network;
    std::vector<EdgeId> edges{network.edge_of(first)};
    std::ranges::reverse(hops);
    while (!hops.empty()) {
        auto const hop = hops.back();
        hops.pop_back();
        auto const to = tree_->states[hop.to];
        if (is_turn(network, metric, tree_->states[hop.from], to, hop.time(metric))) {
            edges.push_back(network.edge_of(to));
            continue;
        }
        auto const [one, other] = halves_of(network, tree_->lower, metric, hop);
        hops.push_back(other);
        hops.push_back(one);
    }
    return edges;
}

std::optional<Route> Query::route(Metric const& metric, Place const& source, Place const& target) {
    auto const starts = starts_of(tree_->network, metric, source, target);
    for (auto const& start : starts)
        single_->choose(start.state);
    single_->aim(metric, target, 0);
    single_->sweep(metric.upward);
    auto best = never;
    Start first;
    for (auto const& start : starts) {
        auto const onward = single_->at(start.state, 0);
        if (onward >= never || start.before + onward >= best) continue;
        best = start.before + onward;
        first = start;
    }
    std::optional<Route> route;
    if (best < never) {
        auto const hops = single_->hops_from(metric, first.state, target);
        route = Route{
            .edges = edges_of(metric, first.state, hops),
            .time = best - relief(metric, source, target)};
        if (first.left != none) route->edges.insert(route->edges.begin(), first.left);
        auto const spot_on = [](Place const& place, EdgeId edge) {
            return *std::ranges::find(place.all(), edge, &Spot::edge);
        };
        route->source = spot_on(source, route->edges.front());
        route->target = spot_on(target, route->edges.back());
    }
    single_->clear();
    return route;
}

}  // namespace posthaste::road
