// The hierarchy's shape: which shortcuts there may be, whatever the speeds.
//
// Takes    a network with its turns, and an order of its states.
// Gives    up_first, up_head: for each state the higher ones that are joined to it once all lower
//          ones were passed over; turn_arc: where each turn goes in. Written into the columns.
//          Both directions of an arc share its place: weights come in pairs (metric.hpp).
// Order    a state's lowest higher neighbour is its parent: all its higher neighbours lie on the
//          way from there to the root.
// Cost     linear in what it makes, about 10 arcs a state; Columbus 0.1 s.
// Threads  one
// Source   Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, 2016.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "road/network.hpp"

namespace posthaste::road {

/// Sets rank, up_first, up_head and turn_arc.
Status add_hierarchy(OwnedColumns& columns);

/// Between two ranks; none: they are not joined. Requires: low < high.
std::uint32_t arc_between(Network const& network, std::uint32_t low, std::uint32_t high);

/// The arcs seen from above: by higher state, those that come from below.
struct Lower {
    std::vector<std::uint32_t> first;  ///< by rank, and the end
    std::vector<std::uint32_t> arcs;
    std::vector<std::uint32_t> tails;  ///< the lower state of each, ascending
};
Lower lower_of(Network const& network);

}  // namespace posthaste::road
