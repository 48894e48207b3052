// A route that does not hold, and what has to give until it does.
//
// Takes    a tour; of its problem only what the route touches is copied, and made to give.
// Gives    what was given, in the order of need; whether the route holds with it.
// Cost     a timetable for everything that gives, and O(stops^2) for the copy.
// Limits   reliefs_max; where that is not enough, or the rule cannot give, it does not hold.
// Threads  pure
#pragma once

#include "plan/explain.hpp"

namespace posthaste::plan {

struct Relieved {
    bool holds = false;
    std::vector<Relief> reliefs;
};

Relieved relieve(Tour const& tour);

}  // namespace posthaste::plan
