// VRPLIB and TSPLIB: travelling salesmen, capacities, time windows, own travel times.
//
// Gives    TYPE TSP, ATSP, CVRP, VRPTW; EDGE_WEIGHT_TYPE EUC_2D (rounded to the nearest), CEIL_2D
//          (rounded up), EXPLICIT in each of the nine EDGE_WEIGHT_FORMATs. A weight is time and
//          distance. As many vehicles as VEHICLES says, else one a job; one for a salesman.
// Units    the file's: the scale is 1.
// Errors   also: a key or a section that would change the problem and is not known here.
// Limits   one depot.
// Threads  pure
// Source   Reinelt (1995), TSPLIB 95; the VRPLIB files of CVRPLIB and of the EURO Meets NeurIPS
//          2022 competition.
#pragma once

#include "plan/formats/read_problem.hpp"

namespace posthaste::plan {

Result<NamedProblem> read_vrplib(std::string_view text);

}  // namespace posthaste::plan
