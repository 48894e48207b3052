// A region: its zones, rules and snapshot, its keys, and those who run it.
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
using testing::ride;

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
    auto const seen = header(get(city, path, city.viewer), "ETag");
    CHECK(zone(Method::put, path, circle).status == 200);
    std::vector<Field> const if_seen{{"if-match", seen}};
    for (auto const method : {Method::put, Method::erase}) {
        auto const body = method == Method::put ? circle : "";
        auto const late = city.ask({method, path, city.admin, body, if_seen});
        CHECK(is_problem(late, 412, "version_conflict"));
    }
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

TEST_CASE("a snapshot is made once for all who may see the same, until the next event") {
    City city;
    make_job(city);
    auto const first = get(city, "/v1/snapshot", city.viewer);
    REQUIRE(first.shared_body != nullptr);
    CHECK(get(city, "/v1/snapshot", city.viewer).shared_body == first.shared_body);
    auto const full = get(city, "/v1/snapshot", city.dispatcher);
    CHECK(full.shared_body != first.shared_body);
    CHECK(get(city, "/v1/snapshot", city.admin).shared_body == full.shared_body);
    auto const job = make_job(city);
    auto const next = get(city, "/v1/snapshot", city.viewer);
    CHECK(next.shared_body != first.shared_body);
    CHECK(holds(next, job));
}

TEST_CASE("the figures of a region are those of its board") {
    City city;
    auto const anna = city.make_agent("anna", here);
    auto const job = make_job(city);
    auto const before = get(city, "/v1/kpis", city.viewer);
    CHECK(member(before, "jobs_live") == "1");
    CHECK(member(before, "agents_on_duty") == "1");
    CHECK(member(before, "assigned_last_hour") == "0");
    CHECK(member(before, "median_wait_ms").empty());
    city.pass(Millis{2000});
    auto const assigned = city.ask(
        {Method::post,
         "/v1/jobs/" + job + "/assign",
         city.dispatcher,
         R"({"agent":")" + anna + "\"}"}
    );
    REQUIRE(assigned.status == 200);
    auto const after = get(city, "/v1/kpis", city.viewer);
    CHECK(member(after, "assigned_last_hour") == "1");
    CHECK(member(after, "median_wait_ms") == "2000");
    CHECK(member(after, "idle_per_mille") == "0");
    CHECK(get(city, "/v1/kpis?region=8", city.viewer).status == 404);
}

TEST_CASE("keys are shown once, belong to their tenant, and can be revoked") {
    City city;
    auto const id = uuid_text(make_command_id(city.clock.now()));
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
