// Every route, with what it grants and what it refuses.
#include "api/conditions.hpp"
#include "api/json.hpp"
#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::Asked;
using testing::City;
using testing::header;
using testing::member;

constexpr model::Position here{577'000'000, 119'700'000};

std::string ride(std::string_view more = "") {
    return R"({"workflow":"ride","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
           R"({"place":{"lat":57.71,"lon":11.98}}])" +
           std::string{more} + "}";
}

std::string make_job(City& city, std::string_view more = "") {
    auto const made = city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(more)});
    REQUIRE(made.status == 202);
    return member(made, "job");
}

Response get(City& city, std::string path, std::string const& key) {
    return city.ask({Method::get, std::move(path), key});
}

bool is_problem(Response const& response, int status, std::string_view code) {
    CHECK(response.status == status);
    CHECK(header(response, "Content-Type") == "application/problem+json");
    return member(response, "code") == code;
}

bool holds(Response const& response, std::string_view text) {
    return response.content().find(text) != std::string_view::npos;
}

/// The first offer in the agent's inbox: its id and attempt.
std::pair<std::string, std::string> offer_of(City& city, std::string const& agent) {
    auto const pending = get(city, "/v1/agents/" + agent + "/pending", city.dispatcher);
    REQUIRE(pending.status == 200);
    auto const document = parse_json(pending.content());
    REQUIRE(document.ok());
    auto const& offers = document.value().member("offers")->elements;
    REQUIRE(offers.size() == 1);
    return {offers[0].member("id")->text, offers[0].member("attempt")->text};
}

TEST_CASE("a job is taken at once, found again, and another tenant's is not there") {
    City city;
    auto const made =
        city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(R"(,"reference":"r-1")")});
    REQUIRE(made.status == 202);
    auto const job = member(made, "job");
    CHECK(header(made, "Location") == "/v1/jobs/" + job);
    CHECK(header(made, "X-Event-Number") == member(made, "number"));
    CHECK(header(made, "traceparent").size() == 55);
    auto const got = get(city, "/v1/jobs/" + job, city.viewer);
    CHECK(member(got, "reference") == "r-1");
    CHECK(header(got, "ETag") == header(made, "ETag"));
    auto const same = city.ask(
        {Method::get, "/v1/jobs/" + job, city.viewer, {}, {{"if-none-match", header(got, "ETag")}}}
    );
    CHECK(same.status == 304);
    CHECK(holds(get(city, "/v1/jobs?reference=r-1", city.viewer), job));
    CHECK(holds(get(city, "/v1/jobs?phase=open&waiting=true&limit=1", city.viewer), job));
    CHECK(is_problem(get(city, "/v1/jobs?phase=opened", city.viewer), 400, "bad_query"));
    CHECK(is_problem(get(city, "/v1/jobs?limit=many", city.viewer), 400, "bad_query"));
    CHECK(is_problem(get(city, "/v1/jobs/" + job, city.stranger), 404, "not_found"));
    CHECK(is_problem(get(city, "/v1/jobs/1", city.viewer), 404, "not_found"));
    CHECK(is_problem(get(city, "/v1/jobs", ""), 401, "unauthenticated"));
    CHECK(is_problem(city.ask({Method::post, "/v1/jobs", city.viewer, ride()}), 403, "forbidden"));
    auto const wrong =
        city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(R"(,"priority":101)")});
    CHECK(is_problem(wrong, 422, "malformed"));
    CHECK(member(wrong, "field") == "priority");
}

TEST_CASE("pages of jobs follow each other") {
    City city;
    for (int i = 0; i < 5; ++i)
        make_job(city);
    std::size_t seen = 0;
    std::string after = "0";
    while (!after.empty()) {
        auto const page = get(city, "/v1/jobs?limit=2&after=" + after, city.viewer);
        auto const document = parse_json(page.content());
        REQUIRE(document.ok());
        seen += document.value().member("jobs")->elements.size();
        after = member(page, "next");
        REQUIRE(seen <= 5);
    }
    CHECK(seen == 5);
}

TEST_CASE("a retry gets the same answer; the same id with another body does not") {
    City city;
    auto const id = detail::uuid_text(make_command_id(city.clock.now()));
    auto const send = [&](std::string body) {
        return city.ask(
            {Method::post, "/v1/jobs", city.dispatcher, std::move(body), {{"idempotency-key", id}}}
        );
    };
    auto const contact = R"(,"contact":{"name":"Ann","phone":"070"})";
    auto const first = send(ride(contact));
    CHECK(header(first, "Idempotency-Replayed").empty());
    auto const again = send(ride(contact));
    CHECK(again.status == 202);
    CHECK(header(again, "Idempotency-Replayed") == "true");
    CHECK(member(again, "job") == member(first, "job"));
    CHECK(is_problem(send(ride(R"(,"priority":5)")), 422, "id_reused"));
    auto const bad =
        city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(), {{"idempotency-key", "mine"}}}
        );
    CHECK(is_problem(bad, 400, "bad_header"));
    // The contact of the retry is gone, the first one's is there.
    auto const known = get(city, "/v1/jobs/" + member(first, "job") + "/contact", city.dispatcher);
    CHECK(member(known, "phone") == "070");
}

TEST_CASE("devices count their operations") {
    City city;
    auto const send = [&](std::vector<Field> headers) {
        return city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(), std::move(headers)});
    };
    std::vector<Field> const first{{"x-device", "p1"}, {"x-operation", "1"}};
    auto const made = send(first);
    CHECK(made.status == 202);
    CHECK(member(send(first), "job") == member(made, "job"));
    CHECK(is_problem(send({{"x-operation", "2"}}), 400, "bad_header"));
    CHECK(is_problem(send({{"x-device", "p1"}, {"x-operation", "0"}}), 400, "bad_header"));
    CHECK(is_problem(send({{"x-device-time", "today"}}), 400, "bad_header"));
}

TEST_CASE("a wait ends with a reason, with an agent, or at its deadline") {
    City city;
    std::vector<Field> const wait{{"prefer", "wait=30"}};
    auto const lonely = city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(), wait});
    CHECK(lonely.status == 200);
    CHECK(member(lonely, "outcome") == "waits");
    CHECK(header(lonely, "Preference-Applied") == "wait=30");
    CHECK(holds(lonely, "\"would_help\""));

    auto const waiting = member(lonely, "job");
    CHECK(city.ask({Method::erase, "/v1/jobs/" + waiting, city.dispatcher}).status == 200);
    auto const agent = city.make_agent("anna", here);
    auto const recorder = city.begin({Method::post, "/v1/jobs", city.dispatcher, ride(), wait});
    city.turn();
    auto const [offer, attempt] = offer_of(city, agent);
    auto const took = city.ask(
        {Method::post,
         "/v1/offers/" + offer + "/accept",
         city.make_key("acme", "agent", agent),
         R"({"attempt":")" + attempt + "\"}"}
    );
    CHECK(took.status == 200);
    auto const settled = city.wait(recorder);
    CHECK(settled.status == 200);
    CHECK(member(settled, "outcome") == "assigned");

    city.make_agent("bob", here);
    auto const late =
        city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(), {{"prefer", "wait=1"}}});
    CHECK(late.status == 202);
    CHECK(header(late, "Preference-Applied") == "wait=1");
}

TEST_CASE("edits of different parts merge; of the same part they conflict and show the job") {
    City city;
    auto const job = make_job(city);
    auto const path = "/v1/jobs/" + job;
    auto const version = header(get(city, path, city.viewer), "ETag");
    auto const edit = [&](std::string body) {
        return city.ask(
            {Method::patch, path, city.dispatcher, std::move(body), {{"if-match", version}}}
        );
    };
    CHECK(edit(R"({"priority":7})").status == 200);
    CHECK(edit(R"({"deadline":"2027-02-01T00:00:00Z"})").status == 200);
    auto const conflict = edit(R"({"priority":8})");
    CHECK(is_problem(conflict, 412, "version_conflict"));
    CHECK(holds(conflict, R"("current":{"id":")" + job));
    CHECK(member(get(city, path, city.viewer), "priority") == "7");
    auto const bad =
        city.ask({Method::patch, path, city.dispatcher, R"({"priority":8})", {{"if-match", "x"}}});
    CHECK(is_problem(bad, 400, "bad_header"));
    CHECK(is_problem(edit(R"({"colour":"red"})"), 422, "invalid"));
}

TEST_CASE("a dispatcher, a manager and a technician edit one job at once, and all of it counts") {
    City city;
    auto const anna = city.make_agent("anna", here);
    auto const phone = city.make_key("acme", "agent", anna);
    auto const job = make_job(city);
    auto const path = "/v1/jobs/" + job;
    auto const [offer, attempt] = offer_of(city, anna);
    auto const yes = R"({"attempt":")" + attempt + "\"}";
    REQUIRE(city.ask({Method::post, "/v1/offers/" + offer + "/accept", phone, yes}).status == 200);
    auto const seen = get(city, path, city.viewer);
    auto const document = parse_json(seen.content());
    auto const assignment =
        document.value().member("assignments")->elements.at(0).member("id")->text;
    std::vector<Field> const version{{"if-match", header(seen, "ETag")}};
    // All three are on their way before any of them is decided.
    std::vector const edits{
        city.begin({Method::patch, path, city.dispatcher, R"({"priority":7})", version}),
        city.begin(
            {Method::patch, path, city.admin, R"({"deadline":"2027-02-01T00:00:00Z"})", version}
        ),
        city.begin(
            {Method::post,
             path + "/transitions",
             phone,
             R"({"assignment":")" + assignment + R"(","to":"en_route"})",
             version}
        )};
    for (auto const& edit : edits)
        CHECK(city.wait(edit).status == 200);
    auto const after = get(city, path, city.viewer);
    CHECK(member(after, "priority") == "7");
    CHECK(member(after, "deadline") == "2027-02-01T00:00:00.000Z");
    CHECK(member(after, "state") == "en_route");
    auto const again = city.ask({Method::patch, path, city.admin, R"({"priority":8})", version});
    CHECK(is_problem(again, 412, "version_conflict"));
}

TEST_CASE("a contact is for those who need it, changes in part, and can be erased") {
    City city;
    auto const job = make_job(city, R"(,"contact":{"name":"Ann","phone":"070","notes":"ring"})");
    auto const path = "/v1/jobs/" + job;
    CHECK(member(get(city, path + "/contact", city.dispatcher), "name") == "Ann");
    CHECK(is_problem(get(city, path + "/contact", city.viewer), 403, "forbidden"));
    CHECK_FALSE(holds(get(city, path, city.viewer), "contact"));
    auto const before = member(get(city, path, city.admin), "contact");
    auto const changed =
        city.ask({Method::patch, path, city.dispatcher, R"({"contact":{"phone":"071"}})"});
    CHECK(changed.status == 200);
    auto const contact = get(city, path + "/contact", city.dispatcher);
    CHECK(member(contact, "name") == "Ann");
    CHECK(member(contact, "phone") == "071");
    auto const subject = member(contact, "subject");
    CHECK(subject != before);
    CHECK(is_problem(
        city.ask({Method::erase, "/v1/subjects/" + subject, city.viewer}), 403, "forbidden"
    ));
    CHECK(city.ask({Method::erase, "/v1/subjects/" + subject, city.dispatcher}).status == 204);
    CHECK(is_problem(get(city, path + "/contact", city.dispatcher), 404, "not_found"));
    auto const longest = std::string(views::phone_bytes_max + 1, '1');
    auto const too_long = city.ask(
        {Method::patch, path, city.dispatcher, R"({"contact":{"phone":")" + longest + "\"}}"}
    );
    CHECK(is_problem(too_long, 422, "invalid"));
    CHECK(member(too_long, "field") == "contact.phone");
}

TEST_CASE("a batch answers each line, the known ones with the job there is") {
    City city;
    auto const known = make_job(city, R"(,"reference":"r-1")");
    Asked batch{Method::post, "/v1/jobs/batch", city.dispatcher};
    batch.type = "application/x-ndjson";
    batch.body = ride(R"(,"reference":"r-1")") + "\n\n{\"workflow\":\"ride\"}\r\n" +
                 ride(R"(,"reference":"r-2","contact":{"name":"Bo"})") + "\n";
    auto const answered = city.ask(batch);
    REQUIRE(answered.status == 200);
    std::istringstream lines{answered.body};
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);)
        all.push_back(line);
    REQUIRE(all.size() == 3);
    CHECK(member(all[0], "job") == known);
    CHECK(member(all[1], "status") == "422");
    CHECK(member(all[2], "reference") == "r-2");
    batch.body.clear();
    for (int i = 0; i <= 1000; ++i)
        batch.body += "{}\n";
    CHECK(is_problem(city.ask(batch), 413, "body_too_large"));
    batch.body.clear();
    CHECK(is_problem(city.ask(batch), 400, "bad_request"));
    batch.type = "application/json";
    batch.body = "{}";
    CHECK(is_problem(city.ask(batch), 415, "unsupported_media_type"));
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

TEST_CASE("quotes, conflicts and cancelling") {
    City city;
    Asked workflow{
        Method::put,
        "/v1/workflows/field_service",
        city.admin,
        testing::workflow_text("field-service.toml")};
    workflow.type = "application/toml";
    REQUIRE(city.ask(workflow).status == 200);
    auto const made = city.ask(
        {Method::post,
         "/v1/jobs",
         city.dispatcher,
         R"({"workflow":"field_service","stops":[{"place":{"lat":57.7,"lon":11.97}}]})"}
    );
    auto const path = "/v1/jobs/" + member(made, "job");
    auto const quote = [&](std::string body) {
        return city.ask({Method::post, path + "/quote", city.dispatcher, std::move(body)});
    };
    CHECK(is_problem(
        city.ask({Method::post, path + "/quote/decision", city.dispatcher, R"({"approve":true})"}),
        409,
        "quote_not_open"
    ));
    CHECK(quote(R"({"amount":1200,"currency":"SEK"})").status == 200);
    CHECK(is_problem(quote(R"({"amount":1200})"), 422, "invalid"));
    CHECK(
        city.ask({Method::post, path + "/quote/decision", city.dispatcher, R"({"approve":true})"})
            .status == 200
    );
    CHECK(is_problem(
        city.ask({Method::post, path + "/conflicts/9/resolve", city.dispatcher}),
        404,
        "conflict_unknown"
    ));
    CHECK(is_problem(city.ask({Method::erase, path, city.viewer}), 403, "forbidden"));
    CHECK(city.ask({Method::erase, path + "?reason=gone", city.dispatcher}).status == 200);
    CHECK(city.ask({Method::erase, path, city.dispatcher}).status == 409);
}

TEST_CASE("an attachment is named, sent and given back whole") {
    City city;
    auto const path = "/v1/jobs/" + make_job(city) + "/attachments";
    std::string const photo{"\x89PNG\0photo", 10};
    auto const hex = digest(photo).hex();
    Asked put{Method::put, path + "/" + hex, city.dispatcher, photo};
    put.type = "application/octet-stream";
    CHECK(is_problem(city.ask(put), 404, "not_found"));
    Asked const named{
        Method::post,
        path,
        city.dispatcher,
        R"({"content":")" + hex + R"(","kind":"photo_before","bytes":"10"})"};
    auto const made = city.ask(named);
    CHECK(made.status == 201);
    CHECK(header(made, "Location") == path + "/" + hex);
    CHECK(is_problem(city.ask(named), 409, "attachment_exists"));
    CHECK(is_problem(get(city, path + "/" + hex, city.dispatcher), 404, "not_found"));
    put.body = "short";
    CHECK(is_problem(city.ask(put), 422, "invalid"));
    put.body = "0123456789";
    CHECK(is_problem(city.ask(put), 400, "malformed"));
    put.body = photo;
    CHECK(city.ask(put).status == 204);
    CHECK(get(city, path + "/" + hex, city.dispatcher).body == photo);
    CHECK(is_problem(get(city, path + "/" + hex, city.viewer), 403, "forbidden"));
}

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
    CHECK(city.ask({Method::erase, "/v1/agents/anna", city.dispatcher}).status == 200);
    CHECK(
        is_problem(city.ask({Method::erase, "/v1/agents/anna", city.dispatcher}), 404, "not_found")
    );
}

TEST_CASE("zones, policy and workflows") {
    City city;
    auto const zone = [&](Method method, std::string path, std::string body) {
        return city.ask({method, std::move(path), city.admin, std::move(body)});
    };
    auto const circle = R"({"name":"Centre","centre":{"lat":57.7,"lon":11.97},"radius":500})";
    auto const made = zone(Method::post, "/v1/zones", circle);
    CHECK(made.status == 201);
    auto const path = "/v1/zones/" + member(made, "zone");
    CHECK(member(get(city, path, city.viewer), "name") == "Centre");
    CHECK(holds(get(city, "/v1/zones", city.viewer), "Centre"));
    CHECK(zone(Method::put, path, circle).status == 200);
    CHECK(is_problem(zone(Method::post, "/v1/zones", R"({"name":"No"})"), 422, "zone_invalid"));
    CHECK(
        is_problem(city.ask({Method::post, "/v1/zones", city.dispatcher, circle}), 403, "forbidden")
    );
    CHECK(city.ask({Method::erase, path, city.admin}).status == 200);
    CHECK(is_problem(city.ask({Method::erase, path, city.admin}), 404, "zone_unknown"));
    CHECK(is_problem(get(city, path, city.viewer), 404, "not_found"));

    CHECK(
        city.ask({Method::put, "/v1/policy", city.admin, R"({"name":"n","radius":3000})"}).status ==
        200
    );
    CHECK(member(get(city, "/v1/policy", city.viewer), "radius") == "3000");
    auto const far = city.ask({Method::put, "/v1/policy", city.admin, R"({"radius":0})"});
    CHECK(is_problem(far, 422, "malformed"));
    CHECK(member(far, "field") == "policy.radius");

    CHECK(holds(get(city, "/v1/workflows", city.viewer), "ride"));
    CHECK(get(city, "/v1/workflows/ride", city.viewer).body == testing::workflow_text("ride.toml"));
    CHECK(is_problem(get(city, "/v1/workflows/none", city.viewer), 404, "not_found"));
    Asked broken{Method::put, "/v1/workflows/ride", city.admin, "name = \"ride\"\nbad\n"};
    CHECK(is_problem(city.ask(broken), 415, "unsupported_media_type"));
    broken.type = "application/toml";
    auto const lines = city.ask(broken);
    CHECK(is_problem(lines, 422, "workflow_invalid"));
    CHECK(holds(lines, "\"field\":\"ride:2\""));
    broken.body.assign(model::workflow_bytes_max + 1, '#');
    CHECK(is_problem(city.ask(broken), 413, "body_too_large"));
}

TEST_CASE("a snapshot is of one event, and waits for the one that is asked for") {
    City city;
    auto const job = make_job(city);
    auto const snapshot = get(city, "/v1/snapshot", city.viewer);
    CHECK(holds(snapshot, job));
    CHECK(member(snapshot, "number") == header(snapshot, "X-Event-Number"));
    auto const next = std::to_string(std::stoull(member(snapshot, "number")) + 1);
    auto const waiting =
        city.begin({Method::get, "/v1/jobs", city.viewer, {}, {{"min-seq", next}}});
    auto const later = make_job(city);
    CHECK(holds(city.wait(waiting), later));
    auto const never = city.ask({Method::get, "/v1/jobs", city.viewer, {}, {{"min-seq", "99999"}}});
    CHECK(is_problem(never, 503, "unavailable"));
    CHECK(header(never, "Retry-After") == "1");
    auto const bad = city.ask({Method::get, "/v1/jobs", city.viewer, {}, {{"min-seq", "x"}}});
    CHECK(is_problem(bad, 400, "bad_header"));
}

TEST_CASE("keys are shown once, belong to their tenant, and can be revoked") {
    City city;
    auto const id = detail::uuid_text(make_command_id(city.clock.now()));
    Asked const ask{
        Method::post, "/v1/keys", city.admin, R"({"role":"viewer"})", {{"idempotency-key", id}}};
    auto const made = city.ask(ask);
    CHECK(made.status == 201);
    CHECK(get(city, "/v1/jobs", member(made, "secret")).status == 200);
    auto const again = city.ask(ask);
    CHECK(member(again, "key") == member(made, "key"));
    CHECK(member(again, "secret").empty());
    CHECK(holds(get(city, "/v1/keys", city.admin), member(made, "key")));
    CHECK_FALSE(holds(get(city, "/v1/keys", city.stranger), "\"acme\""));
    auto const path = "/v1/keys/" + member(made, "key");
    CHECK(is_problem(city.ask({Method::erase, path, city.stranger}), 404, "not_found"));
    CHECK(city.ask({Method::erase, path, city.admin}).status == 200);
    CHECK(is_problem(get(city, "/v1/jobs", member(made, "secret")), 401, "unauthenticated"));
    auto const post = [&](std::string const& key, std::string body) {
        return city.ask({Method::post, "/v1/keys", key, std::move(body)});
    };
    CHECK(is_problem(post(city.admin, R"({"role":"admin","tenant":"other"})"), 403, "forbidden"));
    CHECK(is_problem(post(city.dispatcher, R"({"role":"admin"})"), 403, "forbidden"));
    auto const agent = city.make_agent("anna", here);
    auto const stolen = R"({"role":"agent","agent":")" + agent + "\"}";
    CHECK(is_problem(post(city.stranger, stolen), 422, "invalid"));
    CHECK(is_problem(
        city.ask({Method::post, "/v1/tenants", city.admin, R"({"name":"x"})"}), 403, "forbidden"
    ));
    CHECK(holds(get(city, "/v1/regions", city.viewer), "\"region\":7"));
    auto const taken = city.ask(
        {Method::post,
         "/v1/regions",
         city.operators,
         R"({"region":7,"tenant":"other","name":"","centre":{"lat":0,"lon":0}})"}
    );
    CHECK(is_problem(taken, 409, "region_exists"));
}

TEST_CASE("those who run it see that it runs; a failed log is told everywhere") {
    City city;
    CHECK(get(city, "/healthz", "").status == 200);
    CHECK(get(city, "/readyz", "").status == 200);
    CHECK(holds(get(city, "/metrics", city.operators), "posthaste_"));
    CHECK(is_problem(get(city, "/metrics", city.admin), 403, "forbidden"));
    city.log.set_fault([](std::uint64_t) { return log::Fault::lost; });
    auto const lost = city.begin({Method::post, "/v1/jobs", city.dispatcher, ride()});
    static_cast<void>(city.shard->turn());
    auto const answered = lost->wait(std::chrono::seconds{10});
    REQUIRE(answered);
    CHECK(answered->status == 503);
    CHECK(header(*answered, "Retry-After") == "1");
}

}  // namespace
}  // namespace posthaste::api
