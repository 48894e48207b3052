#include "api/calendar.hpp"
#include "base/civil.hpp"

namespace posthaste::api {

namespace {

constexpr std::size_t line_bytes_max = 75;

std::string digits(std::int64_t number, std::size_t count) {
    auto text = std::to_string(number);
    return text.size() < count ? std::string(count - text.size(), '0') + text : text;
}

std::string utc_text(Instant at) {
    auto const days = day_of(at);
    auto const date = civil_of(days);
    auto const second = (at.millis() - days * day_ms) / 1000;
    return digits(date.year, 4) + digits(date.month, 2) + digits(date.day, 2) + "T" +
           digits(second / 3600, 2) + digits(second / 60 % 60, 2) + digits(second % 60, 2) + "Z";
}

std::string escaped(std::string_view text) {
    std::string out;
    for (char const each : text) {
        if (each == '\\' || each == ';' || each == ',') out += '\\';
        if (each == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(each) >= 0x20U) {
            out += each;
        }
    }
    return out;
}

std::string degrees(std::int32_t number) {
    constexpr std::int32_t one = 10'000'000;
    auto const size = number < 0 ? -std::int64_t{number} : number;
    return (number < 0 ? "-" : "") + std::to_string(size / one) + "." + digits(size % one, 7);
}

/// Folded between characters, never within one.
void add_line(std::string& out, std::string_view line) {
    std::size_t room = line_bytes_max;
    while (line.size() > room) {
        auto cut = room;
        while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U)
            --cut;
        out += line.substr(0, cut);
        out += "\r\n ";
        line.remove_prefix(cut);
        room = line_bytes_max - 1;
    }
    out += line;
    out += "\r\n";
}

void add_entry(std::string& out, CalendarEntry const& entry) {
    add_line(out, "BEGIN:VEVENT");
    add_line(out, "UID:" + escaped(entry.uid));
    add_line(out, "DTSTAMP:" + utc_text(entry.stamp));
    add_line(out, "DTSTART:" + utc_text(entry.start));
    add_line(out, "DTEND:" + utc_text(entry.end));
    add_line(out, "SUMMARY:" + escaped(entry.summary));
    if (!entry.description.empty()) add_line(out, "DESCRIPTION:" + escaped(entry.description));
    add_line(out, "GEO:" + degrees(entry.place.lat) + ";" + degrees(entry.place.lon));
    add_line(out, entry.is_sure ? "STATUS:CONFIRMED" : "STATUS:TENTATIVE");
    add_line(out, "END:VEVENT");
}

}  // namespace

std::string write_calendar(std::string_view name, std::vector<CalendarEntry> const& entries) {
    std::string out;
    add_line(out, "BEGIN:VCALENDAR");
    add_line(out, "VERSION:2.0");
    add_line(out, "PRODID:-//Posthaste//Posthaste//EN");
    add_line(out, "CALSCALE:GREGORIAN");
    add_line(out, "METHOD:PUBLISH");
    add_line(out, "X-WR-CALNAME:" + escaped(name));
    for (auto const& entry : entries)
        add_entry(out, entry);
    add_line(out, "END:VCALENDAR");
    return out;
}

}  // namespace posthaste::api
