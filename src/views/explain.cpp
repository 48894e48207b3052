#include "views/explain.hpp"

#include <algorithm>
#include <utility>

#include "views/json.hpp"

namespace posthaste::views {

using model::Candidate;
using model::Counterfactual;
using model::Decision;
using model::Facts;
using model::Needs;
using model::Rule;

namespace {

constexpr std::array<std::string_view, model::term_count> term_names{
    "arrival", "slack", "load", "fairness", "idle", "vehicle", "detour"};

std::array<std::int64_t, model::term_count> weights_of(model::Weights const& weights) {
    return {
        weights.arrival,
        weights.slack,
        weights.load,
        weights.fairness,
        weights.idle,
        weights.vehicle,
        weights.detour};
}

std::string minutes(std::int64_t millis) {
    auto const seconds = millis / 1000;
    if (seconds < 120) return std::to_string(seconds) + " s";
    return std::to_string(seconds / 60) + " min";
}

std::string metres(std::int64_t count) {
    return std::to_string(count) + " m";
}

std::string too_late(Needs const& needs, Facts const& facts) {
    if (facts.lateness > Millis{})
        return "would make a promised time late by " + minutes(facts.lateness.count());
    return "would arrive " + minutes((facts.arrival - needs.latest).count()) + " too late";
}

std::string helps(Counterfactual const& change) {
    switch (change.rule) {
        case Rule::none:
            break;
        case Rule::off_duty:
            return "coming on duty";
        case Rule::out_of_shift:
            return "being in shift";
        case Rule::position_unknown:
            return "sending a position";
        case Rule::load_limit:
            return "one job or offer fewer";
        case Rule::vehicle_kind:
            return "a vehicle of a wanted kind";
        case Rule::vehicle_features:
            return "the vehicle's missing features";
        case Rule::skills:
            return "the missing skills";
        case Rule::declined:
            return "not having declined it";
        case Rule::zone:
            return "the right to the zone";
        case Rule::too_far:
            return "a radius larger by " + metres(change.amount);
        case Rule::capacity:
            return "room for the load";
        case Rule::too_late:
            return "times later by " + minutes(change.amount);
        case Rule::shift_too_short:
            return "a shift longer by " + minutes(change.amount);
    }
    return "nothing";
}

void write_candidate(
    JsonText& out, Decision const& decision, Candidate const& one, Who const& who
) {
    auto const weights = weights_of(decision.weights);
    out.open('{');
    write_member(out, "agent", one.agent);
    write_member(out, "name", who(one.agent));
    write_member(out, "score", one.score);
    write_member(out, "arrival", one.facts.arrival);
    write_member(out, "distance", one.facts.distance);
    out.key("terms");
    out.open('[');
    for (std::size_t i = 0; i < model::term_count; ++i) {
        out.open('{');
        out.key("term");
        out.string(term_names[i]);
        write_member(out, "value", one.terms[i]);
        write_member(out, "weight", weights[i]);
        write_member(out, "points", one.terms[i] * weights[i]);
        out.close('}');
    }
    out.close(']');
    out.close('}');
}

void write_failed(JsonText& out, Decision const& decision, Candidate const& one, Who const& who) {
    out.open('{');
    write_member(out, "agent", one.agent);
    write_member(out, "name", who(one.agent));
    write_member(out, "rule", one.failed);
    write_member(out, "why", why_not(decision.needs, one));
    out.close('}');
}

std::string verdict_line(Decision const& decision, Who const& who) {
    switch (decision.verdict) {
        case model::Verdict::assigned:
            return "Assigned to " + who(decision.winner) + ".\n";
        case model::Verdict::offered:
            return "Offered to " + who(decision.winner) + ".\n";
        case model::Verdict::waits:
            break;
    }
    return "Nobody can take it now; it waits.\n";
}

std::string score_line(Decision const& decision, Candidate const& one, Who const& who) {
    auto const weights = weights_of(decision.weights);
    std::string line = "  " + who(one.agent) + ": " + std::to_string(one.score) + " points";
    char const* before = " = ";
    for (std::size_t i = 0; i < model::term_count; ++i) {
        if (one.terms[i] * weights[i] == 0) continue;
        line += before + std::string{term_names[i]} + " " + std::to_string(one.terms[i]) + " x " +
                std::to_string(weights[i]);
        before = " + ";
    }
    return line + "\n";
}

}  // namespace

std::string why_not(Needs const& needs, Candidate const& candidate) {
    auto const& facts = candidate.facts;
    switch (candidate.failed) {
        case Rule::none:
            return {};
        case Rule::off_duty:
            return "is " + std::string{name_of(facts.availability)};
        case Rule::out_of_shift:
            return "is out of shift";
        case Rule::position_unknown:
            return "has no known position (" + std::string{name_of(facts.freshness)} + ")";
        case Rule::load_limit:
            return "has " + std::to_string(facts.stack) + " jobs and offers, the limit is " +
                   std::to_string(needs.stack_max);
        case Rule::vehicle_kind:
            return "has a vehicle of another kind";
        case Rule::vehicle_features:
            return "has a vehicle without a needed feature";
        case Rule::skills:
            return "lacks a needed skill";
        case Rule::declined:
            return "declined it before";
        case Rule::zone:
            return "has no right to the zone";
        case Rule::too_far:
            return "is " + metres(facts.distance.count()) + " away, the limit is " +
                   metres(needs.radius.count());
        case Rule::capacity:
            return "would carry too much";
        case Rule::too_late:
            return too_late(needs, facts);
        case Rule::shift_too_short:
            return "would finish " + minutes((facts.finish - facts.shift_end).count()) +
                   " after the shift";
    }
    return {};
}

std::string explain_text(Decision const& decision, Who const& who) {
    std::string text = verdict_line(decision, who);
    auto const scored = std::ranges::count(decision.candidates, Rule::none, &Candidate::failed);
    if (scored > 0) text += "Compared, lowest points win:\n";
    for (auto const& one : decision.candidates) {
        if (one.failed == Rule::none) text += score_line(decision, one, who);
    }
    if (std::cmp_greater(decision.candidates.size(), scored)) text += "Not able to take it:\n";
    for (auto const& one : decision.candidates) {
        if (one.failed != Rule::none)
            text += "  " + who(one.agent) + " " + why_not(decision.needs, one) + "\n";
    }
    if (!decision.would_help.empty()) text += "What would help:\n";
    for (auto const& change : decision.would_help)
        text += "  for " + who(change.agent) + ": " + helps(change) + "\n";
    return text;
}

std::string explain_json(Decision const& decision, Who const& who) {
    JsonText out;
    out.open('{');
    write_member(out, "job", decision.job);
    write_member(out, "slot", decision.slot);
    write_member(out, "attempt", decision.attempt);
    write_member(out, "state_number", decision.state_number);
    write_member(out, "verdict", decision.verdict);
    write_member(out, "at", decision.at);
    write_member(out, "policy", decision.policy_hash);
    if (decision.travel != 0) write_member(out, "travel", decision.travel);
    if (raw(decision.winner) != 0) write_member(out, "winner", decision.winner);
    out.key("candidates");
    out.open('[');
    for (auto const& one : decision.candidates) {
        if (one.failed == Rule::none) write_candidate(out, decision, one, who);
    }
    out.close(']');
    out.key("failed");
    out.open('[');
    for (auto const& one : decision.candidates) {
        if (one.failed != Rule::none) write_failed(out, decision, one, who);
    }
    out.close(']');
    out.key("failed_counts");
    out.open('{');
    for (std::size_t i = 1; i < model::rule_count; ++i) {
        if (decision.failed_counts[i] > 0)
            write_member(out, name_of(static_cast<Rule>(i)), decision.failed_counts[i]);
    }
    out.close('}');
    out.key("would_help");
    out.open('[');
    for (auto const& change : decision.would_help) {
        out.open('{');
        write_json_fields(out, change);
        write_member(out, "name", who(change.agent));
        write_member(out, "text", helps(change));
        out.close('}');
    }
    out.close(']');
    out.close('}');
    return std::move(out).text();
}

}  // namespace posthaste::views
