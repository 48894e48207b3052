// The way over the earth's surface, in integers: the same on every machine.
//
// Gives    the length of the straight line on a projection at the mean latitude: within 0.1 % of
//          the great circle up to 100 km and 70 degrees of latitude, coarser beyond.
// Units    millimetres; the earth is a sphere of 6371.0088 km.
// Cost     about 20 ns
// Threads  pure
#pragma once

#include <cstdint>

#include "model/place.hpp"

namespace posthaste::match {

std::int64_t great_circle_mm(model::Position from, model::Position to);

}  // namespace posthaste::match
