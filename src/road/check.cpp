#include "road/check.hpp"

#include <algorithm>
#include <string>

namespace posthaste::road {

namespace {

Error wrong(char const* column) {
    return {Errc::corrupt, std::string{"the network contradicts itself: "} + column};
}

bool is_size(auto const& column, std::size_t size) {
    return column.size() == size;
}

/// Firsts of lists of `size` elements in all.
bool are_firsts(std::span<std::uint32_t const> firsts, std::size_t lists, std::size_t size) {
    return firsts.size() == lists + 1 && firsts.front() == 0 && firsts.back() == size &&
           std::ranges::is_sorted(firsts);
}

bool are_below(std::span<std::uint32_t const> column, std::size_t limit, bool or_none = false) {
    return std::ranges::all_of(column, [&](std::uint32_t value) {
        return value < limit || (or_none && value == none);
    });
}

bool has_each_direction_once(Network const& n) {
    std::vector<bool> is_seen(2 * n.segment_way.size(), false);
    for (std::size_t edge = 0; edge < n.edge_traits.size(); ++edge) {
        auto const direction = n.edge_traits[edge].is_backward;
        auto const at = 2 * std::size_t{n.edge_segment[edge]} + direction;
        if (direction > 1 || is_seen[at]) return false;
        is_seen[at] = true;
    }
    return true;
}

Status check_edges(Network const& n) {
    auto const edges = n.edge_head.size();
    auto const junctions = n.places.size();
    auto const segments = n.segment_way.size();
    if (!are_firsts(n.edge_first, junctions, edges)) return wrong("edge_first");
    if (!is_size(n.edge_tail, edges) || !are_below(n.edge_tail, junctions))
        return wrong("edge_tail");
    if (!are_below(n.edge_head, junctions)) return wrong("edge_head");
    if (!is_size(n.edge_twin, edges) || !are_below(n.edge_twin, edges, true))
        return wrong("edge_twin");
    if (!is_size(n.edge_length_mm, edges)) return wrong("edge_length_mm");
    if (!is_size(n.edge_speeds, edges)) return wrong("edge_speeds");
    if (!is_size(n.edge_traits, edges)) return wrong("edge_traits");
    if (!is_size(n.edge_segment, edges) || !are_below(n.edge_segment, segments))
        return wrong("edge_segment");
    if (!has_each_direction_once(n)) return wrong("edge_traits");
    if (!are_firsts(n.shape_first, segments, n.shapes.size())) return wrong("shape_first");
    for (std::size_t i = 0; i < segments; ++i)
        if (n.shape_first[i + 1] < n.shape_first[i] + 2) return wrong("shapes");
    if (!std::ranges::all_of(n.shapes, model::is_on_earth)) return wrong("shapes");
    if (n.names.empty() || n.names.back() != '\0') return wrong("names");
    if (!is_size(n.segment_name, segments) || !are_below(n.segment_name, n.names.size()))
        return wrong("segment_name");
    return Unit{};
}

// A copy may have fewer turns than its edge, for fewer profiles, and to copies; no others.
bool are_turns_of_their_edges(Network const& n) {
    auto const edges = static_cast<std::uint32_t>(n.edge_head.size());
    for (std::uint32_t i = 0; i < n.copy_of.size(); ++i) {
        auto const state = edges + i;
        auto const edge = n.copy_of[i];
        for (auto turn = n.turn_first[state]; turn < n.turn_first[state + 1]; ++turn) {
            auto is_known = false;
            for (auto own = n.turn_first[edge]; own < n.turn_first[edge + 1]; ++own)
                is_known |= n.edge_of(n.turn_to[own]) == n.edge_of(n.turn_to[turn]);
            if (!is_known) return false;
        }
    }
    return true;
}

Status check_turns(Network const& n) {
    auto const states = n.edge_head.size() + n.copy_of.size();
    auto const turns = n.turn_to.size();
    if (!are_below(n.copy_of, n.edge_head.size())) return wrong("copy_of");
    if (!are_firsts(n.turn_first, states, turns)) return wrong("turn_first");
    if (!are_below(n.turn_to, states)) return wrong("turn_to");
    if (!is_size(n.turn_cost_ds, turns)) return wrong("turn_cost_ds");
    if (!is_size(n.turn_profiles, turns)) return wrong("turn_profiles");
    if (!are_turns_of_their_edges(n)) return wrong("turn_to");
    return Unit{};
}

bool is_permutation(std::span<std::uint32_t const> ranks) {
    std::vector<bool> is_seen(ranks.size(), false);
    for (auto const rank : ranks) {
        if (rank >= ranks.size() || is_seen[rank]) return false;
        is_seen[rank] = true;
    }
    return true;
}

bool is_closed(Network const& n, std::uint32_t rank) {
    auto const mine = n.up_head.subspan(n.up_first[rank], n.up_first[rank + 1] - n.up_first[rank]);
    if (mine.empty()) return true;
    if (mine.front() <= rank || mine.back() >= n.rank.size()) return false;
    if (std::ranges::adjacent_find(mine, std::greater_equal<>{}) != mine.end()) return false;
    auto const parent = mine.front();
    auto const above =
        n.up_head.subspan(n.up_first[parent], n.up_first[parent + 1] - n.up_first[parent]);
    return std::ranges::includes(above, mine.subspan(1));
}

bool is_arc_of(Network const& n, std::uint32_t from, std::uint32_t turn) {
    auto const a = n.rank[from];
    auto const b = n.rank[n.turn_to[turn]];
    auto const arc = n.turn_arc[turn];
    if (a == b) return arc == none;
    auto const low = std::min(a, b);
    return arc >= n.up_first[low] && arc < n.up_first[low + 1] && n.up_head[arc] == std::max(a, b);
}

Status check_hierarchy(Network const& n) {
    auto const states = n.edge_head.size() + n.copy_of.size();
    if (!is_size(n.rank, states) || !is_permutation(n.rank)) return wrong("rank");
    if (!are_firsts(n.up_first, states, n.up_head.size())) return wrong("up_first");
    for (std::uint32_t rank = 0; rank < states; ++rank)
        if (!is_closed(n, rank)) return wrong("up_head");
    if (!is_size(n.turn_arc, n.turn_to.size())) return wrong("turn_arc");
    for (std::uint32_t state = 0; state < states; ++state)
        for (auto turn = n.turn_first[state]; turn < n.turn_first[state + 1]; ++turn)
            if (!is_arc_of(n, state, turn)) return wrong("turn_arc");
    return Unit{};
}

bool are_names(std::span<std::uint32_t const> offsets, std::span<char const> texts) {
    return are_below(offsets, texts.size());
}

Status check_gazetteer(Gazetteer<SeenColumn> const& g) {
    auto const entries = g.names.size();
    // A file of version 1 has none of the columns, and an index of the houses always has its end.
    bool const is_there = !g.house_first.empty();
    if (!is_there && entries + g.house_places.size() > 0) return wrong("house_first");
    if (!g.texts.empty() && g.texts.back() != '\0') return wrong("texts");
    if (entries >= none || !are_names(g.names, g.texts)) return wrong("entry_names");
    if (!is_size(g.places, entries) || !std::ranges::all_of(g.places, model::is_on_earth))
        return wrong("entry_places");
    auto const is_kind = [](std::uint8_t kind) { return kind < entry_kind_count; };
    if (!is_size(g.kinds, entries) || !std::ranges::all_of(g.kinds, is_kind))
        return wrong("entry_kinds");
    if (!is_size(g.within, entries) || !are_below(g.within, entries, true))
        return wrong("entry_within");
    if (is_there && !are_firsts(g.house_first, entries, g.house_places.size()))
        return wrong("house_first");
    if (!std::ranges::all_of(g.house_places, model::is_on_earth)) return wrong("house_places");
    if (!is_size(g.house_numbers, g.house_places.size()) || !are_names(g.house_numbers, g.texts))
        return wrong("house_numbers");
    return Unit{};
}

}  // namespace

Status check(Network const& network) {
    if (network.edge_head.size() > edges_max) return wrong("edge_head");
    if (network.rank.size() > states_max) return wrong("rank");
    TRY(check_edges(network));
    TRY(check_turns(network));
    TRY(check_hierarchy(network));
    return check_gazetteer(network.gazetteer);
}

}  // namespace posthaste::road
