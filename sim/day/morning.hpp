// The plan that a service day begins with: every way of dispatching begins with the same.
//
// Gives    orders by technician, in the order of their visits; every window is kept, were all as
//          expected. Those that nobody could keep are on nobody's list.
// Threads  pure
#pragma once

#include "day/service_day.hpp"
#include "plan/search.hpp"

namespace posthaste::day {

using Lists = std::vector<std::vector<std::size_t>>;

Lists plan_morning(ServiceDay const& day, Ground const& ground, std::uint64_t steps);

}  // namespace posthaste::day
