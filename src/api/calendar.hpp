// iCalendar: an agent's stops as a feed, and busy times from somebody else's calendar.
//
// Takes    write_calendar: entries. read_busy: the bytes of a file, and from when until when its
//          events count.
// Gives    A text of VEVENTs, lines folded at 75 bytes. The busy times of a file, in any order, at
//          most model::busy_max: events that are not TRANSPARENT and not CANCELLED, repeated ones
//          for each time they happen.
// Errors   malformed, with the line: what is no iCalendar, and what is not understood. Understood
//          are DTSTART, DTEND, DURATION, whole days; RRULE with FREQ=DAILY or WEEKLY, INTERVAL,
//          COUNT, UNTIL, BYDAY and WKST; EXDATE; and TZID where the file has its VTIMEZONE, whose
//          rules are dates or YEARLY by BYMONTH and BYDAY. Never is a part of a file left out.
// Units    whole days and times without a zone are those of the file's own: X-WR-TIMEZONE, else its
//          only VTIMEZONE; in a file without one whole days are UTC's, such times an error.
// Order    events in the file's order.
// Threads  pure
// Limits   calendar_bytes_max, depth_max components in each other, occurrences_max in all.
// Source   RFC 5545; X-WR-TIMEZONE and X-WR-CALNAME as calendars write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/agent.hpp"
#include "model/place.hpp"

namespace posthaste::api {

constexpr std::size_t calendar_bytes_max = 1U << 20U;
constexpr std::size_t occurrences_max = 100'000;

struct CalendarEntry {
    std::string uid;
    Instant stamp;  ///< when it was last revised
    Instant start;
    Instant end;
    std::string summary;
    std::string description;
    model::Position place;
    bool is_sure = true;  ///< CONFIRMED, else TENTATIVE
};

std::string write_calendar(std::string_view name, std::vector<CalendarEntry> const& entries);

struct Horizon {
    Instant from;
    Instant until;
};
Result<std::vector<model::BusyTime>> read_busy(std::string_view text, Horizon const& horizon);

}  // namespace posthaste::api
