#include "node/replan.hpp"

#include "node/testing.hpp"

namespace posthaste::node {
namespace {

using model::Rejection;
using testing::place;
using testing::Station;
using testing::town;

/// A town that is planned again five seconds after what calls for it.
struct PlannedTown {
    PlannedTown() : replan{match::straight_lines, {.steps = 500}}, station{{}, nullptr, &replan} {
        station.set_up();
        model::Policy policy;
        policy.detour_per_mille = 1000;
        policy.radius = Metres{100'000};
        policy.replan_after = Millis{5000};
        policy.replan_gain = Millis{60'000};
        station.tell(town, model::SetPolicy{policy});
        near = station.driver("N", place(0));
        far = station.driver("F", place(20'000));
    }

    /// A ride 2 km east, to be begun within ten minutes, accepted by who is near.
    model::AssignmentId promise() {
        auto ride = testing::ride(place(2000), place(3000));
        ride.stops[0].window.latest = station.clock.time + Millis{600'000};
        return taken_by_near(ride);
    }
    model::AssignmentId taken_by_near(model::CreateJob const& ride) {
        auto const made = station.tell(town, ride);
        model::JobId const job{made.answer.value().subject};
        auto const* const offer = station.offer(job);
        REQUIRE(offer != nullptr);
        REQUIRE(offer->agent == near);
        auto const accepted = station.tell(
            town, model::AcceptOffer{offer->id, offer->attempt}, testing::phone(near, ++operation)
        );
        REQUIRE(accepted.answer.value().rejection == Rejection::none);
        return station.state().jobs.at(job).slots[0].assignment;
    }
    void pass(std::int64_t seconds) {
        station.clock.time = station.clock.time + Millis{seconds * 1000};
        station.run();
    }
    bool work() { return replan.work(*station.shard, station.clock.time); }
    /// What was called for is asked, answered, and followed until nothing better is found.
    void settle() {
        for (int i = 0; i < 4; ++i) {
            pass(5);
            work();
            pass(0);
            work();
        }
    }
    model::AgentId holder(model::AssignmentId id) const {
        return station.state().assignments.at(id).agent;
    }
    /// Both are where a plan moves the ride to the other, and it was asked for.
    model::AssignmentId hold_up() {
        auto const ride = promise();
        station.see(town, far, place(8000));
        station.see(town, near, place(-20'000));
        station.listener.records.clear();
        return ride;
    }

    Replan replan;
    Station station;
    model::AgentId near{};
    model::AgentId far{};
    std::uint64_t operation = 0;
};

}  // namespace

TEST_CASE("a delay makes a promise slip: another plan moves it, and the log says why and whence") {
    PlannedTown town_now;
    auto& station = town_now.station;
    auto const ride = town_now.hold_up();
    CHECK_FALSE(town_now.work());  // too soon
    CHECK(town_now.replan.counts().asked == 0);
    town_now.pass(5);
    CHECK_FALSE(town_now.work());  // asks
    town_now.pass(0);              // is answered
    CHECK(town_now.work());
    station.run();
    CHECK(town_now.holder(ride) == town_now.far);
    auto const moved = testing::events_of<model::AssignmentMoved>(station.listener.records);
    REQUIRE(moved.size() == 1);
    CHECK(moved[0].why.starts_with("less_late: by "));
    for (auto const& record : station.listener.records) {
        for (auto const& entry : record.entries) {
            bool const moves = std::holds_alternative<model::AssignmentMoved>(entry.events.front());
            if (moves) CHECK(entry.envelope.cause != 0);
        }
    }
    CHECK(town_now.replan.counts().adopted == 1);
    CHECK(town_now.replan.counts().last == "adopted 1, stale 0");
    CHECK(station.replayed() == core::hash_of(station.state()));
}

TEST_CASE("work that overruns calls for another plan of what is behind it, and only once") {
    PlannedTown town_now;
    auto& station = town_now.station;
    auto work = testing::ride(place(0), place(100));
    work.stops[0].service = Millis{300'000};
    auto const first = town_now.taken_by_near(work);
    auto const second = town_now.promise();
    model::TransitionJob const sets_out{
        .job = station.state().assignments.at(first).job, .assignment = first, .to = "en_route"};
    station.tell(town, sets_out, testing::phone(town_now.near, ++town_now.operation));
    station.see(town, town_now.near, place(0));
    town_now.settle();
    auto const asked = town_now.replan.counts().asked;
    town_now.pass(450);
    // Who could be there at once comes to hear of it only with the slip.
    station.see(town, town_now.far, place(3000));
    town_now.settle();
    CHECK(town_now.replan.counts().asked == asked);
    station.see(town, town_now.near, place(0));
    town_now.settle();
    CHECK(town_now.holder(second) == town_now.far);
    CHECK(town_now.holder(first) == town_now.near);
    auto const then = town_now.replan.counts().asked;
    for (int i = 0; i < 20; ++i) {
        station.see(town, town_now.near, place(0));
        town_now.settle();
    }
    CHECK(town_now.replan.counts().asked == then);
}

TEST_CASE("a plan of a route that moved on is dropped, said to be stale, and looked for again") {
    PlannedTown town_now;
    auto& station = town_now.station;
    auto const ride = town_now.hold_up();
    town_now.pass(5);
    town_now.work();
    station.run();
    // Meanwhile the other accepts a ride of their own.
    auto const made = station.tell(town, testing::ride(place(8000), place(9000)));
    auto const* const offer = station.offer(model::JobId{made.answer.value().subject});
    REQUIRE(offer != nullptr);
    REQUIRE(offer->agent == town_now.far);
    station.tell(
        town,
        model::AcceptOffer{offer->id, offer->attempt},
        testing::phone(town_now.far, ++town_now.operation)
    );
    CHECK(town_now.work());
    station.run();
    CHECK(town_now.replan.counts().stale == 1);
    CHECK(town_now.replan.counts().adopted == 0);
    CHECK(town_now.holder(ride) == town_now.near);
    CHECK(testing::events_of<model::AssignmentMoved>(station.listener.records).empty());
    town_now.pass(5);
    town_now.work();
    CHECK(town_now.replan.counts().asked == 2);
}

TEST_CASE("without a policy for it nothing is asked, and nothing better is not proposed") {
    PlannedTown town_now;
    town_now.promise();
    town_now.pass(5);
    town_now.work();
    town_now.pass(0);
    CHECK_FALSE(town_now.work());
    CHECK(town_now.replan.counts().asked == 1);
    CHECK(town_now.replan.counts().nothing_better == 1);
    auto policy = town_now.station.state().policy;
    policy.replan_after = Millis{};
    town_now.station.tell(town, model::SetPolicy{policy});
    town_now.hold_up();
    town_now.pass(60);
    town_now.work();
    CHECK(town_now.replan.counts().asked == 1);
}

}  // namespace posthaste::node
