// Jobs: made, listed, retried, waited for, edited, priced, photographed.
#include "api/conditions.hpp"
#include "api/json.hpp"
#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::Asked;
using testing::City;
using testing::get;
using testing::header;
using testing::here;
using testing::holds;
using testing::is_problem;
using testing::make_job;
using testing::member;
using testing::offer_of;
using testing::ride;

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
    auto const id = uuid_text(make_command_id(city.clock.now()));
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

}  // namespace
}  // namespace posthaste::api
