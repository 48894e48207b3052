#include "bench/roads/allocate_on_roads.hpp"

#include "bench/support/city.hpp"
#include "log/memory/memory_log.hpp"
#include "node/road_travel.hpp"
#include "road/import.hpp"
#include "views/board.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t agent_count = 50'000;
constexpr std::size_t busy_count = agent_count / 2;
constexpr std::size_t jobs_in_turn = 64;
constexpr std::size_t rounds = 3;

namespace fs = std::filesystem;

std::shared_ptr<road::Roads const> open(fs::path const& city) {
    road::ImportReport report;
    auto const profiles =
        static_cast<road::ProfileMask>(road::motor_profiles | bit_of(road::Profile::bicycle));
    auto const columns = road::import_network(city, {.profiles = profiles}, report);
    ASSERT(columns.ok());
    auto const file = fs::temp_directory_path() / "posthaste-bench-allocate.roads";
    ASSERT(road::write_network(columns.value(), profiles, file).ok());
    auto roads = road::Roads::open(file);
    fs::remove(file);
    ASSERT(roads.ok());
    return std::move(roads).value();
}

void run_jobs(City& city, std::size_t count, auto const& make) {
    std::vector<node::Submission> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(make());
    city.run(std::move(all));
}

}  // namespace

void allocate_on_roads(fs::path const& file, Options const& options) {
    if (!options.wants("allocations") && !options.wants("allocate")) return;
    auto const roads = open(file);
    auto const shapes = roads->network().shapes;
    log::MemoryLog log;
    views::Board board;
    City city{
        log,
        {&board},
        {.place = [&](Prng& prng) { return shapes[prng.below(shapes.size())]; },
         .travel =
             node::travel_on(std::make_shared<node::RoadTimes>(road::Conditions::free_flow(roads))
             )}};
    city.add_agents(agent_count);
    for (std::size_t made = 0; made < busy_count; made += jobs_in_turn)
        run_jobs(city, std::min(jobs_in_turn, busy_count - made), [&] { return city.new_job(); });
    double best = 0;
    auto const turns = options.quick ? 100U : 500U;
    for (std::size_t round = 0; round < rounds; ++round) {
        std::int64_t nanos = 0;
        for (std::size_t turn = 0; turn < turns; ++turn) {
            Stopwatch const watch;
            run_jobs(city, jobs_in_turn, [&] { return city.new_job(); });
            nanos += watch.nanos();
            run_jobs(city, jobs_in_turn, [&] { return city.end_oldest(); });
        }
        best = std::max(
            best, static_cast<double>(turns * jobs_in_turn) * 1e9 / static_cast<double>(nanos)
        );
    }
    ResultHash hash;
    for (auto const byte : core::hash_of(city.region().state).bytes)
        hash.add(byte);
    print(
        {.bench = "roads",
         .metric = "allocations",
         .value = best,
         .unit = "jobs/s",
         .rival = "SwiftRoute, published, without roads",
         .rival_value = 3200,
         .hash = hash.value()}
    );
}

}  // namespace posthaste::bench
