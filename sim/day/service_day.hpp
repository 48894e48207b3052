// A day of field service with all that goes wrong on it, drawn before it begins.
//
// Takes    a ground, how much there is, and a seed.
// Gives    technicians, orders known in the morning and hot ones, how long each really takes, who
//          cancels, who falls ill, and how much slower than expected each drive is. It is the same
//          however the day is dispatched.
// Units    windows are of the beginning of the work.
// Order    everything is drawn from the seed.
// Threads  a value
#pragma once

#include <optional>
#include <vector>

#include "day/ground.hpp"

namespace posthaste::day {

struct DayShape {
    std::size_t technicians = 20;
    std::size_t morning_orders = 160;
    std::size_t hot_orders = 24;
    std::size_t cancellations = 8;  ///< at most: of those that have not begun by then
    std::size_t ill = 1;
};

struct Technician {
    model::Position home;
    bool has_licence = false;
};

struct Order {
    model::Position place;
    model::Window window;
    Millis planned;  ///< work, as it is thought to take
    Millis takes;
    bool needs_licence = false;
    Instant known;  ///< the morning, or when it comes in
    std::optional<Instant> cancelled;
};

struct Illness {
    std::size_t technician = 0;
    Instant at;
};

struct ServiceDay {
    std::uint64_t seed = 0;
    std::vector<Technician> technicians;
    std::vector<Order> orders;  ///< those of the morning first
    std::vector<Illness> illnesses;

    /// How long a drive takes in truth that begins at `at` and is expected to take `expected`.
    Millis drive(model::Position from, model::Position to, Instant at, Millis expected) const;
};

constexpr Instant midnight{1'781'740'800'000};  // 18 June 2026, 0:00 UTC
constexpr Instant morning = midnight + Millis{6 * 3'600'000};
constexpr Instant work_begins = midnight + Millis{8 * 3'600'000};
constexpr Instant work_ends = midnight + Millis{17 * 3'600'000};
constexpr Instant night = midnight + Millis{23 * 3'600'000};

ServiceDay draw_day(DayShape const& shape, Ground const& ground, std::uint64_t seed);

}  // namespace posthaste::day
