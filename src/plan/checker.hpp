// Says whether a plan is one: every rule it breaks, in words, and what it scores, worked out anew.
//
// Written from what problem.hpp and timetable.hpp say, and shares no code with what makes plans.
//
// Takes    a Problem and what its vehicles are to do.
// Gives    all broken rules, not only the first; an empty list is a right plan. The score is that
//          of the plan as given, and means something where nothing is broken.
// Units    cost of a leg is cut to whole units, by its distance and by its driving each.
// Order    by vehicle, then by stop; relations between vehicles last.
// Errors   cannot fail: whatever the plan holds is judged.
// Cost     O(stops x breaks + relations).
// Threads  pure
#pragma once

#include <string>
#include <vector>

#include "plan/problem.hpp"
#include "plan/timetable.hpp"

namespace posthaste::plan {

struct Verdict {
    std::vector<std::string> broken;  ///< "vehicle 3, entry 5: ..."
    Score score;
};

/// What each vehicle does, as Timetable::entries; no entries: it stays.
using Plan = std::vector<std::vector<Entry>>;

/// Requires: fault_in(problem).empty().
Verdict check_plan(Problem const& problem, Plan const& plan);

/// Whether check_routes() can judge plans of it: no breaks, rests, traffic nor precedences.
bool has_simple_times(Problem const& problem);

/// Of routes without times: gives each the earliest there are, and judges that plan. Where the time
/// away is limited its visits begin as late as they may without the vehicle being back later.
/// Requires: fault_in(problem).empty(), has_simple_times(problem).
Verdict check_routes(Problem const& problem, Routes const& routes);

}  // namespace posthaste::plan
