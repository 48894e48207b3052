#include "views/explain.hpp"

#include <doctest/doctest.h>

#include "base/fields.hpp"

namespace posthaste::views {
namespace {

std::string who(model::AgentId agent) {
    return "W" + std::to_string(raw(agent));
}

model::Candidate failing(std::uint64_t agent, model::Rule rule) {
    model::Candidate one;
    one.agent = model::AgentId{agent};
    one.failed = rule;
    one.facts.distance = Metres{12'000};
    one.facts.stack = 4;
    one.facts.arrival = Instant{600'000};
    one.facts.finish = Instant{900'000};
    one.facts.shift_end = Instant{840'000};
    return one;
}

TEST_CASE("who got it, why, and why not each other") {
    model::Decision decision;
    decision.verdict = model::Verdict::offered;
    decision.winner = model::AgentId{1};
    model::Candidate winner;
    winner.agent = model::AgentId{1};
    winner.terms = {40, 0, 1, 0, 0, 0, 0};
    winner.score = 7000;  // 40 x 100 + 1 x 3000
    decision.needs.radius = Metres{10'000};
    decision.needs.stack_max = 4;
    decision.candidates = {
        winner, failing(2, model::Rule::too_far), failing(3, model::Rule::load_limit)};
    CHECK(
        explain_text(decision, who) ==
        "Offered to W1.\n"
        "Compared, lowest points win:\n"
        "  W1: 7000 points = arrival 40 x 100 + load 1 x 3000\n"
        "Not able to take it:\n"
        "  W2 is 12000 m away, the limit is 10000 m\n"
        "  W3 has 4 jobs and offers, the limit is 4\n"
    );
    auto const json = explain_json(decision, who);
    CHECK(json.find(R"("term":"load","value":1,"weight":3000,"points":3000)") != json.npos);
    CHECK(json.find(R"("rule":"too_far")") != json.npos);
}

TEST_CASE("a job that waits says what would help") {
    model::Decision decision;
    decision.needs.latest = Instant{300'000};
    decision.candidates = {failing(2, model::Rule::too_late)};
    decision.would_help = {
        {model::AgentId{2}, model::Rule::too_late, 300'000},
        {model::AgentId{3}, model::Rule::too_far, 250}};
    CHECK(
        explain_text(decision, who) ==
        "Nobody can take it now; it waits.\n"
        "Not able to take it:\n"
        "  W2 would arrive 5 min too late\n"
        "What would help:\n"
        "  for W2: times later by 5 min\n"
        "  for W3: a radius larger by 250 m\n"
    );
}

TEST_CASE("every rule has its sentence") {
    model::Needs const needs;
    for (std::size_t i = 1; i < model::rule_count; ++i) {
        auto const rule = static_cast<model::Rule>(i);
        CAPTURE(posthaste::name_of(rule));
        CHECK_FALSE(why_not(needs, failing(1, rule)).empty());
    }
}

}  // namespace
}  // namespace posthaste::views
