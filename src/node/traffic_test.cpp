#include "node/traffic.hpp"

#include <cstdlib>

#include "geo/distance.hpp"
#include "node/testing.hpp"
#include "road/journey.hpp"
#include "road/testing.hpp"

namespace posthaste::node {
namespace {

using model::Position;
using model::TravelSource;
using road::Profile;
using testing::office;
using testing::Station;
using testing::town;

/// A town on the roads of a random city, and what its fleet says of them.
struct RoadTown {
    explicit RoadTown(std::uint64_t seed = 5, Trace trace = {})
        : roads{road::testing::open_random_city(seed, 10)},
          traffic{roads},
          station{options(std::move(trace)), nullptr, &traffic} {
        station.set_up();
    }

    ShardOptions options(Trace trace) const {
        ShardOptions shard;
        shard.travel = traffic.travel();
        shard.trace = std::move(trace);
        return shard;
    }
    Position junction(std::uint64_t number) const {
        auto const& places = roads->network().places;
        return places[number % places.size()];
    }
    /// Whether newer travel times came of it.
    bool work() {
        auto newer = traffic.work(station.clock.time);
        if (!newer) return false;
        if (on_newer) on_newer(traffic.conditions());
        station.shard->observe(std::move(*newer));
        station.run();
        return true;
    }
    std::vector<model::AgentId> drivers(std::size_t count) {
        std::vector<model::AgentId> all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back(station.driver("D" + std::to_string(i), at));
        return all;
    }
    /// Together from one junction to another and so on, `slower` times as long as on empty roads.
    void drive(std::vector<model::AgentId> const& agents, std::size_t legs, std::int64_t slower) {
        road::Query query{roads->network(), roads->lower()};
        for (std::size_t i = 0; i < legs; ++i) {
            auto const from = at;
            at = junction(prng.below(1000));
            auto const way = road::Journey::plan(*roads, query, Profile::car, from, at);
            if (!way) continue;
            for (Millis since{}; since < way->time() * slower; since = since + step) {
                for (auto const agent : agents)
                    station.see(town, agent, way->at(Millis{since.count() / slower}));
                station.clock.time = station.clock.time + step;
            }
        }
    }
    Millis time(Position from, Position to) const {
        return station.shard->region(town).field.travel().time(from, to, 0);
    }

    static constexpr Millis step{5000};
    std::shared_ptr<road::Roads const> roads;
    Traffic traffic;
    Station station;
    Prng prng{17};
    Position at = junction(40);
    std::function<void(std::shared_ptr<road::Conditions const>)> on_newer;
};

model::RoadReport closed_at(Position place, Instant until) {
    return {.line = {place}, .until = until, .reason = "flood"};
}

Position middle_of(road::Network const& network, road::EdgeId edge) {
    auto const shape = network.shape_along(edge);
    return {(shape[0].lat + shape[1].lat) / 2, (shape[0].lon + shape[1].lon) / 2};
}

std::string temporary_folder() {
    auto name = (std::filesystem::temp_directory_path() / "traffic-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
}

}  // namespace

TEST_CASE("a closed road is gone round from the next turn on, until its time is over") {
    RoadTown here;
    auto& station = here.station;
    road::Query query{here.roads->network(), here.roads->lower()};
    auto const from = here.junction(12);
    auto const to = here.junction(85);
    auto const source = here.roads->index().snap(from, Profile::car);
    auto const target = here.roads->index().snap(to, Profile::car);
    auto const way = query.route(*here.roads->metric(Profile::car), source->place, target->place);
    REQUIRE(way);
    REQUIRE(way->edges.size() > 5);
    auto const before = here.time(from, to);
    CHECK_FALSE(here.work());

    auto const place = middle_of(here.roads->network(), way->edges[way->edges.size() / 2]);
    auto const until = station.clock.time + Millis{600'000};
    auto const posted = station.tell(town, model::PostRoadReport{closed_at(place, until)});
    REQUIRE(posted.answer.value().rejection == model::Rejection::none);
    CHECK(here.time(from, to) == before);  // no decision waits for it
    REQUIRE(here.work());
    CHECK(here.time(from, to) > before);
    CHECK(here.traffic.counts().reports == 1);
    CHECK_FALSE(here.work());

    station.clock.time = until + Millis{1};
    station.run();
    REQUIRE(here.work());
    CHECK(here.time(from, to) == before);
    CHECK(here.traffic.counts().reports == 0);
}

TEST_CASE("a report for later holds from then on, one at no road is counted") {
    RoadTown here;
    auto& station = here.station;
    auto const now = station.clock.time;
    auto later = closed_at(middle_of(here.roads->network(), 7), now + Millis{7'200'000});
    later.from = now + Millis{3'600'000};
    station.tell(town, model::PostRoadReport{later});
    CHECK_FALSE(here.work());
    station.clock.time = later.from;
    CHECK(here.work());
    station.tell(town, model::PostRoadReport{closed_at({1, 1}, later.until)});
    here.work();
    CHECK(here.traffic.counts().reports == 2);
    CHECK(here.traffic.counts().reports_nowhere == 1);
}

TEST_CASE("a fleet that is slower than the empty roads makes them slower, and says that it is so") {
    RoadTown here;
    here.drive(here.drivers(4), 60, 2);
    REQUIRE(here.work());
    CHECK(here.station.state().travel_source == TravelSource::live);
    auto const& conditions = *here.traffic.conditions();
    CHECK(conditions.source() == TravelSource::live);
    CHECK(conditions.confidence() > 0);
    std::int64_t then = 0;
    std::int64_t now = 0;
    Prng prng{3};
    auto const empty =
        travel_on(std::make_shared<RoadTimes>(road::Conditions::free_flow(here.roads)))({}, {});
    for (int i = 0; i < 40; ++i) {
        auto const from = here.junction(prng.below(1000));
        auto const to = here.junction(prng.below(1000));
        then += empty->time(from, to, 0).count();
        now += here.time(from, to).count();
    }
    CHECK(now > then * 3 / 2);
    CHECK(now < then * 5 / 2);
    CHECK(here.traffic.counts().matched.used > 100);
}

TEST_CASE("what was learned outlives a restart as history, and belongs to its network") {
    auto const folder = temporary_folder();
    RoadTown here;
    here.drive(here.drivers(2), 40, 2);
    here.work();
    REQUIRE(here.traffic.save(folder).ok());

    Traffic again{here.roads};
    REQUIRE(again.load(folder).ok());
    auto const newer = again.work(here.station.clock.time + Millis{60'000});
    REQUIRE(newer);
    CHECK(newer->source == TravelSource::historical);

    Traffic elsewhere{road::testing::open_random_city(6, 10)};
    auto const loaded = elsewhere.load(folder);
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().code == Errc::malformed);
    std::filesystem::remove_all(folder);
}

TEST_CASE("a drive to a stop is learned from: foreseen when it began, over when the stop is reached"
) {
    RoadTown here;
    auto& station = here.station;
    auto const driver = station.driver("D", here.at);
    Prng prng{9};
    std::uint64_t operation = 0;
    for (int i = 0; i < 5; ++i) {
        auto const pickup = here.junction(prng.below(1000));
        auto const made = station.tell(town, testing::ride(pickup, here.junction(3)));
        model::JobId const job{made.answer.value().subject};
        auto const* const offer = station.offer(job);
        if (offer == nullptr) continue;
        station.tell(
            town, model::AcceptOffer{offer->id, offer->attempt}, testing::phone(driver, ++operation)
        );
        auto const assignment = station.state().jobs.at(job).slots[0].assignment;
        station.tell(
            town,
            model::TransitionJob{.job = job, .assignment = assignment, .to = "en_route"},
            testing::phone(driver, ++operation)
        );
        station.clock.time = station.clock.time + Millis{300'000};
        station.see(town, driver, pickup);
        here.traffic.work(station.clock.time);
        station.tell(town, model::TransitionJob{.job = job, .to = "cancelled"});
    }
    CHECK(here.traffic.counts().drives >= 3);
}

TEST_CASE("when nobody renews them, live times give way to those of empty roads") {
    RoadTown here;
    here.drive(here.drivers(4), 30, 2);
    here.work();
    REQUIRE(here.station.state().travel_source == TravelSource::live);
    CHECK_FALSE(here.traffic.watch(here.station.clock.time));
    here.station.clock.time = here.station.clock.time + Millis{301'000};
    auto fallen = here.traffic.watch(here.station.clock.time);
    REQUIRE(fallen);
    here.station.shard->observe(std::move(*fallen));
    here.station.run();
    CHECK(here.station.state().travel_source == TravelSource::free_flow);
    CHECK(here.traffic.conditions()->source() == TravelSource::free_flow);
    CHECK_FALSE(here.traffic.watch(here.station.clock.time));
}

TEST_CASE("what nobody works off is bounded, and what is dropped is counted") {
    RoadTown here;
    auto const driver = here.station.driver("D", here.at);
    auto const& region = here.station.shard->region(town);
    std::vector<model::Fix> const fixes(taken_max / 2 + 1, {.agent = driver, .place = here.at});
    model::Record const record;
    core::Touched const touched;
    for (int i = 0; i < 2; ++i)
        here.traffic.follow({town, region.state, region.field, record, {}, touched, fixes});
    CHECK(here.traffic.counts().dropped >= 2);
}

TEST_CASE("a trace with its travel times by hash decides everything again") {
    struct Fed {
        RegionId region;
        model::Envelope envelope;
        core::Input input;
    };
    std::vector<Fed> trace;
    RoadTown here{5, [&](RegionId region, auto const& envelope, auto const& input) {
                      trace.push_back({region, envelope, input});
                  }};
    std::map<std::uint64_t, std::shared_ptr<road::Conditions const>> kept;
    here.on_newer = [&](auto const& conditions) { kept.emplace(conditions->hash(), conditions); };
    auto const fleet = here.drivers(2);
    Prng prng{4};
    for (int i = 0; i < 12; ++i) {
        here.drive(fleet, 2, 1 + i % 3);
        here.work();
        here.station.tell(
            town, testing::ride(here.junction(prng.below(1000)), here.junction(prng.below(1000)))
        );
    }
    REQUIRE(kept.size() > 3);

    auto const times = std::make_shared<RoadTimes>(road::Conditions::free_flow(here.roads));
    std::map<RegionId, std::unique_ptr<core::Region>> regions;
    core::Scratch scratch;
    for (auto const& fed : trace) {
        auto& region = regions[fed.region];
        if (!region) {
            core::State state;
            state.region = fed.region;
            region = std::make_unique<core::Region>(std::move(state), travel_on(times));
        }
        if (auto const* const metric = std::get_if<core::MetricInput>(&fed.input))
            times->adopt(kept.at(metric->travel));
        for (auto const& event : decide(*region, scratch, fed.envelope, fed.input).events) {
            auto const touched = core::apply(region->state, fed.envelope, event);
            region->field.follow(region->state, event, touched);
        }
        if (auto const* const seen = std::get_if<core::FixInput>(&fed.input))
            region->field.observe(region->state, seen->fix);
    }
    CHECK(hash_of(regions.at(town)->state) == hash_of(here.station.state()));
}

}  // namespace posthaste::node
