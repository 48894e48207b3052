// Travel times and distances for a planning problem that gives coordinates alone.
//
// Takes    a question with places; imported roads, or none.
// Gives    the legs of every profile. Without roads: 1.3 times the great circle, at 15 km/h for
//          bicycles, 5 on foot, 36 for all others. On roads: the quickest way, and its length where
//          a vehicle's cost or range asks for distances.
// Units    seconds, rounded up; metres
// Errors   not_found: no such profile, no road near a place; limit_exceeded: distances of more than
//          road_distances_max legs.
// Cost     on roads one search a place and profile; each distance is a search of its own.
// Threads  pure
#pragma once

#include "api/vroom_question.hpp"
#include "road/roads.hpp"

namespace posthaste::api {

constexpr std::size_t road_distances_max = 250'000;

/// `roads` may be nothing. Does nothing where the question has matrices.
Status find_legs(VroomQuestion& question, road::Roads const* roads);

}  // namespace posthaste::api
