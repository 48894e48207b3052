// When a trip of a trace is asked for on the wall clock, and the profiles that loads come in.
//
// Gives    Pace: a trace's time to a wall time, with the trace running `speed` times as fast.
//          Windows keep their length: a customer waits no shorter because the trace runs faster.
// Units    speed in thousandths: 1000 is as recorded.
// Threads  pure
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "demand/generate.hpp"
#include "demand/trip.hpp"

namespace posthaste::load {

constexpr std::int64_t speed_min = 1;
constexpr std::int64_t speed_max = 10'000'000;

class Pace {
public:
    /// Requires: speed_min <= speed <= speed_max.
    Pace(Instant trace_start, Instant wall_start, std::int64_t speed);

    Instant wall(Instant trace) const;
    /// The trip as it is asked for now: its window moved to `asked`, never before it.
    model::Window window(demand::Trip const& trip, Instant asked) const;

private:
    Instant trace_start_;
    Instant wall_start_;
    std::int64_t speed_;
};

/// A load by name: how many jobs a second, and how they lie in time.
struct Profile {
    std::string_view name;
    std::int64_t jobs_per_second = 0;  ///< on average
    demand::Curve curve = demand::Curve::flat;
    std::int64_t seconds = 0;  ///< unless the command line says
};

/// baseline, 3.8M, day, 132, 1000; nothing for another name.
std::optional<Profile> profile_named(std::string_view name);

/// A city whose trips come as the profile says, and the speed at which to play them: a day's curve
/// is a whole day, played in `seconds`. Requires: seconds > 0.
struct Demand {
    demand::City city;
    std::int64_t speed = 1000;
};
Demand demand_of(
    std::int64_t jobs_per_second, demand::Curve curve, std::int64_t seconds, Instant start
);

}  // namespace posthaste::load
