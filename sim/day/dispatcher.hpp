// Who gets an order, by the way of dispatching.
//
// Takes    an order that nobody has; now and then a look at all routes.
// Gives    none: to who could be there first after all else they have to do. Else: where it adds
//          least driving and no window is missed, or where it is least late. helping: what will be
//          late goes to whoever can be in time at least cost, if there is one.
// Errors   an order must find somebody: asserted.
// Threads  one
#pragma once

#include "core/reach.hpp"
#include "day/office.hpp"

namespace posthaste::day {

enum class Dispatch : std::uint8_t {
    none,       ///< the morning plan, whatever happens
    greedy,     ///< each order by itself; who has it keeps it
    helping,    ///< and what will be late goes to others
    replanned,  ///< as greedy at first; then a better plan is looked for
};

class Dispatcher {
public:
    Dispatcher(Office& office, Dispatch way) : office_{office}, way_{way} {}

    void give(model::JobId job);
    /// Everybody who would be late, as their routes are now. Gives    the jobs that others got.
    std::vector<model::JobId> help();

private:
    struct Found {
        model::AgentId agent{};
        bool is_drivable = false;
        match::Insertion insertion;
    };
    std::optional<Found> best_for(model::Job const& job, model::AgentId except);
    void give_last(model::Job const& job);
    Instant after_all(model::AgentId agent, model::Job const& job) const;
    std::vector<model::AssignmentId> late_ones() const;
    bool help(model::AssignmentId late);
    std::vector<model::AgentId> eligible(model::Job const& job) const;

    Office& office_;
    Dispatch way_;
    match::Inserter inserter_;
};

}  // namespace posthaste::day
