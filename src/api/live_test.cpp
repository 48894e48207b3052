#include "api/live_test.hpp"

namespace posthaste::api {
namespace {

using testing::LiveServer;
using testing::text_of;
using testing::until;
using testing::WsClient;

std::string stream_of(std::string_view query, std::string_view headers) {
    std::string text = "GET /v1/stream";
    text.append(query).append(" HTTP/1.1\r\nHost: h\r\n").append(headers);
    return text + "\r\n";
}

/// The next event of that name.
std::string event(TestClient& client, std::string_view name) {
    for (;;) {
        auto text = client.read_until("\n\n");
        REQUIRE(!text.empty());
        // The first comes behind the head.
        auto const begin = text.find("event: " + std::string{name} + "\n");
        if (begin != std::string::npos) return text.substr(begin);
    }
}

std::string id_of(std::string_view text) {
    auto const begin = text.find("\nid: ") + 5;
    return std::string{text.substr(begin, text.find('\n', begin) - begin)};
}

std::string number_text(auto id) {
    return std::to_string(raw(id));
}

}  // namespace

TEST_CASE("a stream begins with its cursor, and tells what changes to each class as it may see") {
    LiveServer live;
    auto full = live.connect();
    auto open = live.connect();
    REQUIRE(full.send(stream_of("?topics=region", LiveServer::bearer(1))));
    REQUIRE(open.send(stream_of("", LiveServer::bearer(2))));
    CHECK(contains(event(full, "ready"), "\"cursor\":\"7-"));
    event(open, "ready");
    auto const job = live.create_ride();
    auto const told = event(full, "job");
    CHECK(contains(told, number_text(job)));
    CHECK(contains(told, "\"offers\":["));
    auto const seen = event(open, "job");
    CHECK(contains(seen, number_text(job)));
    CHECK(!contains(seen, "\"offers\":["));
}

TEST_CASE("a stream goes on after the last event it saw, each once") {
    LiveServer live;
    std::string last;
    {
        auto client = live.connect();
        REQUIRE(client.send(stream_of("", LiveServer::bearer(1))));
        event(client, "ready");
        live.create_ride();
        last = id_of(event(client, "job"));
    }
    auto const missed = live.create_ride();
    for (auto const& how : {"?after=" + last, std::string{}}) {
        auto client = live.connect();
        auto const header = how.empty() ? "Last-Event-ID: " + last + "\r\n" : "";
        REQUIRE(client.send(stream_of(how, LiveServer::bearer(1) + header)));
        for (;;) {
            auto const text = event(client, "job");
            CHECK(*views::cursor_from(id_of(text)) > *views::cursor_from(last));
            if (contains(text, number_text(missed))) break;
        }
    }
}

TEST_CASE("a cursor that the ring does not reach is a gap, and the stream goes on behind it") {
    LiveServer live{4};
    for (int i = 0; i < 3; ++i)
        live.create_ride();
    for (auto const* const after : {"7-1-0", "1", "7-999999-0", "999999"}) {
        auto client = live.connect();
        auto const query = "?after=" + std::string{after};
        REQUIRE(client.send(stream_of(query, LiveServer::bearer(1))));
        client.read_until("\r\n\r\n");
        CHECK(client.read_until("\n\n").starts_with("event: gap\nid: 7-"));
        auto const job = live.create_ride();
        while (!contains(event(client, "job"), number_text(job))) {
        }
    }
}

TEST_CASE("topics are authorised one by one, and say what is wrong with them") {
    LiveServer live;
    auto const other = live.put_agent("T-2");
    auto const status = [&](std::string const& query, unsigned key) {
        auto const answer = live.ask("GET /v1/stream" + query, LiveServer::bearer(key));
        return answer.substr(9, 3);
    };
    auto const of_agent = [](auto id) { return "?topics=agent:" + number_text(id); };
    CHECK(status("", 3) == "403");
    CHECK(status(of_agent(other), 3) == "403");
    CHECK(status("?topics=bbox:57,11,58,12", 3) == "403");
    CHECK(status("?topics=job:1970324836974593", 3) == "403");
    CHECK(status("?topics=region", 4) == "404");
    CHECK(status("?region=7", 4) == "404");
    CHECK(status(of_agent(live.agent), 4) == "404");
    CHECK(status("?topics=weather", 1) == "400");
    CHECK(status("?topics=job:x", 1) == "400");
    CHECK(status("?topics=bbox:57,11,58", 1) == "400");
    CHECK(status("?topics=job:1,job:1970324836974593", 1) == "400");
    CHECK(status("?after=yesterday", 1) == "400");
    CHECK(status("?after=8-1-1", 1) == "400");
    CHECK(status("", 9) == "401");
}

TEST_CASE("topics narrow a stream to what they name") {
    LiveServer live;
    auto const first = live.create_ride();
    auto client = live.connect();
    auto const query = "?topics=bbox:0,0,1,1,job:" + number_text(first);
    REQUIRE(client.send(stream_of(query, LiveServer::bearer(1))));
    event(client, "ready");
    auto const second = live.create_ride();
    live.command(testing::city, model::UpdateJob{.job = first, .priority = 5});
    auto const text = client.read_until("\n\n");
    CHECK(contains(text, number_text(first)));
    CHECK(!contains(text, number_text(second)));
}

TEST_CASE("an agent's day goes over one socket: asked, received, accepted, driven, done") {
    LiveServer live;
    auto const port = live.server->port();
    WsClient phone{port, "/v1/agent?device=p1", LiveServer::bearer(3)};
    REQUIRE(contains(phone.head, "101"));
    CHECK(text_of(phone.await("hello"), "agent") == number_text(live.agent));
    phone.await("ready");
    live.see_agent();
    auto const job = live.create_ride();
    auto const told = phone.await("offer");
    auto const& offer = *told.member("data");
    CHECK(std::stoll(text_of(offer, "expires_in")) > 0);
    auto const id = text_of(offer, "id");
    phone.say(R"({"type":"receipt","operation":"1","offer":")" + id + "\"}");
    CHECK(text_of(phone.await("ack"), "operation") == "1");
    until([&] { return live.board.inbox(live.agent).front().offer.received; });
    auto const accept = R"({"type":"accept","operation":2,"offer":")" + id + R"(","attempt":")" +
                        text_of(offer, "attempt") + "\"}";
    phone.say(accept);
    auto const number = text_of(phone.await("ack"), "number");
    auto const view = live.board.job(job);
    REQUIRE(view->assignments.size() == 1);
    CHECK(view->assignments[0].agent == live.agent);
    auto const assignment = number_text(view->assignments[0].id);
    // The same operation again is the same answer, and nothing more.
    phone.say(accept);
    auto const again = phone.await("ack");
    CHECK(text_of(again, "number") == number);
    CHECK(again.member("repeated") != nullptr);
    unsigned operation = 3;
    for (auto const* const state : {"en_route", "arrived", "on_board", "completed"}) {
        phone.say(
            R"({"type":"transition","operation":)" + std::to_string(operation) + R"(,"job":")" +
            number_text(job) + R"(","assignment":")" + assignment + R"(","to":")" + state + "\"}"
        );
        CHECK(text_of(phone.await("ack"), "operation") == std::to_string(operation++));
        CHECK(live.board.job(job)->state().name == state);
    }
    std::string const trace = "0af7651916cd43dd8448eb211c80319c";
    phone.say(
        R"({"type":"availability","operation":"7","availability":"paused","traceparent":"00-)" +
        trace + R"(-b7ad6b7169203331-01"})"
    );
    // The caller's trace under a span of ours; the others began one of their own.
    CHECK(text_of(phone.await("ack"), "traceparent").substr(3, 32) == trace);
    CHECK(text_of(again, "traceparent").size() == 55);
    CHECK(live.board.agent(live.agent)->view->availability == model::Availability::paused);
}

TEST_CASE("an offer without an answer is there again when the phone comes back") {
    LiveServer live;
    auto const port = live.server->port();
    std::string first;
    {
        WsClient phone{port, "/v1/agent", LiveServer::bearer(3)};
        phone.await("ready");
        live.see_agent();
        live.create_ride();
        first = text_of(*phone.await("offer").member("data"), "id");
    }
    WsClient phone{port, "/v1/agent", LiveServer::bearer(3)};
    CHECK(text_of(*phone.await("offer").member("data"), "id") == first);
    phone.await("ready");
    auto const offer = live.board.inbox(live.agent).front().offer;
    phone.say(
        R"({"type":"decline","operation":"1","offer":")" + first + R"(","attempt":")" +
        std::to_string(offer.attempt) + R"(","reason":"lunch"})"
    );
    phone.await("ack");
    CHECK(live.board.inbox(live.agent).empty());
}

TEST_CASE("what a phone says wrong is answered by its operation and changes nothing") {
    LiveServer live;
    auto const job = live.create_ride();
    WsClient phone{live.server->port(), "/v1/agent", LiveServer::bearer(3)};
    phone.await("ready");
    auto const status = [&](std::string_view text) {
        phone.say(text);
        auto const nack = phone.await("nack");
        return text_of(nack, "operation") + " " + text_of(*nack.member("problem"), "status");
    };
    CHECK(status("not json") == " 400");
    CHECK(status(R"({"type":"fly","operation":"4"})") == "4 422");
    CHECK(status(R"({"type":"receipt","offer":"1"})") == " 422");
    CHECK(status(R"({"type":"accept","operation":"5","offer":"1"})") == "5 422");
    CHECK(status(R"({"type":"accept","operation":"6","offer":"1","attempt":"1"})") == "6 404");
    CHECK(live.board.job(job)->assignments.empty());
    live.revoked_key = 3;
    phone.say(R"({"type":"receipt","operation":"7","offer":"1"})");
    while (!phone.hear().empty()) {
    }
    CHECK(live.ask("GET /v1/agent", LiveServer::bearer(1)).substr(9, 3) == "403");
}

TEST_CASE("fixes over the socket place the agent, and the ack says what became of each") {
    LiveServer live;
    WsClient phone{live.server->port(), "/v1/agent", LiveServer::bearer(3)};
    phone.await("ready");
    auto const now = to_text(live.clock.now());
    phone.say(
        R"({"type":"fix","operation":"1","fixes":[{"lat":57.7,"lon":11.97,"time":")" + now +
        R"("},{"lat":0,"lon":0,"time":")" + now + "\"}]}"
    );
    auto const report = *phone.await("ack").member("report");
    CHECK(text_of(report, "accepted") == "1");
    CHECK(text_of(report, "rejected") == "1");
    CHECK(text_of(report, "next_interval_ms") == "15000");
    until([&] { return live.board.agent(live.agent)->is_seen(); });
    CHECK(live.board.agent(live.agent)->seen.place == model::Position{577'000'000, 119'700'000});
}

TEST_CASE("a browser signs in with a key, streams with the cookie, and signs out with the token") {
    LiveServer live;
    std::string const json = "Content-Type: application/json\r\n";
    CHECK(live.ask("POST /v1/session", json, R"({"key":"ph_1_x"})").substr(9, 3) == "401");
    auto const answer = live.ask("POST /v1/session", json, R"({"key":"ph_1_s"})");
    CHECK(contains(answer, "HttpOnly; SameSite=Strict"));
    CHECK(contains(answer, R"("regions":[7])"));
    auto const begin = answer.find("posthaste_session=");
    auto const cookie = "Cookie: " + answer.substr(begin, answer.find(';', begin) - begin) + "\r\n";
    auto const session = live.ask("GET /v1/session", cookie);
    CHECK(contains(session, R"("tenant":"acme","role":"dispatcher")"));
    auto client = live.connect();
    REQUIRE(client.send(stream_of("", cookie)));
    event(client, "ready");
    CHECK(live.ask("DELETE /v1/session", cookie).substr(9, 3) == "403");
    auto const token = session.substr(session.find("\"csrf\":\"") + 8, 64);
    auto const out = live.ask("DELETE /v1/session", cookie + "X-CSRF-Token: " + token + "\r\n");
    CHECK(out.substr(9, 3) == "204");
    CHECK(live.ask("GET /v1/session", cookie).substr(9, 3) == "401");
    while (!client.read_until("\n\n").empty()) {
    }
}

TEST_CASE("a stream and a socket do not outlive their keys, and others go on") {
    LiveServer live;
    auto dispatcher = live.connect();
    auto viewer = live.connect();
    REQUIRE(dispatcher.send(stream_of("", LiveServer::bearer(1))));
    REQUIRE(viewer.send(stream_of("", LiveServer::bearer(2))));
    event(dispatcher, "ready");
    event(viewer, "ready");
    WsClient phone{live.server->port(), "/v1/agent", LiveServer::bearer(3)};
    phone.await("ready");
    live.revoked_key = 3;
    while (!phone.hear().empty()) {
    }
    live.revoked_key = 2;
    while (!viewer.read_until("\n\n").empty()) {
    }
    auto const job = live.create_ride();
    CHECK(contains(event(dispatcher, "job"), number_text(job)));
}

TEST_CASE("how long it took until somebody saw who takes a job is measured at the socket") {
    LiveServer live;
    live.see_agent();
    auto client = live.connect();
    REQUIRE(client.send(stream_of("", LiveServer::bearer(1))));
    event(client, "ready");
    CHECK(live.seen_micros == -1);
    auto const begun = steady_micros();
    auto const made = live.ask(
        "POST /v1/jobs",
        LiveServer::bearer(1) + "Content-Type: application/json\r\n",
        R"({"workflow":"ride","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
        R"({"place":{"lat":57.71,"lon":11.98}}]})"
    );
    CHECK(made.substr(9, 3) == "202");
    auto const offer = event(client, "offer");
    auto const trace = made.substr(made.find("traceparent: ") + 13, 55);
    CHECK(contains(offer, "\ntraceparent: " + trace + "\n"));
    until([&] { return live.seen_micros >= 0; });
    CHECK(live.seen_micros <= steady_micros() - begun);
}

TEST_CASE("the page asks nobody else for anything") {
    LiveServer live;
    auto const answer = live.ask("GET /", "");
    CHECK(contains(answer, "Content-Security-Policy: default-src 'none'; script-src 'self'"));
    for (auto const* const path : {"/", "/page.css", "/page.js"}) {
        auto const text = live.ask("GET " + std::string{path}, "");
        CHECK(text.substr(9, 3) == "200");
        CHECK(!contains(text, "://"));
        CHECK(!contains(text, "innerHTML"));
    }
    CHECK(live.ask("GET /v1/map", LiveServer::bearer(1)).substr(9, 3) == "404");
}

}  // namespace posthaste::api
