#include "match/eligible.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

namespace posthaste::match {
namespace {

using model::Facts;
using model::Needs;
using model::Rule;

Needs demanding() {
    Needs needs;
    needs.need = {.skills = 0b11, .kinds = 0b100, .features = 0b1};
    needs.zone = model::ZoneId{7};
    needs.radius = Metres{1000};
    needs.stack_max = 2;
    needs.latest = Instant{5000};
    return needs;
}

/// May take it, each rule only just.
Facts able() {
    Facts facts;
    facts.availability = model::Availability::on_duty;
    facts.in_shift = true;
    facts.freshness = model::Freshness::fresh;
    facts.stack = 1;
    facts.kind = 2;
    facts.features = 0b11;
    facts.skills = 0b111;
    facts.zone_right = true;
    facts.distance = Metres{1000};
    facts.planned = true;
    facts.fits = true;
    facts.arrival = Instant{5000};
    facts.finish = facts.shift_end = Instant{9000};
    return facts;
}

struct Spoiler {
    Rule rule;
    std::function<void(Facts&)> spoil;
};

/// In the order of the rules: one way to fail each.
std::vector<Spoiler> const spoilers{
    {Rule::off_duty, [](Facts& facts) { facts.availability = model::Availability::paused; }},
    {Rule::out_of_shift, [](Facts& facts) { facts.in_shift = false; }},
    {Rule::position_unknown, [](Facts& facts) { facts.freshness = model::Freshness::stale; }},
    {Rule::load_limit, [](Facts& facts) { facts.stack = 2; }},
    {Rule::vehicle_kind, [](Facts& facts) { facts.kind = 1; }},
    {Rule::vehicle_features, [](Facts& facts) { facts.features = 0b10; }},
    {Rule::skills, [](Facts& facts) { facts.skills = 0b101; }},
    {Rule::declined, [](Facts& facts) { facts.declined = true; }},
    {Rule::zone, [](Facts& facts) { facts.zone_right = false; }},
    {Rule::too_far, [](Facts& facts) { facts.distance = Metres{1001}; }},
    {Rule::capacity, [](Facts& facts) { facts.fits = false; }},
    {Rule::too_late, [](Facts& facts) { facts.lateness = Millis{1}; }},
    {Rule::shift_too_short, [](Facts& facts) { facts.finish = Instant{9001}; }},
};

}  // namespace

TEST_CASE("each rule fails alone, and of two the earlier one is named") {
    CHECK(first_failed(demanding(), able()) == Rule::none);
    REQUIRE(spoilers.size() == model::rule_count - 1);
    for (std::size_t i = 0; i < spoilers.size(); ++i) {
        CHECK(static_cast<std::size_t>(spoilers[i].rule) == i + 1);
        Facts facts = able();
        spoilers[i].spoil(facts);
        CHECK(first_failed(demanding(), facts) == spoilers[i].rule);
        for (std::size_t k = i + 1; k < spoilers.size(); ++k) {
            Facts both = facts;
            spoilers[k].spoil(both);
            CHECK(first_failed(demanding(), both) == spoilers[i].rule);
        }
    }
}

TEST_CASE("without a plan the last three rules are not asked") {
    Facts facts = able();
    facts.planned = false;
    for (std::size_t i = spoilers.size() - 3; i < spoilers.size(); ++i)
        spoilers[i].spoil(facts);
    CHECK(first_failed(demanding(), facts) == Rule::none);
}

TEST_CASE("arriving after the latest is too late even where no stop says so") {
    Facts facts = able();
    facts.arrival = Instant{5001};
    CHECK(first_failed(demanding(), facts) == Rule::too_late);
}

TEST_CASE("no kinds asked for means any kind, even one beyond the catalogue") {
    Needs needs = demanding();
    Facts facts = able();
    facts.kind = 200;
    CHECK(first_failed(needs, facts) == Rule::vehicle_kind);
    needs.need.kinds = 0;
    CHECK(first_failed(needs, facts) == Rule::none);
}

TEST_CASE("a slot's needs come from the first stop, the deadline and the policy") {
    model::Job job;
    job.created = Instant{100};
    job.release = Instant{200};
    job.stops.resize(2);
    job.slots.resize(2);
    job.slots[1].need.skills = 4;
    model::Policy policy;
    policy.radius = Metres{77};
    policy.stack_max = 3;

    Needs needs = needs_of(job, 1, policy, model::ZoneId{9});
    CHECK(needs.need.skills == 4);
    CHECK(needs.zone == model::ZoneId{9});
    CHECK(needs.radius == Metres{77});
    CHECK(needs.stack_max == 3);
    CHECK(needs.latest == instant_max);
    CHECK(needs.earliest == Instant{});  // no window and no deadline: no slack

    job.deadline = Instant{900};
    CHECK(needs_of(job, 0, policy, {}).latest == Instant{900});
    CHECK(needs_of(job, 0, policy, {}).earliest == Instant{200});
    job.stops[0].window = {Instant{300}, Instant{800}};
    CHECK(needs_of(job, 0, policy, {}).latest == Instant{800});
    CHECK(needs_of(job, 0, policy, {}).earliest == Instant{300});
}

TEST_CASE("an agent's facts count live jobs and offers, refusals and zones") {
    model::Agent agent;
    agent.id = model::AgentId{5};
    agent.assignments = {model::AssignmentId{1}, model::AssignmentId{2}};
    agent.offers = {model::OfferId{3}};
    agent.profile.weight = 50;
    model::JobSlot slot;
    Needs needs;
    CHECK(facts_of(agent, needs, slot, Metres{12}).stack == 3);
    CHECK(facts_of(agent, needs, slot, Metres{12}).weight == 50);
    CHECK(facts_of(agent, needs, slot, Metres{12}).distance == Metres{12});
    CHECK(!facts_of(agent, needs, slot, Metres{12}).planned);

    CHECK(!facts_of(agent, needs, slot, {}).declined);
    slot.declined = {model::AgentId{4}, agent.id};
    CHECK(facts_of(agent, needs, slot, {}).declined);

    agent.profile.zones = {model::ZoneId{1}, model::ZoneId{2}};
    CHECK(facts_of(agent, needs, slot, {}).zone_right);  // the slot is in no zone
    needs.zone = model::ZoneId{2};
    CHECK(facts_of(agent, needs, slot, {}).zone_right);
    needs.zone = model::ZoneId{3};
    CHECK(!facts_of(agent, needs, slot, {}).zone_right);
    agent.profile.zones.clear();
    CHECK(facts_of(agent, needs, slot, {}).zone_right);  // may work everywhere
}

}  // namespace posthaste::match
