// The way of a job through the real binary, and what bad requests get.
#include "api/server_process.hpp"

namespace posthaste::testing {
namespace {

TEST_CASE("a job in is an assignment out, a retry is the same, and a restart keeps all of it") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    std::string job;
    auto const header = "Idempotency-Key: " + uuid(1) + "\r\n";
    {
        Server server{folder};
        auto const agent = server.ask(
            "PUT",
            "/v1/agents/W1",
            admin,
            R"({"home":{"lat":57.7,"lon":11.97},"vehicle_kind":"car"})"
        );
        INFO(agent.body);
        CHECK(agent.status / 100 == 2);
        auto const made = server.ask("POST", "/v1/jobs", admin, ride("r-1"), header);
        INFO(made.body);
        REQUIRE(made.status == 202);
        job = made.member("job");
        auto const again = server.ask("POST", "/v1/jobs", admin, ride("r-1"), header);
        CHECK(again.status == 202);
        CHECK(again.member("job") == job);
        CHECK(server.end(SIGTERM) == 0);
    }
    Server server{folder};
    CHECK(server.ask("GET", "/v1/jobs/" + job, admin).member("reference") == "r-1");
    auto const again = server.ask("POST", "/v1/jobs", admin, ride("r-1"), header);
    CHECK(again.member("job") == job);
}

TEST_CASE("a parcel asked for with one agent near by is theirs within the wait") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    Server const server{folder};
    auto const put = server.ask(
        "PUT", "/v1/agents/W1", admin, R"({"home":{"lat":57.7,"lon":11.97},"vehicle_kind":"van"})"
    );
    auto const agent = put.member("agent");
    auto const duty = server.ask(
        "PUT", "/v1/agents/" + agent + "/availability", admin, R"({"availability":"on_duty"})"
    );
    INFO(duty.body);
    REQUIRE(duty.status == 200);
    auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch()
    )
                         .count();
    auto const fix =
        R"({"agent":"W1","lat":57.701,"lon":11.97,"time":)" + std::to_string(now) + "}";
    auto const seen = server.ask("POST", "/v1/fixes", admin, fix);
    INFO(seen.body);
    CHECK(seen.status / 100 == 2);
    auto const job = server.ask(
        "POST",
        "/v1/jobs",
        admin,
        R"({"workflow":"parcel","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
        R"({"place":{"lat":57.71,"lon":11.98}}]})",
        "Prefer: wait=20\r\n"
    );
    INFO(job.body);
    CHECK(job.status == 200);
    CHECK(job.member("outcome") == "assigned");
    CHECK(job.body.find(agent) != job.body.npos);
}

struct Bad {
    char const* why;
    char const* method;
    char const* path;
    std::string body;
    int status;
};

TEST_CASE("each bad request gets its own problem, and changes nothing") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const viewer = make_key(folder, "viewer");
    Server const server{folder};
    auto const before = server.ask("GET", "/v1/jobs", admin).body;
    std::vector<Bad> const table{
        {"not JSON", "POST", "/v1/jobs", "{", 400},
        {"an unknown field", "POST", "/v1/jobs", R"({"workflow":"ride","stops":[],"x":1})", 422},
        {"no workflow", "POST", "/v1/jobs", R"({"stops":[]})", 422},
        {"an unknown workflow",
         "POST",
         "/v1/jobs",
         R"({"workflow":"none","stops":[{"place":{"lat":1,"lon":1}}]})",
         422},
        {"off the earth",
         "POST",
         "/v1/jobs",
         R"({"workflow":"ride","stops":[{"place":{"lat":91,"lon":1}}]})",
         422},
        {"an unknown job", "GET", "/v1/jobs/281474976710999", "", 404},
        {"an unknown path", "GET", "/v1/nothing", "", 404},
        {"another method", "DELETE", "/v1/jobs", "", 405},
    };
    for (auto const& bad : table) {
        auto const answer = server.ask(bad.method, bad.path, admin, bad.body);
        INFO(bad.why);
        INFO(answer.body);
        CHECK(answer.status == bad.status);
        CHECK(answer.head.find("application/problem+json") != answer.head.npos);
        CHECK(!answer.member("detail").empty());
    }
    CHECK(server.ask("POST", "/v1/jobs", "", ride("a")).status == 401);
    CHECK(server.ask("POST", "/v1/jobs", "ph_1_wrong", ride("a")).status == 401);
    CHECK(server.ask("POST", "/v1/jobs", viewer, ride("a")).status == 403);
    api::TestClient client{server.port()};
    auto const large =
        client.ask("POST /v1/jobs HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n\r\n");
    CHECK(large.find(" 413 ") != large.npos);
    CHECK(server.ask("GET", "/v1/jobs", admin).body == before);
}

TEST_CASE("the same id with another body is told from a retry") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    Server const server{folder};
    auto const header = "Idempotency-Key: " + uuid(2) + "\r\n";
    CHECK(server.ask("POST", "/v1/jobs", admin, ride("a"), header).status == 202);
    auto const other = server.ask("POST", "/v1/jobs", admin, ride("b"), header);
    CHECK(other.status == 422);
    CHECK(other.member("code") == "id_reused");
}

TEST_CASE("keys of a running server are made, listed and revoked") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    Server const server{folder};
    auto const url = "http://127.0.0.1:" + std::to_string(server.port());
    auto const keys = [&](std::vector<std::string> more, std::string const& key) {
        more.insert(more.begin(), "keys");
        more.insert(more.end(), {"--url", url, "--key", key});
        return run(folder, std::move(more));
    };
    auto const put = R"({"home":{"lat":57.7,"lon":11.97},"vehicle_kind":"car"})";
    CHECK(server.ask("PUT", "/v1/agents/W1", admin, put).status / 100 == 2);
    auto const made =
        keys({"create", "--role", "agent", "--agent", "W1", "--label", "phone"}, admin);
    INFO(made.said);
    REQUIRE(made.code == 0);
    auto const phone = made.said.substr(0, made.said.find('\n'));
    CHECK(server.ask("GET", "/v1/agents/W1/pending", phone).status == 200);
    auto const brief = keys({"create", "--role", "viewer", "--expires", "1s"}, admin);
    CHECK(brief.code == 0);
    auto const listed = keys({"list"}, admin);
    INFO(listed.said);
    CHECK(listed.code == 0);
    CHECK(listed.said.find("phone") != listed.said.npos);
    CHECK(listed.said.find(phone.substr(5)) == listed.said.npos);
    CHECK(keys({"revoke", "2"}, admin).code == 0);
    CHECK(server.ask("GET", "/v1/agents/W1/pending", phone).status == 401);
    auto const refused = keys({"list"}, phone);
    CHECK(refused.code == 1);
    CHECK(refused.said.find("401") != refused.said.npos);
    CHECK(keys({"revoke", "4711"}, admin).code == 1);
}

TEST_CASE("the operator's key sees the installation, and nobody's jobs") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const made =
        run(folder,
            {"keys", "create", "--data", folder.data(), "--role", "admin", "--installation"});
    INFO(made.said);
    REQUIRE(made.code == 0);
    auto const operators = made.said.substr(0, made.said.find('\n'));
    auto const dispatcher =
        run(folder,
            {"keys", "create", "--data", folder.data(), "--role", "viewer", "--installation"});
    CHECK(dispatcher.code == 1);
    Server const server{folder};
    auto const metrics = server.ask("GET", "/metrics", operators);
    CHECK(metrics.status == 200);
    CHECK(metrics.body.find("posthaste_layer_seconds") != metrics.body.npos);
    CHECK(metrics.body.find("\nposthaste_http_requests_total 1\n") != metrics.body.npos);
    CHECK(server.ask("GET", "/metrics", admin).status == 403);
    CHECK(server.ask("GET", "/v1/jobs", operators).status == 404);  // no region is theirs
}

TEST_CASE("keys are listed without secrets and can be revoked") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const listed = run(folder, {"keys", "list", "--data", folder.data()});
    CHECK(listed.code == 0);
    CHECK(listed.said.find("admin") != listed.said.npos);
    CHECK(listed.said.find(admin.substr(5)) == listed.said.npos);
    auto const revoked = run(folder, {"keys", "revoke", "--data", folder.data(), "1"});
    CHECK(revoked.code == 0);
    Server const server{folder};
    CHECK(server.ask("GET", "/v1/jobs", admin).status == 401);
}

}  // namespace
}  // namespace posthaste::testing
