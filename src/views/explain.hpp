// A decision in words: who got it and why, why each other did not, and what would help.
//
// Takes    a decision record; who() names an agent for the reader (a reference, or the id).
// Gives    sentences, and the same facts as JSON. Everything is from the record alone.
// Shapes   {"job", "slot", "verdict", "at", "policy", "winner", "candidates": [{"agent", "name",
//          "score", "terms": [{"term", "value", "weight", "points"}], "arrival", "distance"}],
//          "failed": [{"agent", "name", "rule", "why"}], "failed_counts": {rule: count},
//          "would_help": [{"agent", "name", "rule", "amount", "text"}]}
// Units    points: a term times its weight; the lowest sum wins.
// Order    as in the record: scored ones by (score, agent), then those that failed.
// Threads  pure
#pragma once

#include <functional>
#include <string>

#include "model/decision.hpp"

namespace posthaste::views {

using Who = std::function<std::string(model::AgentId)>;

/// One sentence or list entry a line.
std::string explain_text(model::Decision const& decision, Who const& who);
std::string explain_json(model::Decision const& decision, Who const& who);

/// Why this candidate cannot take it, with the measure where there is one; "" when it can.
std::string why_not(model::Needs const& needs, model::Candidate const& candidate);

}  // namespace posthaste::views
