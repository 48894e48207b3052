#include "demand/generate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>

namespace posthaste::demand {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr Instant monday{1'772'409'600'000};  // 2026-03-02T00:00:00Z

Places const& town() {
    static Places const places = grid_places({577'000'000, 119'000'000}, 50);
    return places;
}

City busy_city(std::uint64_t seed = 42) {
    City city;
    city.seed = seed;
    city.start = monday;
    city.trips_per_day = 50'000;
    city.agents = 2000;
    return city;
}

std::vector<Trip> trips_of(City const& city) {
    auto const source = make_trips(city, town());
    std::vector<Trip> trips;
    for (;;) {
        auto trip = source->next();
        REQUIRE(trip.ok());
        if (!trip.value()) return trips;
        trips.push_back(*trip.value());
    }
}

bool is_place(model::Position position) {
    return std::ranges::binary_search(town().nodes, position);
}

}  // namespace

TEST_CASE("the same seed is the same city, another seed another") {
    City city = busy_city(1);
    city.trips_per_day = 3000;
    auto const trips = trips_of(city);
    CHECK(trips_of(city) == trips);
    CHECK(make_fleet(city, town()) == make_fleet(city, town()));
    City const other = busy_city(2);
    CHECK(make_fleet(other, town()) != make_fleet(city, town()));
    CHECK(trips_of(other) != trips);
}

TEST_CASE("a day has the trips it should, in order, busiest from two in the afternoon") {
    auto const trips = trips_of(busy_city());
    // Binomial(400,000, 1/8): standard deviation 209; five of them is 1,046.
    CHECK(trips.size() > 48'954);
    CHECK(trips.size() < 51'046);
    std::array<std::int64_t, 24> by_hour{};
    for (std::size_t i = 0; i < trips.size(); ++i) {
        if (i > 0) REQUIRE(trips[i - 1].time <= trips[i].time);
        REQUIRE(trips[i].time >= monday);
        ++by_hour.at(static_cast<std::size_t>((trips[i].time - monday).count() / hour_ms));
    }
    CHECK(std::ranges::max_element(by_hour) == by_hour.begin() + 14);
    CHECK(std::ranges::min(by_hour) * 10 < by_hour[14]);
}

TEST_CASE("a flat curve is flat, and a length is kept to the millisecond") {
    City city = busy_city();
    city.curve = Curve::flat;
    city.trips_per_day = 864'000;  // ten a second
    city.start = monday + Millis{12'345};
    city.length = Millis{600'500};
    auto const trips = trips_of(city);
    // 6,005 expected; standard deviation 73.
    CHECK(trips.size() > 5640);
    CHECK(trips.size() < 6370);
    CHECK(trips.front().time >= city.start);
    CHECK(trips.back().time < city.start + city.length);
}

TEST_CASE("trips are of the kinds asked for, at places of the map") {
    auto const city = busy_city();
    auto const hubs = make_hubs(city, town());
    std::map<std::string, std::int64_t> count;
    for (auto const& trip : trips_of(city)) {
        ++count[trip.kind];
        REQUIRE(is_place(trip.pickup));
        REQUIRE(trip.window.earliest < trip.window.latest);
        REQUIRE(trip.window.earliest >= trip.time);
        REQUIRE(trip.dropoff.has_value() == (trip.kind != "repair"));
        REQUIRE(trip.skills.empty() == (trip.kind != "repair"));
        if (trip.kind == "parcel") REQUIRE(std::ranges::find(hubs, trip.pickup) != hubs.end());
    }
    CHECK(count.size() == 3);
    CHECK(std::abs(count["ride"] - 30'000) < 1000);
    CHECK(std::abs(count["parcel"] - 15'000) < 1000);
    CHECK(std::abs(count["repair"] - 5000) < 500);
}

TEST_CASE("every trip has somebody in the fleet who could carry it") {
    City city = busy_city();
    city.trips_per_day = 10'000;
    auto const fleet = make_fleet(city, town());
    auto const has_all = [](std::vector<std::string> const& had,
                            std::vector<std::string> const& wanted) {
        return std::ranges::all_of(wanted, [&](std::string const& name) {
            return std::ranges::find(had, name) != had.end();
        });
    };
    for (auto const& trip : trips_of(city)) {
        REQUIRE(std::ranges::any_of(fleet, [&](Member const& member) {
            bool const is_kind = trip.vehicles.empty() || has_all(trip.vehicles, {member.vehicle});
            return is_kind && has_all(member.skills, trip.skills) &&
                   has_all(member.features, trip.features) && trip.load.fits_in(member.capacity);
        }));
    }
}

TEST_CASE("couriers carry thirty parcels and more; references are in order; shifts end") {
    auto const fleet = make_fleet(busy_city(), town());
    REQUIRE(fleet.size() == 2000);
    std::int64_t couriers = 0;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
        if (i > 0) REQUIRE(fleet[i - 1].reference < fleet[i].reference);
        REQUIRE(is_place(fleet[i].home));
        REQUIRE(fleet[i].shift.start < fleet[i].shift.end);
        auto const parcels = fleet[i].capacity.amount[load_parcels];
        REQUIRE((parcels == 0 || parcels >= 30));
        if (parcels > 0) ++couriers;
    }
    CHECK(std::abs(couriers - 600) < 100);
}

TEST_CASE("a city that cannot be is refused by what is wrong with it") {
    CHECK(check(City{}).ok());
    City city;
    city.trips.rides = 700;
    CHECK(check(city).error().detail == "the parts of the trips add up to 1000");
    city = City{};
    city.agents = agents_max + 1;
    CHECK(check(city).error().detail == "agents: 0 to 1000000");
    city = City{};
    city.hubs = 0;
    CHECK(check(city).error().detail == "hubs: 1 to 16");
}

}  // namespace posthaste::demand
