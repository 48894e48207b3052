#include "views/json_text.hpp"

#include "base/assert.hpp"
#include "base/civil.hpp"

namespace posthaste::views {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void put_digits(char* at, std::int64_t number, int count) {
    while (count-- > 0) {
        at[count] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

/// Exactly `count` digits, then the text without them.
bool take_digits(std::string_view& text, std::size_t count, int& number) {
    if (text.size() < count) return false;
    number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char letter) {
    if (!text.starts_with(letter)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_fraction(std::string_view& text, int& millis) {
    millis = 0;
    if (!take(text, '.')) return true;
    int place = 100;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        millis += (text.front() - '0') * place;
        place /= 10;
        ++digits;
        text.remove_prefix(1);
    }
    return digits > 0;
}

bool take_offset(std::string_view& text, int& minutes) {
    minutes = 0;
    if (take(text, 'Z')) return true;
    bool const west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return false;
    text.remove_prefix(1);
    int hours = 0;
    if (!take_digits(text, 2, hours) || !take(text, ':') || !take_digits(text, 2, minutes))
        return false;
    if (hours > 23 || minutes > 59) return false;
    minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

/// Bytes of the well-formed UTF-8 sequence at the front; 0: there is none.
std::size_t sequence_bytes(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned const first = byte(0);
    std::size_t const size = first < 0xC2U   ? 0
                             : first < 0xE0U ? 2
                             : first < 0xF0U ? 3
                             : first < 0xF5U ? 4
                                             : 0;
    if (size == 0 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    if (first == 0xE0U && byte(1) < 0xA0U) return 0;   // overlong
    if (first == 0xEDU && byte(1) >= 0xA0U) return 0;  // a surrogate
    if (first == 0xF0U && byte(1) < 0x90U) return 0;   // overlong
    if (first == 0xF4U && byte(1) >= 0x90U) return 0;  // past U+10FFFF
    return size;
}

}  // namespace

void JsonText::string(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    value();
    text_ += '"';
    while (!text.empty()) {
        auto const byte = static_cast<unsigned char>(text.front());
        std::size_t used = 1;
        if (byte == '"' || byte == '\\') {
            text_ += '\\';
            text_ += text.front();
        } else if (byte < 0x20U || byte == 0x7FU) {
            text_ += "\\u00";
            text_ += hex[byte >> 4U];
            text_ += hex[byte & 15U];
        } else if (byte < 0x80U) {
            text_ += text.front();
        } else if (std::size_t const size = sequence_bytes(text); size > 0) {
            text_ += text.substr(0, size);
            used = size;
        } else {
            text_ += replacement;
        }
        text.remove_prefix(used);
    }
    text_ += '"';
}

void JsonText::big(std::uint64_t number) {
    value();
    std::array<char, 24> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text_ += '"';
    text_.append(digits.data(), end);
    text_ += '"';
}

void JsonText::degrees(std::int32_t number) {
    constexpr std::int64_t one = 10'000'000;
    value();
    std::int64_t const magnitude = number < 0 ? -std::int64_t{number} : number;
    if (number < 0) text_ += '-';
    text_ += std::to_string(magnitude / one);
    if (magnitude % one == 0) return;
    std::array<char, 7> decimals{};
    put_digits(decimals.data(), magnitude % one, 7);
    std::string_view const shown{decimals.data(), decimals.size()};
    text_ += '.';
    text_ += shown.substr(0, shown.find_last_not_of('0') + 1);
}

void JsonText::instant(Instant at) {
    raw("\"" + to_text(at) + "\"");
}

std::string to_text(Instant at) {
    if (at > written_instant_max) return "never";
    std::int64_t const millis = std::max(at, written_instant_min).millis();
    std::int64_t days = millis / day_ms;
    std::int64_t rest = millis % day_ms;
    if (rest < 0) {
        rest += day_ms;
        --days;
    }
    auto const date = civil_of(days);
    std::string text = "0000-00-00T00:00:00.000Z";
    put_digits(&text[0], date.year, 4);
    put_digits(&text[5], date.month, 2);
    put_digits(&text[8], date.day, 2);
    put_digits(&text[11], rest / 3'600'000, 2);
    put_digits(&text[14], rest / 60'000 % 60, 2);
    put_digits(&text[17], rest / 1000 % 60, 2);
    put_digits(&text[20], rest % 1000, 3);
    return text;
}

bool from_text(std::string_view text, Instant& at) {
    if (text == "never") {
        at = instant_max;
        return true;
    }
    Civil date{};
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millis = 0;
    int offset = 0;
    bool const read =
        take_digits(text, 4, date.year) && take(text, '-') && take_digits(text, 2, date.month) &&
        take(text, '-') && take_digits(text, 2, date.day) && take(text, 'T') &&
        take_digits(text, 2, hour) && take(text, ':') && take_digits(text, 2, minute) &&
        take(text, ':') && take_digits(text, 2, second) && take_fraction(text, millis) &&
        take_offset(text, offset) && text.empty();
    if (!read || date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    std::int64_t const days = days_of(date);
    if (civil_of(days).day != date.day) return false;  // 30 February
    std::int64_t const seconds =
        std::int64_t{hour} * 3600 + std::int64_t{minute - offset} * 60 + second;
    at = Instant{days * day_ms + seconds * 1000 + millis};
    return at >= written_instant_min && at <= written_instant_max;
}

std::string uuid_text(model::CommandId id) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (int nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
        std::uint64_t const half = nibble < 16 ? id.high : id.low;
        text += hex[(half >> (60U - 4U * (static_cast<unsigned>(nibble) % 16U))) & 15U];
    }
    return text;
}

}  // namespace posthaste::views
