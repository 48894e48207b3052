#include "road/import.hpp"

#include <doctest/doctest.h>

#include "road/check.hpp"
#include "road/snap.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

struct CityFile {
    char const* name;
    std::uint32_t junctions_min;
    std::uint32_t junctions_max;
    std::uint64_t connected_percent_min;
};

// Around the counts of the data's own description.
constexpr std::array cities{
    CityFile{"gothenburg_2016.osm.pbf", 13'500, 14'500, 95},
    CityFile{"columbus_oh.osm.pbf", 20'500, 23'000, 95},
    CityFile{"manhattan_roads.geojson", 5300, 6200, 85},
    CityFile{"harrisburg_pa.osm.pbf", 4300, 5500, 80},
    CityFile{"liechtenstein_2015.osm.pbf", 3000, 9000, 60},
    CityFile{"monaco.osm.gz", 500, 1200, 60}};

void check_city(CityFile const& city, fs::path const& file) {
    INFO(city.name);
    ImportReport report;
    auto const imported = import_network(file, {}, report);
    REQUIRE(imported.ok());
    auto const network = network_of(imported.value());
    REQUIRE(check(network).ok());
    CHECK(network.junction_count() >= city.junctions_min);
    CHECK(network.junction_count() <= city.junctions_max);
    auto const connected = network.edge_count() - report.built.island_edges;
    CHECK(connected * 100 >= network.edge_count() * city.connected_percent_min);

    auto const lower = lower_of(network);
    auto const metric = customize(network, lower, Profile::car, edge_times(network, Profile::car));
    SnapIndex const index{network};
    Query query{network, lower};
    testing::Plain plain{network, metric};
    Prng prng{42};
    auto const anywhere = [&] {
        for (;;) {
            auto const place = network.shapes[prng.below(network.shapes.size())];
            if (auto const snapped = index.snap(place, Profile::car)) return snapped->place;
        }
    };
    std::vector<Place> sources;
    for (int i = 0; i < 8; ++i)
        sources.push_back(anywhere());
    for (int i = 0; i < 3; ++i) {
        auto const target = anywhere();
        query.gather(sources);
        auto const times = query.to(metric, target);
        for (std::size_t j = 0; j < sources.size(); ++j) {
            auto const expected = plain.time(sources[j], target);
            CHECK(times[j] == expected);
            CHECK(times[j] < never);  // snapped places are connected
        }
    }
}

TEST_CASE("every city is read, is whole, and its times are Dijkstra's") {
    fs::path const folder{POSTHASTE_SHARED_DATA "/roads"};
    if (!fs::exists(folder)) {
        MESSAGE("skipped: no road networks at " << folder.string());
        return;
    }
    for (auto const& city : cities)
        check_city(city, folder / city.name);
}

}  // namespace
}  // namespace posthaste::road
