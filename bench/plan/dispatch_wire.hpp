// The policy as a solver of the competition's own environment: JSON lines over standard in and out.
//
// Takes    what controller.py of ortec/euro-neurips-vrp-2022-quickstart writes to a solver.
// Gives    reset once, then a step an epoch, until the environment says it is done.
// Errors   malformed: what is not as the environment writes it, or the static variant; corrupt: the
//          environment refused a step, in its words.
// Threads  one
#pragma once

#include <iosfwd>

#include "bench/plan/dispatch_policy.hpp"

namespace posthaste::bench {

Status serve_environment(std::istream& in, std::ostream& out, Effort const& effort);

}  // namespace posthaste::bench
