// kill -9 under load: nothing acknowledged is lost, nothing is doubled, and it starts again.
#include <cstdlib>
#include <map>

#include "api/server_process.hpp"
#include "base/prng.hpp"

namespace posthaste::testing {
namespace {

int rounds() {
    auto const* const wanted = std::getenv("POSTHASTE_KILL_ROUNDS");
    return wanted == nullptr ? 10 : std::atoi(wanted);
}

TEST_CASE("what was acknowledged before a kill is there after it, once") {
    Prng prng{42};
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    std::map<std::string, std::string> acknowledged;  // reference -> job
    std::uint64_t number = 0;
    for (int round = 0; round < rounds(); ++round) {
        Server server{folder};
        for (auto const& [reference, job] : acknowledged)
            REQUIRE(server.ask("GET", "/v1/jobs/" + job, admin).member("reference") == reference);
        std::chrono::milliseconds const lives{prng.between(0, 300)};
        std::thread killer{[&] {
            std::this_thread::sleep_for(lives);
            server.end(SIGKILL);
        }};
        std::string reference;
        std::string header;
        for (;;) {
            reference = "r-" + std::to_string(++number);
            header = "Idempotency-Key: " + uuid(number) + "\r\n";
            auto const made = server.ask("POST", "/v1/jobs", admin, ride(reference), header);
            if (made.status != 202) break;
            acknowledged[reference] = made.member("job");
        }
        killer.join();
        // The request under way at the kill: its retry makes the job, or finds the one it made.
        Server const again{folder};
        auto const retried = again.ask("POST", "/v1/jobs", admin, ride(reference), header);
        REQUIRE(retried.status == 202);
        acknowledged[reference] = retried.member("job");
        auto const found = again.ask("GET", "/v1/jobs?reference=" + reference, admin);
        CHECK(found.body.find(retried.member("job")) != found.body.npos);
    }
    std::map<std::string, std::string> by_job;
    for (auto const& [reference, job] : acknowledged)
        CHECK(by_job.emplace(job, reference).second);
    auto const checked = run(folder, {"doctor", "--data", folder.data()});
    INFO(checked.said);
    CHECK(checked.code == 0);
}

TEST_CASE("a taken port is said in one line") {
    Folder const folder;
    Folder const other;
    Server const server{folder};
    auto const second =
        run(folder, {"serve", "--data", other.data(), "--port", std::to_string(server.port())});
    CHECK(second.code == 1);
    CHECK(second.said.find(std::to_string(server.port())) != second.said.npos);
}

}  // namespace
}  // namespace posthaste::testing
