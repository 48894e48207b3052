// Which edges belong together: the largest part in which one gets from every edge to every other.
//
// Takes    the columns with their turns.
// Gives    EdgeTraits::connected for each profile, of the edges that are in it, be it as a copy. Of
//          the others one gets away, or there, but not both: nothing is snapped to them.
// Cost     linear; memory for a few numbers a state.
// Threads  one
// Source   Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion.
#pragma once

#include "road/network.hpp"

namespace posthaste::road {

/// How many edges are connected for none of the profiles.
std::uint64_t mark_connected(OwnedColumns& columns, ProfileMask profiles);

}  // namespace posthaste::road
