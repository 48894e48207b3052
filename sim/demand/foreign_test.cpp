#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "demand/source.hpp"
#include "demand/text.hpp"

namespace posthaste::demand {

namespace {

struct All {
    std::vector<Trip> trips;
    std::uint64_t skipped = 0;
};

All read_all(std::istream& in) {
    auto opened = open_trips(in);
    REQUIRE(opened.ok());
    auto const source = std::move(opened).value();
    All all;
    for (;;) {
        auto trip = source->next();
        REQUIRE(trip.ok());
        if (!trip.value()) break;
        all.trips.push_back(*trip.value());
    }
    all.skipped = source->skipped();
    return all;
}

All read_text(std::string const& text) {
    std::istringstream in{text};
    return read_all(in);
}

/// The file of the folder of real data; nothing, and a word about it, where it is absent.
std::optional<std::ifstream> real_file(std::string const& path) {
    char const* const folder =
        std::getenv("POSTHASTE_DATA");  // NOLINT(concurrency-mt-unsafe): a test
    std::ifstream in{std::string{folder == nullptr ? "." : folder} + "/" + path};
    if (in) return in;
    MESSAGE("skipped: no " << path << " in POSTHASTE_DATA");
    return std::nullopt;
}

void check_sorted_and_placed(std::vector<Trip> const& trips) {
    REQUIRE_FALSE(trips.empty());
    for (std::size_t i = 0; i < trips.size(); ++i) {
        if (i > 0) REQUIRE(trips[i - 1].time <= trips[i].time);
        REQUIRE(trips[i].pickup != model::Position{});
        REQUIRE(trips[i].window.latest >= trips[i].time);
    }
}

}  // namespace

TEST_CASE("yellow cabs: sorted; rows without a time or a place are counted; odd passengers are one"
) {
    auto const all = read_text(
        "tpep_pickup_datetime,passenger_count,pickup_longitude,pickup_latitude,"
        "dropoff_longitude,dropoff_latitude\n"
        "2015-01-15 19:06:00 +00:00,2,-73.9,40.7,-73.8,40.8\n"
        ",1,-73.9,40.7,-73.8,40.8\n"
        "2015-01-15 19:05:00 +00:00,-3,-73.9,40.7,-73.8,40.8\n"
        "2015-01-15 19:05:30 +00:00,1,0,0,-73.8,40.8\n"
    );
    REQUIRE(all.trips.size() == 2);
    CHECK(all.skipped == 2);
    CHECK(all.trips[0].reference == "yellow-4");
    CHECK(all.trips[0].time == parse_time("2015-01-15T19:05:00Z"));
    CHECK(all.trips[0].load.amount[load_seats] == 1);
    CHECK(all.trips[1].load.amount[load_seats] == 2);
    CHECK(all.trips[1].pickup == model::Position{407'000'000, -739'000'000});
    CHECK(all.trips[1].dropoff == model::Position{408'000'000, -738'000'000});
}

TEST_CASE("New York trips: first and last point, seconds of the first") {
    auto const all = read_text(R"([{"vendor":0,"path":[[-73.9,40.7],[-73.85,40.75],[-73.8,40.8]],)"
                               R"("timestamps":[1191,1200.5,1300]},)"
                               R"({"timestamps":[6.25,7],"path":[[-73.7,40.6],[-73.6,40.5]]},)"
                               R"({"vendor":1,"path":[],"timestamps":[]}])");
    REQUIRE(all.trips.size() == 2);
    CHECK(all.skipped == 1);
    CHECK(all.trips[0].time == Instant{6250});
    CHECK(all.trips[1].time == Instant{1'191'000});
    CHECK(all.trips[1].pickup == model::Position{407'000'000, -739'000'000});
    CHECK(all.trips[1].dropoff == model::Position{408'000'000, -738'000'000});
}

TEST_CASE("incidents: one stop, the real time on scene, medics where it says so") {
    auto const all = read_text(
        "call,notified,arrived,cleared,lon,lat,category,response,station_first_due\n"
        "2019-04-01 01:37:00,,2019-04-01 01:44:00,2019-04-01 01:55:00,-104.8,39.5,"
        "\"RESCUE, EMS\",Emergent,44\n"
        "2019-04-01 02:00:00,,,,-104.8,39.5,SERVICE CALL,Non-emergent,14\n"
    );
    REQUIRE(all.trips.size() == 2);
    CHECK_FALSE(all.trips[0].dropoff.has_value());
    CHECK(all.trips[0].service == Millis{660'000});
    CHECK(all.trips[0].skills == std::vector<std::string>{"medic"});
    CHECK(all.trips[0].priority == 100);
    CHECK(all.trips[1].service == Millis{1'200'000});
    CHECK(all.trips[1].skills.empty());
    CHECK(all.trips[1].priority == 50);
}

TEST_CASE("real yellow cabs") {
    auto file = real_file("demand/nyc_yellow_2015-01-15_1905.csv");
    if (!file) return;
    auto const all = read_all(*file);
    check_sorted_and_placed(all.trips);
    CHECK(all.trips.size() + all.skipped == 300);
    CHECK(all.skipped <= 5);
}

TEST_CASE("real New York trips") {
    auto file = real_file("demand/nyc_trips_v7.json");
    if (!file) return;
    auto const all = read_all(*file);
    check_sorted_and_placed(all.trips);
    CHECK(all.trips.size() == 996);
    CHECK(all.trips.front().time >= Instant{6000});
    CHECK(all.trips.back().time <= Instant{2'487'000});
}

TEST_CASE("real incidents") {
    auto file = real_file("ems/smfr_2019-04-01_06-15.csv");
    if (!file) return;
    auto const all = read_all(*file);
    check_sorted_and_placed(all.trips);
    CHECK(all.trips.size() + all.skipped == 8134);
    CHECK(all.skipped <= 10);
}

}  // namespace posthaste::demand
