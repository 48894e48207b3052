// What would let somebody take a slot that nobody can: for each rule one change to one agent.
//
// Takes    the agents that failed, each with its first failed rule.
// Gives    At most one counterfactual a rule: the agent that needs the least change, and how much.
//          Each is true as it stands: with that one rule met (and a plan made) no other fails.
// Units    amount: too_far metres beyond the radius, too_late ms of lateness, shift_too_short ms
//          past the shift's end; 0 for every other rule.
// Order    by rule, the last asked first: who failed last is nearest to being able. Within a rule
//          by (amount, distance, agent).
// Cost     one insertion for each agent whose first failed rule is the only one.
// Limits   losers_recorded_max counterfactuals.
#pragma once

#include <span>
#include <vector>

#include "match/choose.hpp"

namespace posthaste::match {

/// The facts with `rule` met, as little else changed as can be.
model::Facts mended(model::Needs const& needs, model::Facts const& facts, model::Rule rule);

/// How far the facts are from meeting `rule`, in the units above.
std::int64_t shortfall(model::Needs const& needs, model::Facts const& facts, model::Rule rule);

/// An agent that failed: who was asked, and what came out.
struct Loser {
    Asked const* asked = nullptr;
    model::Candidate const* candidate = nullptr;
};

std::vector<model::Counterfactual> would_help(
    Question const& question,
    std::span<Loser const> losers,
    Inserter& inserter,
    Travel const& travel
);

}  // namespace posthaste::match
