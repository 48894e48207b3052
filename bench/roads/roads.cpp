// Travel times on real roads: many to one, matrices, a new metric, an import; against Dijkstra.
//
// Agents and jobs are snapped before the clock starts. The rival is Dijkstra's algorithm by hand
// (bench/rivals/csr_dijkstra.hpp): over the same turns, with the same answers, and, as `plain`,
// over the junctions alone, which is an easier question. OSRM's own figures are in the design's
// list of peers: a table on a metro of 63,643 junctions takes it 5 to 18 ms over HTTP.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/prng.hpp"
#include "bench/rivals/csr_dijkstra.hpp"
#include "bench/roads/allocate_on_roads.hpp"
#include "bench/roads/tiled.hpp"
#include "bench/support/bench.hpp"
#include "geo/distance.hpp"
#include "road/file.hpp"
#include "road/import.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"
#include "road/snap.hpp"

namespace {

namespace bench = posthaste::bench;
namespace road = posthaste::road;
namespace fs = std::filesystem;
using posthaste::Metres;
using posthaste::Prng;

constexpr std::size_t agents = 50;
constexpr auto car = road::Profile::car;

struct City {
    std::string name;
    road::OwnedColumns columns;
    road::Network network = road::network_of(columns);
    road::Lower lower = road::lower_of(network);
    road::Metric metric = road::customize(network, lower, car, road::edge_times(network, car));
    road::SnapIndex index{network};

    City(std::string the_name, road::OwnedColumns the_columns)
        : name{std::move(the_name)}, columns{std::move(the_columns)} {}
    City(City const&) = delete;
    City& operator=(City const&) = delete;

    road::Place anywhere(Prng& prng) const {
        for (;;) {
            auto const at = network.shapes[prng.below(network.shapes.size())];
            if (auto const snapped = index.snap(at, car)) return snapped->place;
        }
    }
    road::Position at(road::Place const& place) const {
        return network.places[network.edge_tail[place.spots[0].edge]];
    }
};

/// A job and who could do it.
struct Question {
    road::Place job;
    std::vector<road::Place> agents;
};

std::vector<Question> questions(City const& city, std::size_t count, Metres within) {
    Prng prng{bench::seed};
    std::vector<Question> all(count);
    for (auto& question : all) {
        question.job = city.anywhere(prng);
        auto const at = city.at(question.job);
        for (int tries = 0; question.agents.size() < agents && tries < 1'000'000; ++tries) {
            auto const agent = city.anywhere(prng);
            if (posthaste::geo::distance(city.at(agent), at) <= within)
                question.agents.push_back(agent);
        }
    }
    return all;
}

// The turns, against their direction: from a job to all who could come.
bench::CsrDijkstra over_turns(City const& city) {
    std::vector<bench::CsrDijkstra::Arc> arcs;
    auto const& network = city.network;
    for (road::StateId state = 0; state < network.state_count(); ++state) {
        auto const edge = network.edge_of(state);
        for (auto turn = network.turn_first[state]; turn < network.turn_first[state + 1]; ++turn) {
            auto const time = city.metric.turn_time(network, edge, turn);
            if (time < road::never) arcs.push_back({network.turn_to[turn], state, time});
        }
    }
    return {network.state_count(), std::move(arcs)};
}

bench::CsrDijkstra over_junctions(City const& city) {
    std::vector<bench::CsrDijkstra::Arc> arcs;
    auto const& network = city.network;
    for (road::EdgeId edge = 0; edge < network.edge_count(); ++edge)
        if (city.metric.edges[edge] < road::never)
            arcs.push_back(
                {network.edge_head[edge], network.edge_tail[edge], city.metric.edges[edge]}
            );
    return {network.junction_count(), std::move(arcs)};
}

// From each start of the job's roads: the search is run as often as the job has directions.
template <class NodeOf>
double rival_ms(
    bench::CsrDijkstra& dijkstra,
    std::vector<Question> const& all,
    bool is_bounded,
    NodeOf const& node_of
) {
    bench::Stopwatch const watch;
    for (auto const& question : all) {
        std::vector<std::uint32_t> sources;
        for (auto const& agent : question.agents)
            sources.push_back(node_of(agent.spots[0]));
        auto const job = node_of(question.job.spots[0]);
        if (is_bounded) {
            (void)dijkstra.to_some(job, sources);
        } else {
            (void)dijkstra.to_all(job);
        }
    }
    return static_cast<double>(watch.nanos()) / 1e6 / static_cast<double>(all.size());
}

void many_to_one(City const& city, bench::Options const& options, bool is_near) {
    auto const metric = (is_near ? "near_50_" : "city_50_") + city.name;
    if (!options.wants(metric) && !options.wants("many-to-one")) return;
    auto const all =
        questions(city, options.quick ? 300 : 1000, is_near ? Metres{3000} : Metres{1'000'000});
    road::Query query{city.network, city.lower};
    bench::ResultHash hash;
    (void)query.times(city.metric, all[0].agents, all[0].job);
    bench::Stopwatch const watch;
    for (auto const& question : all)
        for (auto const time : query.times(city.metric, question.agents, question.job))
            hash.add(static_cast<std::uint64_t>(time));
    auto const ms = static_cast<double>(watch.nanos()) / 1e6 / static_cast<double>(all.size());
    auto const some = std::vector(all.begin(), all.begin() + 100);
    auto turns = over_turns(city);
    auto const rival = rival_ms(turns, some, is_near, [](road::Spot spot) { return spot.edge; });
    bench::print(
        {.bench = "roads",
         .metric = metric,
         .value = ms,
         .unit = "ms",
         .better = bench::Better::lower,
         .rival = is_near ? "Dijkstra over the turns, to the farthest agent"
                          : "Dijkstra over the turns, one to all",
         .rival_value = rival,
         .hash = hash.value()}
    );
    auto junctions = over_junctions(city);
    auto const plain = rival_ms(junctions, some, is_near, [&](road::Spot spot) {
        return city.network.edge_tail[spot.edge];
    });
    bench::print(
        {.bench = "roads",
         .metric = metric + "_plain",
         .value = ms,
         .unit = "ms",
         .better = bench::Better::lower,
         .rival = is_near ? "Dijkstra without turns, to the farthest agent"
                          : "Dijkstra without turns, one to all",
         .rival_value = plain,
         .hash = hash.value()}
    );
}

void matrix(City const& city, bench::Options const& options) {
    auto const metric = "ms_500_" + city.name;
    if (!options.wants(metric) && !options.wants("matrix")) return;
    Prng prng{bench::seed};
    std::vector<road::Place> places;
    for (int i = 0; i < 500; ++i)
        places.push_back(city.anywhere(prng));
    road::Query query{city.network, city.lower};
    (void)query.matrix(city.metric, std::span{places}.first(20), std::span{places}.first(20));
    std::vector<std::int64_t> samples;
    bench::ResultHash hash;
    for (int i = 0; i < 5; ++i) {
        bench::Stopwatch const watch;
        auto const times = query.matrix(city.metric, places, places);
        samples.push_back(watch.nanos());
        if (i == 0)
            for (auto const time : times)
                hash.add(static_cast<std::uint64_t>(time));
    }
    bench::print(
        {.bench = "roads",
         .metric = metric,
         .value = static_cast<double>(bench::percentile(samples, 500)) / 1e6,
         .unit = "ms",
         .better = bench::Better::lower,
         .rival = "OSRM's contraction hierarchies, as measured earlier",
         .rival_value = 192,
         .hash = hash.value()}
    );
}

void customize(City const& city, bench::Options const& options) {
    auto const metric = "us_per_junction_" + city.name;
    if (!options.wants(metric) && !options.wants("customize")) return;
    auto const times = road::edge_times(city.network, car);
    auto const median_ns = [&](unsigned threads) {
        std::vector<std::int64_t> samples;
        for (int i = 0; i < 7; ++i) {
            bench::Stopwatch const watch;
            auto const made = road::customize(city.network, city.lower, car, times, threads);
            samples.push_back(watch.nanos());
        }
        return static_cast<double>(bench::percentile(samples, 500));
    };
    bench::ResultHash hash;
    for (auto const time : city.metric.up)
        hash.add(static_cast<std::uint64_t>(time));
    for (auto const time : city.metric.down)
        hash.add(static_cast<std::uint64_t>(time));
    auto const one = median_ns(1);
    bench::print(
        {.bench = "roads",
         .metric = metric,
         .value = one / 1e3 / city.network.junction_count(),
         .unit = "us",
         .better = bench::Better::lower,
         .rival = "a fifth of OSRM MLD's customisation, as measured earlier",
         .rival_value = 3.4,
         .hash = hash.value()}
    );
    bench::print(
        {.bench = "roads",
         .metric = "threads_2_" + city.name,
         .value = median_ns(2) / 1e6,
         .unit = "ms",
         .better = bench::Better::lower,
         .rival = "one thread",
         .rival_value = one / 1e6,
         .hash = hash.value()}
    );
}

std::int64_t peak_kb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// First, before anything else has made the process large.
road::OwnedColumns import(
    fs::path const& file, std::string const& name, bench::Options const& options
) {
    auto const before = peak_kb();
    bench::Stopwatch const watch;
    road::ImportReport report;
    auto columns = road::import_network(file, {}, report);
    if (!columns.ok()) {
        std::fprintf(stderr, "%s\n", columns.error().detail.c_str());
        std::exit(1);
    }
    auto const out = fs::temp_directory_path() / ("posthaste-bench-" + name + ".roads");
    auto const written = road::write_network(columns.value(), road::motor_profiles, out);
    auto const seconds = static_cast<double>(watch.nanos()) / 1e9;
    fs::remove(out);
    if (!options.wants("import") && !options.wants("seconds_" + name))
        return std::move(columns).value();
    auto const edges = static_cast<double>(columns.value().edge_head.size());
    auto const print =
        [&](std::string const& metric, double value, std::string_view unit, double limit) {
            bench::print(
                {.bench = "roads",
                 .metric = metric + "_" + name,
                 .value = value,
                 .unit = unit,
                 .better = bench::Better::lower,
                 .rival = "the limit",
                 .rival_value = limit,
                 .hash = written.value().digest.head()}
            );
        };
    print("seconds", seconds, "s", 60);
    print("peak_mb", static_cast<double>(peak_kb() - before) / 1024, "MB", 500);
    print("bytes_per_edge", static_cast<double>(written.value().bytes) / edges, "B", 200);
    return std::move(columns).value();
}

void measure(City const& city, bench::Options const& options) {
    std::fprintf(
        stderr,
        "  %s: %u junctions, %u edges, %zu turns, %zu arcs, %zu needed\n",
        city.name.c_str(),
        city.network.junction_count(),
        city.network.edge_count(),
        city.network.turn_to.size(),
        city.network.up_head.size(),
        (city.metric.upward.heads.size() + city.metric.downward.heads.size()) / 2
    );
    many_to_one(city, options, true);
    many_to_one(city, options, false);
    matrix(city, options);
    customize(city, options);
}

}  // namespace

int main(int argc, char** argv) {
    auto const options = bench::read_options(argc, argv);
    fs::path const folder{POSTHASTE_SHARED_DATA "/roads"};
    if (!fs::exists(folder)) {
        std::fprintf(stderr, "no road networks at %s\n", folder.c_str());
        return 0;
    }
    City const columbus{"columbus", import(folder / "columbus_oh.osm.pbf", "columbus", options)};
    City const gothenburg{
        "gothenburg", import(folder / "gothenburg_2016.osm.pbf", "gothenburg", options)};
    measure(columbus, options);
    measure(gothenburg, options);
    bench::allocate_on_roads(folder / "columbus_oh.osm.pbf", options);
    auto big = bench::tiled(folder / "gothenburg_2016.osm.pbf", 6, 3);
    if (!big.ok()) {
        std::fprintf(stderr, "%s\n", big.error().detail.c_str());
        return 1;
    }
    measure(City{"tiled", std::move(big).value()}, options);
    return 0;
}
