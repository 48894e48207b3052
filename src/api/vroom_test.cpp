#include <doctest/doctest.h>

#include "api/json_value.hpp"
#include "api/service_test.hpp"
#include "api/town_test.hpp"
#include "api/vroom_answer.hpp"
#include "api/vroom_question.hpp"
#include "api/vroom_travel.hpp"

namespace posthaste::api {

namespace {

VroomQuestion read(std::string_view text) {
    auto read = read_vroom(text);
    INFO((read.ok() ? std::string{} : read.error().detail));
    REQUIRE(read.ok());
    return std::move(read).value();
}

std::string error_of(std::string_view text) {
    auto const read = read_vroom(text);
    REQUIRE(!read.ok());
    return read.error().detail;
}

using Path = std::vector<std::variant<std::string, std::size_t>>;

/// Of what was written: {"routes", 0, "code"} as text.
std::string at(std::string const& json, Path const& path) {
    auto const document = parse_json(json);
    REQUIRE(document.ok());
    auto const* value = &document.value();
    for (auto const& step : path) {
        if (auto const* name = std::get_if<std::string>(&step)) {
            value = value->member(*name);
            REQUIRE(value != nullptr);
        } else {
            REQUIRE(value->elements.size() > std::get<std::size_t>(step));
            value = &value->elements[std::get<std::size_t>(step)];
        }
    }
    return value->text;
}

// VROOM's own second example.
std::string const example = R"({
  "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
  "jobs": [{"id": 1414, "location_index": 1}, {"id": 1515, "location_index": 2}],
  "matrices": {"car": {"durations":
    [[0,2104,197,1299],[2103,0,2255,3152],[197,2256,0,1102],[1299,3153,1102,0]]}}
})";

std::string const everything = R"({
  "vehicles": [{
    "id": 7, "description": "van", "profile": "car", "start_index": 0, "end_index": 0,
    "capacity": [10, 4], "skills": [3, 900], "time_window": [100, 5000], "type": "old",
    "costs": {"fixed": 50, "per_hour": 7200, "per_km": 100}, "speed_factor": 2.0,
    "max_tasks": 9, "max_travel_time": 4000, "max_distance": 99000,
    "breaks": [{"id": 2, "time_windows": [[900, 950]], "service": 30},
               {"id": 1, "time_windows": [[300, 400]], "service": 60, "description": "tea"}],
    "steps": [{"type": "start"}, {"type": "pickup", "id": 5}, {"type": "job", "id": 5},
              {"type": "delivery", "id": 6}, {"type": "end"}]
  }, {"id": 8, "end_index": 1, "capacity": [1]}],
  "jobs": [{"id": 5, "location_index": 1, "service": 20, "service_per_type": {"old": 35},
            "delivery": [2, 1], "pickup": [0, 1], "skills": [900], "priority": 10,
            "time_windows": [[200, 300], [1000, 1100]]}],
  "shipments": [{"pickup": {"id": 5, "location_index": 1, "service": 3},
                 "delivery": {"id": 6, "location_index": 2}, "amount": [3], "skills": [17]}],
  "matrices": {"car": {"durations": [[0,60,81],[60,0,20],[80,20,0]],
                       "distances": [[0,600,800],[600,0,200],[800,200,0]]}}
})";

std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const found = text.find(from);
    REQUIRE(found != std::string::npos);
    return text.replace(found, from.size(), to);
}

}  // namespace

TEST_CASE("VROOM's example is read, and answered as VROOM does") {
    auto const question = read(example);
    REQUIRE(question.problem.jobs.size() == 2);
    CHECK(question.problem.place_count == 4);
    CHECK(question.problem.leg(0, 1, 2).time == 2255);
    auto const answer = write_vroom(question, {{{0, 0}, {1, 0}}});
    CHECK(at(answer, {"code"}) == "0");
    CHECK(at(answer, {"summary", "cost"}) == "5461");
    CHECK(at(answer, {"summary", "duration"}) == "5461");
    CHECK(at(answer, {"routes", 0U, "steps", 0U, "type"}) == "start");
    CHECK(at(answer, {"routes", 0U, "steps", 1U, "id"}) == "1414");
    CHECK(at(answer, {"routes", 0U, "steps", 1U, "arrival"}) == "2104");
    CHECK(at(answer, {"routes", 0U, "steps", 2U, "duration"}) == "4359");
    CHECK(at(answer, {"routes", 0U, "steps", 3U, "location_index"}) == "3");
    CHECK(at(answer, {"routes", 0U, "steps", 3U, "arrival"}) == "5461");
    auto const less = write_vroom(question, {{{0, 0}}});
    CHECK(at(less, {"summary", "unassigned"}) == "1");
    CHECK(at(less, {"unassigned", 0U, "id"}) == "1515");
    CHECK(at(less, {"unassigned", 0U, "reason"}) == "no_room");
}

TEST_CASE("an unassigned task says what would have to give, and where") {
    // 1414 by 2104 is just kept. Behind it 1515 begins at 4359, 359 late; before it, 1414 at 2453,
    // 349 late, for 5605 instead of 5256.
    auto text = with(example, R"("id": 1414, )", R"("id": 1414, "time_windows": [[0, 2104]], )");
    text = with(text, R"("id": 1515, )", R"("id": 1515, "time_windows": [[0, 4000]], )");
    auto const answer = write_vroom(read(text), {{{0, 0}}});
    CHECK(at(answer, {"unassigned", 0U, "id"}) == "1515");
    CHECK(at(answer, {"unassigned", 0U, "needs", "vehicle"}) == "0");
    CHECK(at(answer, {"unassigned", 0U, "needs", "cost"}) == "349");
    CHECK(at(answer, {"unassigned", 0U, "needs", "give", 0U, "rule"}) == "window");
    CHECK(at(answer, {"unassigned", 0U, "needs", "give", 0U, "id"}) == "1414");
    CHECK(at(answer, {"unassigned", 0U, "needs", "give", 0U, "by"}) == "349");
}

TEST_CASE("everything VROOM can say has its place in the problem") {
    auto const question = read(everything);
    auto const& problem = question.problem;
    auto const& vehicle = problem.vehicles[0];
    CHECK(vehicle.shift == plan::Window{100, 5000});
    CHECK(vehicle.capacity == plan::Amounts{10, 4, 0, 0});
    CHECK(vehicle.fixed == 50 * vroom_cost_scale);
    CHECK(vehicle.per_time == 2 * vroom_cost_scale * 1000);  // 7200 an hour is 2 a second
    CHECK(vehicle.per_distance == 100 * vroom_cost_scale);   // 0.1 a metre, per mille
    CHECK(vehicle.visits_max == 9);
    CHECK(vehicle.driving_max == 4000);
    CHECK(vehicle.distance_max == 99'000);
    REQUIRE(vehicle.breaks.size() == 2);
    CHECK(vehicle.breaks[0].duration == 60);  // the earlier comes first
    CHECK(question.vehicles[0].breaks[0].description == "tea");
    CHECK(vehicle.route == std::vector<plan::Stop>{{1, 0}, {0, 0}, {1, 1}});
    CHECK(!problem.vehicles[1].start);
    CHECK(problem.vehicles[1].end == 1);
    CHECK(problem.vehicles[1].profile == 1);            // the same roads at another speed
    CHECK(problem.leg(0, 0, 2) == plan::Leg{41, 800});  // 81 at twice the speed, rounded
    CHECK(problem.leg(1, 0, 2) == plan::Leg{81, 800});
    auto const& job = problem.jobs[0];
    CHECK(job.visits[0].windows == std::vector<plan::Window>{{200, 300}, {1000, 1100}});
    CHECK(job.visits[0].service_by_class == std::vector<plan::Time>{20, 35});
    CHECK(vehicle.service_class == 1);
    CHECK(job.visits[0].dropoff == plan::Amounts{2, 1, 0, 0});
    CHECK(job.visits[0].pickup == plan::Amounts{0, 1, 0, 0});
    CHECK((job.skills & ~vehicle.skills) == 0);
    CHECK((problem.jobs[1].skills & ~vehicle.skills) != 0);
    // Ten of priority outweigh all tasks there are: 10 x (3 + 1) + 1, and 2 x (0 + 1).
    CHECK(job.weight == 41);
    CHECK(problem.jobs[1].weight == 2);
    CHECK(question.needs_distances);
    auto const answer = write_vroom(question, {{{0, 0}}, {}});
    CHECK(at(answer, {"unassigned", 1U, "reason"}) == "skills");  // nobody has 17
    CHECK(at(answer, {"summary", "distance"}) == "1200");
    // 50, twice 30 seconds at 2, and 1.2 km at 100.
    CHECK(at(answer, {"summary", "cost"}) == "290");
    CHECK(at(answer, {"routes", 0U, "steps", 1U, "arrival"}) == "200");
    CHECK(at(answer, {"routes", 0U, "steps", 1U, "service"}) == "35");
    CHECK(at(answer, {"routes", 0U, "steps", 0U, "load", 0U}) == "2");
}

TEST_CASE("what was driven by a break is no more than by the place after it") {
    std::string const text = R"({
      "vehicles": [{"id": 1, "start_index": 0, "end_index": 0,
                    "breaks": [{"id": 4, "time_windows": [[130, 140]], "service": 10},
                               {"id": 3, "time_windows": [[400, 500]], "service": 10}]}],
      "jobs": [{"id": 1, "location_index": 1, "service": 5, "time_windows": [[450, 460]]},
               {"id": 2, "location_index": 1, "time_windows": [[100, 100]]}],
      "matrices": {"car": {"durations": [[0, 60], [60, 0]]}}})";
    auto const answer = write_vroom(read(text), {{{1, 0}, {0, 0}}});
    // There at 100, waiting through both breaks with nothing to drive; then home.
    CHECK(at(answer, {"routes", 0U, "steps", 1U, "duration"}) == "60");
    CHECK(at(answer, {"routes", 0U, "steps", 2U, "type"}) == "break");
    CHECK(at(answer, {"routes", 0U, "steps", 2U, "id"}) == "4");
    CHECK(at(answer, {"routes", 0U, "steps", 2U, "duration"}) == "60");
    CHECK(at(answer, {"routes", 0U, "steps", 2U, "arrival"}) == "130");
    CHECK(at(answer, {"routes", 0U, "steps", 3U, "duration"}) == "60");
    CHECK(at(answer, {"routes", 0U, "steps", 4U, "arrival"}) == "410");
    CHECK(at(answer, {"routes", 0U, "steps", 4U, "waiting_time"}) == "40");
    CHECK(at(answer, {"routes", 0U, "steps", 5U, "duration"}) == "120");
}

TEST_CASE("what is wrong is told by its path") {
    CHECK(error_of("[") != "");
    CHECK(error_of("{}") == "vehicles is required");
    CHECK(error_of(R"({"vehicles":[]})").find("vehicles") != std::string::npos);
    CHECK(
        error_of(with(example, "\"id\": 0,", "\"id\": 0, \"wings\": 2,")) ==
        "vehicles[0].wings is not a field of this"
    );
    CHECK(
        error_of(with(example, "\"location_index\": 2", "\"location_index\": 4")) ==
        "jobs[1].location_index must be a row of the matrices"
    );
    CHECK(error_of(with(example, "1515", "1414")) == "jobs[1].id is there twice");
    CHECK(
        error_of(with(example, "\"start_index\": 0, \"end_index\": 3", "\"type\": \"a\"")) ==
        "vehicles[0] must have a start or an end"
    );
    CHECK(error_of(with(example, "[1299,3153,1102,0]", "[1299,3153,1102]"))
              .starts_with("matrices.car.durations[3] must be as many"));
    CHECK(error_of(with(everything, "[[200, 300]", "[[400, 300]"))
              .starts_with("jobs[0].time_windows[0] must be [start, end]"));
    CHECK(
        error_of(with(everything, "\"service\": 20", "\"setup\": 5")) ==
        "jobs[0].setup is not supported: add it to the service"
    );
    CHECK(
        error_of(with(everything, "\"amount\": [3]", "\"amount\": [3, 1, 1]")) ==
        "shipments[0].amount must not be longer than the vehicles' capacity, and four at most"
    );
    CHECK(
        error_of(with(everything, "\"priority\": 10", "\"priority\": 101")) ==
        "jobs[0].priority must be 0 to 100"
    );
    CHECK(
        error_of(with(everything, "2.0", "5.01")) ==
        "vehicles[0].speed_factor must be a number from 0.01 to 5"
    );
    CHECK(error_of(with(everything, "\"type\": \"job\"", "\"type\": \"jab\""))
              .starts_with("vehicles[0].steps[2].type must be start, job"));
    CHECK(error_of(with(everything, "\"distances\"", "\"costs\""))
              .starts_with("matrices.car.costs is not a field"));
    CHECK(vroom_error("no \"job\"") == R"({"code":2,"error":"no \"job\""})");
}

TEST_CASE("without matrices places are the coordinates, and legs great circles") {
    std::string const text = R"({
      "vehicles": [{"id": 1, "start": [12, 57], "end": [12, 57]}],
      "jobs": [{"id": 1, "location": [12, 57.1]}, {"id": 2, "location": [12, 57]}]})";
    auto question = read(text);
    REQUIRE(question.places.size() == 2);
    REQUIRE(find_legs(question, nullptr).ok());
    // A tenth of a degree is 11,119.5 m; 1.3 times that at 10 m/s.
    CHECK(question.problem.leg(0, 0, 1).distance == 14'455);
    CHECK(question.problem.leg(0, 0, 1).time == 1446);
    CHECK(question.problem.leg(0, 0, 0).time == 0);
    auto const map = write_geojson(question, {{{0, 0}, {1, 0}}});
    REQUIRE(map.ok());
    CHECK(at(map.value(), {"features", 0U, "geometry", "type"}) == "LineString");
    CHECK(at(map.value(), {"features", 0U, "geometry", "coordinates", 1U, 1U}) == "57.1");
    CHECK(at(map.value(), {"features", 2U, "properties", "id"}) == "1");
    CHECK(
        error_of(with(text, "\"location\": [12, 57.1]", "\"service\": 3")) ==
        "jobs[0].location is required where there are no matrices"
    );
    CHECK(!write_geojson(read(example), {{{0, 0}}}).ok());
    auto plane =
        read(with(text, "\"id\": 1, \"start\"", "\"id\": 1, \"profile\": \"plane\", \"start\""));
    CHECK(find_legs(plane, nullptr).error().detail == "there is no profile plane");
}

TEST_CASE("on roads the way is the roads', and distances are found where they are priced") {
    testing::Folder const folder;
    auto const file = folder.path / "town.roads";
    posthaste::testing::write_town(file);
    auto const roads = road::Roads::open(file);
    REQUIRE(roads.ok());
    // From the east end of High Street to the south end of Side Street.
    std::string const text = R"({
      "vehicles": [{"id": 1, "start": [11.94, 57.7]}],
      "jobs": [{"id": 1, "location": [11.92, 57.69]}]})";
    auto question = read(text);
    REQUIRE(find_legs(question, roads.value().get()).ok());
    auto const time = question.problem.leg(0, 0, 1).time;
    CHECK(question.problem.leg(0, 0, 1).distance == 0);
    CHECK(!question.has_distances);
    question =
        read(with(text, "\"id\": 1, \"start\"", "\"id\": 1, \"costs\": {\"per_km\": 2}, \"start\"")
        );
    REQUIRE(find_legs(question, roads.value().get()).ok());
    CHECK(question.problem.leg(0, 0, 1).time == time);
    CHECK(question.problem.leg(0, 0, 0) == plan::Leg{});
    // Two hundredths of a degree west are 1,188 m there, one south is 1,112 m; corners are sharp.
    auto const distance = question.problem.leg(0, 0, 1).distance;
    CHECK(distance >= 2295);
    CHECK(distance <= 2305);
    CHECK(time > distance * 3600 / 1000 / 60);
    question = read(with(text, "[11.92, 57.69]", "[13, 57.69]"));
    CHECK(
        find_legs(question, roads.value().get()).error().detail ==
        "there is no road near [13,57.69]"
    );
    question =
        read(with(text, "\"id\": 1, \"start\"", "\"id\": 1, \"profile\": \"foot\", \"start\""));
    CHECK(
        find_legs(question, roads.value().get()).error().detail ==
        "the roads were not imported for foot"
    );
}

TEST_CASE("a benchmark's plan is written under its numbers") {
    auto read = plan::read_problem(
        "4 50 1\n0 0 0 0 0 100 0 0 0\n1 1 1 7 10 50 2 0 2\n2 3 4 -7 20 60 3 1 0\n"
    );
    REQUIRE(read.ok());
    auto const question = as_vroom(std::move(read).value());
    CHECK(question.tasks[0][1].id == 2);
    CHECK(question.tasks[0][1].kind == VroomTaskKind::delivery);
    // 1.41422 + 3.60556 + 5
    CHECK(
        write_solution(question, {{}, {{0, 0}, {0, 1}}, {}, {}}, 100'000) ==
        "Route #1: 1 2\nCost 10.01978\n"
    );
}

}  // namespace posthaste::api
