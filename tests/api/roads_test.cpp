// Imported roads served by the real binary, as OSRM's clients ask for them.
#include "api/server_process.hpp"
#include "api/town_test.hpp"

namespace posthaste::testing {
namespace {

constexpr auto way = "11.905,57.701;11.92,57.695";

TEST_CASE("a server with roads answers as OSRM, and one without says so") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const roads = folder.path() / "town.roads";
    write_town(roads);
    {
        Server const server{folder, {"--roads", roads.string()}};
        auto const path = "/table/v1/driving/" + std::string{way};
        auto const table = server.ask("GET", path, admin);
        INFO(table.body);
        CHECK(table.status == 200);
        CHECK(table.member("code") == "Ok");
        CHECK(table.body.find("\"durations\":[[0,") != table.body.npos);
        CHECK(server.ask("GET", path, "").status == 401);
        CHECK(server.ask("GET", path + "?key=" + admin, "").status == 200);
        auto const route = server.ask("GET", "/route/v1/driving/" + std::string{way}, admin);
        CHECK(route.body.find("\"routes\":[{\"geometry\":\"") != route.body.npos);
        auto const far = server.ask("GET", "/nearest/v1/driving/1,1", admin);
        CHECK(far.status == 400);
        CHECK(far.member("code") == "NoSegment");
    }
    {
        Server const server{folder, {"--roads", roads.string(), "--open-roads"}};
        auto const route = server.ask("GET", "/route/v1/car/" + std::string{way}, "");
        CHECK(route.status == 200);
        CHECK(server.ask("GET", "/v1/jobs", "").status == 401);
    }
    Server const server{folder};
    auto const route = server.ask("GET", "/route/v1/car/" + std::string{way}, admin);
    CHECK(route.status == 400);
    CHECK(route.member("code") == "NotImplemented");
}

TEST_CASE("a server does not start on a broken file of roads, and says what is wrong with it") {
    Folder const folder;
    auto const roads = folder.path() / "town.roads";
    write_town(roads);
    fs::resize_file(roads, fs::file_size(roads) - 1);
    auto const ran =
        run(folder, {"serve", "--data", folder.data(), "--port", "0", "--roads", roads.string()});
    INFO(ran.said);
    CHECK(ran.code == 1);
    CHECK(ran.said.find("town.roads") != ran.said.npos);
    CHECK(ran.said.find("doctor") == ran.said.npos);
}

}  // namespace
}  // namespace posthaste::testing
