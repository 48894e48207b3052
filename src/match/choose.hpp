// Who takes the slot: every agent that was found is judged, those that may are scored, one wins.
//
// Takes    The slot's needs, the job's stops, and the agents that core's search found, in any
//          order: both those its index let through and, for the record, near ones it did not.
// Gives    A model::Decision with everything in it but what only core knows (job, slot, attempt,
//          state_number, policy_hash); and for the winner its insertion and its new route.
//          failed_counts counts the agents asked here; core adds those its index kept out.
// Order    scored by (score, agent); then those that failed, by (distance, agent); the winner is
//          the first. The order of the input decides nothing.
// Cost     a ride and 20 agents: 2 us with empty routes, 11 us with 4 visits on each
//          (choose_bench.cpp). It allocates the record and the winner's route, nothing else.
// Threads  one Chooser per thread; it holds only scratch.
// Limits   asked_max agents; losers_recorded_max of those that failed are recorded: when nobody can
//          take it the ones in would_help first, then the nearest.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "match/insertion.hpp"
#include "model/decision.hpp"
#include "model/names.hpp"

namespace posthaste::match {

constexpr std::size_t asked_max = 256;

/// An agent that is asked. What `route` and `busy` point at must outlive the call.
struct Asked {
    model::AgentId agent{};
    model::Facts facts;  ///< as facts_of gives them: not planned; kind < vehicle_kinds_max
    model::Position place;
    model::Load aboard;
    model::Load capacity;
    std::span<Visit const> route;
    std::span<model::BusyTime const> busy = {};
};

struct Question {
    Instant now;
    model::Needs needs;
    model::Weights weights;
    model::Dispatch dispatch = model::Dispatch::direct;
    std::span<Visit const> job;  ///< its stops in order
};

struct Choice {
    model::Decision decision;
    /// Of the winner, in `asked`; none: it waits.
    std::optional<std::size_t> winner_index;
    Insertion insertion;
    std::vector<Planned> route;  ///< the winner's, with the job on it
};

/// Where an asked agent starts from; `kind` is its vehicle's, or one it is imagined with.
Start start_of(Instant now, Asked const& asked, std::uint8_t kind);

/// Fills in the planned part of the facts.
void set_plan(model::Facts& facts, Insertion const& insertion);

class Chooser {
public:
    /// Requires: at most asked_max agents, each once, of facts not planned; see Inserter::best.
    Choice choose(Question const& question, std::span<Asked const> asked, Travel const& travel);

private:
    struct Judged {
        model::Candidate candidate;
        Insertion insertion;
        bool is_named = false;  ///< by a counterfactual, so the record needs its facts
    };

    void judge(Question const& question, std::span<Asked const> asked, Travel const& travel);
    void foresee(Question const& question, std::span<Asked const> asked, Travel const& travel);
    void explain(
        Question const& question,
        std::span<Asked const> asked,
        Travel const& travel,
        model::Decision& decision
    );
    void record(model::Decision& decision);

    Inserter inserter_;
    std::vector<Judged> judged_;       ///< by index in `asked`
    std::vector<std::size_t> scored_;  ///< indexes in judged_
    std::vector<std::size_t> failed_;
    // What foresee() asks for: Travel::Foresight.
    std::vector<model::Position> idle_;
    std::vector<model::Position> busy_;
    std::vector<model::Position> visits_;
    std::vector<model::Position> stops_;
};

}  // namespace posthaste::match
