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
        // Without --map the page's map is the network's.
        auto const map = server.ask("GET", "/v1/map", admin);
        CHECK(map.status == 200);
        CHECK(map.body.find("\"highway\":\"residential\"") != map.body.npos);
        auto const found = server.ask("GET", "/search/v1?q=main+st", admin);
        CHECK(found.body.find("\"label\":\"Main Street\"") != found.body.npos);
    }
    {
        Server const server{folder, {"--roads", roads.string(), "--open-roads"}};
        auto const route = server.ask("GET", "/route/v1/car/" + std::string{way}, "");
        CHECK(route.status == 200);
        auto const reached =
            server.ask("GET", "/isochrone/v1/car/11.905,57.701?contours_minutes=1", "");
        CHECK(reached.body.find("\"contour\":1") != reached.body.npos);
        CHECK(server.ask("GET", "/tiles/14/8734/4960.mvt", "").status == 200);
        CHECK(server.ask("GET", "/v1/map", "").status == 401);
        CHECK(server.ask("GET", "/v1/jobs", "").status == 401);
    }
    Server const server{folder};
    auto const route = server.ask("GET", "/route/v1/car/" + std::string{way}, admin);
    CHECK(route.status == 400);
    CHECK(route.member("code") == "NotImplemented");
}

// Two streets along a river of 110 m, with one bridge 5 km to the east.
void write_river(Folder const& folder) {
    std::ofstream{folder.path() / "river.geojson"}
        << R"({"type":"FeatureCollection","features":[)"
           R"({"type":"Feature","properties":{"highway":"primary","name":"North Bank"},"geometry":)"
           R"({"type":"LineString","coordinates":[[11.95,57.701],[12.05,57.701]]}},)"
           R"({"type":"Feature","properties":{"highway":"primary","name":"South Bank"},"geometry":)"
           R"({"type":"LineString","coordinates":[[11.95,57.7],[12.05,57.7]]}},)"
           R"({"type":"Feature","properties":{"highway":"primary","name":"Bridge"},"geometry":)"
           R"({"type":"LineString","coordinates":[[12.05,57.7],[12.05,57.701]]}}]})";
    auto const ran =
        run(folder,
            {"import",
             "roads",
             (folder.path() / "river.geojson").string(),
             "--out",
             (folder.path() / "river.roads").string()});
    INFO(ran.said);
    REQUIRE(ran.code == 0);
}

/// Who gets a job on the south bank: the first across the river, or the second 2 km along it.
std::string who_gets_it(Folder const& folder, std::vector<std::string> const& more) {
    auto const admin = make_key(folder, "admin");
    Server const server{folder, more};
    auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch()
    )
                         .count();
    std::string lines;
    std::vector<std::pair<std::string, std::string>> ids;
    for (auto const& [name, lat, lon] :
         {std::tuple{"north", "57.701", "11.97"}, std::tuple{"south", "57.7", "12.0"}}) {
        auto const path = "/v1/agents/" + std::string{name};
        auto const put = server.ask(
            "PUT", path, admin, R"({"home":{"lat":57.7,"lon":11.97},"vehicle_kind":"car"})"
        );
        INFO(put.body);
        REQUIRE(put.status / 100 == 2);
        ids.emplace_back(name, put.member("agent"));
        server.ask("PUT", path + "/availability", admin, R"({"availability":"on_duty"})");
        lines += R"({"agent":")" + std::string{name} + R"(","lat":)" + lat + R"(,"lon":)" + lon +
                 R"(,"time":)" + std::to_string(now) + "}\n";
    }
    auto const seen = server.ask("POST", "/v1/fixes", admin, lines);
    REQUIRE(seen.status / 100 == 2);
    // Received is not decided: a job that comes first would go to whoever is seen first.
    auto const is_seen = [&] {
        return server.ask("GET", "/v1/agents/south", admin).body.find(R"("position":[57.7,12,)") !=
               std::string::npos;
    };
    for (int i = 0; i < 200 && !is_seen(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    REQUIRE(is_seen());
    auto const job = server.ask(
        "POST",
        "/v1/jobs",
        admin,
        R"({"workflow":"parcel","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
        R"({"place":{"lat":57.7,"lon":11.98}}]})",
        "Prefer: wait=20\r\n"
    );
    INFO(job.body);
    CHECK(job.member("outcome") == "assigned");
    CHECK(job.member("travel").empty() == more.empty());  // by which times it was decided
    auto const winner = job.member("winner");
    for (auto const& [name, id] : ids)
        if (id == winner) return name;
    return job.body;
}

TEST_CASE("by roads the agent across the river is far away, without them near") {
    Folder const with;
    write_river(with);
    CHECK(who_gets_it(with, {"--roads", (with.path() / "river.roads").string()}) == "south");
    Folder const without;
    CHECK(who_gets_it(without, {}) == "north");
}

/// Whether it is so before long.
bool soon(auto const& is_so) {
    for (int i = 0; i < 500; ++i) {
        if (is_so()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
}

TEST_CASE("a report of a slow road counts before long, and no more when it is lifted") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const roads = folder.path() / "town.roads";
    write_town(roads);
    Server const server{folder, {"--roads", roads.string()}};
    auto const table = [&] {
        return server.ask("GET", "/table/v1/driving/11.905,57.701;11.935,57.7", admin).body;
    };
    auto const usual = table();
    auto const made = server.ask(
        "POST",
        "/v1/road-reports",
        admin,
        R"({"kind":"slow","slower_per_mille":3000,"line":[{"lat":57.7,"lon":11.925}]})"
    );
    INFO(made.body);
    REQUIRE(made.status == 201);
    CHECK(soon([&] { return table() != usual; }));
    CHECK(server.ask("GET", "/v1/travel", admin).member("source") == "free_flow");
    auto const lifted = server.ask("DELETE", "/v1/road-reports/" + made.member("report"), admin);
    CHECK(lifted.status == 200);
    CHECK(soon([&] { return table() == usual; }));
}

TEST_CASE("without roads, another server's times are used once they were fetched") {
    Folder const knows;
    auto const roads = knows.path() / "town.roads";
    write_town(roads);
    Server const router{knows, {"--roads", roads.string(), "--open-roads"}};
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const url = "http://127.0.0.1:" + std::to_string(router.port());
    Server const server{folder, {"--routing-server", url}};
    server.ask(
        "PUT", "/v1/agents/a", admin, R"({"home":{"lat":57.7,"lon":11.905},"vehicle_kind":"car"})"
    );
    server.ask("PUT", "/v1/agents/a/availability", admin, R"({"availability":"on_duty"})");
    auto const source = [&] { return server.ask("GET", "/v1/travel", admin).member("source"); };
    CHECK(source() == "great_circle");
    CHECK(soon([&] {
        auto const now = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::system_clock::now().time_since_epoch()
        )
                             .count();
        server.ask(
            "POST",
            "/v1/fixes",
            admin,
            R"({"agent":"a","lat":57.7,"lon":11.905,"time":)" + std::to_string(now) + "}\n"
        );
        server.ask(
            "POST",
            "/v1/jobs",
            admin,
            R"({"workflow":"parcel","stops":[{"place":{"lat":57.7,"lon":11.93}},)"
            R"({"place":{"lat":57.7,"lon":11.935}}]})"
        );
        return source() == "outside";
    }));
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
