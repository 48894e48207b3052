// Trips made from a seed and read from CSV: they must not be what limits a load run.
#include <optional>
#include <sstream>

#include "bench/support/bench.hpp"
#include "demand/generate.hpp"

namespace {

namespace bench = posthaste::bench;
namespace demand = posthaste::demand;

demand::City city(bool quick) {
    demand::City city;
    city.seed = bench::seed;
    city.start = posthaste::Instant{1'772'409'600'000};
    city.trips_per_day = quick ? 100'000 : 1'000'000;
    return city;
}

/// Requires: the source has no error, which what we generate never has.
std::optional<demand::Trip> next_of(demand::Source& source) {
    auto trip = source.next();
    ASSERT(trip.ok());
    return std::move(trip).value();
}

/// Takes all trips of the source.
void measure(std::string_view metric, demand::Source& source) {
    bench::ResultHash hash;
    bench::Stopwatch const watch;
    std::int64_t count = 0;
    for (;; ++count) {
        auto const trip = next_of(source);
        if (!trip) break;
        hash.add(static_cast<std::uint64_t>(trip->time.millis()));
        hash.add(static_cast<std::uint64_t>(trip->pickup.lat));
    }
    double const per_second = static_cast<double>(count) * 1e9 / static_cast<double>(watch.nanos());
    bench::print(
        {.bench = "demand",
         .metric = metric,
         .value = per_second,
         .unit = "trips/s",
         .hash = hash.value()}
    );
}

}  // namespace

int main(int argc, char** argv) {
    auto const options = bench::read_options(argc, argv);
    auto const places = demand::grid_places({577'000'000, 119'000'000}, 200);
    if (options.wants("generate"))
        measure("generate", *demand::make_trips(city(options.quick), places));
    if (options.wants("read")) {
        std::stringstream file;
        demand::TripWriter writer{file};
        auto const source = demand::make_trips(city(options.quick), places);
        for (;;) {
            auto const trip = next_of(*source);
            if (!trip) break;
            writer.write(*trip);
        }
        auto opened = demand::open_trips(file);
        ASSERT(opened.ok());
        auto const reader = std::move(opened).value();
        measure("read", *reader);
    }
    return 0;
}
