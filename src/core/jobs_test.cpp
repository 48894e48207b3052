// What happens to jobs, as sentences; several of these were wrong once.
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;
using model::SlotStatus;

TEST_CASE("a note on a cancelled job brings no deadline back") {
    City city;
    auto const job = city.ride(place(0), place(1000), [](auto& create) {
        create.deadline = eight_o_clock + Millis{3'600'000};
    });
    city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
    city.tell(model::UpdateJob{.job = job, .notes = digest("the bell is broken")});
    auto const heard = city.pass(Millis{2 * 3'600'000});
    CHECK(heard.count<model::DeadlineMissed>() == 0);
    CHECK(city.job(job).notes == digest("the bell is broken"));
}

TEST_CASE("a missed deadline is told once, and only when a slot has nobody") {
    City city;
    auto const deadline = eight_o_clock + Millis{600'000};
    auto const with_deadline = [&](auto& create) { create.deadline = deadline; };
    auto const alone = city.ride(place(0), place(1000), with_deadline);
    city.driver("D", place(0));
    auto const held = city.ride(place(0), place(500), with_deadline);
    // D is asked for the one that waited, too, and takes both.
    city.accept(held);
    auto const missed = city.pass_until(deadline + Millis{3'600'000});
    CHECK(missed.count<model::DeadlineMissed>() == 1);
    CHECK(missed.find<model::DeadlineMissed>()->job == alone);
}

TEST_CASE("a job is not matched before its release, whoever dropped it") {
    City city;
    auto const driver = city.driver("D", place(0));
    city.driver("E", place(100));
    auto const job = city.parcel(place(500), place(1000), [](auto& create) {
        create.release = eight_o_clock + Millis{1000};
    });
    CHECK(city.job(job).slots[0].status == SlotStatus::idle);
    CHECK(city.tell(model::AssignJob{job, 0, driver}).rejection() == Rejection::none);
    auto const dropped =
        city.tap(driver, model::ReleaseAssignment{city.assignment(job)->id, "flat tyre"});
    CHECK(dropped.rejection() == Rejection::none);
    CHECK(city.job(job).slots[0].status == SlotStatus::idle);
    city.pass(Millis{1000});
    CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
}

TEST_CASE("a job waits for nobody near, and is matched at an agent's first fix") {
    City city;
    auto const job = city.parcel(place(0), place(1000));
    CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
    auto const driver = city.newcomer("D", place(90'000));
    city.tell(model::SetAvailability{driver, model::Availability::on_duty});
    CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
    city.see(driver, place(200));
    CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
}

TEST_CASE("an agent who is heard of again is looked for where they are now") {
    City city;
    auto const driver = city.driver("D", place(90'000));
    auto const job = city.parcel(place(0), place(1000));
    city.pass(city.state().policy.stale_after);
    CHECK(city.agent(driver).freshness == model::Freshness::stale);
    city.see(driver, place(200));
    CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
}

TEST_CASE("a waiting job is matched when an agent drives into its radius") {
    City city;
    auto const driver = city.driver("D", place(12'000));
    auto const job = city.parcel(place(0), place(1000));
    CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
    city.see(driver, place(10'500));
    CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
    city.see(driver, place(9000));
    CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
}

TEST_CASE("every change that could help wakes who waits") {
    City city;
    auto const needs = [](auto& create) { create.slots.push_back({.skills = {"crane"}}); };
    auto const driver = city.driver("D", place(0));
    SUBCASE("a skill learned") {
        auto const job = city.parcel(place(0), place(1000), needs);
        CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
        city.newcomer("D", place(0), [](auto& put) { put.skills = {"crane"}; });
        CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
    }
    SUBCASE("a wider radius") {
        auto const job = city.parcel(place(15'000), place(1000));
        CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
        auto policy = straight_policy();
        policy.radius = Metres{20'000};
        city.use(policy);
        CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
    }
    SUBCASE("room on a vehicle") {
        auto const heavy = [](auto& create) {
            create.stops[0].pickup = create.stops[1].dropoff = {{4, 0, 0, 0}};
            create.stops[1].window.latest = eight_o_clock + Millis{150'000};
        };
        auto const first = city.parcel(place(0), place(1000), heavy);
        auto const job = city.parcel(place(0), place(1000), heavy);
        CHECK(city.assignment(first)->agent == driver);
        CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
        city.tell(model::TransitionJob{.job = first, .to = "cancelled"});
        CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
    }
    SUBCASE("an edit of the job") {
        auto const job = city.parcel(place(0), place(1000), needs);
        city.tell(model::UpdateJob{.job = job, .slots = std::vector<model::NeedDraft>(1)});
        CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
    }
}

TEST_CASE("a paused agent is not asked, and coming back on duty wakes who waits") {
    City city;
    auto const driver = city.driver("D", place(0));
    city.tell(model::SetAvailability{driver, model::Availability::paused});
    auto const job = city.parcel(place(100), place(1000));
    CHECK(city.job(job).slots[0].status == SlotStatus::waiting);
    city.tell(model::SetAvailability{driver, model::Availability::on_duty});
    CHECK(city.job(job).slots[0].status == SlotStatus::assigned);
}

TEST_CASE("a finished job frees its agent") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    city.accept(job);
    for (auto const* const to : {"arrived", "on_board", "completed"})
        REQUIRE(city.step(job, to).rejection() == Rejection::none);
    CHECK(city.agent(driver).assignments.empty());
    CHECK(city.agent(driver).route.empty());
    CHECK(city.agent(driver).aboard.is_zero());
    CHECK(city.tell(model::RemoveAgent{driver}).rejection() == Rejection::none);
}

TEST_CASE("an edit while the slots are still on the agenda leaves no trace of the old ones") {
    City city;
    auto const job = city.ride(place(0), place(1000), [](auto& create) { create.slots.resize(3); });
    // As in a turn that met its bound: what is wanted stays on the agenda.
    auto apply_one = [&](model::Event const& event) {
        auto envelope = engine();
        envelope.at = city.now;
        auto const touched = apply(city.region.state, envelope, event);
        city.region.field.follow(city.region.state, event, touched);
    };
    for (std::uint8_t slot = 0; slot < 3; ++slot)
        apply_one(model::SlotWanted{job, slot});
    CHECK(city.state().agenda.match.size() == 3);
    apply_one(model::JobUpdated{
        .job = job, .priority = 50, .needs = std::vector<model::Requirement>(2)});
    REQUIRE(city.state().agenda.match.size() == 2);
    for (auto const& item : city.state().agenda.match)
        CHECK(item.urgency == model::priority_max - 50);
    city.check();
}

TEST_CASE("a slip that is foreseen is planned from where the agent is, not from where they were") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.parcel(place(1000), place(2000), [](auto& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{150'000};
    });
    city.step(job, "to_pickup");
    auto const heard = city.see(driver, place(-5000));
    REQUIRE(heard.find<model::SlipPredicted>() != nullptr);
    REQUIRE(heard.find<model::RouteChanged>() != nullptr);
    auto const arrival = heard.find<model::RouteChanged>()->route[0].arrival;
    auto const late = heard.find<model::SlipPredicted>()->late;
    CHECK(arrival == city.job(job).stops[0].window.latest + late);  // 6 km: 600 s, 450 s too late
    CHECK(late > Millis{449'000});
    CHECK(late < Millis{451'000});
}

TEST_CASE("transitions form a chain: each names the one before") {
    City city;
    city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    city.accept(job);
    city.step(job, "en_route");
    city.step(job, "arrived");
    Digest chain;
    std::size_t steps = 0;
    for (auto const& entry : city.entries) {
        for (auto const& event : entry.events) {
            auto const* const step = std::get_if<model::JobTransitioned>(&event);
            if (step == nullptr) continue;
            CHECK(step->chain != chain);
            chain = step->chain;
            ++steps;
        }
    }
    CHECK(steps == 3);  // accepted, en_route, arrived
    CHECK(city.job(job).chain == chain);
}

TEST_CASE("Quotes: a job that is quoted again is not approved any more") {
    City city;
    auto const job = city.visit(place(0));
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    city.tell(model::DecideQuote{job, true});
    city.driver("D", place(0), [](auto& put) { put.skills = {"other"}; });
    city.tell(model::UpdateJob{
        .job = job, .slots = std::vector<model::NeedDraft>{{.skills = {"drill"}}}});
    REQUIRE(
        city.tell(model::TransitionJob{.job = job, .to = "quoted"}).rejection() !=
        model::Rejection::none
    );
    city.driver("E", place(0), [](auto& put) {
        put.skills = {"drill"};
        put.shift.start = eight_o_clock + Millis{3'600'000};
    });
    REQUIRE(
        city.tell(model::TransitionJob{.job = job, .to = "scheduled"}).rejection() ==
        model::Rejection::none
    );
    REQUIRE(
        city.tell(model::TransitionJob{.job = job, .to = "quoted"}).rejection() ==
        model::Rejection::none
    );
    CHECK(city.job(job).quote.status == model::QuoteStatus::none);
    CHECK(
        city.tell(model::TransitionJob{.job = job, .to = "scheduled"}).rejection() ==
        model::Rejection::guard_failed
    );
}

}  // namespace posthaste::core::testing
