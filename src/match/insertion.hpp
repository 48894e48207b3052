// Where a job's stops go on an agent's route: the best insertion, and the times that follow.
//
// Takes    where the agent stands, the stops it still has to make in order, and the job's.
// Gives    The feasible insertion that adds least travel; of equals, the one with earlier
//          positions. Feasible: the capacity is never exceeded, no stop of the job is reached after
//          its window, and no other stop is reached later than its window allows or than it would
//          be reached without the job, whichever is later (a route that runs late anyway may run
//          as late, not later).
//          When none is feasible: of the insertions that keep the job's stops together the least
//          bad, by (does not fit, lateness, added travel, position): it says by how much it fails.
// Shapes   gap[k] is the number of route visits before the job's stop k, ascending; that stop is
//          then number gap[k] + k of the new route. Locked visits are a prefix and stay first.
// Units    ms; an arrival before the window waits for it, and the arrival is when the agent gets
//          there, not when the window opens. At a visit the drop-off is made before the pickup.
//          Work in a busy time waits for its end, and so does the arrival: no work overlaps one,
//          and what it makes late is late.
// Order    exact as said above, unless a limit below was met.
// Cost     empty route: one travel time a stop. n visits, m stops: (2m + 1) travel times a visit,
//          then an exact lower bound by dynamic programming in O(nm), and a depth-first search
//          under it that checks windows and loads as it goes, O(1) a step; with busy times the
//          rest of the route is walked for each order that is tried whole. For a ride
//          0.05 us on an empty route, 0.5 us on 4 visits, 6 us on 64 (choose_bench.cpp).
// Threads  one Inserter per thread; it holds only scratch.
// Limits   Only the last gaps_max gaps of a route are tried, and at most steps_max steps of the
//          search made; the best found by then is the answer.
// Source   Slack in O(1) after Savelsbergh (1992), doi:10.1287/ijoc.4.2.146, kept here as the
//          latest arrival and a max-plus pair instead of forward time slack.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "match/travel.hpp"
#include "model/agent.hpp"
#include "model/job.hpp"

namespace posthaste::match {

constexpr std::size_t visits_max = model::stack_limit * model::stops_max;
constexpr std::size_t gaps_max = 64;
constexpr std::size_t steps_max = 1U << 14U;

/// One stop to be made.
struct Visit {
    model::Position place;
    model::Window window;  ///< of the arrival; ends with the job's deadline at the latest
    Millis service;
    model::Load pickup;
    model::Load dropoff;
    bool locked = false;  ///< stays where it is, first on the route
    bool kept = false;    ///< of a booking: room is kept for it, and nobody is sent there yet
};

/// Stop number `stop` of a job. On a route, give the remaining service where it has begun.
/// Requires: stop < job.stops.size().
Visit visit_of(model::Job const& job, std::size_t stop, model::Hold hold);

/// The agent as it stands.
struct Start {
    Instant now;
    model::Position place;
    std::uint8_t kind = 0;
    model::AgentId agent{};
    model::Load aboard;
    model::Load capacity;
    std::span<model::BusyTime const> busy = {};  ///< by start; none touching another
};

/// When the agent is there for the visit who would get there at `arrival`: at once, or when the
/// busy time is over that the wait or the work there would fall in.
Instant free_at(std::span<model::BusyTime const> busy, Instant arrival, Visit const& visit);

struct Insertion {
    std::array<std::uint16_t, model::stops_max> gap{};
    bool fits = false;
    Instant arrival;  ///< at the job's first stop
    Instant finish;   ///< of the whole route, the last service included
    Millis added;     ///< travel: of the new route, less of the old one
    Millis delay;     ///< the most that a visit already on the route is put off; at least 0
    Millis lateness;  ///< the worst that the job causes at any visit; 0: none

    bool feasible() const { return fits && lateness == Millis{}; }
};

/// One visit of a route with a job on it.
struct Planned {
    bool of_job = false;
    std::uint16_t index = 0;  ///< in the job's stops if of_job, else in the old route
    Instant arrival;          ///< as likely later as earlier
    Instant arrival_p90;
    model::TravelSource source = model::TravelSource::great_circle;
    std::uint8_t confidence = 0;

    bool operator==(Planned const&) const = default;
};

/// The new route in order, with its times, without what is only kept: Planned::index counts the
/// others. With an empty job: the old route's times as of now.
/// Requires: gap.size() >= job.size(), ascending, at most route.size().
void lay_out(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    std::span<std::uint16_t const> gap,
    Travel const& travel,
    std::vector<Planned>& planned
);

class Inserter {
public:
    /// Requires: a job of 1 to stops_max stops, a route of at most visits_max with its locked
    /// visits first, start.kind < vehicle_kinds_max.
    Insertion best(
        Start const& start,
        std::span<Visit const> route,
        std::span<Visit const> job,
        Travel const& travel
    );

private:
    /// A visit of the route as it is without the job, and what may follow it.
    struct Node {
        Instant arrival;
        Instant departure;
        Instant limit;         ///< latest arrival at it that is not late
        Instant limit_onward;  ///< and that makes nothing after it late
        Millis leg;            ///< travel to it from the visit before
        Millis onward;         ///< arriving at t, the route finishes at max(t + onward, finish)
        Instant finish;
        model::Load aboard;  ///< when leaving it
        model::Load peak;    ///< the most of each dimension when leaving it or a later one
    };

    /// A point of the search: `passed` visits of the route and `placed` stops of the job are made.
    struct Step {
        std::uint16_t passed = 0;
        std::uint16_t placed = 0;
        bool at_stop = false;  ///< stands at the job's last placed stop
        std::uint8_t tried = 0;
        std::uint16_t stop_gap = 0;  ///< of the stop that this step placed
        Instant departure;
        Millis travelled;
        Millis delay;
        Instant arrival;  ///< at the job's first stop
        model::Load aboard;
    };

    void walk_route();
    void measure_legs();
    void bound_travel();
    bool search(Millis below);
    void place_stop(Step step);
    void pass_visit(Step step);
    void finish_route(Step const& last);
    bool finish_around_busy(Step const& last, Instant& finish, Millis& delay) const;
    Instant arrive(Instant departure, Millis leg, Visit const& visit) const;
    Insertion together(std::size_t gap) const;
    Insertion least_bad() const;

    Millis to_stop(std::size_t passed, std::size_t stop) const;
    Millis from_stop(std::size_t stop, std::size_t passed) const;
    Millis& bound(bool at_stop, std::size_t passed, std::size_t placed);

    // The question, for the length of one call.
    Start const* start_ = nullptr;
    std::span<Visit const> route_;
    std::span<Visit const> job_;
    Travel const* travel_ = nullptr;

    // Scratch.
    std::size_t first_gap_ = 0;
    std::vector<Node> nodes_;
    std::vector<Millis> to_stop_;    ///< [gap - first_gap_][stop]
    std::vector<Millis> from_stop_;  ///< [gap - first_gap_][stop], to the visit after the gap
    std::vector<Millis> between_;    ///< [stop], from the job's stop before it
    std::vector<Millis> bounds_;     ///< the least travel from a point to the end of the route
    std::vector<Step> steps_;
    Millis best_travel_;
    Insertion best_;
};

}  // namespace posthaste::match
