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
    auto const network = network_of(columns);
    columns.turn_arc.reserve(columns.turn_to.size());
    for (StateId from = 0; from < columns.rank.size(); ++from) {
        for (auto turn = columns.turn_first[from]; turn < columns.turn_first[from + 1]; ++turn) {
            auto const [low, high] =
                std::minmax({columns.rank[from], columns.rank[columns.turn_to[turn]]});
            auto const arc = low == high ? none : arc_between(network, low, high);
            ASSERT(low == high || arc != none);
            columns.turn_arc.push_back(arc);
        }
    }
    return Unit{};
}

std::uint32_t arc_between(Network const& network, std::uint32_t low, std::uint32_t high) {
    auto const begin = network.up_head.begin() + network.up_first[low];
    auto const end = network.up_head.begin() + network.up_first[low + 1];
    auto const found = std::lower_bound(begin, end, high);
    if (found == end || *found != high) return none;
    return static_cast<std::uint32_t>(found - network.up_head.begin());
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
