// Isochrones, tiles and search, on a village with houses.
#include <fstream>

#include "api/road_map.hpp"
#include "api/service_test.hpp"
#include "base/prng.hpp"
#include "road/file.hpp"
#include "road/import.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::header;
using testing::holds;
using testing::is_problem;

// Main Street runs 1.2 km to the east, Side Street 1.1 km to the north from its beginning.
constexpr std::string_view map_of_village = R"xml(<osm>
<node id="1" lat="57.7" lon="11.9"/><node id="2" lat="57.7" lon="11.91"/>
<node id="3" lat="57.7" lon="11.92"/><node id="4" lat="57.71" lon="11.9"/>
<node id="5" lat="57.7002" lon="11.902"><tag k="addr:street" v="Main Street"/>
<tag k="addr:housenumber" v="7"/></node>
<node id="6" lat="57.701" lon="11.905"><tag k="place" v="village"/><tag k="name" v="Åby"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/>
<tag k="name" v="Main Street"/></way>
<way id="11"><nd ref="1"/><nd ref="4"/><tag k="highway" v="residential"/>
<tag k="name" v="Side Street"/></way></osm>)xml";

struct Village : City {
    explicit Village(bool open = false) {
        auto const map = folder.path / "village.osm";
        std::ofstream{map} << map_of_village;
        road::ImportReport report;
        auto columns = road::import_network(map, {}, report);
        REQUIRE(columns.ok());
        auto const file = folder.path / "village.roads";
        REQUIRE(road::write_network(columns.value(), road::motor_profiles, file).ok());
        open_roads(file);
        service->open_roads = open;
        add_road_routes(router, *service);
    }
    JsonValue features(std::string path) {
        auto const response = get(*this, std::move(path), viewer);
        INFO(response.content().substr(0, 1000));
        REQUIRE(response.status == 200);
        CHECK(header(response, "Content-Type") == "application/geo+json");
        CHECK(header(response, "Access-Control-Allow-Origin") == "*");
        auto value = parse_json(response.content(), {.values_max = 1'000'000});
        REQUIRE(value.ok());
        return *value.value().member("features");
    }
    bool refuses(std::string path, int status = 400) {
        auto const response = get(*this, std::move(path), viewer);
        CHECK(header(response, "Access-Control-Allow-Origin") == "*");
        CHECK(header(response, "Content-Type") == "application/problem+json");
        CHECK_FALSE(testing::member(response, "detail").empty());
        return response.status == status;
    }
};

std::string property(JsonValue const& feature, std::string_view name) {
    auto const* const found = feature.member("properties")->member(name);
    return found == nullptr ? "" : found->text;
}

JsonValue const& coordinates(JsonValue const& feature) {
    return *feature.member("geometry")->member("coordinates");
}

TEST_CASE("isochrones come with the longest first, as areas or as borders") {
    Village village;
    std::string const path = "/isochrone/v1/driving/11.9,57.7?contours_minutes=1,2";
    auto const areas = village.features(path + "&polygons=true").elements;
    REQUIRE(areas.size() == 2);
    CHECK(property(areas[0], "contour") == "2");
    CHECK(property(areas[1], "contour") == "1");
    CHECK(property(areas[0], "metric") == "time");
    CHECK(areas[0].member("geometry")->member("type")->text == "MultiPolygon");
    // 65 km/h on the main road, 25 on the other: in a minute 1,083 m and 417 m.
    double east = 0;
    double north = 0;
    REQUIRE(coordinates(areas[1]).elements.size() == 1);
    for (auto const& place : coordinates(areas[1]).elements[0].elements[0].elements) {
        east = std::max(east, std::stod(place.elements[0].text));
        north = std::max(north, std::stod(place.elements[1].text));
    }
    CHECK(east == doctest::Approx(11.9 + 1083 / 59'500.0).epsilon(0.0001));
    CHECK(north == doctest::Approx(57.7 + 417 / 111'200.0).epsilon(0.0001));
    auto const borders = village.features(path).elements;
    CHECK(borders[0].member("geometry")->member("type")->text == "MultiLineString");
    auto const towards = village.features(path + "&direction=to").elements;
    CHECK(towards.size() == 2);
}

TEST_CASE("what cannot be asked of isochrones is said") {
    Village village;
    std::string const path = "/isochrone/v1/car/11.9,57.7";
    for (auto const* const wrong :
         {"",
          "?contours_minutes=",
          "?contours_minutes=0",
          "?contours_minutes=121",
          "?contours_minutes=5,5",
          "?contours_minutes=10,5",
          "?contours_minutes=1,2,3,4,5",
          "?contours_minutes=x",
          "?contours_minutes=1.5",
          "?contours_minutes=5&polygons=yes",
          "?contours_minutes=5&direction=up",
          "?contours_minutes=5&contours_meters=100",
          "?contours_minutes=5&generalize=10"}) {
        INFO(wrong);
        CHECK(village.refuses(path + wrong));
    }
    CHECK(village.refuses("/isochrone/v1/boat/11.9,57.7?contours_minutes=5"));
    CHECK(village.refuses("/isochrone/v1/foot/11.9,57.7?contours_minutes=5"));
    CHECK(village.refuses("/isochrone/v1/car/11.9?contours_minutes=5"));
    CHECK(village.refuses("/isochrone/v1/car/11.9,97.7?contours_minutes=5"));
    CHECK(village.refuses("/isochrone/v1/car/11.9,57.7;11.9,57.7?contours_minutes=5"));
    CHECK(village.refuses("/isochrone/v1/car/15.9,57.7?contours_minutes=5"));
}

TEST_CASE("tiles hold the roads, are kept by who has them, and are nothing where nothing is") {
    Village village;
    std::string const path = "/tiles/14/8734/4960.mvt";
    auto const tile = get(village, path, village.viewer);
    REQUIRE(tile.status == 200);
    CHECK(header(tile, "Content-Type") == "application/vnd.mapbox-vector-tile");
    CHECK(header(tile, "Cache-Control") == "private, max-age=3600");
    CHECK(header(tile, "Access-Control-Allow-Origin") == "*");
    CHECK(holds(tile, "Main Street"));
    CHECK(holds(tile, "primary"));
    testing::Asked again{.path = path, .key = village.viewer};
    again.headers = {{"if-none-match", header(tile, "ETag")}};
    CHECK(village.ask(again).status == 304);
    again.headers = {{"accept-encoding", "gzip"}};
    auto const small = village.ask(again);
    CHECK(header(small, "Content-Encoding") == "gzip");
    auto const empty = get(village, "/tiles/14/0/0.mvt", village.viewer);
    CHECK(empty.status == 204);
    CHECK(empty.content().empty());
    CHECK(get(village, "/tiles/8/136/77.mvt", village.viewer).status == 200);
    for (auto const* const wrong :
         {"/tiles/14/16384/0.mvt", "/tiles/23/0/0.mvt", "/tiles/a/0/0.mvt", "/tiles/1/-1/0.mvt"}) {
        INFO(wrong);
        CHECK(village.refuses(wrong, 404));
    }
    CHECK(get(village, "/tiles/1/0/0.png", village.viewer).status == 404);
    CHECK(get(village, "/tiles/1/0/.mvt", village.viewer).status == 404);
}

TEST_CASE("the tiles' document says where they are, and what is in them") {
    Village village;
    testing::Asked asked{.path = "/tiles.json?key=" + village.viewer};
    asked.headers = {{"host", "dispatch.example:8080"}, {"x-forwarded-proto", "https"}};
    auto const response = village.ask(asked);
    REQUIRE(response.status == 200);
    auto const json = parse_json(response.content());
    REQUIRE(json.ok());
    CHECK(
        json.value().member("tiles")->elements.at(0).text ==
        "https://dispatch.example:8080/tiles/{z}/{x}/{y}.mvt?key=" + village.viewer
    );
    auto const& bounds = json.value().member("bounds")->elements;
    CHECK(bounds.at(0).text == "11.9");
    CHECK(bounds.at(3).text == "57.71");
    CHECK(json.value().member("vector_layers")->elements.size() == 3);
    asked.headers = {{"host", "evil\"/><script>"}};
    CHECK_FALSE(holds(village.ask(asked), "script"));
}

TEST_CASE("places, streets and houses are found, and are what is at a place") {
    Village village;
    auto const house = village.features("/search/v1?q=main+street+7").elements;
    REQUIRE(house.size() == 1);
    CHECK(property(house[0], "type") == "house");
    CHECK(property(house[0], "housenumber") == "7");
    CHECK(property(house[0], "street") == "Main Street");
    CHECK(property(house[0], "city") == "Åby");
    CHECK(property(house[0], "label") == "Main Street 7, Åby");
    CHECK(coordinates(house[0]).elements.at(0).text == "11.902");
    auto const place = village.features("/search/v1?q=aby").elements;
    CHECK(property(place.at(0), "type") == "village");
    auto const streets = village.features("/search/v1?q=street&limit=5").elements;
    CHECK(streets.size() == 2);
    CHECK(village.features("/search/v1?q=street&limit=1").elements.size() == 1);
    auto const near = village.features("/search/v1?q=street&lat=57.71&lon=11.9").elements;
    CHECK(property(near.at(0), "name") == "Side Street");
    auto const within =
        village.features("/search/v1?q=street&viewbox=11.89,57.703,11.91,57.72").elements;
    REQUIRE(within.size() <= 1);
    CHECK(village.features("/search/v1?q=nothing").elements.empty());
    auto const at_house = village.features("/reverse/v1?lat=57.7002&lon=11.9025").elements;
    REQUIRE(at_house.size() == 1);
    CHECK(property(at_house[0], "name") == "Main Street 7");
    CHECK(property(at_house[0], "distance") == "30");
    auto const at_street = village.features("/reverse/v1?lat=57.708&lon=11.901").elements;
    REQUIRE(at_street.size() == 1);
    CHECK(property(at_street[0], "name") == "Side Street");
    CHECK(property(at_street[0], "type") == "street");
    CHECK(village.features("/reverse/v1?lat=58&lon=11").elements.empty());
}

TEST_CASE("what cannot be searched is said, and whatever is typed is answered") {
    Village village;
    for (auto const* const wrong :
         {"/search/v1",
          "/search/v1?q=",
          "/search/v1?q=a&limit=51",
          "/search/v1?q=a&limit=x",
          "/search/v1?q=a&lat=57",
          "/search/v1?q=a&lat=99&lon=11",
          "/search/v1?q=a&viewbox=1,2,3",
          "/search/v1?q=a&bbox=1,2,3,4",
          "/reverse/v1",
          "/reverse/v1?lat=57",
          "/reverse/v1?lat=x&lon=y",
          "/reverse/v1?lat=57&lon=11&zoom=3"}) {
        INFO(wrong);
        CHECK(village.refuses(wrong));
    }
    Prng prng{42};
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (auto count = prng.below(60); count > 0; --count) {
            constexpr std::string_view digits = "0123456789abcdef";
            text += '%';
            text += digits[1 + prng.below(15)];
            text += digits[prng.below(16)];
        }
        auto const response = get(village, "/search/v1?q=" + text, village.viewer);
        CHECK((response.status == 200 || response.status == 400));
    }
}

TEST_CASE("who may ask for routes may ask for the map, and everybody where the roads are open") {
    std::vector<std::string> const paths{
        "/isochrone/v1/car/11.9,57.7?contours_minutes=1",
        "/tiles/14/8734/4960.mvt",
        "/tiles.json",
        "/search/v1?q=main",
        "/reverse/v1?lat=57.7&lon=11.9"};
    Village village;
    Village open{true};
    City without;
    add_road_routes(without.router, *without.service);
    for (auto const& path : paths) {
        INFO(path);
        CHECK(get(village, path, village.viewer).status == 200);
        CHECK(is_problem(get(village, path, ""), 401, "unauthenticated"));
        CHECK(is_problem(get(village, path, village.operators), 403, "forbidden"));
        CHECK(get(open, path, "").status == 200);
        CHECK(get(without, path, without.viewer).status == 404);
    }
    auto const tile = get(open, paths[1], "");
    CHECK(header(tile, "Cache-Control") == "public, max-age=3600");
}

TEST_CASE("the map under the board is made of the roads, the widest first, and bounded") {
    Village village;
    auto const& network = village.service->roads->network();
    auto const map = parse_json(road_map(network));
    REQUIRE(map.ok());
    CHECK(map.value().member("copyright")->text == "(c) OpenStreetMap contributors, ODbL 1.0");
    auto const& features = map.value().member("features")->elements;
    REQUIRE(features.size() == 2);
    CHECK(property(features[0], "highway") == "primary");
    CHECK(property(features[1], "highway") == "residential");
    // A straight road is two places, whatever meets it.
    CHECK(coordinates(features[0]).elements.at(0).elements.size() == 2);
    auto const small = parse_json(road_map(network, 300));
    REQUIRE(small.ok());
    CHECK(small.value().member("features")->elements.size() == 1);
    CHECK(road_map(network, 10).find("\"features\":[]}") != std::string::npos);
}

}  // namespace
}  // namespace posthaste::api
