#include "load/city.hpp"

#include "demand/beginning.hpp"

namespace posthaste::load {

namespace {

constexpr std::int32_t grid_side = 60;

Error about(std::string const& file, Error error) {
    return Error{error.code, file + ": " + error.detail};
}

Result<std::unique_ptr<std::ifstream>> open(std::string const& file) {
    auto in = std::make_unique<std::ifstream>(file, std::ios::binary);
    if (!*in) return Error{Errc::io_failed, "cannot read " + file};
    return in;
}

Result<demand::Beginning> beginning_of(std::string const& file) {
    auto const in = TRY(open(file));
    auto source = demand::open_trips(*in);
    if (!source.ok()) return about(file, source.error());
    auto beginning = demand::beginning_of(*source.value());
    if (!beginning.ok()) return about(file, beginning.error());
    return beginning;
}

Result<demand::Places> places_of(LoadOptions const& options) {
    if (options.map.empty()) return demand::grid_places(options.centre, grid_side);
    auto const in = TRY(open(options.map));
    auto places = demand::read_places(*in);
    if (!places.ok()) return about(options.map, places.error());
    return places;
}

// The fleet works in the places' shifts of that day; who drives it registers it without.
demand::City people_of(LoadOptions const& options, demand::City city) {
    city.seed = options.seed;
    city.agents = options.agents;
    city.trips = options.mix;
    city.fleet = options.fleet;
    return city;
}

}  // namespace

Result<std::unique_ptr<City>> make_city(LoadOptions const& options) {
    auto city = std::make_unique<City>();
    if (!options.roads.empty()) {
        auto roads = road::Roads::open(options.roads);
        if (!roads.ok()) return about(options.roads, roads.error());
        city->roads = std::move(roads).value();
    }
    auto const made =
        demand_of(options.jobs_per_second, options.curve, options.seconds, wall_now());
    auto const people = people_of(options, made.city);
    TRY(demand::check(people));
    if (options.trips.empty()) {
        city->places = TRY(places_of(options));
        city->trips = demand::make_trips(people, city->places);
        city->trace_start = people.start;
        city->fleet = demand::make_fleet(people, city->places);
        city->speed = options.curve == demand::Curve::day ? made.speed : options.speed;
    } else {
        auto beginning = TRY(beginning_of(options.trips));
        city->trace_start = beginning.trips.front().time;
        city->fleet = demand::make_fleet_for(beginning, options.agents, options.seed);
        city->places = std::move(beginning.places);
        city->speed = options.speed;
        city->file = TRY(open(options.trips));
        city->trips = TRY(demand::open_trips(*city->file));
    }
    return city;
}

}  // namespace posthaste::load
