// Whether a network's columns fit together: what every algorithm relies on.
//
// Gives    ok exactly when no index leads outside and every list of firsts ascends, arcs lead up,
//          and each state's arcs are among its parent's.
// Errors   corrupt, with the column.
// Cost     linear: a few ns a column's element.
// Threads  pure
#pragma once

#include "base/result.hpp"
#include "road/network.hpp"

namespace posthaste::road {

Status check(Network const& network);

}  // namespace posthaste::road
