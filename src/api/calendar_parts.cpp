#include "api/calendar_parts.hpp"

#include <array>

#include "base/civil.hpp"

namespace posthaste::api::ical {

Error wrong(std::size_t line, std::string_view why) {
    return {Errc::malformed, "line " + std::to_string(line) + ": " + std::string{why}};
}

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& each : out) {
        if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
    }
    return out;
}

namespace {

struct Line {
    std::size_t number = 0;
    std::string text;
};

/// A line that begins with a space or a tab goes on the one before.
std::vector<Line> unfolded(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        bool const goes_on = line.starts_with(' ') || line.starts_with('\t');
        if (goes_on && !lines.empty()) {
            lines.back().text += line.substr(1);
        } else if (!line.empty()) {
            lines.push_back({number, std::string{line}});
        }
    }
    return lines;
}

/// name *(";" parameter "=" value) ":" value, where a value may be quoted.
Result<Property> property_of(Line const& line) {
    Property property{line.number, {}, {}, {}};
    std::string_view rest = line.text;
    auto const name_end = rest.find_first_of(";:");
    if (name_end == std::string_view::npos || name_end == 0)
        return wrong(line.number, "no name and value");
    property.name = upper(rest.substr(0, name_end));
    rest.remove_prefix(name_end);
    while (rest.starts_with(';')) {
        rest.remove_prefix(1);
        auto const equals = rest.find_first_of("=:;");
        if (equals == std::string_view::npos || rest[equals] != '=')
            return wrong(line.number, "a parameter without a value");
        auto const name = upper(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        bool const is_quoted = rest.starts_with('"');
        if (is_quoted) rest.remove_prefix(1);
        auto const end = is_quoted ? rest.find('"') : rest.find_first_of(";:");
        if (end == std::string_view::npos) return wrong(line.number, "a parameter without an end");
        property.parameters[name] = rest.substr(0, end);
        rest.remove_prefix(end + (is_quoted ? 1 : 0));
    }
    if (!rest.starts_with(':')) return wrong(line.number, "no value");
    property.value = rest.substr(1);
    return property;
}

}  // namespace

Result<Component> component_of(std::string_view text) {
    std::vector<Component> open;
    std::optional<Component> whole;
    for (auto const& line : unfolded(text)) {
        auto property = TRY(property_of(line));
        if (whole) return wrong(line.number, "something after END:VCALENDAR");
        if (property.name == "BEGIN") {
            if (open.size() == depth_max) return wrong(line.number, "nested too deep");
            if (open.empty() && upper(property.value) != "VCALENDAR")
                return wrong(line.number, "must begin with BEGIN:VCALENDAR");
            open.push_back({line.number, upper(property.value), {}, {}});
            continue;
        }
        if (open.empty()) return wrong(line.number, "must begin with BEGIN:VCALENDAR");
        if (property.name != "END") {
            open.back().properties.push_back(std::move(property));
            continue;
        }
        if (upper(property.value) != open.back().name)
            return wrong(line.number, "ends what did not begin");
        auto done = std::move(open.back());
        open.pop_back();
        if (open.empty()) {
            whole = std::move(done);
        } else {
            open.back().parts.push_back(std::move(done));
        }
    }
    if (!whole) return Error{Errc::malformed, "no END:VCALENDAR"};
    return std::move(*whole);
}

std::vector<std::string_view> parts_of(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(by);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<WallTime> wall_time(std::string_view text) {
    Civil date;
    if (!take_number(text, 4, date.year) || !take_number(text, 2, date.month) ||
        !take_number(text, 2, date.day))
        return std::nullopt;
    if (date.year < 1600 || date.month < 1 || date.month > 12 || civil_of(days_of(date)) != date)
        return std::nullopt;
    WallTime time{days_of(date) * day_ms, false, true};
    if (text.empty()) return time;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!text.starts_with('T')) return std::nullopt;
    text.remove_prefix(1);
    if (!take_number(text, 2, hour) || !take_number(text, 2, minute) ||
        !take_number(text, 2, second))
        return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    time.is_utc = text == "Z";
    time.is_day = false;
    if (!time.is_utc && !text.empty()) return std::nullopt;
    time.wall += (std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second) * 1000;
    return time;
}

std::optional<std::int64_t> duration_ms(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (!text.starts_with('P')) return std::nullopt;
    text.remove_prefix(1);
    std::int64_t ms = 0;
    bool is_time = false;
    bool is_any = false;
    while (!text.empty()) {
        if (text.starts_with('T') && !is_time) {
            is_time = true;
            text.remove_prefix(1);
            continue;
        }
        auto const count = std::min(text.find_first_not_of("0123456789"), text.size());
        std::int64_t number = 0;
        if (count == 0 || count > 6 || count == text.size() || !take_number(text, count, number))
            return std::nullopt;
        constexpr std::string_view units = "WDHMS";
        constexpr std::array<std::int64_t, 5> lengths{7 * day_ms, day_ms, 3'600'000, 60'000, 1000};
        auto const unit = units.find(text.front());
        if (unit == std::string_view::npos || (unit >= 2) != is_time) return std::nullopt;
        ms += number * lengths[unit];
        is_any = true;
        text.remove_prefix(1);
    }
    if (!is_any) return std::nullopt;
    return ms;
}

std::int64_t weekday_of(std::int64_t day) {
    return ((day + 3) % 7 + 7) % 7;
}

std::optional<std::int64_t> weekday_named(std::string_view name) {
    constexpr auto names =
        std::to_array<std::string_view>({"MO", "TU", "WE", "TH", "FR", "SA", "SU"});
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return found - names.begin();
}

Result<Rule> rule_of(Property const& property) {
    Rule rule;
    for (auto const part : parts_of(property.value, ';')) {
        auto const equals = part.find('=');
        if (equals == std::string_view::npos) return wrong(property.line, "RRULE: no value");
        bool const is_new =
            rule.emplace(upper(part.substr(0, equals)), upper(part.substr(equals + 1))).second;
        if (!is_new) return wrong(property.line, "RRULE: a part twice");
    }
    return rule;
}

}  // namespace posthaste::api::ical
