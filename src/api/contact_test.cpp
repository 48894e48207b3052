// Who a job is for: seen by those who need it, kept nowhere but in the vault, and erased.
#include "api/conditions.hpp"
#include "api/json.hpp"
#include "api/service_test.hpp"
#include "node/recover.hpp"

namespace posthaste::api {
namespace {

using testing::City;
using testing::get;
using testing::here;
using testing::holds;
using testing::is_problem;
using testing::make_job;
using testing::member;

/// Every byte of every file under the folder, and everything that the log keeps.
std::string all_kept(City& city) {
    std::string all;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{city.folder.path}) {
        std::ifstream file{entry.path(), std::ios::binary};
        if (entry.is_regular_file()) all.append(std::istreambuf_iterator<char>{file}, {});
    }
    auto const records = city.log.read_from(1, log::append_bytes_max);
    REQUIRE(records.ok());
    CHECK(records.value().size() > 5);
    for (auto const& record : records.value())
        all += record.bytes;
    auto const recovered = node::recover(city.log, RegionId{7});
    REQUIRE(recovered.ok());
    return all += node::snapshot_of(recovered.value()).bytes;
}

/// Everything that the stream and the board say, to whomever.
std::string all_told(City& city, std::string const& job) {
    std::string all;
    city.publisher.pump(city.clock.now());
    for (auto const& message : city.ring.since(views::cursor_after(RegionId{7}, 0)).messages) {
        for (auto const& text : message->texts)
            if (text) all += *text;
    }
    CHECK(holds({.body = all}, job));
    for (auto const& key : {city.dispatcher, city.viewer, city.admin}) {
        for (auto const* const what : {"/v1/snapshot", "/v1/jobs", "/v1/agents"})
            all += get(city, what, key).content();
        for (auto const* const part : {"", "/decisions", "/history"})
            all += get(city, "/v1/jobs/" + job + part, key).content();
    }
    return all;
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

TEST_CASE("Personal data: it reaches no log, decision, stream or snapshot, nor a file as it is") {
    City city;
    city.make_agent("anna", here);
    auto const put = city.ask(
        {Method::put,
         "/v1/agents/bob",
         city.dispatcher,
         R"({"home":{"lat":57.7,"lon":11.97},"person":{"name":"Bobqzx","phone":"0700070"}})"}
    );
    REQUIRE(put.status == 200);
    auto const job = make_job(
        city,
        R"(,"contact":{"name":"Annqzx","phone":"0711171","address":"Hemligqzx 1",)"
        R"("notes":"the dog qzxbites"})"
    );
    auto const changed = city.ask(
        {Method::patch,
         "/v1/jobs/" + job,
         city.dispatcher,
         R"({"contact":{"name":"Evaqzx","notes":"the cat qzxsleeps"}})"}
    );
    REQUIRE(changed.status == 200);
    CHECK(member(get(city, "/v1/jobs/" + job + "/contact", city.dispatcher), "name") == "Evaqzx");
    city.catch_up();
    for (auto const& text : {all_kept(city), all_told(city, job)}) {
        for (auto const* const secret : {"qzx", "0700070", "0711171"})
            CHECK(text.find(secret) == std::string::npos);
    }
}

}  // namespace
}  // namespace posthaste::api
