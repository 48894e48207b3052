#include "match/explain.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <tuple>

#include "base/assert.hpp"
#include "match/eligible.hpp"

namespace posthaste::match {

using model::Facts;
using model::Needs;
using model::Rule;

Facts mended(Needs const& needs, Facts const& facts, Rule rule) {
    Facts better = facts;
    switch (rule) {
        case Rule::none:
            break;
        case Rule::off_duty:
            better.availability = model::Availability::on_duty;
            break;
        case Rule::out_of_shift:  // a shift that goes on, not one that is over
            better.in_shift = true;
            better.shift_end = instant_max;
            break;
        case Rule::position_unknown:
            better.freshness = model::Freshness::fresh;
            break;
        case Rule::load_limit:
            better.stack = needs.stack_max - 1;
            break;
        case Rule::vehicle_kind:
            better.kind = static_cast<std::uint8_t>(std::countr_zero(needs.need.kinds));
            break;
        case Rule::vehicle_features:
            better.features |= needs.need.features;
            break;
        case Rule::skills:
            better.skills |= needs.need.skills;
            break;
        case Rule::declined:
            better.declined = false;
            break;
        case Rule::zone:
            better.zone_right = true;
            break;
        case Rule::too_far:
            better.distance = needs.radius;
            break;
        case Rule::capacity:
            better.fits = true;
            break;
        case Rule::too_late:
            better.lateness = Millis{};
            better.arrival = std::min(facts.arrival, needs.latest);
            break;
        case Rule::shift_too_short:
            better.shift_end = facts.finish;
            break;
    }
    return better;
}

std::int64_t shortfall(Needs const& needs, Facts const& facts, Rule rule) {
    if (rule == Rule::too_far) return (facts.distance - needs.radius).count();
    if (rule == Rule::too_late)
        return std::max(facts.lateness, facts.arrival - needs.latest).count();
    if (rule == Rule::shift_too_short) return (facts.finish - facts.shift_end).count();
    return 0;
}

namespace {

bool is_only_failure(
    Question const& question, Loser const& loser, Inserter& inserter, Travel const& travel
) {
    Needs const& needs = question.needs;
    Facts facts = mended(needs, loser.candidate->facts, loser.candidate->failed);
    if (first_failed(needs, facts) != Rule::none) return false;
    if (facts.planned) return true;
    if (facts.kind >= model::vehicle_kinds_max) return false;
    set_plan(
        facts,
        inserter.best(
            start_of(question.now, *loser.asked, facts.kind),
            loser.asked->route,
            question.job,
            travel
        )
    );
    return first_failed(needs, facts) == Rule::none;
}

}  // namespace

std::vector<model::Counterfactual> would_help(
    Question const& question,
    std::span<Loser const> losers,
    Inserter& inserter,
    Travel const& travel
) {
    struct Best {
        std::int64_t amount;
        Metres distance;
        model::AgentId agent;
        auto operator<=>(Best const&) const = default;
    };
    std::array<std::optional<Best>, model::rule_count> best_by_rule;
    for (Loser const& loser : losers) {
        model::Candidate const& candidate = *loser.candidate;
        ASSERT(candidate.failed != Rule::none);
        Best const change{
            shortfall(question.needs, candidate.facts, candidate.failed),
            candidate.facts.distance,
            candidate.agent};
        auto& best = best_by_rule[static_cast<std::size_t>(candidate.failed)];
        if (best && *best < change) continue;
        if (is_only_failure(question, loser, inserter, travel)) best = change;
    }
    std::vector<model::Counterfactual> changes;
    for (std::size_t rule = model::rule_count; rule-- > 0;) {
        auto const& best = best_by_rule[rule];
        if (!best) continue;
        if (changes.size() == model::losers_recorded_max) break;
        changes.push_back({best->agent, static_cast<Rule>(rule), best->amount});
    }
    return changes;
}

}  // namespace posthaste::match
