#include "demand/places.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace posthaste::demand {

namespace {

Result<Places> read(std::string const& features) {
    std::istringstream in{R"({"type":"FeatureCollection","features":[)" + features + "]}"};
    return read_places(in);
}

std::string const road =
    R"({"type":"Feature","properties":{"highway":"residential"},)"
    R"("geometry":{"type":"LineString","coordinates":[[11.9,57.7],[11.8,57.6]]}})";

}  // namespace

TEST_CASE("the places are the points of drivable roads, each once, with their rectangle") {
    // Two roads that share a point; members in another order; heights are read past.
    auto const places = read(
        road + R"(,{"geometry":{"coordinates":[[11.9,57.7,12.5],[12.0,57.65,3]],)"
               R"("type":"LineString"},"properties":{"highway":"primary","lanes":2}})"
    );
    REQUIRE(places.ok());
    CHECK(
        places.value().nodes ==
        std::vector<model::Position>{
            {576'000'000, 118'000'000}, {576'500'000, 120'000'000}, {577'000'000, 119'000'000}}
    );
    CHECK(places.value().south_west == model::Position{576'000'000, 118'000'000});
    CHECK(places.value().north_east == model::Position{577'000'000, 120'000'000});
}

TEST_CASE("footpaths, areas, points and closed roads are not places") {
    std::string const others =
        R"({"properties":{"highway":"footway"},)"
        R"("geometry":{"type":"LineString","coordinates":[[1,1],[2,2]]}},)"
        R"({"properties":{"highway":"service","access":"no"},)"
        R"("geometry":{"type":"LineString","coordinates":[[1,1],[2,2]]}},)"
        R"({"properties":{"highway":"residential"},)"
        R"("geometry":{"type":"Polygon","coordinates":[[[1,1],[2,2],[1,1]]]}},)"
        R"({"properties":{"highway":"residential"},)"
        R"("geometry":{"type":"Point","coordinates":[1,1]}})";
    CHECK(read(others).error().detail == "the map has no road that one may drive");
    CHECK(read(road + "," + others).value().nodes.size() == 2);
}

TEST_CASE("what is no map is an error") {
    CHECK(read("7").error().detail == "a feature is an object");
    std::istringstream list{"[]"};
    CHECK(read_places(list).error().detail == "GeoJSON begins with an object");
    CHECK(
        read(R"({"geometry":{"type":"LineString","coordinates":[[11.9,97.7]]}})").error().detail ==
        "[11.9, 97.7] is not on the earth"
    );
}

TEST_CASE("the map of Gothenburg") {
    char const* const path = std::getenv("POSTHASTE_MAP");  // NOLINT(concurrency-mt-unsafe): a test
    std::ifstream in{path == nullptr ? "" : path};
    if (!in) {
        MESSAGE("skipped: no map; tools/fetch_map gets it");
        return;
    }
    auto const places = read_places(in);
    REQUIRE(places.ok());
    // Counted by another program over the same file.
    CHECK(places.value().nodes.size() == 48'748);
}

}  // namespace posthaste::demand
