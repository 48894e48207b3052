#include "demand/road_map.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace posthaste::demand {

namespace {

std::string way(std::string const& highway, std::string const& points) {
    return R"({"type":"Feature","properties":{"highway":")" + highway +
           R"("},"geometry":{"type":"LineString","coordinates":)" + points + "}}";
}

std::istringstream map_of(std::string const& features) {
    return std::istringstream{R"({"type":"FeatureCollection","features":[)" + features + "]}"};
}

}  // namespace

TEST_CASE("roads are drawn by kind, the widest first, to the metre; paths and yards are not") {
    auto in = map_of(
        way("residential", "[[11.9,57.7],[11.900001,57.700001],[-11.800006,57.600004]]") + "," +
        way("footway", "[[1,1],[2,2]]") + "," + way("service", "[[1,1],[2,2]]") + "," +
        way("motorway_link", "[[11.5,57.5],[11.6,57.5]]") + "," +
        way("motorway", "[[12,57],[12.1,57]]")
    );
    auto const map = read_road_map(in);
    REQUIRE(map.ok());
    CHECK(
        map.value() ==
        R"({"type":"FeatureCollection","copyright":"(c) OpenStreetMap contributors, ODbL 1.0",)"
        R"("features":[{"type":"Feature","properties":{"highway":"motorway"},"geometry":)"
        R"({"type":"MultiLineString","coordinates":[[[11.5,57.5],[11.6,57.5]],)"
        R"([[12,57],[12.1,57]]]}},)"
        R"({"type":"Feature","properties":{"highway":"residential"},"geometry":)"
        R"({"type":"MultiLineString","coordinates":[[[11.9,57.7],[-11.80001,57.6]]]}}]})"
    );
}

TEST_CASE("a map stays within its bytes: kinds that do not fit are left out") {
    std::string features = way("motorway", "[[12,57],[12.1,57]]");
    for (int i = 0; i < 100; ++i)
        features += "," + way("residential", "[[11.9,57.7],[11.8,57.6]]");
    auto in = map_of(features);
    auto const map = read_road_map(in, 1000);
    REQUIRE(map.ok());
    CHECK(map.value().size() <= 1000);
    CHECK(map.value().find("motorway") != std::string::npos);
    CHECK(map.value().find("residential") == std::string::npos);
    auto path = map_of(way("footway", "[[1,1],[2,2]]"));
    CHECK(read_road_map(path).error().detail == "the map has no road that is drawn");
}

TEST_CASE("the map of Gothenburg fits whole") {
    char const* const path = std::getenv("POSTHASTE_MAP");  // NOLINT(concurrency-mt-unsafe): a test
    std::ifstream in{path == nullptr ? "" : path};
    if (!in) {
        MESSAGE("skipped: no map; tools/fetch_map gets it");
        return;
    }
    auto const map = read_road_map(in);
    REQUIRE(map.ok());
    CHECK(map.value().size() < 1'000'000);
    CHECK(map.value().find("residential") != std::string::npos);
}

}  // namespace posthaste::demand
