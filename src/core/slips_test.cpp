// What is foreseen of a whole route: a slip is told once wherever it is, and mended once.
#include "base/prng.hpp"
#include "core/draft.hpp"
#include "core/route.hpp"
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

/// Work at one place, to be begun within so many seconds of eight.
model::JobId work(City& city, std::int32_t east, std::int64_t latest, std::int64_t takes = 600) {
    return city.parcel(place(east), place(east), [&](model::CreateJob& create) {
        create.stops = {{.place = place(east), .service = Millis{takes * 1000}}};
        create.stops[0].window.latest = eight_o_clock + Millis{latest * 1000};
    });
}

/// At work since eight, where it should take ten minutes; then 1 km east, then another.
struct Overrun {
    City city;
    model::AgentId driver = city.driver("D", place(0));
    model::JobId first = work(city, 0, 100);
    model::JobId second;
    model::JobId third;

    Overrun(std::int64_t second_latest, std::int64_t third_latest)
        : second{work(city, 1000, second_latest)}, third{work(city, 2000, third_latest)} {
        REQUIRE(city.agent(driver).route.size() == 3);
        REQUIRE(city.step(first, "to_pickup").rejection() == Rejection::none);
        REQUIRE(city.step(first, "at_pickup").rejection() == Rejection::none);
    }
    Heard seen_after(std::int64_t seconds) {
        city.pass_until(eight_o_clock + Millis{seconds * 1000});
        return city.see(driver, place(0));
    }
    bool told(model::JobId job) const { return city.assignment(job)->slip_told; }
};

/// Whoever is foreseen to be late is told of, and nobody who is in time.
void check_told(City const& city, model::AgentId id) {
    auto const& agent = city.agent(id);
    auto const start = start_of(city.region, agent, city.now);
    for (auto const& [assignment, slip] :
         slips_on(city.state(), retimed(city.region, start, agent.route))) {
        bool const told = city.state().assignments.at(assignment).slip_told;
        if (slip.late > city.state().policy.slip_tolerance) CHECK(told);
        if (slip.late <= Millis{}) CHECK_FALSE(told);
    }
}

model::Position somewhere(Prng& prng) {
    return place(static_cast<std::int32_t>(prng.below(8000)));
}

// Of the work that is next, maybe.
void take_step(City& city, model::AgentId id, Prng& prng) {
    auto const& route = city.agent(id).route;
    if (route.empty() || prng.chance(700)) return;
    auto const job = route.front().job;
    auto const shown = city.shown(job);
    if (shown == "assigned") city.step(job, "to_pickup");
    if (shown == "to_pickup") city.step(job, "at_pickup");
    if (shown == "at_pickup") city.step(job, "on_vehicle");
}

// Whoever has come to a stop is there.
model::Position where(City const& city, model::AgentId id, Prng& prng) {
    auto const& route = city.agent(id).route;
    if (route.empty() || city.shown(route.front().job) != "at_pickup") return somewhere(prng);
    return city.job(route.front().job).stops[0].place;
}

}  // namespace

TEST_CASE("work that takes longer than it should makes those behind it late: told once") {
    Overrun day{1000, 10'000};
    // A quarter is taken to be left at least: there after 250 s more.
    CHECK(day.seen_after(860).find<model::SlipPredicted>() == nullptr);
    auto const heard = day.seen_after(880);
    REQUIRE(heard.count<model::SlipPredicted>() == 1);
    CHECK(heard.find<model::SlipPredicted>()->assignment == day.city.assignment(day.second)->id);
    CHECK(heard.find<model::SlipPredicted>()->late >= Millis{130'000});
    CHECK(heard.count<model::RouteChanged>() == 1);
    for (std::int64_t at = 884; at < 1200; at += 4)
        CHECK(day.seen_after(at).events.empty());
}

TEST_CASE("a slip further down the route is told while all before it are in time") {
    Overrun day{10'000, 1700};
    auto const heard = day.seen_after(900);
    REQUIRE(heard.count<model::SlipPredicted>() == 1);
    CHECK(heard.find<model::SlipPredicted>()->assignment == day.city.assignment(day.third)->id);
    CHECK_FALSE(day.told(day.second));
}

TEST_CASE("a slip foreseen down the route is mended once when what held it up is called off") {
    Overrun day{1000, 10'000};
    day.seen_after(880);
    REQUIRE(day.told(day.second));
    model::TransitionJob const off{.job = day.first, .to = "cancelled"};
    REQUIRE(day.city.tell(off).rejection() == Rejection::none);
    auto const heard = day.seen_after(885);
    REQUIRE(heard.count<model::SlipPredicted>() == 1);
    CHECK(heard.find<model::SlipPredicted>()->late == Millis{});
    CHECK_FALSE(day.told(day.second));
    CHECK(day.seen_after(890).find<model::SlipPredicted>() == nullptr);
}

TEST_CASE("what waits for its window to open is not put off, nor is what comes after it") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const first = work(city, 0, 100);
    auto const second = city.parcel(place(1000), place(1000), [](model::CreateJob& create) {
        create.stops = {{.place = place(1000), .service = Millis{600'000}}};
        create.stops[0].window = {
            eight_o_clock + Millis{1'500'000}, eight_o_clock + Millis{1'600'000}};
    });
    auto const third = work(city, 2000, 2300);
    REQUIRE(city.agent(driver).route.back().job == third);
    city.step(first, "to_pickup");
    city.step(first, "at_pickup");
    city.pass(Millis{1'200'000});
    auto const waits = city.see(driver, place(0));
    CHECK(waits.count<model::SlipPredicted>() + waits.count<model::RouteChanged>() == 0);
    city.pass(Millis{300'000});
    auto const heard = city.see(driver, place(0));
    CHECK(heard.count<model::SlipPredicted>() == 2);
    CHECK(city.assignment(second)->slip_told);
}

TEST_CASE("who sets out to what is known to come late is delayed from the start") {
    City city;
    auto const tech = city.driver("T", place(0));
    auto const job = city.visit(place(1000), [](model::CreateJob& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{500'000};
    });
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    city.tell(model::DecideQuote{job, true});
    city.tell(model::TransitionJob{.job = job, .to = "scheduled"});
    REQUIRE(city.assignment(job)->agent == tech);
    city.step(job, "accepted");
    CHECK(city.see(tech, place(-8000)).count<model::SlipPredicted>() == 1);
    CHECK(city.shown(job) == "accepted");
    auto const heard = city.step(job, "en_route");
    CHECK(heard.count<model::JobTransitioned>() == 2);
    CHECK(city.shown(job) == "delayed");
    // Whoever knows better may say so.
    CHECK(city.step(job, "en_route").rejection() == Rejection::none);
    CHECK(city.shown(job) == "en_route");
    CHECK(city.see(tech, place(-8000)).events.empty());
}

TEST_CASE("on any day a fix tells of every slip on the route, and of nothing else") {
    Prng prng{7};
    std::size_t told = 0;
    for (int day = 0; day < 20; ++day) {
        CAPTURE(day);
        City city;
        std::vector<model::AgentId> agents;
        for (int i = 0; i < 4; ++i)
            agents.push_back(city.driver("D" + std::to_string(i), somewhere(prng)));
        for (int i = 0; i < 12; ++i) {
            city.parcel(somewhere(prng), somewhere(prng), [&](model::CreateJob& create) {
                auto const opens = Millis{static_cast<std::int64_t>(prng.below(1'500'000))};
                create.stops[0].window = {
                    city.now + opens, city.now + opens + Millis{prng.between(60'000, 1'800'000)}};
                create.stops[0].service = Millis{prng.between(0, 600'000)};
            });
        }
        for (int i = 0; i < 40; ++i) {
            city.pass(Millis{prng.between(10'000, 400'000)});
            for (auto const agent : agents) {
                take_step(city, agent, prng);
                auto const at = where(city, agent, prng);
                told += city.see(agent, at).count<model::SlipPredicted>();
                city.see(agent, at);  // it may have come to a stop with the first one
                check_told(city, agent);
            }
        }
        CHECK(hash_of(city.replayed()) == hash_of(city.state()));
    }
    CHECK(told > 50);
}

}  // namespace posthaste::core::testing
