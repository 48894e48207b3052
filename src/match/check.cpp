#include "match/check.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "base/fields.hpp"
#include "match/eligible.hpp"
#include "match/explain.hpp"
#include "match/score.hpp"

namespace posthaste::match {

using model::Candidate;
using model::Decision;
using model::Facts;
using model::Rule;

namespace {

using Complaint = std::optional<std::string>;

std::string named(model::AgentId agent) {
    return "agent " + std::to_string(raw(agent));
}

/// The facts as they stood before anything was planned.
Facts unplanned(Facts facts) {
    Facts const none;
    facts.planned = false;
    facts.fits = none.fits;
    facts.arrival = none.arrival;
    facts.lateness = none.lateness;
    facts.finish = none.finish;
    facts.delay = none.delay;
    return facts;
}

Complaint check_candidate(Decision const& decision, Candidate const& candidate) {
    std::string const who = named(candidate.agent);
    Facts const& facts = candidate.facts;
    Facts const before = unplanned(facts);
    bool const is_planned = first_failed(decision.needs, before) == Rule::none;
    if (facts.planned != is_planned)
        return who + (is_planned ? " passed every early rule but was not planned"
                                 : " was planned though an early rule failed");
    if (!is_planned && facts != before) return who + " has planned facts but was not planned";
    Rule const failed = first_failed(decision.needs, facts);
    if (candidate.failed != failed)
        return who + " is recorded as " + std::string{name_of(candidate.failed)} +
               ", its facts say " + std::string{name_of(failed)};
    model::Terms const terms =
        failed == Rule::none ? terms_of(decision.needs, facts, decision.at) : model::Terms{};
    if (candidate.terms != terms) return who + " has terms that its facts do not give";
    std::int64_t const score = score_of(decision.weights, terms);
    if (candidate.score != score)
        return who + " has score " + std::to_string(candidate.score) + ", its terms give " +
               std::to_string(score);
    return std::nullopt;
}

bool comes_before(Candidate const& a, Candidate const& b) {
    bool const a_failed = a.failed != Rule::none;
    bool const b_failed = b.failed != Rule::none;
    if (a_failed != b_failed) return b_failed;
    if (a_failed) return std::tie(a.facts.distance, a.agent) < std::tie(b.facts.distance, b.agent);
    return std::tie(a.score, a.agent) < std::tie(b.score, b.agent);
}

Complaint check_order(std::span<Candidate const> candidates) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i > 0 && !comes_before(candidates[i - 1], candidates[i]))
            return named(candidates[i].agent) + " stands too late in the order";
        for (std::size_t k = 0; k < i; ++k) {
            if (candidates[k].agent == candidates[i].agent)
                return named(candidates[i].agent) + " stands twice";
        }
    }
    return std::nullopt;
}

Complaint check_counts(Decision const& decision) {
    std::array<std::uint32_t, model::rule_count> recorded{};
    for (Candidate const& candidate : decision.candidates)
        ++recorded[static_cast<std::size_t>(candidate.failed)];
    if (recorded[0] != decision.failed_counts[0])
        return "the count of those that may take it is not that of those scored";
    std::size_t failed = 0;
    for (std::size_t rule = 1; rule < model::rule_count; ++rule) {
        failed += recorded[rule];
        if (recorded[rule] > decision.failed_counts[rule])
            return "more are recorded than counted as " +
                   std::string{name_of(static_cast<Rule>(rule))};
    }
    if (failed > model::losers_recorded_max) return "more losers are recorded than the limit";
    return std::nullopt;
}

Complaint check_verdict(Decision const& decision) {
    auto const& candidates = decision.candidates;
    bool const can_any = !candidates.empty() && candidates.front().failed == Rule::none;
    bool const waits = decision.verdict == model::Verdict::waits;
    if (waits && can_any)
        return "it waits though " + named(candidates.front().agent) + " may take it";
    if (!waits && !can_any) return "it was given away though nobody may take it";
    model::AgentId const winner = can_any ? candidates.front().agent : model::AgentId{};
    if (decision.winner != winner)
        return named(decision.winner) + " won, the first in order is " + named(winner);
    if (!waits && !decision.would_help.empty()) return "it needs no help but names some";
    return std::nullopt;
}

Complaint check_help(Decision const& decision, model::Counterfactual const& change) {
    auto const found = std::find_if(
        decision.candidates.begin(),
        decision.candidates.end(),
        [&](Candidate const& candidate) { return candidate.agent == change.agent; }
    );
    std::string const who = named(change.agent);
    if (found == decision.candidates.end()) return who + " would help but is not recorded";
    if (change.rule == Rule::none || found->failed != change.rule)
        return who + " would help with a rule that it did not fail first";
    if (change.amount != shortfall(decision.needs, found->facts, change.rule))
        return who + " would help by an amount that its facts do not give";
    if (first_failed(decision.needs, mended(decision.needs, found->facts, change.rule)) !=
        Rule::none)
        return who + " would not help: another rule fails too";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> complaint_of(Decision const& decision) {
    for (Candidate const& candidate : decision.candidates) {
        if (auto complaint = check_candidate(decision, candidate)) return complaint;
    }
    if (auto complaint = check_order(decision.candidates)) return complaint;
    if (auto complaint = check_counts(decision)) return complaint;
    if (auto complaint = check_verdict(decision)) return complaint;
    for (std::size_t i = 0; i < decision.would_help.size(); ++i) {
        if (auto complaint = check_help(decision, decision.would_help[i])) return complaint;
        if (i > 0 && decision.would_help[i - 1].rule <= decision.would_help[i].rule)
            return "what would help is not ordered by rule";
    }
    return std::nullopt;
}

}  // namespace posthaste::match
