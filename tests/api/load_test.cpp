// `posthaste load` against `posthaste serve`: phones over WebSockets, the others over REST.
#include <memory>

#include "api/server_process.hpp"

namespace posthaste::testing {
namespace {

/// A figure of the report; -1 when it is not there.
double figure(std::string const& lines, std::string const& metric) {
    auto const at = lines.find("\"metric\":\"" + metric + "\"");
    if (at == std::string::npos) return -1;
    std::string const name = "\"value\":";
    return std::stod(lines.substr(lines.find(name, at) + name.size()));
}

std::vector<std::string> load_of(Server const& server, std::string key, std::string phones) {
    auto const url = "http://127.0.0.1:" + std::to_string(server.port());
    return {
        "load",
        "--url",
        url,
        "--key",
        std::move(key),
        "--agents",
        "20",
        "--rate",
        "10",
        "--seconds",
        "3",
        "--fix-every",
        "1",
        "--json",
        "--phones",
        std::move(phones)};
}

Ran load(Folder const& folder, std::string const& phones) {
    auto const admin = make_key(folder, "admin");
    Server const server{folder};
    return run(folder, load_of(server, admin, phones));
}

TEST_CASE("a fleet of phones and of agents over REST does its jobs, and none is lost") {
    Folder const folder;
    auto const ran = load(folder, "10");
    INFO(ran.said);
    CHECK(ran.code == 0);
    CHECK(figure(ran.said, "phone_links") == 10);
    CHECK(figure(ran.said, "phone_count") > 0);       // told on a phone
    CHECK(figure(ran.said, "phone_step_count") > 0);  // answered and worked over one
    CHECK(figure(ran.said, "action_count") > 0);      // and by REST
    CHECK(figure(ran.said, "fixes_failed") == 0);
    CHECK(figure(ran.said, "accepted") > 0);
    CHECK(figure(ran.said, "retries_percent") == 0);
}

TEST_CASE("without phones everybody is told by the stream") {
    Folder const folder;
    auto const ran = load(folder, "0");
    INFO(ran.said);
    CHECK(ran.code == 0);
    CHECK(figure(ran.said, "phone_links") == 0);
    CHECK(figure(ran.said, "phone_messages") == 0);
    CHECK(figure(ran.said, "accepted") > 0);
}

TEST_CASE("a server killed under its fleet loses nothing, and the phones come back") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto first = std::make_unique<Server>(folder);
    auto const port = first->port();
    auto const out = folder.path() / "report";
    auto const process = spawn(load_of(*first, admin, "10"), out);
    // It says so once a second; the fleet is on duty and jobs are under way by then.
    auto const is_under_way = [&] { return text_of(out).find("1 s: ") != std::string::npos; };
    for (int i = 0; i < 3000 && !is_under_way(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    REQUIRE(is_under_way());
    first.reset();
    Server const second{folder, {}, port};
    int status = 0;
    ::waitpid(process, &status, 0);
    auto const said = text_of(out);
    INFO(said);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(figure(said, "phone_links") == 20);
    CHECK(figure(said, "lost") == 0);
    CHECK(figure(said, "doubled") == 0);
}

}  // namespace
}  // namespace posthaste::testing
