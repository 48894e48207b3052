// What an iCalendar file is written in: components of properties, times, lengths, rules.
//
// Gives    components as they are nested, names in capitals. What does not read as it should is
//          nothing, or false, and the caller knows which property it stood in.
// Errors   malformed, with the line.
// Limits   components nested depth_max deep.
// Source   RFC 5545, 3.1 to 3.3.
// Threads  pure
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace posthaste::api::ical {

constexpr std::size_t depth_max = 4;

struct Property {
    std::size_t line = 0;
    std::string name;
    std::map<std::string, std::string, std::less<>> parameters;
    std::string value;

    std::string_view parameter(std::string_view wanted) const {
        auto const found = parameters.find(wanted);
        return found == parameters.end() ? std::string_view{} : found->second;
    }
};

struct Component {
    std::size_t line = 0;
    std::string name;
    std::vector<Property> properties;
    std::vector<Component> parts;

    Property const* find(std::string_view wanted) const {
        auto const found = std::ranges::find(properties, wanted, &Property::name);
        return found == properties.end() ? nullptr : &*found;
    }
};

Error wrong(std::size_t line, std::string_view why);
std::string upper(std::string_view text);
Result<Component> component_of(std::string_view text);
std::vector<std::string_view> parts_of(std::string_view text, char by);

/// The next so many digits, which are then gone from the text.
template <class Int>
bool take_number(std::string_view& text, std::size_t count, Int& number) {
    if (text.size() < count) return false;
    auto const* const end = text.data() + count;
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    bool const is_plain = text[0] >= '0' && text[0] <= '9';
    if (stop != end || error != std::errc{} || !is_plain) return false;
    text.remove_prefix(count);
    return true;
}

/// The whole text.
template <class Int>
bool read_number(std::string_view text, Int& number) {
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && stop == text.data() + text.size() && error == std::errc{};
}

/// Milliseconds since the epoch by the clock on a wall.
using Wall = std::int64_t;

struct WallTime {
    Wall wall = 0;
    bool is_utc = false;
    bool is_day = false;
};

/// 20261123, 20261123T083000 or 20261123T083000Z.
std::optional<WallTime> wall_time(std::string_view text);

/// P15DT5H0M20S or P7W, not negative; at most some years.
std::optional<std::int64_t> duration_ms(std::string_view text);

/// 0 is Monday, as 1970-01-01 was the Thursday.
std::int64_t weekday_of(std::int64_t day);
std::optional<std::int64_t> weekday_named(std::string_view name);

/// By name, in capitals.
using Rule = std::map<std::string, std::string, std::less<>>;

Result<Rule> rule_of(Property const& property);

}  // namespace posthaste::api::ical
