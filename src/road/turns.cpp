#include "road/turns.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "geo/distance.hpp"
#include "road/ground_vector.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint8_t round_ds = 200;
constexpr std::uint8_t signal_ds = 20;
constexpr std::int64_t near_side_ds = 20;   // at a right angle
constexpr std::int64_t cross_side_ds = 35;  // across the traffic that comes towards one

Vector from_to(Position source, Position target) {
    auto const lat_sum = std::abs(std::int64_t{source.lat} + target.lat);
    return shrunk(vector_between(source, target, geo::cosine(lat_sum)));
}

/// The last step of a line to its end; zero for a line of one place.
Vector last_step(std::span<Position const> shape) {
    auto const end = shape.back();
    for (auto i = shape.size(); i-- > 0;)
        if (shape[i] != end) return from_to(shape[i], end);
    return {};
}

Vector first_step(std::span<Position const> shape) {
    for (auto const place : shape)
        if (place != shape.front()) return from_to(shape.front(), place);
    return {};
}

}  // namespace

TurnTable::TurnTable(Network const& network, TurnSetting const& setting)
    : network_{network}, setting_{setting} {
    by_way_.resize(network.edge_count());
    for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
        by_way_[edge] = edge;
    std::ranges::stable_sort(by_way_, {}, [&](EdgeId edge) {
        return network.segment_way[network.edge_segment[edge]];
    });
    turns_.reserve(network.edge_count());
    for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
        turns_.push_back(turns_of(edge));
}

std::int64_t TurnTable::way_of(EdgeId edge) const {
    return network_.segment_way[network_.edge_segment[edge]];
}

std::span<EdgeId const> TurnTable::edges_of(std::int64_t way) const {
    auto const range =
        std::ranges::equal_range(by_way_, way, {}, [&](EdgeId edge) { return way_of(edge); });
    return {range.begin(), range.end()};
}

bool TurnTable::is_way(EdgeId edge, std::vector<std::int64_t> const& ways) const {
    return std::ranges::find(ways, way_of(edge)) != ways.end();
}

EdgeId TurnTable::edge_of(StateId state) const {
    auto const edges = network_.edge_count();
    return state < edges ? state : copies_[state - edges];
}

std::vector<StateId> TurnTable::states_of(EdgeId edge) const {
    std::vector<StateId> states{edge};
    auto const found = copies_by_edge_.find(edge);
    if (found != copies_by_edge_.end())
        states.insert(states.end(), found->second.begin(), found->second.end());
    return states;
}

std::vector<TurnTable::Turn> TurnTable::turns_of(EdgeId edge) const {
    std::vector<Turn> turns;
    auto const junction = network_.edge_head[edge];
    auto const node = setting_.nodes.find(junction);
    ProfileMask const barred = node == setting_.nodes.end() ? 0 : node->second.barred;
    auto const mine = network_.open_to(edge);
    ProfileMask onward = 0;
    auto const end = network_.edge_first[junction + 1];
    for (auto next = network_.edge_first[junction]; next < end; ++next) {
        if (next == network_.edge_twin[edge] || next == edge) continue;
        auto const who = static_cast<ProfileMask>(mine & network_.open_to(next) & ~barred);
        if (who == 0) continue;
        onward |= who;
        turns.push_back({next, cost_ds(edge, next), who});
    }
    auto const back = network_.edge_twin[edge];
    if (back == none) return turns;
    auto const stuck = static_cast<ProfileMask>(mine & network_.open_to(back) & ~onward);
    if (stuck != 0) turns.push_back({back, round_ds, stuck});
    return turns;
}

// Where only one way leads on, the road bends and nobody turns.
std::uint8_t TurnTable::cost_ds(EdgeId from, EdgeId to) const {
    auto const junction = network_.edge_head[from];
    auto const node = setting_.nodes.find(junction);
    bool const has_signal = node != setting_.nodes.end() && node->second.has_signal;
    std::uint8_t const signal = has_signal ? signal_ds : 0;
    std::size_t choices = 0;
    auto const end = network_.edge_first[junction + 1];
    for (auto next = network_.edge_first[junction]; next < end; ++next)
        if (next != network_.edge_twin[from]) ++choices;
    if (choices < 2 || setting_.roundabouts[from] || setting_.roundabouts[to]) return signal;
    auto const in = last_step(network_.shape_along(from));
    auto const out = first_step(network_.shape_along(to));
    bool const to_left = in.x * out.y - in.y * out.x > 0;
    auto const right_angle = to_left == setting_.drives_on_left ? near_side_ds : cross_side_ds;
    return static_cast<std::uint8_t>(bend(in, out, 0) * right_angle / 1000 + signal);
}

bool TurnTable::restrict(Restriction const& restriction, JunctionId via) {
    if (restriction.via_ways.empty()) return via != none && restrict_at_node(restriction, via);
    return restrict_by_ways(restriction);
}

// What it names is taken from its profiles; of an `only`, everything else.
bool TurnTable::forbid(StateId state, Restriction const& restriction) {
    auto const from = edge_of(state);
    auto const is_named = [&](Turn const& turn) {
        auto const to = edge_of(turn.to);
        if (!is_way(to, restriction.to_ways)) return false;
        // Back onto the way one is on is turning round, not going on along it.
        return way_of(to) != way_of(from) || to == network_.edge_twin[from];
    };
    auto& turns = turns_[state];
    if (std::ranges::none_of(turns, is_named)) return false;
    for (auto& turn : turns) {
        if (is_named(turn) != restriction.is_only)
            turn.profiles &= static_cast<ProfileMask>(~restriction.profiles);
    }
    return true;
}

bool TurnTable::restrict_at_node(Restriction const& restriction, JunctionId via) {
    bool is_found = false;
    for (auto const way : restriction.from_ways) {
        for (auto const edge : edges_of(way)) {
            if (network_.edge_head[edge] != via) continue;
            for (auto const state : states_of(edge))
                is_found |= forbid(state, restriction);
        }
    }
    return is_found;
}

bool TurnTable::restrict_by_ways(Restriction const& restriction) {
    bool is_found = false;
    for (auto const way : restriction.from_ways) {
        for (auto const edge : edges_of(way)) {
            auto const path = path_along(edge, restriction);
            if (path.empty()) continue;
            restrict_path(edge, path, restriction);
            is_found = true;
        }
    }
    return is_found;
}

// The fewest edges along the ways between, in their order, to where a `to` way goes on.
TurnTable::Path TurnTable::path_along(EdgeId from, Restriction const& restriction) const {
    struct Step {
        EdgeId edge;
        std::size_t way;
        std::size_t before;  // in steps
    };
    auto const& ways = restriction.via_ways;
    std::vector<Step> steps{{from, 0, 0}};
    for (std::size_t i = 0; i < steps.size() && i < path_edges_max; ++i) {
        auto const here = steps[i];
        auto const leads_on = [&](Turn const& turn) {
            return is_way(edge_of(turn.to), restriction.to_ways);
        };
        if (i > 0 && here.way + 1 == ways.size() &&
            std::ranges::any_of(turns_[here.edge], leads_on)) {
            Path path;
            for (auto at = i; at != 0; at = steps[at].before)
                path.insert(path.begin(), steps[at].edge);
            return path;
        }
        for (auto const& turn : turns_[here.edge]) {
            auto const next = edge_of(turn.to);
            if (next == network_.edge_twin[here.edge]) continue;
            auto const last = i == 0 ? 0 : here.way + 1;
            for (auto way = here.way; way <= last && way < ways.size(); ++way)
                if (is_way(next, {ways[way]})) steps.push_back({next, way, i});
        }
    }
    return {};
}

// Along the path from each state of its first edge, through copies; the last may not go on.
void TurnTable::restrict_path(EdgeId from, Path const& path, Restriction const& restriction) {
    auto sources = states_of(from);
    for (auto const edge : path) {
        std::vector<StateId> copies;
        for (auto const source : sources) {
            for (auto const state : states_of(edge)) {
                auto const copy = copy_for(source, state, restriction.profiles);
                if (copy != none) copies.push_back(copy);
            }
        }
        sources = std::move(copies);
    }
    for (auto const state : sources)
        forbid(state, restriction);
}

// Who obeys goes from `from` to a copy of `to` instead; none: there was no such turn.
StateId TurnTable::copy_for(StateId from, StateId to, ProfileMask profiles) {
    if (copies_by_edge_[edge_of(to)].size() >= copies_max) return none;
    auto const turn = std::ranges::find(turns_[from], to, &Turn::to);
    if (turn == turns_[from].end() || (turn->profiles & profiles) == 0) return none;
    auto const copy = static_cast<StateId>(turns_.size());
    Turn const redirected{copy, turn->cost_ds, static_cast<ProfileMask>(turn->profiles & profiles)};
    turn->profiles &= static_cast<ProfileMask>(~profiles);
    turns_[from].push_back(redirected);
    turns_.push_back(turns_[to]);
    auto const edge = edge_of(to);
    copies_.push_back(edge);
    copies_by_edge_[edge].push_back(copy);
    return copy;
}

void TurnTable::write(OwnedColumns& columns) const {
    columns.copy_of = copies_;
    columns.turn_first.assign(1, 0);
    for (auto const& turns : turns_) {
        for (auto const& turn : turns) {
            if (turn.profiles == 0) continue;
            columns.turn_to.push_back(turn.to);
            columns.turn_cost_ds.push_back(turn.cost_ds);
            columns.turn_profiles.push_back(turn.profiles);
        }
        columns.turn_first.push_back(static_cast<std::uint32_t>(columns.turn_to.size()));
    }
}

}  // namespace posthaste::road
