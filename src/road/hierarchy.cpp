#include "road/hierarchy.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "road/order.hpp"

namespace posthaste::road {

namespace {

using Heads = std::vector<std::vector<std::uint32_t>>;

Heads turns_upward(OwnedColumns const& columns) {
    Heads heads(columns.rank.size());
    for (StateId from = 0; from < columns.rank.size(); ++from) {
        for (auto turn = columns.turn_first[from]; turn < columns.turn_first[from + 1]; ++turn) {
            auto const a = columns.rank[from];
            auto const b = columns.rank[columns.turn_to[turn]];
            if (a != b) heads[std::min(a, b)].push_back(std::max(a, b));
        }
    }
    return heads;
}

// Passing over a state joins its higher neighbours: they all become its parent's.
void fill_in(Heads& heads) {
    std::vector<std::uint32_t> merged;
    for (auto& mine : heads) {
        std::ranges::sort(mine);
        mine.erase(std::ranges::unique(mine).begin(), mine.end());
        mine.shrink_to_fit();
        if (mine.size() < 2) continue;
        auto& parents = heads[mine.front()];
        parents.insert(parents.end(), mine.begin() + 1, mine.end());
        if (parents.size() < 4096) continue;
        std::ranges::sort(parents);
        parents.erase(std::ranges::unique(parents).begin(), parents.end());
    }
}

std::uint32_t arc_between(OwnedColumns const& columns, std::uint32_t a, std::uint32_t b) {
    if (a == b) return none;
    auto const low = std::min(a, b);
    auto const begin = columns.up_head.begin() + columns.up_first[low];
    auto const end = columns.up_head.begin() + columns.up_first[low + 1];
    auto const found = std::lower_bound(begin, end, std::max(a, b));
    ASSERT(found != end && *found == std::max(a, b));
    return static_cast<std::uint32_t>(found - columns.up_head.begin());
}

}  // namespace

Status add_hierarchy(OwnedColumns& columns) {
    columns.rank.assign(columns.turn_first.size() - 1, 0);
    columns.rank = nested_dissection(network_of(columns));
    auto heads = turns_upward(columns);
    fill_in(heads);
    columns.up_first.assign(1, 0);
    for (auto const& mine : heads) {
        if (columns.up_head.size() + mine.size() >= none)
            return Error{Errc::limit_exceeded, "the network has too many roads for one hierarchy"};
        columns.up_head.insert(columns.up_head.end(), mine.begin(), mine.end());
        columns.up_first.push_back(static_cast<std::uint32_t>(columns.up_head.size()));
    }
    columns.turn_arc.reserve(columns.turn_to.size());
    for (StateId from = 0; from < columns.rank.size(); ++from)
        for (auto turn = columns.turn_first[from]; turn < columns.turn_first[from + 1]; ++turn)
            columns.turn_arc.push_back(
                arc_between(columns, columns.rank[from], columns.rank[columns.turn_to[turn]])
            );
    return Unit{};
}

Lower lower_of(Network const& network) {
    Lower lower;
    auto const states = network.state_count();
    lower.first.assign(states + 1, 0);
    for (auto const head : network.up_head)
        ++lower.first[head + 1];
    for (std::uint32_t i = 0; i < states; ++i)
        lower.first[i + 1] += lower.first[i];
    auto next = lower.first;
    lower.arcs.resize(network.up_head.size());
    lower.tails.resize(network.up_head.size());
    for (std::uint32_t state = 0; state < states; ++state) {
        for (auto arc = network.up_first[state]; arc < network.up_first[state + 1]; ++arc) {
            auto const at = next[network.up_head[arc]]++;
            lower.arcs[at] = arc;
            lower.tails[at] = state;
        }
    }
    return lower;
}

}  // namespace posthaste::road
