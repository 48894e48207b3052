// Solomon's and Gehring and Homberger's vehicle routing problems with time windows.
//
// Gives    the DIMACS convention: distance alone counts, the fleet is as large as the file says;
//          distances are cut to one decimal, so the scale is 10.
// Threads  pure
// Source   Solomon (1987), doi:10.1287/opre.35.2.254; rounding of the 12th DIMACS challenge.
#pragma once

#include "plan/formats/read_problem.hpp"

namespace posthaste::plan {

Result<NamedProblem> read_solomon(std::string_view text);

}  // namespace posthaste::plan
