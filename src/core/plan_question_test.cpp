#include "core/plan_question.hpp"

#include "base/prng.hpp"
#include "core/testing.hpp"
#include "plan/search.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

// What a planner with a thousand steps proposes for the region as it is.
std::optional<model::AdoptPlan> planned(City const& city) {
    auto question = plan_question(city.region, city.now, {});
    if (!question) return std::nullopt;
    REQUIRE(complete(*question, city.region.field.travel()));
    auto const answer = plan::solve(question->problem, {.steps = 1000}, {});
    return proposal(*question, answer.routes);
}

model::JobId parcel_by(City& city, std::int32_t east, std::int64_t seconds) {
    return city.parcel(place(east), place(east + 1000), [&](model::CreateJob& job) {
        job.stops[0].window.latest = city.now + Millis{seconds * 1000};
    });
}

}  // namespace

TEST_CASE("a question takes who is on duty, with their routes and what they may do") {
    City city;
    auto const first = city.driver("D1", place(0));
    city.driver("D2", place(30'000));
    auto const job = city.parcel(place(500), place(1500));
    REQUIRE(city.assignment(job)->agent == first);
    auto const question = plan_question(city.region, city.now, {});
    REQUIRE(question);
    REQUIRE(question->problem.vehicles.size() == 2);
    REQUIRE(question->works.size() == 1);
    auto const& asked = question->problem.jobs[0];
    CHECK(asked.visits.size() == 2);
    CHECK(asked.promise->vehicle == 0);
    CHECK(asked.promise->price == city.state().policy.replan_gain.count());
    CHECK((asked.skills & ~question->problem.vehicles[1].skills) == 0);  // he may have it too
    CHECK(question->problem.vehicles[0].route == std::vector<plan::Stop>{{0, 0}, {0, 1}});
    CHECK(question->places.size() == 4);
}

TEST_CASE("of work that has begun what is left counts, and a quarter of it when its time is over") {
    City city;
    city.driver("D1", place(0));
    auto const job = city.parcel(place(0), place(1500), [](model::CreateJob& create) {
        create.stops[0].service = Millis{600'000};
    });
    REQUIRE(city.step(job, "to_pickup").rejection() == Rejection::none);
    REQUIRE(city.step(job, "at_pickup").rejection() == Rejection::none);
    auto const left = [&] {
        return plan_question(city.region, city.now, {})->problem.jobs[0].visits[0].service;
    };
    CHECK(left() == 600'000);
    city.pass(Millis{240'000});
    CHECK(left() == 360'000);
    city.pass(Millis{900'000});
    CHECK(left() == 150'000);
}

TEST_CASE("nothing is proposed where nothing is better") {
    City city;
    city.driver("D1", place(0));
    city.driver("D2", place(30'000));
    city.parcel(place(500), place(1500));
    CHECK(!planned(city));
}

TEST_CASE("work that would be late goes to who can be there in time, and the log says why") {
    City city;
    auto const near = city.driver("D1", place(0));
    auto const far = city.driver("D2", place(20'000));
    auto const job = parcel_by(city, 2000, 600);
    REQUIRE(city.assignment(job)->agent == near);
    // The near one is held up, 20 km to the west: 2200 s from the job. The other comes to 6 km.
    city.see(near, place(-20'000));
    city.see(far, place(8000));
    auto const plan = planned(city);
    REQUIRE(plan);
    CHECK(city.tell(*plan).rejection() == Rejection::none);
    CHECK(city.assignment(job)->agent == far);
    auto const& events = city.entries.back().events;
    model::AssignmentMoved const* moved = nullptr;
    for (auto const& event : events)
        if (auto const* const found = std::get_if<model::AssignmentMoved>(&event)) moved = found;
    REQUIRE(moved != nullptr);
    CHECK(moved->why.starts_with("less_late: by "));
}

TEST_CASE("who goes off duty leaves what is not begun to others") {
    City city;
    auto const first = city.driver("D1", place(0));
    auto const second = city.driver("D2", place(3000));
    auto const job = city.parcel(place(100), place(1500));
    REQUIRE(city.assignment(job)->agent == first);
    city.tell(model::SetAvailability{first, model::Availability::off});
    REQUIRE(city.assignment(job)->agent == first);
    auto const plan = planned(city);
    REQUIRE(plan);
    REQUIRE(plan->moves.size() == 1);
    CHECK(plan->moves[0].why == "agent_gone");
    CHECK(city.tell(*plan).rejection() == Rejection::none);
    CHECK(city.assignment(job)->agent == second);
    CHECK(city.agent(first).route.empty());
}

TEST_CASE("a move that saves less driving than the policy wants is not proposed") {
    City city;
    auto const first = city.driver("D1", place(0));
    auto const second = city.driver("D2", place(30'000));
    auto const job = city.parcel(place(2000), place(3000));
    REQUIRE(city.assignment(job)->agent == first);
    city.see(second, place(1000));  // 1 km nearer: 100 s
    auto policy = city.state().policy;
    policy.replan_gain = Millis{105'000};
    city.use(policy);
    CHECK(!planned(city));
    policy.replan_gain = Millis{95'000};
    city.use(policy);
    auto const plan = planned(city);
    REQUIRE(plan);
    CHECK(plan->moves[0].why.starts_with("cheaper: by 10"));  // 100 s and its rounding
}

TEST_CASE("who would be put off past their window has to be worth it once more") {
    City city;
    auto const only = city.driver("D1", place(0));
    auto const urgent = parcel_by(city, -4000, 410);  // 400 s away
    city.parcel(place(1000), place(1000));
    // The other first saves 200 s of driving; the urgent one is 190 s late then, which weighs 38 s.
    auto policy = city.state().policy;
    policy.replan_gain = Millis{85'000};
    city.use(policy);
    CHECK(!planned(city));
    policy.replan_gain = Millis{75'000};
    city.use(policy);
    auto const plan = planned(city);
    REQUIRE(plan);
    CHECK(plan->moves.empty());
    CHECK(city.tell(*plan).rejection() == Rejection::none);
    CHECK(city.agent(only).route[0].job != urgent);
}

TEST_CASE("what has begun stays with its agent") {
    City city;
    auto const first = city.driver("D1", place(0));
    auto const second = city.driver("D2", place(30'000));
    auto const job = city.parcel(place(2000), place(3000));
    REQUIRE(city.step(job, "to_pickup").rejection() == Rejection::none);
    city.see(second, place(2000));
    CHECK(!planned(city));
    CHECK(city.assignment(job)->agent == first);
}

TEST_CASE("work on a job that wants two agents stays: nobody may have both parts") {
    City city;
    auto const first = city.driver("D1", place(0));
    auto const second = city.driver("D2", place(10'000));
    auto const job = city.parcel(place(5000), place(6000), [](model::CreateJob& create) {
        create.slots.resize(2);
    });
    REQUIRE(city.assignment(job, 0) != nullptr);
    REQUIRE(city.assignment(job, 1) != nullptr);
    REQUIRE(city.assignment(job, 0)->agent != city.assignment(job, 1)->agent);
    city.see(first, place(5000));
    city.see(second, place(-30'000));
    CHECK(!planned(city));
}

TEST_CASE("what is proposed of any day is adopted whole") {
    Prng prng{42};
    std::size_t proposed = 0;
    for (int day = 0; day < 25; ++day) {
        CAPTURE(day);
        City city;
        auto const somewhere = [&] { return place(static_cast<std::int32_t>(prng.below(20'000))); };
        auto policy = city.state().policy;
        policy.replan_gain = Millis{10'000};
        city.use(policy);
        std::vector<model::AgentId> agents;
        for (int i = 0; i < 6; ++i) {
            agents.push_back(city.driver("D" + std::to_string(i), somewhere(), [&](auto& put) {
                put.capacity = {{static_cast<std::int32_t>(1 + prng.below(3)), 0, 0, 0}};
                if (prng.chance(500)) put.skills = {"fragile"};
                put.shift.end = city.now + Millis{7'200'000};
            }));
        }
        for (int i = 0; i < 12; ++i) {
            auto const job = city.parcel(somewhere(), somewhere(), [&](model::CreateJob& create) {
                create.stops[0].window.latest =
                    city.now + Millis{static_cast<std::int64_t>(prng.below(3'600'000))};
                create.stops[0].pickup = {{1, 0, 0, 0}};
                create.stops[1].dropoff = {{1, 0, 0, 0}};
                if (prng.chance(300)) create.slots = {{.skills = {"fragile"}}};
            });
            if (city.assignment(job) != nullptr && prng.chance(200)) city.step(job, "to_pickup");
        }
        for (auto const agent : agents) {
            city.see(agent, somewhere());
            if (prng.chance(150))
                city.tell(model::SetAvailability{agent, model::Availability::off});
            if (prng.chance(150)) {
                auto const from =
                    city.now + Millis{static_cast<std::int64_t>(prng.below(3'600'000))};
                city.tell(model::SetBusy{agent, {{from, from + Millis{600'000}}}});
            }
        }
        auto const plan = planned(city);
        if (!plan) continue;
        ++proposed;
        auto const heard = city.tell(*plan);
        CHECK(heard.rejection() == Rejection::none);
        CHECK(heard.answer.detail.find("refused") == std::string::npos);
        CHECK(heard.answer.detail.find("stale 0") != std::string::npos);
    }
    CHECK(proposed > 10);
}

}  // namespace posthaste::core::testing
