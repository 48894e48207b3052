// Days of the calendar as numbers, and back: the proleptic Gregorian calendar, UTC.
//
// Units    days since 1970-01-01; month and day from 1.
// Threads  pure
// Source   Howard Hinnant, chrono-compatible low-level date algorithms (civil_from_days and back).
#pragma once

#include <compare>
#include <cstdint>

#include "base/instant.hpp"

namespace posthaste {

constexpr std::int64_t day_ms = 86'400'000;

struct Civil {
    int year = 1970;
    int month = 1;
    int day = 1;

    auto operator<=>(Civil const&) const = default;
};

constexpr Civil civil_of(std::int64_t days) {
    days += 719'468;
    std::int64_t const era = (days >= 0 ? days : days - 146'096) / 146'097;
    std::int64_t const day_of_era = days - era * 146'097;
    std::int64_t const year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    std::int64_t const day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    std::int64_t const shifted = (5 * day_of_year + 2) / 153;
    std::int64_t const month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {
        static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        static_cast<int>(month),
        static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

constexpr std::int64_t days_of(Civil date) {
    std::int64_t const year = date.year - (date.month <= 2 ? 1 : 0);
    std::int64_t const era = (year >= 0 ? year : year - 399) / 400;
    std::int64_t const year_of_era = year - era * 400;
    std::int64_t const day_of_year =
        (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    std::int64_t const day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}
static_assert(days_of({1970, 1, 1}) == 0);
static_assert(days_of({2000, 3, 1}) == 11'017);

/// The day that the instant is on.
constexpr std::int64_t day_of(Instant at) {
    std::int64_t const days = at.millis() / day_ms;
    return at.millis() % day_ms < 0 ? days - 1 : days;
}

}  // namespace posthaste
