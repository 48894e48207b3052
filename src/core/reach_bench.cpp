// How long it takes to say whether a slot is drivable, and which of 64 windows 64 agents can keep.
//
// A metric is the mean time of one; its hash is of all that was answered.
#include <string_view>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"
#include "core/reach.hpp"

namespace posthaste::core {
namespace {

constexpr RegionId town{1};
constexpr std::uint64_t agent_count = 64;
constexpr Instant morning{1'800'000'000'000};

model::Window hour(std::size_t number) {
    auto const begin = morning + Millis{static_cast<std::int64_t>(number) * 3'600'000};
    return {begin, begin + Millis{3'600'000}};
}

/// A city of 20 km by 20 km; every agent has so many stops, one every half hour.
class City {
public:
    explicit City(std::size_t stops) : region_{state_of(stops)} {}

    Region const& region() const { return region_; }
    model::Position place() {
        return {
            static_cast<std::int32_t>(577'000'000 + prng_.between(-900'000, 900'000)),
            static_cast<std::int32_t>(119'700'000 + prng_.between(-1'700'000, 1'700'000))};
    }
    model::Job draft(std::size_t number) {
        return draft_of(
            {{.place = place(), .hub = {}, .window = hour(number), .service = Millis{600'000}}}, {}
        );
    }

private:
    State state_of(std::size_t stops) {
        State state;
        state.region = town;
        std::uint64_t next = agent_count;
        for (std::uint64_t i = 1; i <= agent_count; ++i) {
            model::Agent agent{.id = make_id<model::AgentId>(town, i), .profile = {}};
            agent.profile.home = place();
            agent.profile.reference = std::to_string(i);
            agent.availability = model::Availability::on_duty;
            agent.in_shift = true;
            for (std::size_t stop = 0; stop < stops; ++stop) {
                auto job = draft(stop / 2);
                job.id = make_id<model::JobId>(town, ++next);
                model::Assignment assignment{.id = make_id<model::AssignmentId>(town, next)};
                assignment.job = job.id;
                assignment.agent = agent.id;
                assignment.stops.resize(1);
                agent.route.push_back({.assignment = assignment.id, .job = job.id});
                state.jobs.insert(job);
                state.assignments.insert(assignment);
            }
            state.agents.insert(agent);
        }
        return state;
    }

    Prng prng_{bench::seed};
    Region region_;
};

void run(bench::Means const& means) {
    City city{20};
    auto const& region = city.region();
    match::Inserter inserter;
    means.measure("check_20", 1000, [&](std::size_t i) {
        auto const job = city.draft(i % 10);
        auto const id = make_id<model::AgentId>(town, 1 + i % agent_count);
        auto const& agent = region.state.agents.at(id);
        auto const reach = reach_of(region, inserter, {job, 0, agent, morning});
        return reach.insertion.finish.millis();
    });
    std::vector<model::Window> windows;
    for (std::size_t i = 0; i < windows_asked_max; ++i)
        windows.push_back(hour(i % 10));
    means.measure("windows_64_agents_64", 2, [&](std::size_t i) {
        auto const found =
            windows_for(region, city.draft(i % 10), windows, region.state.agents.ids(), morning);
        return static_cast<std::int64_t>(found.size());
    });
}

}  // namespace
}  // namespace posthaste::core

int main(int argc, char** argv) {
    auto const options = posthaste::bench::read_options(argc, argv);
    posthaste::core::run({"reach", options, options.quick ? 1U : 20U});
    return 0;
}
