#include "match/choose.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "base/codec.hpp"
#include "base/prng.hpp"
#include "match/check.hpp"
#include "match/eligible.hpp"
#include "match/explain.hpp"

namespace posthaste::match {
namespace {

using model::AgentId;
using model::Candidate;
using model::Decision;
using model::Rule;

constexpr Instant now{1'000'000};

/// One second for each unit of latitude or longitude, and twice that by vehicles of kind 1.
class Blocks final : public Travel {
public:
    Millis time(model::Position from, model::Position to, std::uint8_t kind) const override {
        std::int64_t const north = std::abs(std::int64_t{from.lat} - to.lat);
        std::int64_t const east = std::abs(std::int64_t{from.lon} - to.lon);
        return Millis{1000 * (north + east) * (kind == 1 ? 2 : 1)};
    }
};

struct Case {
    Question question;
    std::vector<Visit> job;
    std::vector<std::vector<Visit>> routes;
    std::vector<Asked> asked;

    void link() {
        question.job = job;
        for (std::size_t i = 0; i < asked.size(); ++i)
            asked[i].route = routes[i];
    }
};

Asked able(std::uint64_t id, std::int32_t lon) {
    Asked asked;
    asked.agent = AgentId{id};
    asked.facts.availability = model::Availability::on_duty;
    asked.facts.in_shift = true;
    asked.facts.freshness = model::Freshness::fresh;
    asked.facts.zone_right = true;
    asked.facts.distance = Metres{std::abs(lon)};
    asked.place = {0, lon};
    asked.capacity = {{4, 0, 0, 0}};
    return asked;
}

/// One stop at the origin; `asked` with empty routes.
Case case_of(std::vector<Asked> asked) {
    Case result;
    result.question.now = now;
    result.question.needs.radius = Metres{100};
    result.question.needs.stack_max = 2;
    result.job.resize(1);
    result.asked = std::move(asked);
    result.routes.resize(result.asked.size());
    result.link();
    return result;
}

Choice choose(Case const& given) {
    Blocks const blocks;
    Chooser chooser;
    return chooser.choose(given.question, given.asked, blocks);
}

/// Fleets in which about half of all slots find somebody.
Case random_case(Prng& prng) {
    auto const number = [&](std::int64_t low, std::int64_t high) {
        return static_cast<std::int32_t>(prng.between(low, high));
    };
    std::vector<Asked> asked;
    std::size_t const count = prng.below(24);
    bool const is_hard = prng.chance(500);
    auto const fails = [&] { return prng.chance(is_hard ? 250 : 20); };
    for (std::size_t i = 0; i < count; ++i) {
        Asked one = able(100 - i, number(-50, 50));
        if (fails()) one.facts.availability = model::Availability::paused;
        if (fails()) one.facts.in_shift = false;
        if (fails()) one.facts.freshness = model::Freshness::lost;
        if (fails()) one.facts.declined = true;
        if (fails()) one.facts.zone_right = false;
        if (fails()) one.facts.distance = Metres{number(90, 130)};
        if (fails()) one.facts.shift_end = now + Millis{1000 * prng.between(0, 90)};
        one.facts.stack = number(0, is_hard ? 3 : 1);
        one.facts.kind = static_cast<std::uint8_t>(prng.below(2));
        one.facts.skills = prng.below(is_hard ? 4 : 2) ^ 1U;
        one.facts.features = static_cast<std::uint32_t>(prng.below(4));
        one.facts.weight = number(50, 200);
        one.facts.assigned_count = static_cast<std::uint32_t>(prng.below(9));
        if (prng.chance(500)) one.facts.idle_since = now - Millis{prng.between(0, 600'000)};
        one.aboard.amount[0] = number(0, 2);
        asked.push_back(one);
    }
    Case given = case_of(std::move(asked));
    given.question.dispatch = prng.chance(500) ? model::Dispatch::direct : model::Dispatch::offer;
    model::Needs& needs = given.question.needs;
    if (is_hard) needs.need = {.skills = prng.below(4), .kinds = 0b10, .features = 1};
    if (prng.chance(500)) needs.earliest = now + Millis{1000 * prng.between(-20, 40)};
    if (prng.chance(500)) needs.latest = now + Millis{1000 * prng.between(10, 90)};
    given.question.weights.slack = number(0, 50);
    given.question.weights.vehicle = number(0, 900);
    given.job.resize(1 + prng.below(2));
    given.job.front().window = {needs.earliest, needs.latest};
    given.job.front().pickup.amount[0] = number(0, 4);
    given.job.back().place = {0, number(-40, 40)};
    for (auto& route : given.routes) {
        route.resize(prng.below(4));
        for (Visit& visit : route) {
            visit.place = {number(-20, 20), number(-20, 20)};
            visit.pickup.amount[0] = number(0, 1);
        }
    }
    given.link();
    return given;
}

}  // namespace

TEST_CASE("the nearest of equals wins, and the lower id of those equally near") {
    Choice const choice = choose(case_of({able(9, 30), able(8, -20), able(7, 20)}));
    CHECK(choice.decision.verdict == model::Verdict::assigned);
    CHECK(choice.decision.winner == AgentId{7});
    CHECK(choice.winner_index == 2);
    CHECK(choice.insertion.arrival == now + Millis{20'000});
    REQUIRE(choice.route.size() == 1);
    CHECK(choice.route[0] == Planned{true, 0, now + Millis{20'000}, now + Millis{30'000}});
    REQUIRE(choice.decision.candidates.size() == 3);
    CHECK(choice.decision.candidates[1].agent == AgentId{8});
    CHECK(choice.decision.candidates[2].agent == AgentId{9});
    // 20 s x 100 points, in thousandths.
    CHECK(choice.decision.candidates[0].score == 2'000'000);
    CHECK(choice.decision.failed_counts[0] == 3);
    CHECK(choice.decision.would_help.empty());
}

TEST_CASE("weights decide: a live job weighs as much as half a minute, less for a strong agent") {
    // 10 s + 1 job = 1000 + 3000 points against 35 s = 3500; of weight 200 the job is 1500.
    Case given = case_of({able(1, 10), able(2, 35)});
    given.asked[0].facts.stack = 1;
    CHECK(choose(given).decision.winner == AgentId{2});
    given.asked[0].facts.weight = 200;
    CHECK(choose(given).decision.winner == AgentId{1});
}

TEST_CASE("an offer is the workflow's word, and the plan goes along") {
    Case given = case_of({able(1, 10)});
    given.question.dispatch = model::Dispatch::offer;
    Choice const choice = choose(given);
    CHECK(choice.decision.verdict == model::Verdict::offered);
    CHECK(choice.decision.candidates[0].facts.arrival == now + Millis{10'000});
}

TEST_CASE("the winner's new route has the job in its place, with times") {
    Case given = case_of({able(1, 10)});
    given.routes[0].resize(2);
    given.routes[0][0].place = {0, 5};
    given.routes[0][1].place = {0, -5};
    given.link();
    Choice const choice = choose(given);
    CHECK(
        choice.route ==
        std::vector<Planned>{
            {false, 0, now + Millis{5000}, now + Millis{7500}},
            {true, 0, now + Millis{10'000}, now + Millis{15'000}},
            {false, 1, now + Millis{15'000}, now + Millis{22'500}}}
    );
}

TEST_CASE("nobody there: it waits, and nobody would help") {
    Choice const choice = choose(case_of({}));
    CHECK(choice.decision.verdict == model::Verdict::waits);
    CHECK(choice.decision.winner == AgentId{});
    CHECK(!choice.winner_index);
    CHECK(choice.decision.would_help.empty());
    CHECK(!complaint_of(choice.decision));
}

TEST_CASE("nobody can: who would with one change, and with how much") {
    // 1 is paused. 2 and 3 are 30 m and 12 m too far. 4 reaches it 5 s too late. 5 is paused and
    // nearer, but would not get there in time either: two changes, so it is not named.
    Case given = case_of({able(1, 9), able(2, 20), able(3, 20), able(4, 35), able(5, 8)});
    given.question.needs.latest = given.job[0].window.latest = now + Millis{30'000};
    given.asked[0].facts.availability = model::Availability::paused;
    given.asked[1].facts.distance = Metres{130};
    given.asked[2].facts.distance = Metres{112};
    given.asked[4].facts.availability = model::Availability::off;
    given.asked[4].facts.kind = 1;
    given.asked[4].place = {0, 16};
    Choice const choice = choose(given);
    CHECK(choice.decision.verdict == model::Verdict::waits);
    CHECK(
        choice.decision.would_help ==
        std::vector<model::Counterfactual>{
            {AgentId{4}, Rule::too_late, 5000},
            {AgentId{3}, Rule::too_far, 12},
            {AgentId{1}, Rule::off_duty, 0}}
    );
    CHECK(!complaint_of(choice.decision));
}

TEST_CASE("losers are recorded up to the limit: those that would help, then the nearest") {
    std::vector<Asked> asked;
    for (std::uint64_t id = 1; id <= asked_max; ++id) {
        Asked one = able(id, static_cast<std::int32_t>(id));
        one.facts.distance = Metres{static_cast<std::int64_t>(id)};
        one.facts.availability = model::Availability::off;
        one.facts.declined = true;
        asked.push_back(one);
    }
    asked.back().facts.availability = model::Availability::on_duty;
    asked.back().facts.distance = Metres{100};
    Choice const choice = choose(case_of(std::move(asked)));
    auto const& candidates = choice.decision.candidates;
    REQUIRE(candidates.size() == model::losers_recorded_max);
    CHECK(candidates.front().agent == AgentId{1});
    CHECK(candidates[6].agent == AgentId{7});
    CHECK(candidates.back().agent == AgentId{asked_max});
    CHECK(
        choice.decision.would_help ==
        std::vector<model::Counterfactual>{{AgentId{asked_max}, Rule::declined, 0}}
    );
    CHECK(choice.decision.failed_counts[static_cast<std::size_t>(Rule::off_duty)] == 255);
    CHECK(!complaint_of(choice.decision));
}

TEST_CASE("each rule can be mended, and only as far as it must be") {
    Prng prng{42};
    std::array<int, model::rule_count> seen{};
    for (int round = 0; round < 2000; ++round) {
        Case const given = random_case(prng);
        for (Candidate const& candidate : choose(given).decision.candidates) {
            model::Needs const& needs = given.question.needs;
            model::Facts const better = mended(needs, candidate.facts, candidate.failed);
            Rule const next = first_failed(needs, better);
            CHECK((next == Rule::none || next > candidate.failed));
            CHECK(shortfall(needs, better, candidate.failed) == 0);
            ++seen[static_cast<std::size_t>(candidate.failed)];
        }
    }
    for (std::size_t rule = 0; rule < seen.size(); ++rule)
        CHECK_MESSAGE(seen[rule] > 0, "rule ", rule);
}

TEST_CASE("the order in which agents are asked decides nothing, seed 42") {
    Prng prng{42};
    for (int round = 0; round < 500; ++round) {
        Case given = random_case(prng);
        Choice const choice = choose(given);
        for (std::size_t i = given.asked.size(); i > 1; --i) {
            std::size_t const k = prng.below(i);
            std::swap(given.asked[i - 1], given.asked[k]);
        }
        Choice const again = choose(given);
        CHECK(again.decision == choice.decision);
        CHECK(again.route == choice.route);
        CHECK(choice.winner_index.has_value() == again.winner_index.has_value());
    }
}

TEST_CASE("every decision passes its checker, also from its bytes, seed 42") {
    Prng prng{42};
    int waits = 0;
    int helped = 0;
    for (int round = 0; round < 3000; ++round) {
        Decision const decision = choose(random_case(prng)).decision;
        auto const complaint = complaint_of(decision);
        CHECK_MESSAGE(!complaint, complaint.value_or(""));
        Decision const read = decode<Decision>(encode(decision)).value();
        CHECK(read == decision);
        waits += decision.verdict == model::Verdict::waits ? 1 : 0;
        helped += decision.would_help.empty() ? 0 : 1;
    }
    CHECK(waits > 500);
    CHECK(waits < 2500);
    CHECK(helped > 100);
}

namespace {

using Mutations = std::vector<std::function<void(Decision&)>>;

/// To the agent that stands at `i`, whether it was scored or not.
void add_of_candidate(Mutations& all, std::size_t i) {
    auto const change = [&](auto mutate) {
        all.emplace_back([i, mutate](Decision& it) { mutate(it.candidates[i]); });
    };
    change([](Candidate& it) { ++it.score; });
    change([](Candidate& it) { it.failed = it.failed == Rule::none ? Rule::skills : Rule::none; });
    change([](Candidate& it) { it.facts.planned = !it.facts.planned; });
    for (std::size_t term = 0; term < model::term_count; ++term)
        change([term](Candidate& it) { ++it.terms[term]; });
    all.emplace_back([i](Decision& it) { it.candidates.push_back(it.candidates[i]); });
    if (i == 0) return;
    all.emplace_back([i](Decision& it) { std::swap(it.candidates[i - 1], it.candidates[i]); });
}

/// To the facts of one that may take it: each turns a rule or a term.
void add_of_scored(Mutations& all, std::size_t i) {
    auto const change = [&](auto mutate) {
        all.emplace_back([i, mutate](Decision& it) { mutate(it.candidates[i].facts); });
    };
    all.emplace_back([i](Decision& it) {
        it.candidates.erase(it.candidates.begin() + static_cast<std::ptrdiff_t>(i));
    });
    change([](model::Facts& it) { it.availability = model::Availability::off; });
    change([](model::Facts& it) { it.in_shift = false; });
    change([](model::Facts& it) { it.freshness = model::Freshness::stale; });
    change([](model::Facts& it) { it.stack += 2; });
    change([](model::Facts& it) { it.declined = true; });
    change([](model::Facts& it) { it.zone_right = false; });
    change([](model::Facts& it) { it.distance = Metres{101}; });
    change([](model::Facts& it) { it.fits = false; });
    change([](model::Facts& it) { it.lateness = Millis{1}; });
    change([](model::Facts& it) { it.finish = it.shift_end + Millis{1}; });
    change([](model::Facts& it) { it.arrival = it.arrival + Millis{1}; });
    change([](model::Facts& it) { it.delay = it.delay + Millis{1}; });
    change([](model::Facts& it) { it.assigned_count += 2; });
    change([](model::Facts& it) { it.skills ^= 0x100U; });
    change([](model::Facts& it) { it.features ^= 0x100U; });
}

void add_of_help(Mutations& all, std::size_t i) {
    all.emplace_back([i](Decision& it) { ++it.would_help[i].amount; });
    all.emplace_back([i](Decision& it) { it.would_help[i].agent = AgentId{999}; });
    all.emplace_back([i](Decision& it) {
        Rule& rule = it.would_help[i].rule;
        rule = rule == Rule::skills ? Rule::zone : Rule::skills;
    });
}

/// To what was asked, where somebody won.
void add_of_question(Mutations& all, Decision const& decision) {
    bool const drives = decision.candidates.front().terms[0] != 0;
    if (drives) all.emplace_back([](Decision& it) { ++it.weights.arrival; });
    all.emplace_back([](Decision& it) { it.at = it.at + Millis{1}; });
    all.emplace_back([](Decision& it) { it.needs.radius = Metres{-1}; });
    all.emplace_back([](Decision& it) { it.needs.stack_max = 0; });
    all.emplace_back([](Decision& it) { it.needs.need.skills |= 1ULL << 60U; });
    all.emplace_back([](Decision& it) { it.needs.latest = Instant{}; });
    all.emplace_back([](Decision& it) { it.would_help.push_back({it.winner, Rule::too_far, 1}); });
}

/// Changes to a decision, each of something that decided it.
Mutations mutations_of(Decision const& decision) {
    Mutations all;
    all.emplace_back([](Decision& it) { it.winner = AgentId{raw(it.winner) + 1}; });
    all.emplace_back([](Decision& it) {
        bool const waits = it.verdict == model::Verdict::waits;
        it.verdict = waits ? model::Verdict::assigned : model::Verdict::waits;
    });
    all.emplace_back([](Decision& it) { ++it.failed_counts[0]; });
    for (std::size_t i = 0; i < decision.candidates.size(); ++i) {
        add_of_candidate(all, i);
        Rule const failed = decision.candidates[i].failed;
        if (failed == Rule::none) {
            add_of_scored(all, i);
        } else {  // more may be counted than are recorded, never less
            all.emplace_back([failed](Decision& it) {
                it.failed_counts[static_cast<std::size_t>(failed)] = 0;
            });
            if (!decision.candidates[i].facts.planned)
                all.emplace_back([i](Decision& it) { it.candidates[i].facts.fits = true; });
        }
    }
    for (std::size_t i = 0; i < decision.would_help.size(); ++i)
        add_of_help(all, i);
    if (decision.winner != AgentId{}) add_of_question(all, decision);
    return all;
}

}  // namespace

TEST_CASE("no change to what decided goes unnoticed, seed 42") {
    Prng prng{42};
    for (int round = 0; round < 300; ++round) {
        Decision const decision = choose(random_case(prng)).decision;
        auto const mutations = mutations_of(decision);
        for (std::size_t k = 0; k < mutations.size(); ++k) {
            Decision changed = decision;
            mutations[k](changed);
            CHECK_MESSAGE(complaint_of(changed).has_value(), "round ", round, " mutation ", k);
        }
    }
}

}  // namespace posthaste::match
