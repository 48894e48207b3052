#include "demand/source.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "demand/generate.hpp"

namespace posthaste::demand {

namespace {

std::vector<Trip> read_all(Source& source) {
    std::vector<Trip> trips;
    for (;;) {
        auto trip = source.next();
        REQUIRE(trip.ok());
        if (!trip.value()) return trips;
        trips.push_back(*trip.value());
    }
}

std::unique_ptr<Source> opened(std::istream& in) {
    auto source = open_trips(in);
    REQUIRE(source.ok());
    return std::move(source).value();
}

/// What is wrong with the file, by its first error.
std::string error_of(std::string const& text) {
    std::istringstream in{text};
    auto source = open_trips(in);
    if (!source.ok()) return source.error().detail;
    auto const trips = std::move(source).value();
    for (;;) {
        auto const trip = trips->next();
        if (!trip.ok()) return trip.error().detail;
        if (!trip.value()) return "no error";
    }
}

std::string const header = "time,pickup_lat,pickup_lon,service_s,latest,load\n";

/// The rows of a month, made as they are read: never more than one of them in memory.
class EndlessRows : public std::streambuf {
public:
    explicit EndlessRows(std::int64_t count) : left_{count} {}

private:
    int underflow() override {
        if (left_ == 0) return traits_type::eof();
        row_ = number_ == 0 ? std::string{"time,pickup_lat,pickup_lon\n"}
                            : "2026-03-" + std::to_string(10 + number_ * 20 / 1'000'000) +
                                  " 08:00,57.7,11.9\n";
        ++number_;
        --left_;
        setg(row_.data(), row_.data(), row_.data() + row_.size());
        return traits_type::to_int_type(row_.front());
    }

    std::string row_;
    std::int64_t number_ = 0;
    std::int64_t left_;
};

class ListSource : public Source {
public:
    explicit ListSource(std::vector<std::int64_t> times) : times_{std::move(times)} {}
    Result<std::optional<Trip>> next() override {
        if (index_ == times_.size()) return std::optional<Trip>{};
        Trip trip;
        trip.time = Instant{times_[index_]};
        trip.reference = std::to_string(index_++);
        return std::optional{std::move(trip)};
    }
    std::uint64_t skipped() const override { return 7; }

private:
    std::vector<std::int64_t> times_;
    std::size_t index_ = 0;
};

}  // namespace

TEST_CASE("three columns are enough; the rest has defaults") {
    std::istringstream in{
        "pickup_lon,note,pickup_lat,time\n11.9,hello,57.7,1970-01-01T00:00:01Z\n"};
    auto const trips = read_all(*opened(in));
    REQUIRE(trips.size() == 1);
    Trip expected;
    expected.time = Instant{1000};
    expected.pickup = {577'000'000, 119'000'000};
    expected.window.earliest = Instant{1000};
    CHECK(trips[0] == expected);
}

TEST_CASE("the examples of docs/formats/demand.md") {
    std::istringstream in{
        "time,kind,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon,latest,service_s,load,skills\n"
        "2026-03-02T08:00:00Z,ride,57.7089,11.9746,57.6969,11.9865,2026-03-02T08:15:00Z,30,1,\n"
        "2026-03-02T08:00:04Z,repair,57.7210,11.9402,,,2026-03-02T12:00:00Z,3600,,"
        "plumbing;heating\n"};
    auto const trips = read_all(*opened(in));
    REQUIRE(trips.size() == 2);
    CHECK(trips[0].load.amount[load_seats] == 1);
    CHECK(trips[1].time - trips[0].time == Millis{4000});
    CHECK_FALSE(trips[1].dropoff.has_value());
    CHECK(trips[1].skills == std::vector<std::string>{"plumbing", "heating"});

    std::istringstream fleet_in{
        "reference,lat,lon,shift_start,shift_end,vehicle,capacity,skills\n"
        "agent-0000001,57.7001,11.9601,2026-03-02T06:00:00Z,2026-03-02T15:00:00Z,car,4,\n"
        "agent-0000002,57.7102,11.9402,2026-03-02T08:00:00Z,2026-03-02T17:00:00Z,workshop_van,,"
        "plumbing;locks\n"};
    auto const fleet = read_fleet(fleet_in);
    REQUIRE(fleet.ok());
    REQUIRE(fleet.value().size() == 2);
    CHECK(fleet.value()[0].capacity.amount[load_seats] == 4);
    CHECK(fleet.value()[1].skills == std::vector<std::string>{"plumbing", "locks"});
}

TEST_CASE("a row that is wrong is named by its line and column") {
    CHECK(error_of(header + "1970-01-01 00:00,57.7,11.9,,,\n") == "no error");
    CHECK(
        error_of(header + "1970-01-01 00:00,57.7,11.9,,,\nnoon,57.7,11.9,,,\n") ==
        "line 3, time: 'noon' is not a time such as 2026-03-02T08:00:00Z"
    );
    CHECK(
        error_of(header + ",57.7,11.9,,,\n") ==
        "line 2, time: '' is not a time such as 2026-03-02T08:00:00Z"
    );
    CHECK(
        error_of(header + "1970-01-01 00:00,91,11.9,,,\n") ==
        "line 2, pickup_lat: '91' is not with pickup_lon a place in degrees"
    );
    CHECK(
        error_of(header + "1970-01-01 00:00,57.7,11.9,-1,,\n") ==
        "line 2, service_s: '-1' is not a whole number from 0 to 604800"
    );
    CHECK(
        error_of(header + "1970-01-02 00:00,57.7,11.9,,1970-01-01 00:00,\n") ==
        "line 2, latest: '1970-01-01 00:00' is not after earliest"
    );
    CHECK(
        error_of(header + "1970-01-01 00:00,57.7,11.9,,,1;2;3;4;5\n") ==
        "line 2, load: '1;2;3;4;5' is not up to four amounts such as 0;1;12"
    );
    CHECK(
        error_of(header + "1970-01-01 00:01,1,1,,,\n1970-01-01 00:00,1,1,,,\n") ==
        "line 3, time: '1970-01-01 00:00' is not at or after the row before: sort the file by time"
    );
    CHECK(error_of("a,b\n1,2\n").starts_with("line 1: neither time, pickup_lat and pickup_lon"));
    CHECK(error_of("") == "line 1: the file is empty");
}

TEST_CASE("trips and fleets of a made-up city survive their files") {
    City city;
    city.start = Instant{1'772'409'600'000};
    city.trips_per_day = 2000;
    city.agents = 300;
    auto const places = grid_places({577'000'000, 119'000'000}, 40);
    auto const trips = read_all(*make_trips(city, places));
    std::stringstream file;
    TripWriter writer{file};
    for (auto const& trip : trips)
        writer.write(trip);
    CHECK(read_all(*opened(file)) == trips);

    auto const fleet = make_fleet(city, places);
    std::stringstream fleet_file;
    write_fleet(fleet_file, fleet);
    CHECK(read_fleet(fleet_file).value() == fleet);
}

TEST_CASE("a fleet's rows are checked as strictly") {
    std::istringstream in{"reference,lat,lon,weight\nA,57.7,11.9,0\n"};
    CHECK(
        read_fleet(in).error().detail ==
        "line 2, weight: '0' is not a whole number from 1 to 2147483647"
    );
    std::istringstream nameless{"reference,lat,lon\n,57.7,11.9\n"};
    CHECK(read_fleet(nameless).error().detail == "line 2, reference: '' is not a name");
}

TEST_CASE("a trace of any length is read a row at a time") {
    EndlessRows rows{200'001};
    std::istream in{&rows};
    auto const source = opened(in);
    std::int64_t count = 0;
    for (;;) {
        auto const trip = source->next();
        REQUIRE(trip.ok());
        if (!trip.value()) break;
        ++count;
    }
    CHECK(count == 200'000);
}

TEST_CASE("nearly sorted trips are sorted within the window, and what comes later is skipped") {
    auto const source =
        sorted(std::make_unique<ListSource>(std::vector<std::int64_t>{3, 1, 2, 2, 9, 0, 8}), 3);
    std::string order;
    for (auto const& trip : read_all(*source))
        order += trip.reference + " ";
    // 3 1 2 are held, so 1 goes first; the 0 comes when 2 is gone already.
    CHECK(order == "1 2 3 0 6 4 ");
    CHECK(source->skipped() == 7 + 1);
}

}  // namespace posthaste::demand
