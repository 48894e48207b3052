// Who leaves now and who waits for company: routes of an epoch, by what days to come may bring.
//
// Requests of the next epoch are drawn as the day draws them, many times, and each such future is
// planned with those that are open, from the routes of the one before: what is settled one by one
// then fits together. Who leaves now in most of the plans goes, who leaves in few of
// them waits, and with that settled the others are asked about again. A route that could leave an
// epoch later as it is counts as waiting: it may still get company.
//
// Takes    the region that requests are drawn from, and an epoch.
// Gives    routes of this epoch that the environment takes.
// Order    equal epochs and steps: equal routes.
// Threads  one object a thread
// Source   Lan, van Doorn, Wouda, Rijal, Bhulai (2024), An iterative sample scenario approach for
//          the dynamic dispatch waves problem, doi:10.1287/trsc.2023.0111.
#pragma once

#include "base/prng.hpp"
#include "bench/plan/dispatch_day.hpp"
#include "plan/search.hpp"

namespace posthaste::bench {

/// What an epoch may take: micros by a clock, or else steps of each search.
struct Effort {
    std::int64_t micros = 0;
    std::uint64_t steps = 0;
    std::function<std::int64_t()> clock;  ///< required where `micros` is given
};

class DispatchPolicy {
public:
    DispatchPolicy(Region const& region, Effort effort);

    RequestRoutes routes_of(Epoch const& epoch);

private:
    enum class Fate : std::uint8_t { undecided, goes, waits };
    using Group = std::vector<std::size_t>;  ///< of Epoch::open, in the order of a route

    void decide(Epoch const& epoch, std::int64_t begin);
    void plan_one_future(Epoch const& epoch, std::int64_t until);
    void settle(Epoch const& epoch);
    void add_drawn(plan::Problem& problem, std::int64_t epoch);
    void begin_as_before(plan::Problem& problem, std::size_t now) const;
    void remember(plan::Routes const& routes, std::size_t now);
    bool could_leave_later(Epoch const& epoch, Group const& route) const;
    RequestRoutes final_routes(Epoch const& epoch, std::int64_t until);
    plan::Answer solve(plan::Problem const& problem, std::int64_t until);

    Region const& region_;
    Effort effort_;
    Prng prng_;
    std::vector<Fate> fates_;          ///< by Epoch::open
    std::vector<std::uint32_t> went_;  ///< in how many futures of this round
    std::vector<Group> now_;           ///< routes of the last future, without who was drawn
    std::vector<Group> later_;
};

}  // namespace posthaste::bench
