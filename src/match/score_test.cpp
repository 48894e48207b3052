#include "match/score.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace posthaste::match {
namespace {

model::Facts planned_facts() {
    model::Facts facts;
    facts.stack = 2;
    facts.weight = 150;
    facts.assigned_count = 9;
    facts.features = 0b1011;
    facts.skills = 0b1;
    facts.planned = true;
    facts.arrival = Instant{1'090'000};
    facts.delay = Millis{4500};
    return facts;
}

}  // namespace

TEST_CASE("the terms of a busy agent, worked out") {
    model::Needs needs;
    needs.need = {.skills = 0b1, .kinds = 0, .features = 0b10};
    needs.earliest = Instant{1'060'000};
    model::Facts facts = planned_facts();
    facts.idle_since = Instant{900'000};  // has work, so this does not count
    // 90 s to drive; 30 s past the start; 2 x 100 / 150 = 1.333 jobs; 9 x 100 / 150 = 6 jobs;
    // features 0 and 3 are more than is asked for; somebody waits 4.5 s longer.
    CHECK(
        terms_of(needs, facts, Instant{1'000'000}) ==
        model::Terms{90'000, 30'000, 1333, 6000, 0, 2000, 4500}
    );
}

TEST_CASE("idle counts for those without work, slack only past its start") {
    model::Needs needs;
    needs.earliest = Instant{1'095'000};
    model::Facts facts = planned_facts();
    facts.stack = 0;
    facts.idle_since = Instant{940'000};
    model::Terms const terms = terms_of(needs, facts, Instant{1'000'000});
    CHECK(terms[1] == 0);
    CHECK(terms[4] == -60'000);
    facts.idle_since = Instant{};
    CHECK(terms_of(needs, facts, Instant{1'000'000})[4] == 0);
    needs.earliest = Instant{};
    CHECK(terms_of(needs, facts, Instant{1'000'000})[1] == 0);
}

TEST_CASE("a score is thousandths of the policy's points") {
    // Default weights: 100 x 90 s + 3000 x 1.333 jobs + 500 x 6 jobs + 50 x 4.5 s = 16,224 points.
    model::Terms const terms{90'000, 30'000, 1333, 6000, 0, 2000, 4500};
    CHECK(score_of(model::Weights{}, terms) == 9'000'000 + 3'999'000 + 3'000'000 + 225'000);
    CHECK(score_of(model::Weights{}, {0, 0, 0, 0, -60'000, 0, 0}) == -120'000);
}

TEST_CASE("nothing overflows: terms and scores stop at their bounds") {
    using Limits = std::numeric_limits<std::int64_t>;
    model::Facts facts;
    facts.arrival = Instant{Limits::max()};
    facts.delay = Millis{Limits::max()};
    facts.weight = 0;
    facts.assigned_count = std::numeric_limits<std::uint32_t>::max();
    model::Terms const terms = terms_of({}, facts, Instant{Limits::min()});
    CHECK(terms[0] == term_max);
    CHECK(terms[3] == term_max);
    CHECK(terms[6] == term_max);
    constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
    model::Weights const weights{most, most, most, most, most, most, most};
    CHECK(score_of(weights, terms) == Limits::max());
    model::Terms negative{};
    negative.fill(-term_max);
    CHECK(score_of(weights, negative) == Limits::min());
}

}  // namespace posthaste::match
