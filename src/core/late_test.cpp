// docs/semantics.md, "What is late": a phone's refused operation is kept when the phone could not
// know better, and only then.
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

constexpr Millis minute{60'000};

// A ride that D1 has accepted; D2 is there too, and a minute has gone by.
struct Evening {
    City city;
    model::AgentId first = city.driver("D1", place(0));
    model::AgentId second = city.driver("D2", place(3000));
    model::JobId job = city.ride(place(500), place(1000));
    model::AssignmentId held{};
    model::Envelope tapped;  ///< in a tunnel, before anything that follows

    Evening() {
        REQUIRE(city.accept(job).rejection() == Rejection::none);
        held = city.assignment(job)->id;
        city.pass(minute);
        tapped = city.phone(first);
        city.pass(minute);
    }
    void move_by_plan() {
        auto const version = [&](model::AgentId id) { return city.agent(id).route_version; };
        model::PlannedRoute const from{first, version(first), {}};
        model::PlannedRoute const to{second, version(second), {{held, 0}, {held, 1}}};
        REQUIRE(city.tell(model::AdoptPlan{{from, to}}).rejection() == Rejection::none);
        REQUIRE(city.assignment(job)->agent == second);
        city.pass(minute);
    }
    model::TransitionJob step(std::string const& to) const {
        return {.job = job, .assignment = held, .to = to};
    }
    std::size_t conflicts() const { return city.job(job).conflicts.size(); }
};

}  // namespace

TEST_CASE("Late is not lost: tapped before a plan moved the assignment away") {
    Evening evening;
    evening.move_by_plan();
    auto const heard = evening.city.tell(evening.step("en_route"), evening.tapped);
    CHECK(heard.rejection() == Rejection::not_allowed);
    REQUIRE(evening.conflicts() == 1);
    auto const& conflict = evening.city.job(evening.job).conflicts[0];
    CHECK(conflict.agent == evening.first);
    CHECK(conflict.wanted == "en_route");
    CHECK(conflict.found == "assigned");
    CHECK(conflict.device_time == evening.tapped.device_time);
    auto const other = evening.city.tell(model::FinishStop{evening.held, 0}, [&] {
        auto again = evening.tapped;
        again.operation = evening.city.phone(evening.first).operation;
        return again;
    }());
    CHECK(other.rejection() == Rejection::not_allowed);
    CHECK(evening.conflicts() == 2);
    CHECK(evening.city.job(evening.job).conflicts[1].wanted == "stop 0 done");
}

TEST_CASE("Late is not lost: a tap after the assignment was moved away is only refused") {
    Evening evening;
    evening.move_by_plan();
    auto const heard = evening.city.tap(evening.first, evening.step("en_route"));
    CHECK(heard.rejection() == Rejection::not_allowed);
    auto silent = evening.city.phone(evening.first);
    silent.device_time = {};  // says nothing of when: as it comes
    CHECK(
        evening.city.tell(evening.step("en_route"), silent).rejection() == Rejection::not_allowed
    );
    auto const stranger = evening.city.driver("D3", place(9000));
    auto early = evening.city.phone(stranger);
    early.device_time = evening.tapped.device_time;  // it never was theirs
    CHECK(evening.city.tell(evening.step("en_route"), early).rejection() == Rejection::not_allowed);
    CHECK(evening.conflicts() == 0);
}

TEST_CASE("Late is not lost: tapped before a dispatcher took the assignment back or ended it") {
    for (auto const* const taken : {"requested", "cancelled"}) {
        Evening evening;
        auto& city = evening.city;
        city.tell(model::SetAvailability{evening.second, model::Availability::off});
        REQUIRE(city.tell(evening.step(taken)).rejection() == Rejection::none);
        city.pass(minute);
        SUBCASE("a stop made") {
            auto const made = city.tell(model::FinishStop{evening.held, 0}, evening.tapped);
            CHECK(made.rejection() == Rejection::assignment_unknown);
            CHECK(evening.conflicts() == 1);
        }
        SUBCASE("a step, of the job alone") {
            auto step = evening.step("en_route");
            step.assignment = {};
            CHECK(city.tell(step, evening.tapped).rejection() == Rejection::not_allowed);
            CHECK(evening.conflicts() == 1);
        }
        SUBCASE("given back: so it is") {
            auto const back =
                city.tell(model::ReleaseAssignment{evening.held, "flat tyre"}, evening.tapped);
            CHECK(back.rejection() == Rejection::assignment_unknown);
            CHECK(evening.conflicts() == 0);
        }
    }
}

TEST_CASE("Late is not lost: an offer accepted before it was withdrawn, and only before") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    auto const offer = *city.offer(job);
    city.pass(Millis{1000});
    auto const tapped = city.phone(driver);
    auto const declined = city.phone(driver);
    city.pass(Millis{1000});
    city.tell(model::UpdateJob{.job = job, .release = city.now + minute});
    CHECK(city.offer(job) == nullptr);
    city.pass(Millis{1000});
    auto const accept = model::AcceptOffer{offer.id, offer.attempt};
    CHECK(city.tell(accept, tapped).rejection() == Rejection::offer_closed);
    REQUIRE(city.job(job).conflicts.size() == 1);
    CHECK(city.job(job).conflicts[0].operation == "AcceptOffer");
    CHECK(city.tap(driver, accept).rejection() == Rejection::offer_closed);
    auto const no = model::DeclineOffer{offer.id, offer.attempt, ""};
    CHECK(city.tell(no, declined).rejection() == Rejection::offer_closed);  // so it is
    CHECK(city.job(job).conflicts.size() == 1);
}

TEST_CASE("Late is not lost: a step tapped before another took one that rules it out") {
    Evening evening;
    auto& city = evening.city;
    REQUIRE(city.step(evening.job, "en_route").rejection() == Rejection::none);
    city.pass(minute);
    auto const tapped = city.phone(evening.first);
    city.pass(minute);
    city.see(evening.first, place(500));  // the engine: arrived
    REQUIRE(city.shown(evening.job) == "arrived");
    CHECK(city.tell(evening.step("accepted"), tapped).rejection() == Rejection::transition_unknown);
    CHECK(evening.conflicts() == 1);
}

TEST_CASE("Late is not lost: a wrong tap is wrong, not late") {
    Evening evening;
    auto& city = evening.city;
    auto const refused = [&](std::string const& to, model::Envelope const& who) {
        auto const heard = city.tell(evening.step(to), who);
        CHECK(heard.rejection() == Rejection::transition_unknown);
        CHECK(evening.conflicts() == 0);
    };
    REQUIRE(city.tell(evening.step("en_route"), evening.tapped).rejection() == Rejection::none);
    refused("on_board", city.phone(evening.first));  // not there yet
    refused("en_route", city.phone(evening.first));  // tapped twice
    // All day without signal: what the agent did themself, whenever it came, makes nothing late.
    auto arrived = city.phone(evening.first);
    auto wrong = city.phone(evening.first);
    city.pass(Millis{3'600'000});
    REQUIRE(city.tell(evening.step("arrived"), arrived).rejection() == Rejection::none);
    refused("completed", wrong);
    // Another took the same step before: there is nothing to resolve.
    auto const boarded = city.phone(evening.first);
    city.pass(minute);
    refused("arrived", boarded);
}

TEST_CASE("Late is not lost: a step that came before an earlier one of the same phone is kept") {
    Evening evening;
    auto& city = evening.city;
    auto const arrived = city.phone(evening.first);
    auto const boarded = city.phone(evening.first);
    auto const heard = city.tell(evening.step("on_board"), boarded);
    CHECK(heard.rejection() == Rejection::transition_unknown);
    CHECK(evening.conflicts() == 1);
    city.tell(evening.step("en_route"), evening.tapped);
    REQUIRE(city.tell(evening.step("arrived"), arrived).rejection() == Rejection::none);
    CHECK(city.tap(evening.first, evening.step("completed")).rejection() != Rejection::none);
    CHECK(evening.conflicts() == 1);  // nothing is missing any more
}

}  // namespace posthaste::core::testing
