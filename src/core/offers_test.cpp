// architecture.md, Semantics: Offers and Time. Each test bears the sentence it holds up.
#include "core/testing.hpp"
#include "match/check.hpp"

namespace posthaste::core::testing {

using model::OfferEnd;
using model::Rejection;

TEST_CASE("Offers: an agent's inbox is state; the open offers are on the agent") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    auto const offer = *city.offer(job);
    CHECK(city.agent(driver).offers == std::vector{offer.id});
    auto const restored = restore(snapshot(city.state()));
    REQUIRE(restored.ok());
    CHECK(restored.value().agents.at(driver).offers == std::vector{offer.id});
    city.tap(driver, model::DeclineOffer{offer.id, offer.attempt, "lunch"});
    CHECK(city.agent(driver).offers.empty());
}

TEST_CASE("Offers: receipt is a command, and an offer without receipt moves on early") {
    City city;
    auto const near = city.driver("N", place(0));
    auto const far = city.driver("F", place(900));
    auto const job = city.ride(place(100), place(1000));
    auto const policy = city.state().policy;
    auto const first = *city.offer(job);
    CHECK(first.agent == near);
    SUBCASE("not received: at the receipt's time, long before it expires") {
        auto const heard = city.pass(policy.offer_receipt);
        REQUIRE(heard.find<model::OfferClosed>() != nullptr);
        CHECK(heard.find<model::OfferClosed>()->how == OfferEnd::unreceived);
        CHECK(city.offer(job)->agent == far);
    }
    SUBCASE("received: it stands until it expires") {
        city.tap(near, model::ReceiveOffer{first.id});
        CHECK(city.tap(near, model::ReceiveOffer{first.id}).count<model::OfferReceived>() == 0);
        CHECK(city.pass(policy.offer_expires - Millis{1}).count<model::OfferClosed>() == 0);
        auto const heard = city.pass(Millis{1});
        REQUIRE(heard.find<model::OfferClosed>() != nullptr);
        CHECK(heard.find<model::OfferClosed>()->how == OfferEnd::expired);
        CHECK(city.offer(job)->agent == far);
    }
}

TEST_CASE("Offers: the writer's order decides accept against expiry") {
    for (bool const accept_first : {true, false}) {
        City city;
        auto const driver = city.driver("D", place(0));
        auto const job = city.ride(place(100), place(1000));
        auto const offer = *city.offer(job);
        city.tap(driver, model::ReceiveOffer{offer.id});
        city.now = offer.expires;  // both are due at the same millisecond
        if (!accept_first) city.pass(Millis{});
        auto const heard = city.tap(driver, model::AcceptOffer{offer.id, offer.attempt});
        if (accept_first) city.pass(Millis{});
        CHECK((heard.rejection() == Rejection::none) == accept_first);
        CHECK((city.assignment(job) != nullptr) == accept_first);
        if (!accept_first) CHECK(heard.rejection() == Rejection::offer_closed);
    }
}

TEST_CASE("Offers: nobody who declined is asked again for this slot") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.ride(place(100), place(1000));
    auto const offer = *city.offer(job);
    city.tap(driver, model::DeclineOffer{offer.id, offer.attempt, ""});
    CHECK(city.offer(job) == nullptr);
    city.tell(model::SetAvailability{driver, model::Availability::paused});
    city.tell(model::SetAvailability{driver, model::Availability::on_duty});
    CHECK(city.offer(job) == nullptr);
    CHECK(city.job(job).slots[0].status == model::SlotStatus::waiting);
}

TEST_CASE("Offers: an agent who takes one and has no room for the next is not held to it") {
    City city;
    auto const driver = city.driver("D", place(0), [](auto& put) {
        put.capacity = {{1, 0, 0, 0}};
    });
    auto const tight = [](auto& create) {
        create.stops[1].window.latest = eight_o_clock + Millis{120'000};
    };
    auto const first = city.ride(place(0), place(1000), tight);
    auto const second = city.ride(place(0), place(-1000));
    auto const two = *city.offer(second);
    CHECK(two.agent == driver);
    CHECK(city.accept(first).rejection() == Rejection::none);
    CHECK(city.accept(second).rejection() == Rejection::none);  // after the first
    auto const& route = city.agent(driver).route;
    REQUIRE(route.size() == 4);
    CHECK(route[0].job == first);
    CHECK(route[1].job == first);
    CHECK(is_within_capacity(city.state(), city.agent(driver)));
}

TEST_CASE("Time: after an outage offers are renewed, not expired; SLA clocks run on") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const deadline = eight_o_clock + Millis{300'000};
    auto const job = city.ride(place(100), place(1000), [&](auto& create) {
        create.deadline = deadline;
        create.stops[0].window.latest = eight_o_clock + Millis{3'600'000};
    });
    auto const before = *city.offer(job);
    city.tap(driver, model::ReceiveOffer{before.id});
    city.now = city.now + Millis{600'000};  // ten minutes without a writer
    city.feed(engine(), TermInput{Millis{600'000}});
    auto const late = city.pass(Millis{});
    REQUIRE(city.offer(job) != nullptr);
    CHECK(city.offer(job)->id == before.id);
    CHECK(city.offer(job)->expires - city.now == before.expires - before.made);
    CHECK(late.count<model::DeadlineMissed>() == 1);
    CHECK(city.accept(job).rejection() == Rejection::none);
}

TEST_CASE("Time: timers are state, fired in (due, id) order") {
    City city;
    std::vector<model::JobId> jobs;
    for (int const delay : {2000, 1000, 1000, 3000}) {
        jobs.push_back(city.ride(place(0), place(9), [&](auto& create) {
            create.release = eight_o_clock + Millis{delay};
        }));
    }
    auto const restored = restore(snapshot(city.state()));
    REQUIRE(restored.ok());
    CHECK(restored.value().timers == city.state().timers);
    auto const heard = city.pass(Millis{5000});
    std::vector<model::JobId> fired;
    for (auto const& event : heard.events) {
        if (auto const* lapsed = std::get_if<model::TimerLapsed>(&event))
            fired.emplace_back(model::JobId{lapsed->id});
    }
    CHECK(fired == std::vector{jobs[1], jobs[2], jobs[0], jobs[3]});
}

TEST_CASE("Decision records: the winner, the losers and why, true to themselves") {
    City city;
    auto const near = city.driver("N", place(0));
    auto const far = city.driver("F", place(5000));
    city.tell(model::SetAvailability{city.driver("P", place(0)), model::Availability::paused});
    auto const job = city.ride(place(100), place(1000));
    model::Decision decision;
    for (auto const& entry : city.entries) {
        if (!entry.decisions.empty()) decision = entry.decisions.back();
    }
    CHECK(decision.job == job);
    CHECK(decision.verdict == model::Verdict::offered);
    CHECK(decision.winner == near);
    REQUIRE(decision.candidates.size() >= 2);
    CHECK(decision.candidates[0].agent == near);
    CHECK(decision.candidates[1].agent == far);
    CHECK(decision.candidates[0].score < decision.candidates[1].score);
    CHECK(decision.failed_counts[static_cast<std::size_t>(model::Rule::off_duty)] == 1);
    CHECK(decision.policy_hash == city.state().policy_hash);
    CHECK(match::complaint_of(decision).value_or("") == "");
    decision.winner = far;
    CHECK(match::complaint_of(decision).has_value());
}

TEST_CASE("Decision records: for a job nobody can take also what would make it feasible") {
    City city;
    auto const driver = city.driver("D", place(3000));
    auto const job = city.ride(place(0), place(1000), [](auto& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{250'000};  // it takes 300 s
    });
    auto const& decisions = city.entries.back().decisions;
    REQUIRE(decisions.size() == 1);
    CHECK(decisions[0].job == job);
    CHECK(decisions[0].verdict == model::Verdict::waits);
    REQUIRE(decisions[0].would_help.size() == 1);
    CHECK(decisions[0].would_help[0].agent == driver);
    CHECK(decisions[0].would_help[0].rule == model::Rule::too_late);
    CHECK(decisions[0].would_help[0].amount > 49'000);
    CHECK(decisions[0].would_help[0].amount < 51'000);
}

TEST_CASE("Decision records: skipped by apply") {
    City city;
    city.driver("D", place(0));
    city.ride(place(100), place(1000));
    auto const with = hash_of(city.state());
    for (auto& entry : city.entries)
        entry.decisions.clear();
    CHECK(hash_of(city.replayed()) == with);
}

}  // namespace posthaste::core::testing
