// Who leaves now and who waits for company: routes of an epoch, by what days to come may bring.
//
// Requests of the next epoch are drawn as the day draws them, some times over, and each such future
// is planned with those that are open. Who leaves now in most of the plans goes, who leaves in few
// of them waits; with that settled the plans are worked on, and the others are asked about again. A
// route that could leave an epoch later as it is counts as waiting: it may still get company.
// The futures stay the same from one asking to the next, so what was found in their plans is kept.
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
    using Group = std::vector<std::size_t>;  ///< of Epoch::open, then drawn; in a route's order

    /// What may be asked for in the next epoch, and the routes that would be best then.
    struct Future {
        std::vector<plan::Job> drawn;
        std::vector<Group> now;
        std::vector<Group> later;
    };

    void decide(Epoch const& epoch, std::int64_t begin);
    void draw_futures(Epoch const& epoch, std::size_t count);
    void begin_as(Future const& planned, Future& future) const;
    void plan_future(Epoch const& epoch, Future& future, std::int64_t until);
    void begin_as_before(plan::Problem& problem, Future const& future, std::size_t now) const;
    void count_who_went(Epoch const& epoch, Future const& future);
    void settle(Epoch const& epoch);
    bool could_leave_later(Epoch const& epoch, Group const& route) const;
    RequestRoutes final_routes(Epoch const& epoch, std::int64_t until);
    plan::Answer solve(plan::Problem const& problem, std::int64_t until);

    Region const& region_;
    Effort effort_;
    Prng prng_;
    std::vector<Fate> fates_;          ///< by Epoch::open
    std::vector<std::uint32_t> went_;  ///< by Epoch::open: in how many futures of this round
    std::vector<Future> futures_;
};

}  // namespace posthaste::bench
