// What facts and edits do to a route that was planned before.
#include "base/prng.hpp"
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

std::vector<std::pair<model::JobId, int>> stops_of(model::Agent const& agent) {
    std::vector<std::pair<model::JobId, int>> stops;
    for (auto const& stop : agent.route)
        stops.emplace_back(stop.job, stop.stop);
    return stops;
}
using Stops = std::vector<std::pair<model::JobId, int>>;

// A van for one parcel, and two of them: picked up and left one after the other.
struct Full {
    City city;
    model::AgentId driver = city.driver("D", place(0), [](auto& put) {
        put.capacity = {{1, 0, 0, 0}};
    });
    model::JobId first = city.parcel(place(100), place(2000));
    model::JobId second = city.parcel(place(3000), place(4000));

    Full() { REQUIRE(stops() == Stops{{first, 0}, {first, 1}, {second, 0}, {second, 1}}); }
    Stops stops() const { return stops_of(city.agent(driver)); }
    Rejection finish(model::JobId job, std::uint8_t stop) {
        auto const id = city.assignment(job)->id;
        return city.tap(driver, model::FinishStop{id, stop}).rejection();
    }
};

// A visit that D has, a kilometre off, to be begun within ten minutes.
struct Visit {
    City city;
    model::AgentId driver = city.driver("D", place(0));
    model::JobId job = city.parcel(place(1000), place(2000), [](auto& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{600'000};
    });

    Heard edit(std::function<void(std::vector<model::Stop>&)> const& change) {
        model::UpdateJob update{.job = job, .stops = city.job(job).stops};
        change(*update.stops);
        auto heard = city.tell(update);
        REQUIRE(heard.rejection() == Rejection::none);
        return heard;
    }
    static Instant at(std::int64_t seconds) { return eight_o_clock + Millis{seconds * 1000}; }
    Instant planned(std::size_t i) const {
        auto const seconds =
            (city.agent(driver).route.at(i).arrival - eight_o_clock).count() / 1000;
        return at((seconds + 5) / 10 * 10);  // a metre is not exactly 90 e-7 degrees
    }
};

}  // namespace

TEST_CASE("Facts win: a parcel taken before there was room is left before the next is taken") {
    Full full;
    CHECK(full.finish(full.second, 0) == Rejection::none);  // the wrong one first
    CHECK(full.stops() == Stops{{full.second, 1}, {full.first, 0}, {full.first, 1}});
    CHECK(is_within_capacity(full.city.state(), full.city.agent(full.driver)));
    auto const& route = full.city.agent(full.driver).route;
    CHECK(route[0].arrival < route[1].arrival);
    CHECK(full.finish(full.first, 0) == Rejection::none);  // and this one too
    CHECK(full.city.agent(full.driver).aboard.amount[0] == 2);
    CHECK(full.stops() == Stops{{full.second, 1}, {full.first, 1}});
    CHECK(is_within_capacity(full.city.state(), full.city.agent(full.driver)));
}

TEST_CASE("Facts win: on the way to the next with a full vehicle, what is aboard is left first") {
    Full full;
    REQUIRE(full.finish(full.first, 0) == Rejection::none);
    REQUIRE(full.city.step(full.second, "to_pickup").rejection() == Rejection::none);
    CHECK(full.stops() == Stops{{full.first, 1}, {full.second, 0}, {full.second, 1}});
    CHECK(is_within_capacity(full.city.state(), full.city.agent(full.driver)));
}

TEST_CASE("Facts win: any taps in any order leave a route that fits, with every stop once") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Prng prng{seed};
        City city;
        auto const driver = city.driver("D", place(0), [&](auto& put) {
            put.capacity = {{static_cast<std::int32_t>(prng.between(1, 4)), 4, 0, 0}};
        });
        auto policy = straight_policy();
        policy.stack_max = 8;
        city.use(policy);
        auto const somewhere = [&] {
            return place(static_cast<std::int32_t>(prng.between(-4000, 4000)));
        };
        for (int i = 0; i < 40; ++i) {
            if (prng.chance(400)) {
                city.parcel(somewhere(), somewhere(), [&](auto& create) {
                    auto const load = static_cast<std::int32_t>(prng.between(0, 3));
                    create.stops[0].pickup = create.stops[1].dropoff = {{load, 4 - load, 0, 0}};
                    if (!prng.chance(300)) return;
                    create.stops.insert(create.stops.begin() + 1, create.stops[0]);
                    create.stops[1].place = somewhere();
                    create.stops[1].pickup = {{1, 0, 0, 0}};
                    create.stops[2].dropoff += model::Load{{1, 0, 0, 0}};
                });
                continue;
            }
            auto const& held = city.agent(driver).assignments;
            if (held.empty()) continue;
            auto const id = held[prng.below(held.size())];
            auto const& assignment = city.state().assignments.at(id);
            auto const& job = city.job(assignment.job);
            // With one pick-up each there is always a way; with two, taps may leave none.
            bool const one_pickup = job.stops.size() == 2;
            auto const& machine = city.state().machine_of(job);
            if (one_pickup && prng.chance(500)) {
                city.tap(driver, model::FinishStop{id, 0});
            } else {
                auto const to = machine.steps_from(assignment.state);
                auto const& name = machine.state(to[prng.below(to.size())].to).name;
                if (one_pickup || name != "on_vehicle")
                    city.tap(driver, model::TransitionJob{job.id, id, name, {}, {}, ""});
            }
            CHECK(is_within_capacity(city.state(), city.agent(driver)));
        }
    }
}

TEST_CASE("Edits: another place is another time, and the best place on the route") {
    Visit visit;
    CHECK(visit.planned(0) == Visit::at(100));
    visit.edit([](auto& stops) { stops[0].place = place(-500); });
    CHECK(visit.planned(0) == Visit::at(50));
    CHECK(visit.planned(1) == Visit::at(300));
    CHECK(
        visit.city.assignment(visit.job)->stops[0].planned ==
        visit.city.agent(visit.driver).route[0].arrival
    );
    // With a second job near the old place, the edited one goes where it costs least.
    auto const other = visit.city.parcel(place(-600), place(-700));
    visit.edit([](auto& stops) { stops[1].place = place(-800); });
    auto const& route = visit.city.agent(visit.driver).route;
    CHECK(route[0].job == visit.job);
    CHECK(route[1].job == other);
    CHECK(route[3].job == visit.job);
}

TEST_CASE("Edits: who has not set out and cannot be in time is replaced, or the job waits") {
    Visit visit;
    auto const tomorrow = visit.city.driver("F", place(30'000));
    auto const heard = visit.edit([](auto& stops) { stops[0].place = place(29'000); });
    CHECK(heard.find<model::AssignmentEnded>() != nullptr);
    REQUIRE(visit.city.assignment(visit.job) != nullptr);
    CHECK(visit.city.assignment(visit.job)->agent == tomorrow);
    CHECK(visit.city.agent(visit.driver).route.empty());
    auto const again = visit.edit([](auto& stops) { stops[0].window.latest = Visit::at(20); });
    CHECK(again.find<model::SlotWaited>() != nullptr);
    CHECK(visit.city.assignment(visit.job) == nullptr);
    visit.edit([](auto& stops) { stops[0].window.latest = Visit::at(600); });
    CHECK(visit.city.assignment(visit.job)->agent == tomorrow);  // nobody said no
}

TEST_CASE("Edits: who was late before is not replaced for another edit") {
    Visit visit;
    visit.city.pass(Millis{700'000});
    visit.edit([](auto& stops) { stops[1].service = Millis{1000}; });
    auto const late = visit.edit([](auto& stops) { stops[1].place = place(3000); });
    REQUIRE(visit.city.assignment(visit.job) != nullptr);
    CHECK(visit.city.assignment(visit.job)->agent == visit.driver);
    CHECK(visit.city.assignment(visit.job)->slip_told);
    CHECK(late.find<model::AssignmentEnded>() == nullptr);
    CHECK(visit.city.job(visit.job).conflicts.empty());
}

TEST_CASE("Edits: who is on the way is delayed, and in time again when it is mended") {
    City city;
    auto const tech = city.driver("T", place(0));
    auto const job = city.visit(place(1000));
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    city.tell(model::DecideQuote{job, true});
    city.tell(model::TransitionJob{.job = job, .to = "scheduled"});
    REQUIRE(city.assignment(job)->agent == tech);
    city.step(job, "accepted");
    city.step(job, "en_route");
    auto const soon = city.tell(model::UpdateJob{.job = job, .deadline = city.now + Millis{5000}});
    CHECK(soon.rejection() == Rejection::none);
    CHECK(city.shown(job) == "en_route");  // late, but less than the policy tolerates
    auto stops = city.job(job).stops;
    stops[0].place = place(4000);
    auto const slip = city.tell(model::UpdateJob{.job = job, .stops = stops});
    REQUIRE(slip.find<model::SlipPredicted>() != nullptr);
    CHECK(slip.find<model::SlipPredicted>()->late > Millis{390'000});
    CHECK(city.shown(job) == "delayed");
    CHECK(city.job(job).conflicts.empty());
    city.tell(model::UpdateJob{.job = job, .deadline = city.now + Millis{500'000}});
    CHECK(city.shown(job) == "en_route");
    CHECK_FALSE(city.assignment(job)->slip_told);
}

TEST_CASE("Edits: what cannot be kept and not be given to another is a conflict to resolve") {
    Visit visit;
    REQUIRE(visit.city.step(visit.job, "at_pickup").rejection() == Rejection::none);
    REQUIRE(visit.city.step(visit.job, "on_vehicle").rejection() == Rejection::none);
    auto const heard = visit.edit([](auto& stops) {
        stops[1].place = place(9000);
        stops[1].window.latest = Visit::at(200);
    });
    REQUIRE(heard.find<model::SlipPredicted>() != nullptr);
    CHECK(heard.find<model::SlipPredicted>()->stop == 1);
    auto const& conflicts = visit.city.job(visit.job).conflicts;
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].operation == "UpdateJob");
    CHECK(conflicts[0].agent == visit.driver);
    CHECK(conflicts[0].wanted == "in time");
    CHECK(visit.city.assignment(visit.job)->agent == visit.driver);
}

TEST_CASE("Edits: those who share the route are told when it makes them late") {
    Visit visit;
    auto& city = visit.city;
    auto const other = city.parcel(place(1100), place(2100), [](auto& create) {
        create.stops[0].window.latest = Visit::at(300);
    });
    REQUIRE(city.step(visit.job, "to_pickup").rejection() == Rejection::none);
    visit.edit([](auto& stops) { stops[0].place = place(-5000); });
    CHECK(city.assignment(other)->slip_told);
    CHECK(city.job(other).conflicts.empty());  // nobody edited that one
}

}  // namespace posthaste::core::testing
