#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "api/calendar.hpp"
#include "api/calendar_parts.hpp"
#include "base/civil.hpp"

namespace posthaste::api {

using model::BusyTime;

namespace ical {

namespace {

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

}  // namespace ical

Result<std::vector<BusyTime>> read_busy(std::string_view text, Horizon const& horizon) {
    if (text.size() > calendar_bytes_max)
        return Error{Errc::malformed, "a calendar of more than 1 MiB"};
    auto const calendar = TRY(ical::component_of(text));
    return ical::Reader{calendar, horizon}.read();
}

}  // namespace posthaste::api
