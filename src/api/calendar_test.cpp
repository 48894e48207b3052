// iCalendar out and in, by the examples of RFC 5545 and of what calendars write.
#include "api/calendar.hpp"

#include <doctest/doctest.h>

#include "views/json_text.hpp"

namespace posthaste::api {
namespace {

Instant at(std::string_view text) {
    Instant instant;
    REQUIRE(views::from_text(text, instant));
    return instant;
}

// From 2026-11-23, a Monday, for four weeks.
constexpr Horizon month{Instant{1'795'392'000'000}, Instant{1'797'811'200'000}};

constexpr std::string_view berlin =
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
    "BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n"
    "DTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n"
    "DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n";

std::string calendar(std::string_view lines, std::string_view zones = {}) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b//EN\r\n" + std::string{zones} +
           "BEGIN:VEVENT\r\nUID:1\r\n" + std::string{lines} + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

std::vector<std::string> busy(std::string const& text, Horizon const& horizon = month) {
    auto const read = read_busy(text, horizon);
    if (!read.ok()) return {read.error().detail};
    std::vector<std::string> said;
    for (auto const& time : read.value())
        said.push_back(
            views::to_text(time.start).substr(0, 16) + " " + views::to_text(time.end).substr(0, 16)
        );
    return said;
}
using Said = std::vector<std::string>;

TEST_CASE("a feed: lines of 75 bytes, escaped, each event with its UID and DTSTAMP") {
    CalendarEntry entry{
        .uid = "assignment-7-0@posthaste",
        .stamp = at("2026-11-22T08:00:00Z"),
        .start = at("2026-11-23T09:00:00Z"),
        .end = at("2026-11-23T09:20:00Z"),
        .summary = "Pipe; boiler, and \\ more",
        .description = "über",
        .place = {331'972'000, -966'398'000},
        .is_sure = false};
    for (int i = 0; i < 60; ++i)
        entry.description += "\u00FC";
    auto const text = write_calendar("ANN", {entry});
    CHECK(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    CHECK(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
    for (auto const* const line :
         {"UID:assignment-7-0@posthaste\r\n",
          "DTSTAMP:20261122T080000Z\r\n",
          "DTSTART:20261123T090000Z\r\n",
          "DTEND:20261123T092000Z\r\n",
          "SUMMARY:Pipe\\; boiler\\, and \\\\ more\r\n",
          "GEO:33.1972000;-96.6398000\r\n",
          "STATUS:TENTATIVE\r\n"}) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
    std::string_view rest = text;
    std::string unfolded;
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find("\r\n"));
        CHECK(line.size() <= 75);
        CHECK((line.empty() || (static_cast<unsigned char>(line[0]) & 0xC0U) != 0x80U));
        unfolded += line.starts_with(' ') ? line.substr(1) : line;
        rest.remove_prefix(line.size() + 2);
    }
    CHECK(unfolded.find("DESCRIPTION:" + entry.description) != std::string::npos);
}

TEST_CASE("what is written is read again") {
    CalendarEntry const entry{
        .uid = "1",
        .stamp = month.from,
        .start = at("2026-11-23T09:00:00Z"),
        .end = at("2026-11-23T09:20:00Z"),
        .summary = std::string(200, 's'),
        .description = {},
        .place = {}};
    CHECK(busy(write_calendar("A", {entry})) == Said{"2026-11-23T09:00 2026-11-23T09:20"});
}

TEST_CASE("an event: from its start to its end, by DTEND, DURATION or the day") {
    CHECK(
        busy(calendar("DTSTART:20261124T080000Z\r\nDTEND:20261124T093000Z")) ==
        Said{"2026-11-24T08:00 2026-11-24T09:30"}
    );
    CHECK(
        busy(calendar("DTSTART:20261124T080000Z\r\nDURATION:PT1H30M")) ==
        Said{"2026-11-24T08:00 2026-11-24T09:30"}
    );
    CHECK(
        busy(calendar("DTSTART;VALUE=DATE:20261124")) == Said{"2026-11-24T00:00 2026-11-25T00:00"}
    );
    CHECK(
        busy(calendar("DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261127")) ==
        Said{"2026-11-24T00:00 2026-11-27T00:00"}
    );
    CHECK(busy(calendar("DTSTART:20261124T080000Z")).empty());  // an instant takes no time
    CHECK(busy(calendar("DTSTART:20261122T080000Z\r\nDURATION:PT1H")).empty());  // is over
    CHECK(busy(calendar("DTSTART:20270101T080000Z\r\nDURATION:PT1H")).empty());  // is far
    CHECK(busy(calendar("DTSTART:20261124T080000Z\r\nDURATION:P1W\r\nTRANSP:TRANSPARENT")).empty());
    CHECK(busy(calendar("DTSTART:20261124T080000Z\r\nDURATION:P1W\r\nSTATUS:CANCELLED")).empty());
}

TEST_CASE("a file's zone: by its rules, over the change of the clocks") {
    CHECK(
        busy(calendar(
            "DTSTART;TZID=Europe/Berlin:20261124T080000\r\n"
            "DTEND;TZID=\"Europe/Berlin\":20261124T093000",
            berlin
        )) == Said{"2026-11-24T07:00 2026-11-24T08:30"}
    );
    // The clocks go back on 25 October 2026: 8:00 is 6:00 UTC before, 7:00 after.
    Horizon const autumn{at("2026-10-20T00:00:00Z"), at("2026-10-27T00:00:00Z")};
    CHECK(
        busy(
            calendar(
                "DTSTART;TZID=Europe/Berlin:20261024T080000\r\nDURATION:PT1H\r\n"
                "RRULE:FREQ=DAILY;COUNT=3",
                berlin
            ),
            autumn
        ) ==
        Said{
            "2026-10-24T06:00 2026-10-24T07:00",
            "2026-10-25T07:00 2026-10-25T08:00",
            "2026-10-26T07:00 2026-10-26T08:00"}
    );
    // A whole day is one of the file's own zone: that of the change is 25 hours long.
    CHECK(
        busy(calendar("DTSTART;VALUE=DATE:20261025", berlin), autumn) ==
        Said{"2026-10-24T22:00 2026-10-25T23:00"}
    );
    CHECK(
        busy(calendar("DTSTART:20261124T080000\r\nDURATION:PT1H", berlin)) ==
        Said{"2026-11-24T07:00 2026-11-24T08:00"}
    );
}

TEST_CASE("repeated: by day and week, counted, until, with days left out") {
    CHECK(
        busy(calendar("DTSTART:20261120T120000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;INTERVAL=2;"
                      "UNTIL=20261126T120000Z")) ==
        Said{"2026-11-24T12:00 2026-11-24T13:00", "2026-11-26T12:00 2026-11-26T13:00"}
    );
    // COUNT counts those before the horizon, and those that are left out.
    CHECK(
        busy(calendar("DTSTART:20261116T120000Z\r\nDURATION:PT1H\r\n"
                      "EXDATE:20261125T120000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5")) ==
        Said{"2026-11-23T12:00 2026-11-23T13:00", "2026-11-30T12:00 2026-11-30T13:00"}
    );
    // Every second week from a Tuesday: with weeks from Monday the Sunday is of the same week, with
    // weeks from Sunday of the next (RFC 5545, 3.3.10).
    std::string const every_other =
        "DTSTART:20261124T120000Z\r\nDURATION:PT1H\r\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=";
    auto const days = [&](std::string const& start) {
        Said said;
        for (auto const& each : busy(calendar(every_other + start)))
            said.push_back(each.substr(8, 2));
        return said;
    };
    CHECK(days("MO") == Said{"24", "29", "08", "13"});
    CHECK(days("SU") == Said{"24", "06", "08", "20"});
}

TEST_CASE("what is not understood is an error with its line, never left out") {
    struct Row {
        std::string lines;
        std::string_view said;
    };
    std::string const start = "DTSTART:20261124T080000Z\r\nDURATION:PT1H\r\n";
    std::vector<Row> const rows{
        {"DURATION:PT1H", "line 4: DTSTART is missing"},
        {"DTSTART:20261131T080000Z", "line 6: DTSTART: not a date or time"},
        {"DTSTART:20261124T250000Z", "line 6: DTSTART: not a date or time"},
        {"DTSTART:20261124T080000Z\r\nDURATION:1 hour", "line 7: DURATION: not a length"},
        {"DTSTART:20261124T080000Z\r\nDURATION:PT1D", "line 7: DURATION: not a length"},
        {"DTSTART:20261124T080000\r\nDURATION:PT1H",
         "line 6: DTSTART: of no zone: end it in Z or name a TZID"},
        {"DTSTART;TZID=Europe/Paris:20261124T080000\r\nDURATION:PT1H",
         "line 6: TZID=Europe/Paris: the file has no such VTIMEZONE"},
        {"DTSTART:20261124T080000Z\r\nDTEND:20261124T070000Z", "line 7: DTEND: before DTSTART"},
        {"DTSTART:20261124T080000Z\r\nDTEND;VALUE=DATE:20261125",
         "line 7: DTEND: must be of DTSTART's kind"},
        {start + "RRULE:FREQ=MONTHLY", "line 8: RRULE: FREQ=MONTHLY is not understood"},
        {start + "RRULE:FREQ=WEEKLY;BYDAY=2MO", "line 8: RRULE: BYDAY=2MO is not understood"},
        {start + "RRULE:FREQ=DAILY;BYHOUR=9", "line 8: RRULE: BYHOUR=9 is not understood"},
        {start + "RRULE:FREQ=DAILY;COUNT=0", "line 8: RRULE: COUNT=0 is not understood"},
        {start + "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261201",
         "line 8: RRULE: COUNT and UNTIL exclude each other"},
        {start + "RDATE:20261201T080000Z", "line 8: RDATE is not understood"},
        {start + "RECURRENCE-ID:20261201T080000Z", "line 8: RECURRENCE-ID is not understood"},
        {start + "no colon", "line 8: no name and value"},
        {start + "END:VALARM", "line 8: ends what did not begin"},
    };
    for (auto const& row : rows) {
        CAPTURE(row.lines);
        CHECK(busy(calendar(row.lines)) == Said{std::string{row.said}});
    }
    CHECK(busy("") == Said{"no END:VCALENDAR"});
    CHECK(busy("BEGIN:VEVENT") == Said{"line 1: must begin with BEGIN:VCALENDAR"});
    CHECK(
        busy("BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1") == Said{"line 3: something after END:VCALENDAR"}
    );
    CHECK(
        busy("BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\nEND:VCALENDAR") ==
        Said{"line 2: VFREEBUSY is not understood; give VEVENTs"}
    );
}

TEST_CASE("bounded: busy times, days that are counted, bytes") {
    Horizon const year{month.from, month.from + Millis{400LL * 86'400'000}};
    CHECK(
        busy(calendar("DTSTART:20261124T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"), year) ==
        Said{"line 8: more than 256 busy times; ask for fewer days"}
    );
    std::string many = "BEGIN:VCALENDAR\n";
    for (int i = 0; i < 6; ++i)
        many +=
            "BEGIN:VEVENT\nDTSTART:19700101T000000Z\nDURATION:PT1H\n"
            "RRULE:FREQ=DAILY;INTERVAL=1000\nEND:VEVENT\n";
    CHECK(busy(many + "END:VCALENDAR", year) == Said{"line 25: RRULE: too many days to count"});
    CHECK(busy(std::string(calendar_bytes_max + 1, 'x')) == Said{"a calendar of more than 1 MiB"});
}

}  // namespace
}  // namespace posthaste::api
