#include "ingest/device_time.hpp"

#include <chrono>

#include "ingest/decimal.hpp"

namespace posthaste::ingest {

namespace {

constexpr std::int64_t minute_ms = 60'000;

/// Takes `count` digits off the front; -1 when they are not there.
std::int64_t take_number(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    std::int64_t value = 0;
    for (char const c : text.substr(0, count)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take_char(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
    auto const year = take_number(text, 4);
    if (!take_char(text, '-')) return std::nullopt;
    auto const month = take_number(text, 2);
    if (!take_char(text, '-')) return std::nullopt;
    auto const day = take_number(text, 2);
    if (year < 1 || month < 1 || day < 1) return std::nullopt;
    std::chrono::year_month_day const date{
        std::chrono::year{static_cast<int>(year)},
        std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86'400'000};
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
    auto const hour = take_number(text, 2);
    if (!take_char(text, ':')) return std::nullopt;
    auto const minute = take_number(text, 2);
    if (!take_char(text, ':')) return std::nullopt;
    auto const second = take_number(text, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
    if (second < 0 || second > 60) return std::nullopt;  // 60: a leap second
    std::int64_t millis = 0;
    if (take_char(text, '.')) {
        std::int64_t place = 100;
        std::size_t digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
            millis += (text[digits] - '0') * place;
            place /= 10;
        }
        if (digits == 0) return std::nullopt;
        text.remove_prefix(digits);
    }
    return ((hour * 60 + minute) * 60 + second) * 1000 + millis;
}

/// How far local time is ahead of UTC.
std::optional<std::int64_t> take_zone(std::string_view& text, Zone zone) {
    if (text.empty()) {
        return zone == Zone::utc_if_absent ? std::optional<std::int64_t>{0} : std::nullopt;
    }
    if (take_char(text, 'Z')) return 0;
    std::int64_t const sign = text.starts_with('-') ? -1 : 1;
    if (!take_char(text, '+') && !take_char(text, '-')) return std::nullopt;
    auto const hours = take_number(text, 2);
    take_char(text, ':');
    auto const minutes = text.empty() ? 0 : take_number(text, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
    return sign * (hours * 60 + minutes) * minute_ms;
}

}  // namespace

std::optional<Instant> parse_epoch(std::string_view number) {
    auto const thousandths = parse_scaled(number, 3);
    if (!thousandths) return std::nullopt;
    constexpr std::int64_t seconds_below = (std::int64_t{1} << 31) * 1000;
    bool const in_seconds = *thousandths<seconds_below&& * thousandths> - seconds_below;
    return Instant{in_seconds ? *thousandths : *thousandths / 1000};
}

std::optional<Instant> parse_timestamp(std::string_view text, Zone zone) {
    auto const date = take_date(text);
    if (!date) return std::nullopt;
    if (!take_char(text, 'T') && !take_char(text, ' ')) return std::nullopt;
    auto const clock = take_clock(text);
    if (!clock) return std::nullopt;
    auto const ahead = take_zone(text, zone);
    if (!ahead || !text.empty()) return std::nullopt;
    return Instant{*date + *clock - *ahead};
}

}  // namespace posthaste::ingest
