// What a workflow must be for the engine to drive it, and for its jobs to come to an end.
//
// Takes    a machine whose indexes are in range, whose names and steps are unique.
// Gives    the problems; docs/formats/workflow.md states the rules with their reasons.
// Threads  pure
#pragma once

#include "workflow/machine.hpp"
#include "workflow/problems.hpp"

namespace posthaste::workflow {

void verify(Machine const& machine, Problems& problems);

}  // namespace posthaste::workflow
