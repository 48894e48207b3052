// A city's fleet and demand, made up from a seed and the places of a real map.
//
// Takes    a City: how many work and ask, what, and when; Places (places.hpp).
// Gives    the same fleet and the same trips for the same seed on every machine. Rides between any
//          two places, parcels from hubs, repairs that want skills.
// Shapes   trips are spread over the day by `curve`: by the hour of the day with its highest hour
//          from 14:00 (day), or evenly (flat). Each minute's count is drawn as binomial(8 m, 1/8)
//          around its share m, close to what independent customers would do.
// Order    trips by time, fleets by reference.
// Units    the day is UTC: its hour 0 is where `start` is rounded down to midnight.
// Cost     0.3 us a trip, memory for one minute's trips.
// Threads  one thread
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/prng.hpp"
#include "demand/places.hpp"
#include "demand/source.hpp"
#include "demand/trip.hpp"

namespace posthaste::demand {

constexpr std::int64_t agents_max = 1'000'000;
constexpr std::int64_t trips_per_day_max = 100'000'000;
constexpr std::size_t hubs_max = 16;

enum class Curve : std::uint8_t { day, flat };
constexpr auto names_of(Curve) {
    return std::to_array<std::string_view>({"day", "flat"});
}

/// Of a thousand trips; and of a thousand agents, who do one kind each.
struct Mix {
    std::int64_t rides = 600;
    std::int64_t parcels = 300;
    std::int64_t repairs = 100;
};

struct City {
    std::uint64_t seed = 42;
    Instant start;  ///< the first trip is not before
    Millis length{86'400'000};
    std::int64_t agents = 1000;
    std::int64_t trips_per_day = 20'000;
    Mix trips;
    Mix fleet;
    Curve curve = Curve::day;
    std::size_t hubs = 4;
};

/// Errors: malformed, naming what is out of its range.
Status check(City const& city);

/// Where parcels begin: `city.hubs` of the places. Requires: check(city).ok().
std::vector<model::Position> make_hubs(City const& city, Places const& places);

/// Requires: check(city).ok().
std::vector<Member> make_fleet(City const& city, Places const& places);

/// Requires: check(city).ok(); `places` outlives the source.
std::unique_ptr<Source> make_trips(City const& city, Places const& places);

}  // namespace posthaste::demand
