// A part of a region as a planner is asked about it, and back: routes as a plan to adopt.
//
// Takes    a region as it is, and where something came up. The agents nearest to that are asked
//          about: those on duty with their whole routes; of those who went off duty what they have
//          not begun. Left out: who is paused, or has a booking to keep free for.
//          complete(): travel times, which may be slow; so it is apart, for another thread.
// Gives    a problem in which what has begun stays with its agent, what is locked stays first, and
//          an assignment may go to whom AdoptPlan would let it go to. Windows may be missed, which
//          is lateness; what a route breaks already (its shift, its room) it may go on breaking.
//          Jobs that wait are not in it: the matcher has them.
//          proposal(): the plan, where it is better by plan::Score and worth its moves; each move
//          with its reason.
// Units    ms from `now`; the cost is driving.
// Cost     plan_question: O(agents of the region) to find the nearest, then the part it takes.
// Threads  pure; the question is a value
// Limits   question_agents_max, question_stops_max; 62 kinds of needs: what needs something else,
//          or several agents, stays. Of busy times the next plan::breaks_max count; a route that
//          cannot be made with them stays as it is.
#pragma once

#include <span>

#include "core/decide.hpp"
#include "plan/problem.hpp"

namespace posthaste::core {

constexpr std::size_t question_agents_max = 100;
constexpr std::size_t question_stops_max = 400;

struct PlanQuestion {
    /// As it was read.
    struct Route {
        model::AgentId agent{};
        model::EventNumber version = 0;
        std::vector<model::PlannedStop> stops;
    };
    struct Work {
        model::AssignmentId assignment{};
        model::JobId job{};
        std::vector<std::uint8_t> stops;  ///< by visit: which of the job's
        std::size_t route = 0;            ///< of `routes`: who has it
    };

    Instant now;
    model::EventNumber read_at = 0;
    model::Policy policy;
    std::vector<std::string> kinds;  ///< names of vehicle kinds
    std::vector<model::Position> places;
    std::vector<std::uint8_t> profile_kinds;  ///< by profile of the problem
    std::vector<Route> routes;                ///< by vehicle; then of those who are gone
    std::vector<Work> works;                  ///< by job of the problem
    plan::Problem problem;
};

/// Nothing: there is nothing to move.
std::optional<PlanQuestion> plan_question(
    Region const& region, Instant now, std::span<model::Position const> troubles
);

/// Drives, and what the routes break as they are gives. False: it is no problem even so.
bool complete(PlanQuestion& question, match::Travel const& travel);

/// Requires: complete(). Nothing: it is not better, or not worth what it moves.
std::optional<model::AdoptPlan> proposal(PlanQuestion const& question, plan::Routes const& routes);

}  // namespace posthaste::core
