#include "load/pace.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace posthaste::load {

namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t day_ms = day_seconds * 1000;

constexpr std::array profiles{
    Profile{.name = "baseline", .jobs_per_second = 10, .seconds = 120},
    Profile{.name = "3.8M", .jobs_per_second = 44, .seconds = 60},
    Profile{.name = "day", .jobs_per_second = 44, .curve = demand::Curve::day, .seconds = 240},
    Profile{.name = "132", .jobs_per_second = 132, .seconds = 60},
    Profile{.name = "1000", .jobs_per_second = 1000, .seconds = 60},
};

}  // namespace

Pace::Pace(Instant trace_start, Instant wall_start, std::int64_t speed)
    : trace_start_{trace_start}, wall_start_{wall_start}, speed_{speed} {
    ASSERT(speed >= speed_min);
    ASSERT(speed <= speed_max);
}

Instant Pace::wall(Instant trace) const {
    // A century of milliseconds times 1000 is below 2^63.
    return wall_start_ + Millis{(trace - trace_start_).count() * 1000 / speed_};
}

model::Window Pace::window(demand::Trip const& trip, Instant asked) const {
    auto const shift = asked - trip.time;
    model::Window window = trip.window;
    if (window.earliest != Instant{}) window.earliest = std::max(asked, window.earliest + shift);
    if (window.latest != instant_max) window.latest = window.latest + shift;
    return window;
}

std::optional<Profile> profile_named(std::string_view name) {
    auto const found = std::ranges::find(profiles, name, &Profile::name);
    if (found == profiles.end()) return std::nullopt;
    return *found;
}

Demand demand_of(
    std::int64_t jobs_per_second, demand::Curve curve, std::int64_t seconds, Instant start
) {
    ASSERT(seconds > 0);
    Demand demand;
    demand.city.start = start;
    demand.city.curve = curve;
    if (curve == demand::Curve::flat) {
        demand.city.trips_per_day = jobs_per_second * day_seconds;
        demand.city.length = Millis{seconds * 1000};
        return demand;
    }
    demand.city.start = Instant{start.millis() - start.millis() % day_ms};
    demand.city.trips_per_day = jobs_per_second * seconds;
    demand.speed = std::clamp(day_seconds * 1000 / seconds, speed_min, speed_max);
    return demand;
}

}  // namespace posthaste::load
