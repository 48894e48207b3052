// Li and Lim's pickup and delivery problems with time windows.
//
// Gives    a job of two visits for each pair. Fewer vehicles come first, then distance: Vehicle::
//          fixed is more than all the distance any plan can have, so one vehicle less always wins.
// Units    the scale is 100,000 and distances are rounded up: what fits here fits in the double
//          precision of the published results, and the rounding of a whole plan stays below a
//          hundredth of a unit. Whole distances are exact.
// Limits   rows must be less than 21,474 units apart.
// Threads  pure
// Source   Li, Lim (2003), doi:10.1142/S0218213003001186; the files as SINTEF publishes them.
#pragma once

#include "plan/formats/read_problem.hpp"

namespace posthaste::plan {

Result<NamedProblem> read_lilim(std::string_view text);

}  // namespace posthaste::plan
