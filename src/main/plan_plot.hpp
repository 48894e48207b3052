// How a search got better, as a picture.
#pragma once

#include <string>
#include <vector>

#include "plan/search.hpp"

namespace posthaste::main {

/// SVG: the cost over seconds, or over steps where there was no clock, of the plans that left as
/// little unserved and as little late as the last. `cost_scale`: of the score's in one of the
/// user's.
/// Requires: there is some progress.
std::string convergence_plot(std::vector<plan::Progress> const& progress, plan::Cost cost_scale);

}  // namespace posthaste::main
