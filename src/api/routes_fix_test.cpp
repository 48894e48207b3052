#include "api/live_test.hpp"

namespace posthaste::api {
namespace {

using testing::LiveServer;
using testing::until;

constexpr std::string_view json_type = "Content-Type: application/json\r\n";
constexpr std::string_view form_type = "Content-Type: application/x-www-form-urlencoded\r\n";

/// The agent's place on the board, once it is the one that was sent.
void check_place(LiveServer& live, std::int32_t lat, std::int32_t lon) {
    model::Position const place{lat, lon};
    until([&] {
        auto const agent = live.board.agent(live.agent);
        return agent->is_seen() && agent->seen.place == place;
    });
}

std::string seconds(LiveServer const& live) {
    return std::to_string(live.clock.now().millis() / 1000);
}

}  // namespace

TEST_CASE("NDJSON places the agent and says what became of each line") {
    LiveServer live;
    auto const now = to_text(live.clock.now());
    auto const line = [&](std::string const& agent, std::string const& lat) {
        return R"({"agent":")" + agent + R"(","lat":)" + lat + R"(,"lon":11.97,"time":")" + now +
               "\"}\n";
    };
    auto const body = line("T-1", "57.71") + line("T-1", "95") + "{}\n" + line("nobody", "57");
    auto const answer = live.ask("POST /v1/fixes", LiveServer::bearer(1), body);
    CHECK(answer.substr(9, 3) == "200");
    CHECK(contains(answer, R"({"accepted":1,"history":0,"rejected":1,"malformed":2)"));
    CHECK(contains(answer, R"({"line":2,"reason":"out_of_range"})"));
    CHECK(contains(answer, "no agent nobody"));
    CHECK(contains(answer, R"("next_interval_ms":15000)"));
    check_place(live, 577'100'000, 119'700'000);
    auto const path = "GET /v1/agents/" + std::to_string(raw(live.agent)) + "/track-quality";
    auto const quality = live.ask(path, LiveServer::bearer(2));
    CHECK(contains(quality, R"("accepted":1,"reasons":{"out_of_range":1})"));
    CHECK(live.ask(path, LiveServer::bearer(4)).substr(9, 3) == "404");
}

TEST_CASE("a late fix is in the history when it is acked, and moves nobody") {
    LiveServer live;
    auto const now = live.clock.now();
    auto const body = [](std::string const& lat, Instant time) {
        return R"([{"agent":"T-1","lat":)" + lat + R"(,"lon":11.97,"time":")" + to_text(time) +
               "\"}]";
    };
    live.ask("POST /v1/fixes", LiveServer::bearer(3), body("57.71", now));
    auto const earlier = now - Millis{60'000};
    auto const answer = live.ask("POST /v1/fixes", LiveServer::bearer(3), body("57.7101", earlier));
    CHECK(contains(answer, R"("accepted":0,"history":1)"));
    auto const track = live.history->track(live.agent, earlier, earlier + Millis{1}, 10);
    REQUIRE(track.ok());
    REQUIRE(track.value().size() == 1);
    check_place(live, 577'100'000, 119'700'000);
}

TEST_CASE("an agent's key sends for its own agent only") {
    LiveServer live;
    live.put_agent("T-2");
    auto const body =
        R"([{"agent":"T-2","lat":57.7,"lon":11.97,"time":")" + to_text(live.clock.now()) + "\"}]";
    auto const answer = live.ask("POST /v1/fixes", LiveServer::bearer(3), body);
    CHECK(contains(answer, "no agent T-2"));
    CHECK(live.ask("POST /v1/fixes", LiveServer::bearer(2), body).substr(9, 3) == "403");
    CHECK(live.ask("POST /v1/fixes", "", body).substr(9, 3) == "401");
    CHECK(live.ask("POST /v1/fixes", LiveServer::bearer(1), "").substr(9, 3) == "400");
}

TEST_CASE("OsmAnd and Traccar Client place the agent by query, form and JSON") {
    LiveServer live;
    auto const query = "lat=57.72&lon=11.97&speed=3.5&timestamp=" + seconds(live);
    auto const answer = live.ask("GET /osmand?key=ph_1_s&id=T-1&" + query, "");
    CHECK(answer.substr(9, 3) == "200");
    CHECK(answer.ends_with("interval=15\n"));
    check_place(live, 577'200'000, 119'700'000);
    auto const form = "deviceid=T-1&location=57.7201,11.97";  // received now
    auto const headers = LiveServer::bearer(3) + std::string{form_type};
    CHECK(live.ask("POST /osmand", headers, form).substr(9, 3) == "200");
    check_place(live, 577'201'000, 119'700'000);
    auto const json = [&](std::string const& device) {
        auto const time = to_text(live.clock.now() + Millis{1500});
        return R"({"device_id":")" + device + R"(","location":{"timestamp":")" + time +
               R"(","coords":{"latitude":57.7202,"longitude":11.97}}})";
    };
    // user:ph_1_s
    std::string const basic = "Authorization: Basic dXNlcjpwaF8xX3M=\r\n" + std::string{json_type};
    CHECK(live.ask("POST /osmand", basic, json("T-1")).substr(9, 3) == "200");
    check_place(live, 577'202'000, 119'700'000);
    CHECK(live.ask("POST /osmand", basic, json("T-9")).substr(9, 3) == "404");
    CHECK(live.ask("GET /osmand?key=ph_1_s&id=T-9&" + query, "").substr(9, 3) == "400");
    CHECK(live.ask("GET /osmand?key=ph_1_s&id=T-1", "").substr(9, 3) == "400");
    CHECK(live.ask("GET /osmand?key=ph_1_x&id=T-1&" + query, "").substr(9, 3) == "401");
    CHECK(live.ask("GET /osmand?id=T-1&" + query, "").substr(9, 3) == "401");
}

TEST_CASE("OwnTracks places the agent by its device and always hears a list") {
    LiveServer live;
    auto const headers = LiveServer::bearer(1) + std::string{json_type} + "X-Limit-U: ann\r\n";
    auto const body = R"({"_type":"location","lat":57.73,"lon":11.97,"tst":)" + seconds(live) + "}";
    auto const answer = live.ask("POST /owntracks", headers + "X-Limit-D: T-1\r\n", body);
    CHECK(answer.substr(9, 3) == "200");
    CHECK(contains(answer, R"("moveModeLocatorInterval":15)"));
    check_place(live, 577'300'000, 119'700'000);
    auto const other = live.ask("POST /owntracks", headers, R"({"_type":"lwt","tst":1})");
    CHECK(other.ends_with("\r\n\r\n[]"));
    CHECK(live.ask("POST /owntracks", headers + "X-Limit-D: T-9\r\n", body).substr(9, 3) == "404");
}

TEST_CASE("a Traccar server's forwarded position places the agent") {
    LiveServer live;
    auto const body = [&](std::string const& device) {
        return R"({"position":{"fixTime":")" + to_text(live.clock.now()) +
               R"(","latitude":57.74,"longitude":11.97,"speed":0,"valid":true},)" +
               R"("device":{"uniqueId":")" + device + "\"}}";
    };
    auto const headers = LiveServer::bearer(1) + std::string{json_type};
    CHECK(live.ask("POST /traccar", headers, body("T-1")).substr(9, 3) == "200");
    check_place(live, 577'400'000, 119'700'000);
    CHECK(live.ask("POST /traccar", headers, body("T-9")).substr(9, 3) == "404");
    CHECK(live.ask("POST /traccar", headers, "{").substr(9, 3) == "400");
}

}  // namespace posthaste::api
