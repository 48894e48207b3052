#include "demand/beginning.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace posthaste::demand {
namespace {

constexpr char const* trips =
    "time,kind,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon,load,skills,vehicles\n"
    "2026-03-02T08:00:00Z,ride,57.70,11.97,57.71,11.98,6,,\n"
    "2026-03-02T08:01:00Z,incident,39.60,-104.90,,,,medic,engine\n"
    "2026-03-02T08:02:00Z,ride,57.70,11.97,57.71,11.98,1,,\n";

Result<Beginning> beginning_in(char const* text) {
    std::istringstream in{text};
    auto const source = TRY(open_trips(in));
    return beginning_of(*source);
}

}  // namespace

TEST_CASE("a file begins with its trips, and each place once") {
    auto const beginning = beginning_in(trips);
    REQUIRE(beginning.ok());
    CHECK(beginning.value().trips.size() == 3);
    CHECK(beginning.value().places.nodes.size() == 3);
    CHECK(beginning_in("time,pickup_lat,pickup_lon\n").error().code == Errc::malformed);
}

TEST_CASE("a fleet made for trips lives where they are and has what they ask for") {
    auto const beginning = beginning_in(trips);
    REQUIRE(beginning.ok());
    auto const fleet = make_fleet_for(beginning.value(), 200, 42);
    REQUIRE(fleet.size() == 200);
    int medics = 0;
    for (auto const& member : fleet) {
        CHECK(member.capacity.amount[load_seats] == 6);
        bool const is_medic = member.skills == std::vector<std::string>{"medic"};
        CHECK(is_medic == (member.vehicle == "engine"));
        CHECK(is_medic == (member.home.lat == 396'000'000));
        medics += is_medic ? 1 : 0;
    }
    CHECK(medics > 40);  // a third, about
    CHECK(medics < 100);
    CHECK(make_fleet_for(beginning.value(), 200, 42)[7].home == fleet[7].home);
}

}  // namespace posthaste::demand
