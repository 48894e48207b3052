#include "demand/text.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace posthaste::demand {

namespace {

constexpr std::int64_t degree = 10'000'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes exactly `count` digits from the front, or nothing.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

/// The days since the epoch of "2026-03-02" at the front.
std::optional<std::int64_t> take_date(std::string_view& text) {
    auto const year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    auto const month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    auto const day = take_digits(text, 2);
    if (!day) return std::nullopt;
    std::chrono::year_month_day const date{
        std::chrono::year{static_cast<int>(*year)},
        std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

/// The milliseconds of ".250" at the front; further digits are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return 0;
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    std::int64_t millis = 0;
    for (std::int64_t scale = 100; !text.empty() && is_digit(text.front()); scale /= 10) {
        millis += (text.front() - '0') * scale;
        text.remove_prefix(1);
    }
    return millis;
}

/// The milliseconds into the day of "08:00", "08:00:00" or "08:00:00.250" at the front.
std::optional<std::int64_t> take_time_of_day(std::string_view& text) {
    auto const hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    auto const minute = take_digits(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    std::int64_t const millis = *hour * hour_ms + *minute * minute_ms;
    if (!take(text, ':')) return millis;
    auto const second = take_digits(text, 2);
    if (!second || *second > 59) return std::nullopt;
    auto const fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    return millis + *second * 1000 + *fraction;
}

/// What is to be added to come to UTC: "", "Z", "+01:00", " -05:00"; the text must end there.
std::optional<std::int64_t> take_offset(std::string_view text) {
    if (text.empty() || text == "Z") return 0;
    take(text, ' ');
    bool const east = take(text, '+');
    if (!east && !take(text, '-')) return std::nullopt;
    auto const millis = take_time_of_day(text);
    if (!millis || !text.empty()) return std::nullopt;
    return east ? -*millis : *millis;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return value;
}

std::optional<std::int32_t> parse_degrees(std::string_view text) {
    bool const negative = take(text, '-');
    auto const point = text.find('.');
    auto whole_text = text.substr(0, point);
    if (whole_text.empty() || whole_text.size() > 3) return std::nullopt;
    auto const whole = take_digits(whole_text, whole_text.size());
    if (!whole) return std::nullopt;
    std::int64_t value = *whole * degree;
    if (point != std::string_view::npos) {
        auto const decimals = text.substr(point + 1);
        if (decimals.empty()) return std::nullopt;
        std::int64_t scale = degree / 10;
        for (std::size_t i = 0; i < decimals.size(); ++i, scale /= 10) {
            if (!is_digit(decimals[i])) return std::nullopt;
            value += (decimals[i] - '0') * scale;
            if (i == 7 && decimals[i] >= '5') ++value;
        }
    }
    if (value > model::lon_max) return std::nullopt;
    return static_cast<std::int32_t>(negative ? -value : value);
}

std::string format_degrees(std::int32_t degrees) {
    std::int64_t const value = degrees < 0 ? -std::int64_t{degrees} : degrees;
    char text[24];
    int const length = std::snprintf(
        text,
        sizeof text,
        "%s%lld.%07lld",
        degrees < 0 ? "-" : "",
        static_cast<long long>(value / degree),
        static_cast<long long>(value % degree)
    );
    return {text, static_cast<std::size_t>(length)};
}

std::optional<model::Position> parse_position(std::string_view lat, std::string_view lon) {
    auto const north = parse_degrees(lat);
    auto const east = parse_degrees(lon);
    if (!north || !east) return std::nullopt;
    model::Position const place{*north, *east};
    if (!model::is_on_earth(place)) return std::nullopt;
    return place;
}

std::optional<Instant> parse_time(std::string_view text) {
    auto const days = take_date(text);
    if (!days) return std::nullopt;
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    auto const millis = take_time_of_day(text);
    if (!millis) return std::nullopt;
    auto const offset = take_offset(text);
    if (!offset) return std::nullopt;
    return Instant{*days * day_ms + *millis + *offset};
}

std::string format_time(Instant time) {
    std::int64_t const millis = time.millis();
    std::int64_t const days = (millis >= 0 ? millis : millis - (day_ms - 1)) / day_ms;
    std::chrono::year_month_day const date{std::chrono::sys_days{std::chrono::days{days}}};
    std::int64_t const of_day = millis - days * day_ms;
    char text[48];
    int const length = std::snprintf(
        text,
        sizeof text,
        "%04d-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<long long>(of_day / hour_ms),
        static_cast<long long>(of_day / minute_ms % 60),
        static_cast<long long>(of_day / 1000 % 60),
        static_cast<long long>(of_day % 1000)
    );
    return {text, static_cast<std::size_t>(length)};
}

}  // namespace posthaste::demand
