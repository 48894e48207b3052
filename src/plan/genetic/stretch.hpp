// Some visits in a row, as far as time goes: joined in O(1), late ones allowed at a price.
//
// Gives    how long it takes at least, how much time must be turned back (warped) to keep all
//          windows, and between which instants it may begin with no more warp or waiting than that.
// Threads  pure
// Source   Vidal, Crainic, Gendreau, Prins (2013), doi:10.1016/j.cor.2012.07.018, proposition 1.
#pragma once

#include <algorithm>

#include "plan/problem.hpp"

namespace posthaste::plan {

struct Stretch {
    Time duration = 0;
    Time warp = 0;
    Time earliest = 0;
    Time latest = 0;
};

inline Stretch join(Stretch const& first, Time drive, Stretch const& second) {
    Time const gap = first.duration - first.warp + drive;
    Time const wait = std::max<Time>(second.earliest - gap - first.latest, 0);
    Time const warp = std::max<Time>(first.earliest + gap - second.latest, 0);
    return {
        first.duration + second.duration + drive + wait,
        first.warp + second.warp + warp,
        std::max(second.earliest - gap, first.earliest) - wait,
        std::min(second.latest - gap, first.latest) + warp};
}

}  // namespace posthaste::plan
