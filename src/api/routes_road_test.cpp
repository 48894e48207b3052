// What OSRM's clients ask, on a town of three streets.
#include "api/osrm_question.hpp"
#include "api/service_test.hpp"
#include "api/town_test.hpp"
#include "road/polyline.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::header;
using testing::holds;
using testing::is_problem;
using testing::member;

struct Town : City {
    explicit Town(bool open = false) {
        posthaste::testing::write_town(folder.path / "town.roads");
        open_roads(folder.path / "town.roads");
        service->open_roads = open;
        add_road_routes(router, *service);
    }
    JsonValue answer(std::string path) {
        auto const response = get(*this, std::move(path), viewer);
        INFO(response.content().substr(0, 1000));
        CHECK(response.status == 200);
        CHECK(header(response, "Content-Type") == "application/json");
        CHECK(header(response, "Access-Control-Allow-Origin") == "*");
        auto value = parse_json(response.content(), {.values_max = 1'000'000});
        REQUIRE(value.ok());
        CHECK(value.value().member("code")->text == "Ok");
        return std::move(value).value();
    }
    std::string refusal(std::string path) {
        auto const response = get(*this, std::move(path), viewer);
        CHECK(response.status == 400);
        CHECK(header(response, "Content-Type") == "application/json");
        CHECK_FALSE(member(response, "message").empty());
        return member(response, "code");
    }
};

JsonValue const& at(JsonValue const& value, std::string_view name) {
    auto const* const found = value.member(name);
    REQUIRE(found != nullptr);
    return *found;
}

double number(JsonValue const& value, std::string_view name) {
    return std::stod(at(value, name).text);
}

constexpr auto way = "11.905,57.701;11.92,57.695";  // Main Street, then south

TEST_CASE("a route has a line, legs and steps") {
    Town town;
    auto const said = town.answer(
        "/route/v1/driving/" + std::string{way} +
        "?steps=true&overview=full&geometries=geojson&annotations=true&alternatives=true"
    );
    REQUIRE(at(said, "routes").elements.size() == 1);
    auto const& route = at(said, "routes").elements[0];
    // About 940 m to the crossing and 556 m south, at 25 km/h: 3 min 36 s and a turn.
    CHECK(number(route, "distance") == doctest::Approx(1500).epsilon(0.02));
    CHECK(number(route, "duration") == doctest::Approx(218).epsilon(0.02));
    auto const& leg = at(route, "legs").elements.at(0);
    auto const& line = at(at(route, "geometry"), "coordinates").elements;
    CHECK(line.size() == 4);
    CHECK(line[2].elements[0].text == "11.92");
    CHECK(line[2].elements[1].text == "57.7");
    auto const& annotation = at(leg, "annotation");
    CHECK(at(annotation, "duration").elements.size() == 3);
    CHECK(std::stod(at(annotation, "speed").elements[1].text) == doctest::Approx(6.9));
    auto const& steps = at(leg, "steps").elements;
    REQUIRE(steps.size() == 3);
    CHECK(at(at(steps[0], "maneuver"), "type").text == "depart");
    CHECK(at(at(steps[1], "maneuver"), "type").text == "turn");
    CHECK(at(at(steps[1], "maneuver"), "modifier").text == "right");
    CHECK(at(steps[1], "name").text == "Side Street");
    CHECK(at(at(steps[2], "maneuver"), "type").text == "arrive");
    CHECK(at(leg, "summary").text == "Main Street, Side Street");
    auto const& waypoints = at(said, "waypoints").elements;
    REQUIRE(waypoints.size() == 2);
    CHECK(at(waypoints[0], "name").text == "Main Street");
}

TEST_CASE("a route's line in each form, and through several places") {
    Town town;
    std::string const path = "/route/v1/car/" + std::string{way} + ";11.935,57.7";
    auto const line = [&](std::string const& options) {
        return at(at(town.answer(path + options), "routes").elements[0], "geometry").text;
    };
    auto const five = road::decode(line("?overview=full"), road::Precision::five, 100);
    auto const six =
        road::decode(line("?overview=full&geometries=polyline6"), road::Precision::six, 100);
    REQUIRE(five);
    REQUIRE(six);
    CHECK(five->size() == 8);  // the place in the south once, the crossing twice
    CHECK(six->size() == five->size());
    CHECK(five->front() == road::Position{577'010'000, 119'050'000});
    CHECK_FALSE(line("").empty());
    auto const plain = town.answer(path + ".json?overview=false&skip_waypoints=true");
    CHECK(plain.member("waypoints") == nullptr);
    auto const& route = at(plain, "routes").elements[0];
    CHECK(route.member("geometry") == nullptr);
    CHECK(at(route, "legs").elements.size() == 2);
    // The same coordinates as a polyline.
    std::vector<road::Position> const places{
        {577'010'000, 119'050'000}, {576'950'000, 119'200'000}};
    auto const encoded = encode(places, road::Precision::five);
    auto const other = town.answer("/route/v1/car/polyline(" + encoded + ")");
    auto const usual = town.answer("/route/v1/car/" + std::string{way});
    CHECK(
        number(at(other, "routes").elements[0], "distance") ==
        number(at(usual, "routes").elements[0], "distance")
    );
}

TEST_CASE("a table of all, or of some, with distances when they are asked for") {
    Town town;
    std::string const path = "/table/v1/driving/" + std::string{way} + ";11.935,57.7";
    auto const all = town.answer(path);
    auto const& durations = at(all, "durations").elements;
    REQUIRE(durations.size() == 3);
    CHECK(durations[1].elements[1].text == "0");
    CHECK(all.member("distances") == nullptr);
    auto const some =
        town.answer(path + "?sources=0&destinations=1;2&annotations=duration,distance");
    REQUIRE(at(some, "durations").elements.size() == 1);
    CHECK(at(some, "durations").elements[0].elements[0].text == durations[0].elements[1].text);
    CHECK(at(some, "sources").elements.size() == 1);
    auto const& row = at(some, "distances").elements[0].elements;
    REQUIRE(row.size() == 2);
    auto const route = town.answer("/route/v1/driving/" + std::string{way} + "?overview=false");
    CHECK(std::stod(row[0].text) == number(at(route, "routes").elements[0], "distance"));
    CHECK(
        std::stod(durations[0].elements[1].text) ==
        number(at(route, "routes").elements[0], "duration")
    );
}

TEST_CASE("a large table is made beside the server's threads, and its size is bounded") {
    Town town;
    std::string places = "11.9,57.7";
    for (int i = 1; i < 500; ++i)
        places += ";" + std::to_string(11.9 + i * 0.00008) + ",57.7";
    auto const said = town.answer("/table/v1/car/" + places + "?skip_waypoints=true");
    auto const& durations = at(said, "durations").elements;
    REQUIRE(durations.size() == 500);
    CHECK(durations[499].elements.size() == 500);
    CHECK(durations[7].elements[7].text == "0");
    CHECK(town.refusal("/table/v1/car/" + places + "?annotations=distance") == "TooBig");
    CHECK(town.refusal("/table/v1/car/" + places + ";11.9,57.7") == "TooBig");
    CHECK(town.refusal("/route/v1/car/" + places) == "TooBig");
}

TEST_CASE("the nearest roads, with a heading when there is one") {
    Town town;
    auto const said = town.answer("/nearest/v1/driving/11.9205,57.7005?number=4");
    auto const& found = at(said, "waypoints").elements;
    REQUIRE(found.size() == 4);
    CHECK(number(found[0], "distance") <= number(found[1], "distance"));
    // 55 m to Main Street, 30 m to Side Street.
    CHECK(at(found[0], "name").text == "Side Street");
    auto const along = town.answer("/nearest/v1/driving/11.9205,57.7005?bearings=90,20");
    CHECK(at(at(along, "waypoints").elements[0], "name").text == "Main Street");
    CHECK(town.refusal("/nearest/v1/driving/11.9205,57.7005?bearings=45,10") == "NoSegment");
    CHECK(town.refusal("/nearest/v1/driving/11.9205,57.7005?radiuses=20") == "NoSegment");
    CHECK(town.refusal("/nearest/v1/driving/12.9,57.7") == "NoSegment");
}

TEST_CASE("what cannot be answered is refused as OSRM does") {
    Town town;
    struct Row {
        std::string path;
        std::string code;
    };
    std::string const route = "/route/v1/driving/";
    auto const table = "/table/v1/driving/" + std::string{way};
    std::vector<Row> const rows{
        {"/route/v1/boat/" + std::string{way}, "InvalidUrl"},
        {"/route/v1/foot/" + std::string{way}, "NotImplemented"},
        {route + "11.9", "InvalidUrl"},
        {route + "11.9,57.7;", "InvalidUrl"},
        {route + "a,b;c,d", "InvalidUrl"},
        {route + "1,2,3;4,5", "InvalidUrl"},
        {route + "11.9,57.7", "InvalidOptions"},
        {route + "11.9,57.7;11.9,97.7", "InvalidValue"},
        {route + "polyline(x", "InvalidUrl"},
        {route + "polyline(a b)", "InvalidUrl"},
        {route + way + "?steps=perhaps", "InvalidQuery"},
        {route + way + "?geometries=wkt", "InvalidQuery"},
        {route + way + "?overview=true", "InvalidQuery"},
        {route + way + "?annotations=nodes", "NotImplemented"},
        {route + way + "?annotations=colour", "InvalidQuery"},
        {route + way + "?exclude=toll", "NotImplemented"},
        {route + way + "?sources=0", "InvalidQuery"},
        {route + way + "?radiuses=5", "InvalidOptions"},
        {route + way + "?radiuses=-5;", "InvalidQuery"},
        {route + way + "?bearings=400,20;", "InvalidQuery"},
        {route + way + "?approaches=curb;left", "InvalidQuery"},
        {route + "11.9,57.7;13.9,57.7", "NoSegment"},
        {table + "?sources=2", "InvalidOptions"},
        {table + "?destinations=x", "InvalidQuery"},
        {table + "?annotations=speed", "InvalidQuery"},
        {"/nearest/v1/driving/" + std::string{way}, "TooBig"},
        {"/nearest/v1/driving/11.9,57.7?number=0", "InvalidValue"},
        {"/nearest/v1/driving/11.9,57.7?number=101", "TooBig"},
    };
    for (auto const& row : rows) {
        INFO(row.path);
        CHECK(town.refusal(row.path) == row.code);
    }
}

TEST_CASE("everybody of a tenant may ask, nobody without a key unless the roads are open") {
    Town town;
    std::string const path = "/nearest/v1/driving/11.9,57.7";
    auto const anna = town.make_agent("anna", testing::here);
    auto const phone = town.make_key("acme", "agent", anna);
    for (auto const& key : {town.viewer, town.dispatcher, town.stranger, phone})
        CHECK(get(town, path, key).status == 200);
    CHECK(is_problem(get(town, path, ""), 401, "unauthenticated"));
    CHECK(is_problem(get(town, path, town.operators), 403, "forbidden"));
    CHECK(get(town, path + "?key=" + phone, "").status == 200);
    Town open{true};
    CHECK(get(open, path, "").status == 200);
    CHECK(holds(get(open, path, ""), "Main Street"));
}

TEST_CASE("a server without roads says so") {
    City city;
    add_road_routes(city.router, *city.service);
    auto const response = get(city, "/route/v1/driving/" + std::string{way}, city.viewer);
    CHECK(response.status == 400);
    CHECK(member(response, "code") == "NotImplemented");
}

}  // namespace
}  // namespace posthaste::api
