// How well an agent suits a slot: seven terms, times the policy's weights. The lowest sum wins.
//
// Takes    Needs, planned Facts and the instant of the decision: all of it stands in the record.
// Units    A term is in thousandths of the unit its weight is given for (model/policy.hpp), so
//          times are plain milliseconds; a score is in thousandths of a point.
//            arrival   ms from the decision to the arrival at the first stop
//            slack     ms the arrival is past needs.earliest; 0 when that is zero, or not past
//            load      1000 x live jobs and open offers x weight_one / agent weight
//            fairness  1000 x jobs had in this shift x weight_one / agent weight
//            idle      minus the ms since idle_since; 0 with work, or when idle_since is zero
//            vehicle   1000 x the features and skills that the slot does not ask for
//            detour    ms the most delayed stop of the agent's other jobs is put off
// Errors   cannot fail: a term stops at +-term_max, a score at the ends of int64.
// Threads  pure
#pragma once

#include "model/decision.hpp"
#include "model/policy.hpp"

namespace posthaste::match {

/// Ten years of ms; far below 2^53, so that every reader of JSON sees the same number.
constexpr std::int64_t term_max = 10LL * 366 * 86'400'000;

model::Terms terms_of(model::Needs const& needs, model::Facts const& facts, Instant at);

std::int64_t score_of(model::Weights const& weights, model::Terms const& terms);

}  // namespace posthaste::match
