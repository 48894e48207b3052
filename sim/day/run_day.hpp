// A service day as it goes: technicians follow their routes, things happen, and the region is told.
//
// Takes    a day, its morning plan, a way of dispatching. The whole region takes part, through a
//          shard and, where it is planned again, node/replan.hpp with so many steps a search.
// Gives    what became of the day. A technician sets out so as to be there when the window opens,
//          not sooner; sends a position every minute, there as on the way; and says when the work
//          is done. Promises are told in the morning, or when an order is given to somebody first:
//          who comes, and by the end of which window. One is moved when a plan, or the dispatcher,
//          gives it to somebody else though its technician is there, or puts it past the policy's
//          slip tolerance behind its window where it was not before. What the day itself delays is
//          lateness, not a moved promise.
// Units    lateness is of the beginning of the work, past its window. The clock goes by 20 s.
// Order    equal arguments: equal hash.
// Threads  one
#pragma once

#include "day/dispatcher.hpp"
#include "day/morning.hpp"

namespace posthaste::day {

struct DayOptions {
    Dispatch way = Dispatch::none;
    std::uint64_t steps = 2000;  ///< of each search
    model::Policy policy;        ///< its replan_* fields, where it is planned again
};

struct DayOutcome {
    Millis lateness;
    std::size_t late = 0;  ///< orders that are
    Metres driven;
    std::size_t served = 0;
    std::size_t promises = 0;
    std::size_t moved = 0;       ///< of the promises
    std::size_t given_away = 0;  ///< of those moved: to somebody else
    std::uint64_t searches = 0;
    std::uint64_t adopted = 0;  ///< plans
    std::uint64_t hash = 0;
};

DayOutcome run_day(
    ServiceDay const& day, Ground const& ground, Lists const& lists, DayOptions const& options
);

}  // namespace posthaste::day
