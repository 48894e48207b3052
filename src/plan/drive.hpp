// Driving through the day: how far a drive comes by an instant, and when it is over.
//
// Gives    answers that never overtake: who leaves later arrives no earlier (FIFO).
// Units    `work` is driving as the matrix counts it; in traffic of 1500 per mille, 10 of it take
//          15. Rounded so that a drive never ends early.
// Cost     O(1) without traffic, else O(periods met).
// Threads  pure
#pragma once

#include "plan/problem.hpp"

namespace posthaste::plan {

/// When a drive that begins at `start` and takes `work` is over.
Time drive(Profile const& profile, Time start, Time work);

/// When a drive has to begin to be over by `end`; at most a unit a period too late.
Time drive_back(Profile const& profile, Time end, Time work);

/// How much of a drive is done from `start` until `end`, at most all of it.
Time driven(Profile const& profile, Time start, Time end);

}  // namespace posthaste::plan
