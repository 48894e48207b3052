#include "main/outside/dialect.hpp"

#include <doctest/doctest.h>

namespace posthaste::main {
namespace {

TableQuestion two_to_one() {
    return {
        .sources = {{577'000'000, 119'000'000}, {577'100'000, -119'100'000}},
        .targets = {{578'000'000, 120'000'000}},
        .profile = road::Profile::bicycle};
}

TableTimes read(Dialect dialect, std::string const& body) {
    auto const times = times_of(dialect, two_to_one(), body);
    INFO((times.ok() ? "" : times.error().detail));
    REQUIRE(times.ok());
    return times.value();
}

std::string refused(Dialect dialect, std::string const& body) {
    auto const times = times_of(dialect, two_to_one(), body);
    REQUIRE_FALSE(times.ok());
    CHECK(times.error().code == Errc::malformed);
    return times.error().detail;
}

TableTimes const minute_and_none{Millis{60'500}, std::nullopt};

}  // namespace

TEST_CASE("OSRM: a table by index; null is no way") {
    auto const ask = ask_of(Dialect::osrm, two_to_one(), "");
    CHECK(
        ask.path ==
        "/table/v1/cycling/11.90000,57.70000;-11.91000,57.71000;12.00000,57.80000"
        "?sources=0;1&destinations=2&annotations=duration"
    );
    CHECK(read(Dialect::osrm, R"({"code":"Ok","durations":[[60.5],[null]]})") == minute_and_none);
    CHECK(refused(Dialect::osrm, R"({"code":"NoSegment","message":"far"})").ends_with("far"));
    refused(Dialect::osrm, R"({"code":"Ok","durations":[[60.5]]})");
    refused(Dialect::osrm, R"({"code":"Ok","durations":[[60.5,1],[1,1]]})");
    refused(Dialect::osrm, "<html>");
}

TEST_CASE("Valhalla: sources_to_targets, seconds in each cell") {
    auto const ask = ask_of(Dialect::valhalla, two_to_one(), "");
    CHECK(ask.verb == load::Verb::post);
    CHECK(ask.path == "/sources_to_targets");
    CHECK(ask.body.find(R"("costing":"bicycle")") != std::string::npos);
    CHECK(ask.body.find(R"({"lat":57.71000,"lon":-11.91000})") != std::string::npos);
    auto const body = R"({"sources_to_targets":[[{"time":60.5,"distance":1}],[{"time":null}]]})";
    CHECK(read(Dialect::valhalla, body) == minute_and_none);
    CHECK(refused(Dialect::valhalla, R"({"error":"No path","error_code":442})").ends_with("path"));
}

TEST_CASE("a distance matrix: with traffic where it has it, and its key is sent") {
    auto const ask = ask_of(Dialect::distance_matrix, two_to_one(), "k");
    CHECK(
        ask.path.find("origins=57.70000%2C11.90000%7C57.71000%2C-11.91000&") != std::string::npos
    );
    CHECK(ask.path.ends_with("&key=k"));
    auto const body = R"({"status":"OK","rows":[
        {"elements":[{"status":"OK","duration":{"value":50},"duration_in_traffic":{"value":60.5}}]},
        {"elements":[{"status":"ZERO_RESULTS"}]}]})";
    CHECK(read(Dialect::distance_matrix, body) == minute_and_none);
    auto const denied = R"({"status":"REQUEST_DENIED","error_message":"no key"})";
    CHECK(refused(Dialect::distance_matrix, denied).ends_with("no key"));
}

TEST_CASE("times that cannot be are no times") {
    for (auto const* const time : {"-1", "1e300", "\"60\"", "99999999999"}) {
        std::string const body =
            std::string{R"({"code":"Ok","durations":[[60.5],[)"} + time + "]]}";
        CHECK(read(Dialect::osrm, body) == minute_and_none);
    }
}

}  // namespace posthaste::main
