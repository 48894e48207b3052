// Agents: put, found, asked, and what they may answer.
#include "api/conditions.hpp"
#include "api/json.hpp"
#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::header;
using testing::here;
using testing::holds;
using testing::is_problem;
using testing::make_job;
using testing::member;
using testing::offer_of;

TEST_CASE("agents are put, found around a place and in a rectangle, and removed") {
    City city;
    auto const anna = city.make_agent("anna", here);
    city.make_agent("bob", {580'000'000, 119'700'000});
    auto const near = get(city, "/v1/agents?near=57.7,11.97&radius=2000", city.viewer);
    CHECK(holds(near, "anna"));
    CHECK(holds(near, "\"distance\":0"));
    CHECK_FALSE(holds(near, "bob"));
    auto const box = get(city, "/v1/agents?bbox=11.9,57.9,12,58.1", city.viewer);
    CHECK(holds(box, "bob"));
    CHECK_FALSE(holds(box, "anna"));
    for (auto const* const bad :
         {"near=57.7",
          "near=x,y",
          "near=91,0",
          "bbox=1,2,3",
          "bbox=12,58,11,57",
          "status=asleep",
          "radius=far",
          "near=1,2,"})
        CHECK(is_problem(get(city, std::string{"/v1/agents?"} + bad, city.viewer), 400, "bad_query")
        );
    auto const known = get(city, "/v1/agents/anna", city.viewer);
    CHECK(member(known, "id") == anna);
    CHECK(get(city, "/v1/agents/" + anna, city.viewer).status == 200);
    CHECK(is_problem(get(city, "/v1/agents/carl", city.viewer), 404, "not_found"));
    auto const put = [&](std::string body, std::vector<Field> headers = {}) {
        return city.ask(
            {Method::put, "/v1/agents/anna", city.dispatcher, std::move(body), std::move(headers)}
        );
    };
    CHECK(put(R"({"home":{"lat":57.7,"lon":11.97},"person":{"name":"Anna"}})").status == 200);
    CHECK(member(get(city, "/v1/agents/anna/person", city.dispatcher), "name") == "Anna");
    CHECK(is_problem(get(city, "/v1/agents/anna/person", city.viewer), 403, "forbidden"));
    CHECK(is_problem(put("{}"), 422, "invalid"));
    CHECK(is_problem(
        put(R"({"home":{"lat":57.7,"lon":11.97}})", {{"if-match", "\"1\""}}),
        412,
        "version_conflict"
    ));
    auto const remove = [&](std::string const& version) {
        return city.ask(
            {Method::erase, "/v1/agents/anna", city.dispatcher, {}, {{"if-match", version}}}
        );
    };
    CHECK(is_problem(remove(header(known, "ETag")), 412, "version_conflict"));
    CHECK(remove(header(get(city, "/v1/agents/anna", city.viewer), "ETag")).status == 200);
    CHECK(
        is_problem(city.ask({Method::erase, "/v1/agents/anna", city.dispatcher}), 404, "not_found")
    );
}

TEST_CASE("an agent is asked, answers, works, and cannot answer for others") {
    City city;
    auto const anna = city.make_agent("anna", here);
    auto const phone = city.make_key("acme", "agent", anna);
    auto const job = make_job(city);
    auto const [offer, attempt] = offer_of(city, anna);
    auto const offers = "/v1/offers/" + offer;
    CHECK(get(city, "/v1/agents/" + anna + "/pending", phone).status == 200);
    CHECK(get(city, "/v1/jobs/" + job, phone).status == 200);
    CHECK(is_problem(get(city, "/v1/jobs/" + job + "/contact", phone), 403, "forbidden"));
    auto const bob = city.make_agent("bob", {580'000'000, 119'700'000});
    auto const others = city.make_key("acme", "agent", bob);
    auto const yes = R"({"attempt":")" + attempt + "\"}";
    CHECK(is_problem(city.ask({Method::post, offers + "/accept", others, yes}), 403, "not_allowed")
    );
    CHECK(is_problem(get(city, "/v1/agents/" + anna + "/pending", others), 403, "forbidden"));
    CHECK(is_problem(get(city, "/v1/jobs/" + job, others), 403, "forbidden"));
    CHECK(city.ask({Method::post, offers + "/receipt", phone}).status == 200);
    CHECK(is_problem(city.ask({Method::post, offers + "/accept", phone}), 422, "invalid"));
    CHECK(city.ask({Method::post, offers + "/accept", phone, yes}).status == 200);
    CHECK(is_problem(city.ask({Method::post, offers + "/decline", phone, yes}), 409, "offer_closed")
    );
    auto const document = parse_json(get(city, "/v1/jobs/" + job, city.viewer).content());
    auto const assignment =
        document.value().member("assignments")->elements.at(0).member("id")->text;
    auto const work = "/v1/assignments/" + assignment;
    auto const step = [&](std::string to) {
        return city.ask(
            {Method::post,
             work + "/transitions",
             phone,
             R"({"job":")" + job + R"(","to":")" + to + "\"}"}
        );
    };
    CHECK(step("en_route").status == 200);
    CHECK(is_problem(step("completed"), 409, "transition_unknown"));
    CHECK(step("arrived").status == 200);
    CHECK(step("on_board").status == 200);
    CHECK(city.ask({Method::post, work + "/stops", phone, R"({"stop":0})"}).status == 200);
    CHECK(is_problem(
        city.ask({Method::post, work + "/stops", phone, R"({"stop":9})"}), 422, "malformed"
    ));
    CHECK(is_problem(
        city.ask({Method::post, work + "/release", phone, "{}"}), 409, "transition_unknown"
    ));
    CHECK(step("completed").status == 200);
    CHECK(member(get(city, "/v1/jobs/" + job, city.viewer), "state") == "completed");
}

TEST_CASE("a declined and a released job is matched again; a person may decide") {
    City city;
    auto const anna = city.make_agent("anna", here);
    auto const job = make_job(city);
    auto const [offer, attempt] = offer_of(city, anna);
    auto const no = R"({"attempt":")" + attempt + R"(","reason":"tired"})";
    CHECK(
        city.ask({Method::post, "/v1/offers/" + offer + "/decline", city.dispatcher, no}).status ==
        200
    );
    auto const bob = city.make_agent("bob", {577'000'000, 119'800'000});
    auto const path = "/v1/jobs/" + job;
    auto const assign = [&](std::string const& agent) {
        return city.ask(
            {Method::post, path + "/assign", city.dispatcher, R"({"agent":")" + agent + "\"}"}
        );
    };
    CHECK(is_problem(assign("1"), 404, "agent_unknown"));
    CHECK(assign(bob).status == 200);
    auto const document = parse_json(get(city, path, city.viewer).content());
    auto const assignment =
        document.value().member("assignments")->elements.at(0).member("id")->text;
    CHECK(
        city.ask({Method::post, "/v1/assignments/" + assignment + "/release", city.dispatcher})
            .status == 200
    );
    auto const why = get(city, path + "/decisions", city.viewer);
    CHECK(why.status == 200);
    CHECK(holds(why, "\"text\":"));
    city.catch_up();
    auto const history = get(city, path + "/history?limit=3", city.dispatcher);
    CHECK(holds(history, "JobCreated"));
    CHECK(!member(history, "next").empty());
    CHECK(is_problem(get(city, path + "/history", city.viewer), 403, "forbidden"));
    auto const plan =
        city.ask({Method::post, "/v1/plans", city.dispatcher, R"({"routes":[{"agent":"1"}]})"});
    CHECK(plan.status >= 400);
    CHECK(plan.status < 500);
}

}  // namespace
}  // namespace posthaste::api
