// architecture.md, Semantics: Plans. Each test bears the sentence it holds up.
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

// Agents 10 km apart, each with a parcel of its own.
struct Fleet {
    City city;
    std::vector<model::AgentId> agents;
    std::vector<model::AssignmentId> parcels;

    explicit Fleet(std::int32_t count) {
        for (std::int32_t i = 0; i < count; ++i) {
            auto const at = place(i * 30'000);
            agents.push_back(city.driver("D" + std::to_string(i), at));
            auto const job = city.parcel(at, place(i * 30'000 + 500));
            REQUIRE(city.assignment(job) != nullptr);
            parcels.push_back(city.assignment(job)->id);
            REQUIRE(city.assignment(job)->agent == agents.back());
        }
    }
    /// Agent i gets these parcels, both stops each, on the route as it is now.
    model::PlannedRoute route(std::size_t i, std::vector<std::size_t> const& which) const {
        model::PlannedRoute planned{agents[i], city.agent(agents[i]).route_version, {}};
        for (auto const parcel : which) {
            planned.stops.push_back({parcels[parcel], 0});
            planned.stops.push_back({parcels[parcel], 1});
        }
        return planned;
    }
    model::AgentId holder(std::size_t parcel) const {
        return city.state().assignments.at(parcels[parcel]).agent;
    }
    /// The agent's route version moves: a stop was made.
    void disturb(std::size_t i) {
        REQUIRE(city.tell(model::FinishStop{parcels[i], 0}).rejection() == Rejection::none);
    }
};

}  // namespace

TEST_CASE("Plans: name the route version of each agent they read; a stale one is refused") {
    Fleet fleet{2};
    auto plan = model::AdoptPlan{{fleet.route(0, {1}), fleet.route(1, {0})}};
    ++plan.routes[0].route_version;
    CHECK(fleet.city.tell(plan).rejection() == Rejection::plan_stale);
    CHECK(fleet.holder(0) == fleet.agents[0]);
}

TEST_CASE("Plans: agents linked by an exchanged job form a component, adopted whole or not at all"
) {
    Fleet fleet{3};
    // 0 -> 1 -> 2 -> 0: one ring, and agent 2 has moved on since.
    auto const plan =
        model::AdoptPlan{{fleet.route(0, {2}), fleet.route(1, {0}), fleet.route(2, {1})}};
    fleet.disturb(2);
    CHECK(fleet.city.tell(plan).rejection() == Rejection::plan_stale);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(fleet.holder(i) == fleet.agents[i]);
}

TEST_CASE("Plans: a stale component is planned again, the others land") {
    Fleet fleet{4};
    auto const plan = model::AdoptPlan{
        {fleet.route(0, {1}), fleet.route(1, {0}), fleet.route(2, {3}), fleet.route(3, {2})}};
    fleet.disturb(3);
    auto const heard = fleet.city.tell(plan);
    CHECK(heard.rejection() == Rejection::none);
    CHECK(heard.answer.detail == "adopted 1, stale 1");
    CHECK(fleet.holder(0) == fleet.agents[1]);
    CHECK(fleet.holder(1) == fleet.agents[0]);
    CHECK(fleet.holder(2) == fleet.agents[2]);
    CHECK(fleet.holder(3) == fleet.agents[3]);
}

TEST_CASE("Plans: what is locked stays, and work that has begun does not move") {
    Fleet fleet{2};
    auto const job = fleet.city.state().assignments.at(fleet.parcels[0]).job;
    REQUIRE(fleet.city.step(job, "to_pickup").rejection() == Rejection::none);
    auto const swap = model::AdoptPlan{{fleet.route(0, {1}), fleet.route(1, {0})}};
    CHECK(fleet.city.tell(swap).rejection() == Rejection::plan_invalid);
    CHECK(fleet.holder(0) == fleet.agents[0]);
    auto const same = model::AdoptPlan{{fleet.route(0, {0})}};
    CHECK(fleet.city.tell(same).rejection() == Rejection::none);
}

TEST_CASE("Plans: an adopted order gets the times that follow from it") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const east = *city.assignment(city.parcel(place(1000), place(2000)));
    auto const west = *city.assignment(city.parcel(place(-1000), place(-2000)));
    model::PlannedRoute planned{driver, city.agent(driver).route_version, {}};
    planned.stops = {{west.id, 0}, {west.id, 1}, {east.id, 0}, {east.id, 1}};
    CHECK(city.tell(model::AdoptPlan{{planned}}).rejection() == Rejection::none);
    auto const& route = city.agent(driver).route;
    // 1 km to the first, 1 km on, 3 km back over, 1 km on: at 10 m/s.
    std::vector<std::int64_t> const seconds{100, 200, 500, 600};
    for (std::size_t i = 0; i < route.size(); ++i) {
        auto const off = (route[i].arrival - city.now).count() - seconds[i] * 1000;
        CHECK(off > -1000);
        CHECK(off < 1000);
        CHECK(
            city.state().assignments.at(route[i].assignment).stops[route[i].stop].planned ==
            route[i].arrival
        );
    }
}

}  // namespace posthaste::core::testing
