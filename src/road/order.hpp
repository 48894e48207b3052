// The order of the hierarchy: which states are passed over first.
//
// Takes    a network whose edges and copies are known.
// Gives    each state's rank. The junctions are cut in two by as few segments as possible, again
//          and again; what is cut comes after both halves. A state is an edge, and the edges of a
//          cut part the states of the halves from each other, with all turns.
// Order    depends on the network alone.
// Cost     Columbus (21,000 junctions): about 1 s; memory for a few numbers a segment.
// Threads  one
// Source   InertialFlow: Schild and Sommer, On Balanced Separators in Road Networks, 2015. Cuts as
//          separators of the turns: Buchhold, Wagner, Zeitz and Zündorf, Customizable Contraction
//          Hierarchies with Turn Costs, 2020.
#pragma once

#include <vector>

#include "road/network.hpp"

namespace posthaste::road {

std::vector<std::uint32_t> nested_dissection(Network const& network);

}  // namespace posthaste::road
