// Is a decision record true to itself? The winner and every loser, recomputed from it alone.
//
// Takes    a model::Decision, whoever made it.
// Gives    Nothing when it holds, or the first complaint as a sentence. Recomputed: each first
//          failed rule, each term and score, the order, the counts, the verdict and winner, and
//          what would help as far as the recorded facts reach.
// Cost     O(candidates squared) at most, for the agents that stand twice.
// Threads  pure
#pragma once

#include <optional>
#include <string>

#include "model/decision.hpp"

namespace posthaste::match {

std::optional<std::string> complaint_of(model::Decision const& decision);

}  // namespace posthaste::match
