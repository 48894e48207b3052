#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;
using model::TravelSource;

namespace {

/// A city whose roads may be made slower.
struct SlowCity : City {
    SlowCity() {
        auto const make = [this](model::Policy const& policy, std::vector<std::string> const&) {
            return std::make_unique<Slow>(policy, times);
        };
        region.field = Field{region.state, make};
    }

    /// As a turn does it; gives what was heard of all routes.
    Heard slow_down(int factor, TravelSource source = TravelSource::live) {
        *times = factor;
        auto heard = feed(engine(), MetricInput{static_cast<std::uint64_t>(factor), source});
        region.field.travel_changed(region.state);
        while (region.field.has_to_retime()) {
            for (auto const& input : region.field.to_retime(1)) {
                auto more = feed(engine(), input);
                heard.events.insert(heard.events.end(), more.events.begin(), more.events.end());
            }
        }
        return heard;
    }

    class Slow : public match::Travel {
    public:
        Slow(model::Policy const& policy, std::shared_ptr<int> times)
            : straight_{policy}, times_{std::move(times)} {}
        Millis time(model::Position from, model::Position to, std::uint8_t kind) const override {
            return straight_.time(from, to, kind) * *times_;
        }
        match::Outlook outlook(Millis drive, model::Position, model::AgentId) const override {
            return {drive, drive * 2, TravelSource::live, 70};
        }

    private:
        match::StraightLine straight_;
        std::shared_ptr<int> times_;
    };

    std::shared_ptr<int> times = std::make_shared<int>(1);
};

model::RoadReport closed_road(City const& city) {
    return {.line = {place(0), place(100)}, .until = city.now + Millis{600'000}, .reason = "flood"};
}

}  // namespace

TEST_CASE("an arrival has a p90, a source and a confidence, on the route and on the job") {
    SlowCity city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.parcel(place(1000), place(2000));
    auto const& route = city.agent(driver).route;
    REQUIRE(route.size() == 2);
    auto const drive = route[0].arrival - city.now;
    CHECK(route[0].arrival_p90 == city.now + drive * 2);
    CHECK(route[1].arrival_p90 - route[1].arrival > drive);  // of both drives together
    CHECK(route[0].source == TravelSource::live);
    CHECK(route[0].confidence == 70);
    auto const& stop = city.assignment(job)->stops[1];
    CHECK(stop.planned_p90 == route[1].arrival_p90);
    CHECK(stop.source == TravelSource::live);
    CHECK(stop.confidence == 70);
    CHECK(hash_of(city.replayed()) == hash_of(city.state()));
}

TEST_CASE("slower roads change the arrival of who is on the way, and tell of a slip") {
    SlowCity city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.parcel(place(2000), place(4000), [](auto& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{500'000};
    });
    city.step(job, "to_pickup");
    auto const heard = city.slow_down(4);
    REQUIRE(heard.find<model::RouteChanged>() != nullptr);
    CHECK(heard.count<model::RouteChanged>() == 1);
    auto const arrival = heard.find<model::RouteChanged>()->route[0].arrival;
    CHECK(arrival == city.agent(driver).route[0].arrival);
    CHECK(arrival > city.now + Millis{799'000});  // 2 km took 200 s
    CHECK(arrival < city.now + Millis{802'000});
    CHECK(heard.find<model::SlipPredicted>() != nullptr);
}

TEST_CASE("an arrival that moves by less than the policy tolerates is not told") {
    SlowCity city;
    auto policy = straight_policy();
    policy.eta_tolerance = Millis{250'000};
    city.use(policy);
    city.driver("D", place(0));
    city.step(city.parcel(place(2000), place(4000)), "to_pickup");
    CHECK(city.slow_down(2).count<model::RouteChanged>() == 0);  // 200 s more
    CHECK(city.slow_down(3).count<model::RouteChanged>() == 1);  // 400 s more
}

TEST_CASE("who stands still or goes another way is told to arrive later, once it matters") {
    City city;
    auto const driver = city.driver("D", place(0));
    city.step(city.parcel(place(3000), place(4000)), "to_pickup");
    auto const promised = city.agent(driver).route[0].arrival;
    city.pass(Millis{30'000});
    CHECK(city.see(driver, place(0)).count<model::RouteChanged>() == 0);
    city.pass(Millis{40'000});
    auto const delayed = city.see(driver, place(0));
    REQUIRE(delayed.count<model::RouteChanged>() == 1);
    CHECK(city.agent(driver).route[0].arrival == promised + Millis{70'000});
    city.pass(Millis{10'000});
    CHECK(city.see(driver, place(-1500)).count<model::RouteChanged>() == 1);
}

TEST_CASE("who has not set out is told nothing while no promise is in danger") {
    SlowCity city;
    city.driver("D", place(0));
    auto const job = city.parcel(place(2000), place(4000));
    CHECK(city.slow_down(3).count<model::RouteChanged>() == 0);
    CHECK(city.assignment(job) != nullptr);
}

TEST_CASE("another source of travel times is an event, the same again is none") {
    SlowCity city;
    CHECK(city.state().travel_source == TravelSource::great_circle);
    CHECK(city.slow_down(2, TravelSource::live).count<model::TravelSourceChanged>() == 1);
    CHECK(city.state().travel_source == TravelSource::live);
    CHECK(city.slow_down(3, TravelSource::live).events.empty());
    CHECK(city.slow_down(1, TravelSource::free_flow).count<model::TravelSourceChanged>() == 1);
    CHECK(hash_of(city.replayed()) == hash_of(city.state()));
    City control{control_region};
    CHECK(control.feed(engine(), MetricInput{7, TravelSource::live}).events.empty());
}

TEST_CASE("a road report ends by hand or when its time is over") {
    City city;
    auto const first = city.tell(model::PostRoadReport{closed_road(city)});
    auto const second = city.tell(model::PostRoadReport{closed_road(city)});
    CHECK(city.state().road_reports.size() == 2);
    city.tell(model::LiftRoadReport{model::RoadReportId{first.answer.subject}});
    CHECK(city.state().road_reports.size() == 1);
    CHECK(hash_of(city.replayed()) == hash_of(city.state()));
    city.pass(Millis{599'000});
    CHECK(city.state().road_reports.contains(model::RoadReportId{second.answer.subject}));
    auto const over = city.pass(Millis{2000});
    CHECK(over.count<model::RoadReportLifted>() == 1);
    CHECK(city.state().road_reports.empty());
    CHECK(city.state().timers.empty());
}

TEST_CASE("a region takes so many road reports and no more") {
    City city;
    for (std::size_t i = 0; i < model::road_reports_max; ++i)
        REQUIRE(city.tell(model::PostRoadReport{closed_road(city)}).rejection() == Rejection::none);
    auto const refused = city.tell(model::PostRoadReport{closed_road(city)});
    CHECK(refused.rejection() == Rejection::limit_reached);
}

}  // namespace posthaste::core::testing
