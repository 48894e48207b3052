// A plan as VROOM answers it, as GeoJSON, or as CVRPLIB writes solutions.
//
// Takes    the question, with its legs, and routes of its problem in which every rule holds.
// Gives    VROOM's output: code, summary, unassigned, routes with their steps. Beyond VROOM's, each
//          unassigned task has a `reason`: the rule that bars it even from a vehicle of its own, as
//          name_of(plan::Fault) says it, or "no_room"; and where something could give, `needs`: on
//          which vehicle's route, at what cost, and by how much which rule has to give there, in
//          the problem's own units (of a window: whose; of a capacity: which amount).
//          Violations are always empty: rules hold.
//          Distances stand where the question has some.
//          GeoJSON: a line a route and a point a step, straight between the places.
// Units    as the question's; cost in VROOM's
// Errors   write_geojson: not_found where a task or a vehicle has no coordinates.
// Order    routes as the vehicles; those that stay are left out. Unassigned by job.
// Source   VROOM 1.14, docs/API.md; RFC 7946.
// Threads  pure
#pragma once

#include <string>

#include "api/vroom_question.hpp"
#include "plan/search.hpp"

namespace posthaste::api {

std::string write_vroom(VroomQuestion const& question, plan::Routes const& routes);
Result<std::string> write_geojson(VroomQuestion const& question, plan::Routes const& routes);

/// "Route #1: 3 1 2" a route, then "Cost 827.3": in the unit of the file, `scale` of ours each.
std::string write_solution(
    VroomQuestion const& question, plan::Routes const& routes, std::int64_t scale
);

/// VROOM's answer to what cannot be answered: code 2.
std::string vroom_error(std::string_view detail);

}  // namespace posthaste::api
