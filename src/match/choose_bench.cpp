// How long a choice takes: 20 agents of one city, their routes empty or not, and its parts.
//
// A metric is the mean time of one; its hash is of all that was answered.
#include <string_view>
#include <vector>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"
#include "match/choose.hpp"

namespace posthaste::match {
namespace {

constexpr std::size_t asked_count = 20;

/// A city of 20 km by 20 km, and rides between its corners.
struct City {
    Prng prng{bench::seed};

    model::Position place() {
        return {
            static_cast<std::int32_t>(577'000'000 + prng.between(-900'000, 900'000)),
            static_cast<std::int32_t>(119'700'000 + prng.between(-1'700'000, 1'700'000))};
    }
    std::vector<Visit> rides(std::size_t count) {
        std::vector<Visit> visits;
        for (std::size_t i = 0; i < count; ++i) {
            Visit visit;
            visit.place = place();
            visit.service = Millis{30'000};
            (i % 2 == 0 ? visit.pickup : visit.dropoff).amount[0] = 1;
            visits.push_back(visit);
        }
        return visits;
    }
};

struct Scene {
    Question question;
    std::vector<Visit> job;
    std::vector<std::vector<Visit>> routes;
    std::vector<Asked> asked;
};

std::vector<Scene> scenes_of(std::size_t count, std::size_t visits) {
    City city;
    std::vector<Scene> scenes(count);
    for (Scene& scene : scenes) {
        scene.job = city.rides(2);
        scene.question.now = Instant{1'000'000};
        scene.question.job = scene.job;
        scene.question.needs.radius = Metres{30'000};
        scene.question.needs.stack_max = 64;
        for (std::uint64_t i = 0; i < asked_count; ++i) {
            scene.routes.push_back(city.rides(visits));
            Asked asked;
            asked.agent = model::AgentId{i + 1};
            asked.facts.availability = model::Availability::on_duty;
            asked.facts.in_shift = true;
            asked.facts.freshness = model::Freshness::fresh;
            asked.facts.zone_right = true;
            asked.facts.distance = Metres{city.prng.between(0, 20'000)};
            asked.facts.stack = static_cast<std::int32_t>(visits / 2);
            asked.place = city.place();
            asked.capacity.amount[0] = 4;
            scene.asked.push_back(asked);
        }
        for (std::size_t i = 0; i < asked_count; ++i)
            scene.asked[i].route = scene.routes[i];
    }
    return scenes;
}

void measure_choose(
    bench::Means const& means, std::string_view metric, std::size_t count, std::size_t visits
) {
    auto const scenes = scenes_of(64, visits);
    StraightLine const travel{model::Policy{}};
    Chooser chooser;
    means.measure(metric, count, [&](std::size_t i) {
        Scene const& scene = scenes[i % scenes.size()];
        Choice const choice = chooser.choose(scene.question, scene.asked, travel);
        return choice.decision.candidates.front().score + choice.insertion.finish.millis();
    });
}

void measure_insertion(
    bench::Means const& means, std::string_view metric, std::size_t count, std::size_t visits
) {
    auto const scenes = scenes_of(64, visits);
    StraightLine const travel{model::Policy{}};
    Inserter inserter;
    means.measure(metric, count, [&](std::size_t i) {
        Scene const& scene = scenes[i % scenes.size()];
        Asked const& asked = scene.asked[i % asked_count];
        Start const start = start_of(scene.question.now, asked, 0);
        return inserter.best(start, asked.route, scene.job, travel).finish.millis();
    });
}

void run(bench::Means const& means) {
    City city;
    std::vector<model::Position> places(4096);
    for (auto& place : places)
        place = city.place();
    StraightLine const travel{model::Policy{}};
    means.measure("straight_line", 20'000, [&](std::size_t i) {
        return travel.time(places[i % 4096], places[(i * 7 + 1) % 4096], 0).count();
    });
    measure_insertion(means, "insertion_empty", 10'000, 0);
    measure_insertion(means, "insertion_4", 4000, 4);
    measure_insertion(means, "insertion_16", 1000, 16);
    measure_insertion(means, "insertion_64", 200, 64);
    measure_choose(means, "choose_20_empty", 1000, 0);
    measure_choose(means, "choose_20_with_4", 200, 4);
    measure_choose(means, "choose_20_with_64", 10, 64);
}

}  // namespace
}  // namespace posthaste::match

int main(int argc, char** argv) {
    auto const options = posthaste::bench::read_options(argc, argv);
    posthaste::match::run({"choose", options, options.quick ? 1U : 100U});
    return 0;
}
