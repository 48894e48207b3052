// Is it drivable, windows, holds, busy times and feeds, over HTTP.
#include "api/service_test.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::header;
using testing::holds;
using testing::is_problem;
using testing::member;

// 57.7 N: a hundredth of a degree of latitude is 1112 m, 145 s at 10 m/s and a detour of 1.3.
struct Day : City {
    Day() {
        auto const made = ask(
            {Method::put,
             "/v1/agents/ANN",
             dispatcher,
             R"({"home":{"lat":57.7,"lon":11.97},"capacity":[4,4,4,4]})"}
        );
        REQUIRE(made.status == 200);
        ann = member(made, "agent");
    }
    std::string time(std::int64_t minutes) const {
        return views::to_text(clock.now() + Millis{minutes * 60'000});
    }
    std::string window(std::int64_t from, std::int64_t until) const {
        return R"({"earliest":")" + time(from) + R"(","latest":")" + time(until) + "\"}";
    }
    /// So many hundredths of a degree north.
    std::string stop(int north, std::string const& more = "") const {
        return R"({"place":{"lat":)" + std::to_string(57.7 + north * 0.01) + R"(,"lon":11.97})" +
               more + "}";
    }
    std::string timed(int north, std::int64_t from, std::int64_t until) const {
        return stop(north, R"(,"service":600000,"window":)" + window(from, until));
    }
    std::string job(std::string const& reference, std::string const& stop) {
        auto const body =
            R"({"workflow":"ride","reference":")" + reference + R"(","stops":[)" + stop + "]}";
        auto const made = ask({Method::post, "/v1/jobs", dispatcher, body});
        REQUIRE(made.status == 202);
        return member(made, "job");
    }
    Response assign(std::string const& job, std::string const& more = "") {
        return ask(
            {Method::post,
             "/v1/jobs/" + job + "/assign",
             dispatcher,
             R"({"agent":")" + ann + "\"" + more + "}"}
        );
    }
    Response post(std::string path, std::string body) {
        return ask({Method::post, std::move(path), dispatcher, std::move(body)});
    }

    std::string ann;
};

TEST_CASE("a slot that is not drivable is refused, says why and what to do; forced it is recorded"
) {
    Day day;
    REQUIRE(day.assign(day.job("A", day.timed(0, 60, 60))).status == 200);
    auto const late = day.job("B", day.timed(20, 90, 90));  // 48 minutes from A
    auto const refused = day.assign(late);
    CHECK(is_problem(refused, 409, "slot_unreachable"));
    CHECK(holds(refused, "it can be forced with a reason"));
    CHECK(holds(refused, "before it stop 0 of A"));
    CHECK(holds(refused, "min late for"));
    CHECK(is_problem(day.assign(late, R"(,"force":true)"), 422, "malformed"));
    CHECK(day.assign(late, R"(,"force":true,"reason":"agreed by phone")").status == 200);
    day.catch_up();
    auto const history = get(day, "/v1/jobs/" + late + "/history", day.dispatcher);
    CHECK(holds(history, R"("forced":"forced: agreed by phone")"));
    CHECK(holds(history, R"("role":"dispatcher")"));
}

TEST_CASE("the check answers with neighbours and every conflict, and changes nothing") {
    Day day;
    REQUIRE(day.assign(day.job("A", day.timed(0, 60, 60))).status == 200);
    auto const number = day.board.number(RegionId{7});
    auto const draft = [&](std::string const& stop) {
        return day.post(
            "/v1/plans/check", R"({"agent":")" + day.ann + R"(","stops":[)" + stop + "]}"
        );
    };
    auto const good = draft(day.timed(5, 85, 100));
    REQUIRE(good.status == 200);
    CHECK(holds(good, R"("drivable":true)"));
    CHECK(holds(good, R"("before":{"job":")"));
    CHECK(holds(good, R"("reference":"A")"));
    auto const bad = draft(day.timed(20, 90, 90));
    CHECK(holds(bad, R"("drivable":false)"));
    CHECK(holds(bad, R"({"rule":"window","stop":0)"));
    CHECK(holds(bad, R"("text":"stop 0 of this job is reached at)"));
    // Of a job there is, at another time, for who has it.
    auto const job = day.job("B", day.timed(5, 85, 100));
    REQUIRE(day.assign(job).status == 200);
    auto const body = R"({"job":")" + job + R"(","start":")";
    CHECK(holds(day.post("/v1/plans/check", body + day.time(95) + "\"}"), R"("drivable":true)"));
    CHECK(holds(day.post("/v1/plans/check", body + day.time(61) + "\"}"), R"("drivable":false)"));
    CHECK(day.board.number(RegionId{7}) > number);
    auto const before = day.board.number(RegionId{7});
    draft(day.timed(20, 90, 90));
    CHECK(day.board.number(RegionId{7}) == before);
}

TEST_CASE("what cannot be checked is refused by name") {
    Day day;
    auto const check = [&](std::string const& body) {
        return day.post("/v1/plans/check", "{" + body + "}");
    };
    auto const ann = R"("agent":")" + day.ann + "\"";
    CHECK(is_problem(check(ann), 422, "malformed"));
    CHECK(is_problem(check(R"("stops":[)" + day.stop(0) + "]"), 422, "malformed"));
    CHECK(is_problem(check(ann + R"(,"job":"1")"), 404, "job_unknown"));
    CHECK(is_problem(check(R"("agent":"1","stops":[)" + day.stop(0) + "]"), 404, "agent_unknown"));
    CHECK(is_problem(
        check(ann + R"(,"need":{"skills":["fly"]},"stops":[)" + day.stop(0) + "]"), 422, "malformed"
    ));
    CHECK(day.ask({Method::post, "/v1/plans/check", day.viewer, "{}"}).status == 403);
}

TEST_CASE("book: windows by cost, one held, not offered again, and a job made with it") {
    Day day;
    auto const ask_windows = [&] {
        return day.post(
            "/v1/bookings/windows",
            R"({"stops":[)" + day.stop(2, R"(,"service":600000)") + R"(],"agents":[")" + day.ann +
                R"("],"windows":[)" + day.window(60, 180) + R"(],"length":3600000})"
        );
    };
    auto const windows = ask_windows();
    REQUIRE(windows.status == 200);
    auto const document = parse_json(windows.content());
    REQUIRE(document.ok());
    CHECK(document.value().member("windows")->elements.size() == 2);
    CHECK(holds(windows, R"("reference":"ANN")"));
    auto const body =
        R"({"agent":")" + day.ann + R"(","span":600000,"stops":[)" + day.timed(2, 60, 61) + "]}";
    auto const held = day.post("/v1/bookings/holds", body);
    REQUIRE(held.status == 200);
    auto const booking = member(held, "booking");
    CHECK(holds(get(day, "/v1/agents/ANN", day.dispatcher), R"("bookings":[{"id":")" + booking));
    CHECK_FALSE(holds(get(day, "/v1/agents/ANN", day.viewer), "bookings"));
    auto const far = R"({"agent":")" + day.ann + R"(","stops":[)" + day.timed(30, 75, 80) + "]}";
    CHECK(is_problem(day.post("/v1/bookings/holds", far), 409, "slot_unreachable"));
    auto const made = day.post(
        "/v1/jobs",
        R"({"workflow":"ride","reference":"C","booking":")" + booking + R"(","stops":[)" +
            day.stop(2, R"(,"service":600000)") + "]}"
    );
    REQUIRE(made.status == 202);
    auto const job = get(day, "/v1/jobs/" + member(made, "job"), day.dispatcher);
    CHECK(holds(job, R"("agent":")" + day.ann));
    CHECK(holds(job, R"("earliest":")" + day.time(60)));
    CHECK(is_problem(
        day.ask({Method::erase, "/v1/bookings/holds/" + booking, day.dispatcher}),
        404,
        "booking_unknown"
    ));
}

TEST_CASE("a hold is given back by hand, and by itself when its time is over") {
    Day day;
    auto const body =
        R"({"agent":")" + day.ann + R"(","span":60000,"stops":[)" + day.timed(2, 60, 61) + "]}";
    auto const first = member(day.post("/v1/bookings/holds", body), "booking");
    auto const path = "/v1/bookings/holds/" + first;
    CHECK(day.ask({Method::erase, path, day.stranger}).status == 404);
    CHECK(day.ask({Method::erase, path, day.dispatcher}).status == 200);
    REQUIRE(day.post("/v1/bookings/holds", body).status == 200);
    day.pass(Millis{60'000});
    CHECK(holds(get(day, "/v1/agents/ANN", day.dispatcher), R"("bookings":[])"));
}

TEST_CASE("busy times: as JSON and as a calendar, by the office and by the agent") {
    Day day;
    auto const phone = day.make_key("acme", "agent", day.ann);
    auto const put = [&](std::string body, std::string key, std::string type) {
        return day.ask({Method::put, "/v1/agents/ANN/busy", key, std::move(body), {}, type});
    };
    auto const json =
        R"({"busy":[{"start":")" + day.time(60) + R"(","end":")" + day.time(120) + "\"}]}";
    REQUIRE(put(json, day.dispatcher, "application/json").status == 200);
    CHECK(holds(get(day, "/v1/agents/ANN", day.dispatcher), R"("busy":[{"start":")" + day.time(60))
    );
    CHECK_FALSE(holds(get(day, "/v1/agents/ANN", day.viewer), R"("busy")"));
    auto const body = R"({"agent":")" + day.ann + R"(","stops":[)" + day.timed(0, 60, 70) + "]}";
    CHECK(holds(day.post("/v1/plans/check", body), R"("rule":"busy")"));
    // 2027-01-15T08:00:00Z is now.
    std::string const file =
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20270116T090000Z\r\nDURATION:PT1H\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n";
    REQUIRE(put(file, phone, "text/calendar; charset=utf-8").status == 200);
    CHECK(holds(
        get(day, "/v1/agents/ANN", day.dispatcher),
        R"("busy":[{"start":"2027-01-16T09:00:00.000Z","end":"2027-01-16T10:00:00.000Z"}])"
    ));
    CHECK(holds(day.post("/v1/plans/check", body), R"("drivable":true)"));
    auto const broken = put("BEGIN:VEVENT", phone, "text/calendar");
    CHECK(is_problem(broken, 422, "malformed"));
    CHECK(holds(broken, "line 1: must begin with BEGIN:VCALENDAR"));
    CHECK(put("{}", phone, "application/json").status == 422);
    CHECK(put(json, day.viewer, "application/json").status == 403);
}

TEST_CASE("a feed is read with a key in its address that opens nothing else, until it is revoked") {
    Day day;
    auto const job = day.job("A,1", day.timed(1, 60, 60));
    REQUIRE(day.assign(job).status == 200);
    auto const key = day.make_key("acme", "calendar", day.ann);
    auto const path = "/v1/agents/" + day.ann + "/calendar.ics?key=" + key;
    auto const feed = get(day, path, "");
    REQUIRE(feed.status == 200);
    CHECK(header(feed, "Content-Type") == "text/calendar; charset=utf-8");
    CHECK(holds(feed, "SUMMARY:A\\,1: Assigned\r\n"));
    CHECK(holds(feed, "DTSTART:20270115T090000Z\r\nDTEND:20270115T091000Z\r\n"));
    CHECK(holds(feed, "STATUS:TENTATIVE"));
    CHECK(get(day, path, "").content() == feed.content());
    CHECK(get(day, "/v1/agents/ANN/calendar.ics", day.dispatcher).status == 200);
    CHECK(get(day, "/v1/agents/ANN/calendar.ics", "").status == 401);
    CHECK(get(day, "/v1/agents/ANN/calendar.ics", day.viewer).status == 403);
    CHECK(get(day, "/v1/agents/ANN", key).status == 403);
    CHECK(get(day, "/v1/jobs/" + job, key).status == 403);
    auto const other = day.make_agent("BOB", testing::here);
    CHECK(get(day, "/v1/agents/" + other + "/calendar.ics?key=" + key, "").status == 403);
    REQUIRE(
        day.ask({Method::erase, "/v1/keys/" + key.substr(3, key.find('_', 3) - 3), day.admin})
            .status == 200
    );
    CHECK(get(day, path, "").status == 401);
}

}  // namespace
}  // namespace posthaste::api
