#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "api/calendar.hpp"
#include "base/civil.hpp"

namespace posthaste::api {

using model::BusyTime;

// --- reading: lines, properties, components ---

namespace {

constexpr std::size_t depth_max = 4;

/// Milliseconds since the epoch by the clock on a wall.
using Wall = std::int64_t;

Error wrong(std::size_t line, std::string_view why) {
    return {Errc::malformed, "line " + std::to_string(line) + ": " + std::string{why}};
}

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

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& each : out) {
        if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
    }
    return out;
}

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

// --- reading: times ---

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

struct WallTime {
    Wall wall = 0;
    bool is_utc = false;
    bool is_day = false;
};

/// 20261123, 20261123T083000 or 20261123T083000Z.
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

/// P15DT5H0M20S or P7W, not negative; at most some years.
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

std::vector<std::string_view> parts_of(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(by);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// 0 is Monday, as 1970-01-01 was the Thursday.
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

using Rule = std::map<std::string, std::string, std::less<>>;

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

template <class Int>
bool read_number(std::string_view text, Int& number) {
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && stop == text.data() + text.size() && error == std::errc{};
}

// --- reading: zones ---

/// From an onset on the clocks are `offset` ahead of UTC.
struct Observance {
    Wall first = 0;                  ///< by the clock before it
    std::optional<Wall> until = {};  ///< the last onset that a rule makes
    std::int64_t offset_before = 0;
    std::int64_t offset = 0;
    bool is_yearly = false;
    int month = 0;
    int nth = 0;  ///< of the month's such weekdays; negative: from its end
    std::int64_t weekday = 0;

    std::optional<Wall> onset_in(int year) const {
        auto const time = ((first % day_ms) + day_ms) % day_ms;
        auto const begin = days_of({year, month, 1});
        auto const end = days_of({month == 12 ? year + 1 : year, month % 12 + 1, 1});
        auto day = begin + (weekday - weekday_of(begin) + 7) % 7 + (nth - 1) * 7;
        if (nth < 0) day = end - 1 - (weekday_of(end - 1) - weekday + 7) % 7 + (nth + 1) * 7;
        auto const onset = day * day_ms + time;
        bool const is_there = day >= begin && day < end && onset >= first;
        if (!is_there || (until && onset - offset_before > *until)) return std::nullopt;
        return onset;
    }
    /// The last onset that is not after the time.
    std::optional<Wall> onset_before(Wall wall) const {
        if (wall < first) return std::nullopt;
        if (!is_yearly) return first;
        auto const this_year = civil_of((wall - (wall % day_ms + day_ms) % day_ms) / day_ms).year;
        for (int year = this_year; year >= this_year - 1; --year) {
            auto const onset = onset_in(year);
            if (onset && *onset <= wall) return onset;
        }
        return until ? last_onset() : first;
    }

private:
    std::optional<Wall> last_onset() const {
        auto const year = civil_of(*until / day_ms).year;
        for (int each = year; each >= year - 1; --each) {
            if (auto const onset = onset_in(each)) return onset;
        }
        return first;
    }
};

using Zone = std::vector<Observance>;

Result<std::int64_t> offset_of(Component const& part, std::string_view name) {
    auto const* const property = part.find(name);
    if (property == nullptr) return wrong(part.line, std::string{name} + " is missing");
    std::string_view text = property->value;
    bool const is_west = text.starts_with('-');
    int hour = 0;
    int minute = 0;
    int second = 0;
    bool const is_read = (is_west || text.starts_with('+')) &&
                         (text.remove_prefix(1), take_number(text, 2, hour)) &&
                         take_number(text, 2, minute) &&
                         (text.empty() || take_number(text, 2, second)) && text.empty();
    if (!is_read || hour > 23 || minute > 59 || second > 59)
        return wrong(property->line, std::string{name} + ": not an offset");
    auto const ms = (std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second) * 1000;
    return is_west ? -ms : ms;
}

Status read_yearly(Property const& property, Observance& observance) {
    auto const rule = TRY(rule_of(property));
    for (auto const& [name, value] : rule) {
        bool is_read = false;
        if (name == "FREQ") {
            is_read = value == "YEARLY";
        } else if (name == "BYMONTH") {
            is_read = read_number(value, observance.month);
        } else if (name == "BYDAY") {
            std::string_view text = value;
            auto const weekday =
                text.size() < 3 ? std::nullopt : weekday_named(text.substr(text.size() - 2));
            observance.weekday = weekday.value_or(0);
            is_read = weekday && read_number(text.substr(0, text.size() - 2), observance.nth);
        } else if (name == "UNTIL") {
            auto const until = wall_time(value);
            is_read = until.has_value();
            if (until) observance.until = until->wall;
        } else if (name == "INTERVAL") {
            is_read = value == "1";
        } else {
            is_read = name == "WKST";
        }
        if (!is_read) return wrong(property.line, "a zone's RRULE: " + name + "=" + value);
    }
    bool const is_whole = observance.month >= 1 && observance.month <= 12 && observance.nth != 0 &&
                          observance.nth >= -5 && observance.nth <= 5;
    if (!is_whole) return wrong(property.line, "a zone's RRULE: not YEARLY by BYMONTH and BYDAY");
    observance.is_yearly = true;
    return Unit{};
}

Result<Zone> zone_of(Component const& component) {
    Zone zone;
    for (auto const& part : component.parts) {
        if (part.name != "STANDARD" && part.name != "DAYLIGHT")
            return wrong(part.line, part.name + " in a VTIMEZONE");
        Observance observance;
        auto const* const start = part.find("DTSTART");
        auto const first = start == nullptr ? std::nullopt : wall_time(start->value);
        if (!first) return wrong(part.line, "DTSTART is missing or not a time");
        observance.first = first->wall;
        observance.offset_before = TRY(offset_of(part, "TZOFFSETFROM"));
        observance.offset = TRY(offset_of(part, "TZOFFSETTO"));
        if (auto const* const rule = part.find("RRULE")) TRY(read_yearly(*rule, observance));
        if (auto const* const dates = part.find("RDATE"))
            return wrong(dates->line, "RDATE is not understood");
        zone.push_back(observance);
    }
    if (zone.empty()) return wrong(component.line, "a VTIMEZONE without STANDARD or DAYLIGHT");
    return zone;
}

/// Before the first onset the clocks are as it found them.
Instant instant_of(Zone const& zone, Wall wall) {
    std::optional<Wall> latest;
    auto const first = std::ranges::min_element(zone, {}, &Observance::first);
    std::int64_t offset = zone.empty() ? 0 : first->offset_before;
    for (auto const& observance : zone) {
        auto const onset = observance.onset_before(wall);
        if (!onset || (latest && *onset <= *latest)) continue;
        latest = onset;
        offset = observance.offset;
    }
    return Instant{wall - offset};
}

// --- reading: events ---

class Reader {
public:
    Reader(Component const& calendar, Horizon const& horizon)
        : calendar_{calendar}, horizon_{horizon} {}

    Result<std::vector<BusyTime>> read() {
        TRY(read_zones());
        for (auto const& part : calendar_.parts) {
            if (part.name == "VEVENT") {
                TRY(read_event(part));
            } else if (part.name == "VFREEBUSY") {
                return wrong(part.line, "VFREEBUSY is not understood; give VEVENTs");
            }
        }
        return std::move(busy_);
    }

private:
    struct Event {
        Zone const* zone = nullptr;
        WallTime start;
        std::int64_t length = 0;  ///< by the clock on the wall for whole days, else in truth
        std::set<Instant> left_out;
    };

    Status read_zones() {
        for (auto const& part : calendar_.parts) {
            if (part.name != "VTIMEZONE") continue;
            auto const* const name = part.find("TZID");
            if (name == nullptr) return wrong(part.line, "TZID is missing");
            zones_[name->value] = TRY(zone_of(part));
        }
        if (auto const* const named = calendar_.find("X-WR-TIMEZONE")) {
            auto const found = zones_.find(named->value);
            if (found != zones_.end()) own_zone_ = &found->second;
        }
        if (own_zone_ == nullptr && zones_.size() == 1) own_zone_ = &zones_.begin()->second;
        return Unit{};
    }

    Result<Zone const*> zone_of_time(Property const& property, WallTime const& time) const {
        if (time.is_utc) return &utc_;
        auto const name = property.parameter("TZID");
        if (!name.empty()) {
            auto const found = zones_.find(name);
            if (found != zones_.end()) return &found->second;
            if (name == "UTC" || name == "Etc/UTC") return &utc_;
            return wrong(
                property.line, "TZID=" + std::string{name} + ": the file has no such VTIMEZONE"
            );
        }
        if (own_zone_ != nullptr) return own_zone_;
        if (time.is_day) return &utc_;
        return wrong(property.line, property.name + ": of no zone: end it in Z or name a TZID");
    }

    static Result<WallTime> time_of(Property const& property, std::string_view text) {
        auto const time = wall_time(text);
        if (!time) return wrong(property.line, property.name + ": not a date or time");
        return *time;
    }

    Status read_event(Component const& part) {
        for (auto const* const name : {"RDATE", "RECURRENCE-ID", "EXRULE"}) {
            if (auto const* const found = part.find(name))
                return wrong(found->line, std::string{name} + " is not understood");
        }
        if (is_free(part)) return Unit{};
        auto event = TRY(event_of(part));
        if (event.length == 0) return Unit{};
        auto const* const rule = part.find("RRULE");
        if (rule != nullptr) return repeat(event, *rule);
        return add(event, event.start.wall, part.line);
    }

    static bool is_free(Component const& part) {
        auto const* const transparency = part.find("TRANSP");
        auto const* const status = part.find("STATUS");
        return (transparency != nullptr && upper(transparency->value) == "TRANSPARENT") ||
               (status != nullptr && upper(status->value) == "CANCELLED");
    }

    Result<Event> event_of(Component const& part) const {
        auto const* const start = part.find("DTSTART");
        if (start == nullptr) return wrong(part.line, "DTSTART is missing");
        Event event;
        event.start = TRY(time_of(*start, start->value));
        if (event.start.wall < 0) return wrong(start->line, "DTSTART: before 1970");
        event.zone = TRY(zone_of_time(*start, event.start));
        event.length = TRY(length_of(part, event));
        for (auto const& property : part.properties) {
            if (property.name != "EXDATE") continue;
            for (auto const text : parts_of(property.value, ',')) {
                auto const time = TRY(time_of(property, text));
                auto const* const zone = TRY(zone_of_time(property, time));
                if (time.is_day != event.start.is_day)
                    return wrong(property.line, "EXDATE: must be of DTSTART's kind");
                event.left_out.insert(instant_of(*zone, time.wall));
            }
        }
        return event;
    }

    Result<std::int64_t> length_of(Component const& part, Event const& event) const {
        auto const* const end = part.find("DTEND");
        auto const* const duration = part.find("DURATION");
        if (end != nullptr && duration != nullptr)
            return wrong(duration->line, "DTEND and DURATION exclude each other");
        if (duration != nullptr) {
            auto const ms = duration_ms(duration->value);
            if (!ms) return wrong(duration->line, "DURATION: not a length");
            return *ms;
        }
        if (end == nullptr) return event.start.is_day ? day_ms : std::int64_t{0};
        auto const time = TRY(time_of(*end, end->value));
        if (time.is_day != event.start.is_day)
            return wrong(end->line, "DTEND: must be of DTSTART's kind");
        auto const* const zone = TRY(zone_of_time(*end, time));
        auto const length =
            event.start.is_day
                ? time.wall - event.start.wall
                : (instant_of(*zone, time.wall) - instant_of(*event.zone, event.start.wall))
                      .count();
        if (length < 0) return wrong(end->line, "DTEND: before DTSTART");
        return length;
    }

    Status add(Event const& event, Wall wall, std::size_t line) {
        auto const start = instant_of(*event.zone, wall);
        if (event.left_out.contains(start)) return Unit{};
        auto const end = event.start.is_day ? instant_of(*event.zone, wall + event.length)
                                            : start + Millis{event.length};
        if (end <= horizon_.from || start >= horizon_.until || end <= start) return Unit{};
        if (busy_.size() == model::busy_max)
            return wrong(line, "more than 256 busy times; ask for fewer days");
        busy_.push_back({std::max(start, Instant{}), end});
        return Unit{};
    }

    struct Repeat {
        bool is_weekly = false;
        std::int64_t interval = 1;
        std::optional<std::int64_t> count = {};
        std::optional<WallTime> until = {};
        std::set<std::int64_t> weekdays = {};
        std::int64_t week_start = 0;
    };

    static Result<Repeat> repeat_of(Property const& property) {
        auto const rule = TRY(rule_of(property));
        Repeat repeat;
        bool has_frequency = false;
        for (auto const& [name, value] : rule) {
            bool is_read = false;
            if (name == "FREQ") {
                repeat.is_weekly = value == "WEEKLY";
                is_read = has_frequency = repeat.is_weekly || value == "DAILY";
            } else if (name == "INTERVAL") {
                is_read = read_number(value, repeat.interval) && repeat.interval >= 1 &&
                          repeat.interval <= 1000;
            } else if (name == "COUNT") {
                is_read = read_number(value, repeat.count.emplace()) && *repeat.count >= 1;
            } else if (name == "UNTIL") {
                repeat.until = wall_time(value);
                is_read = repeat.until.has_value();
            } else if (name == "WKST") {
                auto const day = weekday_named(value);
                repeat.week_start = day.value_or(0);
                is_read = day.has_value();
            } else if (name == "BYDAY") {
                is_read = read_weekdays(value, repeat.weekdays);
            }
            if (!is_read)
                return wrong(property.line, "RRULE: " + name + "=" + value + " is not understood");
        }
        if (!has_frequency) return wrong(property.line, "RRULE: FREQ is missing");
        if (repeat.count && repeat.until)
            return wrong(property.line, "RRULE: COUNT and UNTIL exclude each other");
        return repeat;
    }

    static bool read_weekdays(std::string_view text, std::set<std::int64_t>& weekdays) {
        for (auto const part : parts_of(text, ',')) {
            auto const day = weekday_named(part);
            if (!day) return false;
            weekdays.insert(*day);
        }
        return true;
    }

    /// Day by day by the clock on the wall, from the first on.
    Status repeat(Event const& event, Property const& property) {
        auto repeat = TRY(repeat_of(property));
        auto const first = event.start.wall / day_ms;
        auto const time = event.start.wall % day_ms;
        if (repeat.is_weekly && repeat.weekdays.empty()) repeat.weekdays.insert(weekday_of(first));
        auto const week_of = [&](std::int64_t day) {
            return (day - (weekday_of(day) - repeat.week_start + 7) % 7) / 7;
        };
        std::int64_t counted = 0;
        for (auto day = first;; ++day) {
            if (++occurrences_ > occurrences_max)
                return wrong(property.line, "RRULE: too many days to count");
            auto const wall = day * day_ms + time;
            if (instant_of(*event.zone, wall) >= horizon_.until) return Unit{};
            if (repeat.until && is_past(event, wall, *repeat.until)) return Unit{};
            auto const steps = repeat.is_weekly ? week_of(day) - week_of(first) : day - first;
            bool const is_day =
                repeat.weekdays.empty() || repeat.weekdays.contains(weekday_of(day));
            if (steps % repeat.interval != 0 || !is_day) continue;
            TRY(add(event, wall, property.line));
            if (repeat.count && ++counted == *repeat.count) return Unit{};
        }
    }

    static bool is_past(Event const& event, Wall wall, WallTime const& until) {
        if (until.is_day) return wall / day_ms > until.wall / day_ms;
        return until.is_utc ? instant_of(*event.zone, wall) > Instant{until.wall}
                            : wall > until.wall;
    }

    Component const& calendar_;
    Horizon horizon_;
    std::map<std::string, Zone, std::less<>> zones_;
    Zone utc_;
    Zone const* own_zone_ = nullptr;
    std::vector<BusyTime> busy_;
    std::size_t occurrences_ = 0;
};

}  // namespace

Result<std::vector<BusyTime>> read_busy(std::string_view text, Horizon const& horizon) {
    if (text.size() > calendar_bytes_max)
        return Error{Errc::malformed, "a calendar of more than 1 MiB"};
    auto const calendar = TRY(component_of(text));
    return Reader{calendar, horizon}.read();
}

}  // namespace posthaste::api
