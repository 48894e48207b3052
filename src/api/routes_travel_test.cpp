// Reports of roads, and where travel times come from.
#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::holds;
using testing::is_problem;
using testing::member;

TEST_CASE("a dispatcher says that a road is closed, and takes it back") {
    City city;
    auto const flood =
        R"({"line":[{"lat":57.7,"lon":11.97},{"lat":57.71,"lon":11.97}],"reason":"flood"})";
    auto const post = [&](std::string const& key, std::string body) {
        return city.ask({Method::post, "/v1/road-reports", key, std::move(body)});
    };
    auto const made = post(city.dispatcher, flood);
    CHECK(made.status == 201);
    auto const id = member(made, "report");
    auto const list = get(city, "/v1/road-reports", city.viewer);
    CHECK(holds(list, "flood"));
    CHECK(holds(list, R"("kind":"closed")"));
    CHECK(holds(get(city, "/v1/snapshot", city.dispatcher), "flood"));
    CHECK(is_problem(post(city.viewer, flood), 403, "forbidden"));
    auto const nowhere = post(city.dispatcher, R"({"line":[]})");
    CHECK(is_problem(nowhere, 422, "malformed"));
    CHECK(member(nowhere, "field") == "line");
    CHECK(is_problem(post(city.dispatcher, "{}"), 400, "malformed"));

    auto const path = "/v1/road-reports/" + id;
    CHECK(is_problem(city.ask({Method::erase, path, city.viewer}), 403, "forbidden"));
    CHECK(city.ask({Method::erase, path, city.dispatcher}).status == 200);
    CHECK(is_problem(city.ask({Method::erase, path, city.dispatcher}), 404, "road_report_unknown"));
    CHECK_FALSE(holds(get(city, "/v1/road-reports", city.viewer), "flood"));
}

TEST_CASE("the source of travel times is told, on the board and by itself") {
    City city;
    CHECK(member(get(city, "/v1/travel", city.viewer), "source") == "great_circle");
    city.shard->observe({7, model::TravelSource::historical, [] {}});
    city.turn();
    CHECK(member(get(city, "/v1/travel", city.viewer), "source") == "historical");
    CHECK(holds(get(city, "/v1/snapshot", city.viewer), R"("travel_source":"historical")"));
}

}  // namespace
}  // namespace posthaste::api
