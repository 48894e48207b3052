#include "road/rules/values.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "road/rules/implicit_speeds.hpp"

namespace posthaste::road {

namespace {

constexpr std::size_t whole_digits_max = 6;
constexpr std::size_t fraction_digits_kept = 3;

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The digits at the front, taken off the text. Nothing: there are none, or too many.
std::optional<std::int64_t> take_whole(std::string_view& text) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        if (digits == whole_digits_max) return std::nullopt;
        value = value * 10 + (text[digits++] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

/// "3.75" at the front, in thousandths, taken off the text.
std::optional<std::int64_t> take_thousandths(std::string_view& text) {
    auto const whole = take_whole(text);
    if (!whole) return std::nullopt;
    std::int64_t value = *whole;
    std::size_t kept = 0;
    if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
        text.remove_prefix(1);
        for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
            if (kept == fraction_digits_kept) continue;
            value = value * 10 + (text.front() - '0');
            ++kept;
        }
    }
    for (; kept < fraction_digits_kept; ++kept)
        value *= 10;
    return value;
}

struct UnitName {
    std::string_view name;
    std::int64_t millionths = 0;  ///< of the unit that is given
};

constexpr auto speed_units = std::to_array<UnitName>({
    {"", 1'000'000},
    {"km/h", 1'000'000},
    {"kmh", 1'000'000},
    {"kph", 1'000'000},
    {"mph", 1'609'344},
    {"knots", 1'852'000},
    {"kn", 1'852'000},
});

constexpr auto length_units = std::to_array<UnitName>({
    {"", 10'000'000},
    {"m", 10'000'000},
    {"cm", 100'000},
    {"ft", 3'048'000},
    {"feet", 3'048'000},
    {"in", 254'000},
});

constexpr auto weight_units = std::to_array<UnitName>({
    {"", 10'000'000},
    {"t", 10'000'000},
    {"kg", 10'000},
    {"st", 9'071'847},
    {"lt", 10'160'469},
    {"lbs", 4536},
    {"lb", 4536},
    {"cwt", 508'023},
});

/// Words that stand for a value: what of it is 0 says nothing.
struct Word {
    std::string_view name;
    std::int32_t value = 0;
};

constexpr auto speed_words = std::to_array<Word>({
    {"none", kmh_unlimited},
    {"walk", kmh_walk},
    {"signals", 0},
    {"variable", 0},
    {"implicit", 0},
    {"unknown", 0},
});

constexpr auto size_words = std::to_array<Word>({
    {"default", 0},
    {"none", 0},
    {"no", 0},
    {"unsigned", 0},
    {"no_sign", 0},
    {"no_indications", 0},
    {"unknown", 0},
});

std::optional<std::int32_t> word_of(std::span<Word const> words, std::string_view value) {
    auto const* const end = words.data() + words.size();
    auto const* const found =
        std::find_if(words.data(), end, [&](Word const& word) { return word.name == value; });
    return found == end ? std::nullopt : std::optional{found->value};
}

/// A decimal and one of the units behind it; 0 is no limit anybody can mean.
std::optional<std::int32_t> measure_of(
    std::string_view text, std::span<UnitName const> units, std::int64_t value_max
) {
    auto const thousandths = take_thousandths(text);
    if (!thousandths) return std::nullopt;
    text = trim(text);
    for (auto const& unit : units) {
        if (unit.name != text) continue;
        std::int64_t const value = *thousandths * unit.millionths / 1'000'000'000;
        if (value < 1 || value > value_max) return std::nullopt;
        return static_cast<std::int32_t>(value);
    }
    return std::nullopt;
}

/// 12'6", 12', 6": in decimetres.
std::optional<std::int32_t> feet_and_inches_of(std::string_view text) {
    std::int64_t thousandths_of_inch = 0;
    for (auto const& [sign, inches] :
         {std::pair{'\'', std::int64_t{12}}, std::pair{'"', std::int64_t{1}}}) {
        if (text.find(sign) == std::string_view::npos) continue;
        auto const number = take_thousandths(text);
        if (!number || !text.starts_with(sign)) return std::nullopt;
        text = trim(text.substr(1));
        thousandths_of_inch += *number * inches;
    }
    std::int64_t const decimetres = thousandths_of_inch * 254 / 1'000'000;
    if (!text.empty() || decimetres < 1 || decimetres > dimension_read_max) return std::nullopt;
    return static_cast<std::int32_t>(decimetres);
}

std::optional<std::int32_t> one_speed_of(std::string_view text) {
    if (auto const word = word_of(speed_words, text)) return word;
    if (text.find(':') != std::string_view::npos) return implicit_kmh_of(text);
    return measure_of(text, speed_units, kmh_read_max);
}

std::optional<std::int32_t> one_length_of(std::string_view text) {
    if (auto const word = word_of(size_words, text)) return word;
    if (text.find_first_of("'\"") != std::string_view::npos) return feet_and_inches_of(text);
    return measure_of(text, length_units, dimension_read_max);
}

std::optional<std::int32_t> one_weight_of(std::string_view text) {
    if (auto const word = word_of(size_words, text)) return word;
    return measure_of(text, weight_units, dimension_read_max);
}

/// The lowest of "50;30" that says something; one that cannot be read spoils all.
template <class ReadOne>
std::optional<std::int32_t> lowest_of(std::string_view text, ReadOne const& read_one) {
    std::int32_t lowest = 0;
    do {
        auto const value = read_one(take_part(text, ';'));
        if (!value) return std::nullopt;
        if (*value != 0 && (lowest == 0 || *value < lowest)) lowest = *value;
    } while (!text.empty());
    return lowest;
}

std::optional<Millis> checked(std::int64_t seconds) {
    if (seconds < 1 || seconds * 1000 > duration_read_max.count()) return std::nullopt;
    return Millis{seconds * 1000};
}

/// "45", "1:30", "1:30:00".
std::optional<Millis> clock_duration_of(std::string_view text) {
    std::array<std::int64_t, 3> parts{};
    std::size_t count = 0;
    while (true) {
        auto const part = take_whole(text);
        if (!part || count == parts.size()) return std::nullopt;
        parts[count++] = *part;
        if (text.empty()) break;
        if (text.front() != ':') return std::nullopt;
        text.remove_prefix(1);
    }
    if (count == 1) return checked(parts[0] * 60);
    return checked(parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

/// ISO 8601: P[nW][nD][T[nH][nM][nS]]. Requires: starts with P.
std::optional<Millis> iso_duration_of(std::string_view text) {
    text.remove_prefix(1);
    std::int64_t seconds = 0;
    bool in_time = false;
    while (!text.empty()) {
        if (text.front() == 'T' && !in_time) {
            in_time = true;
            text.remove_prefix(1);
            continue;
        }
        auto const number = take_whole(text);
        if (!number || text.empty()) return std::nullopt;
        std::string_view const units = in_time ? "HMS" : "WD";
        constexpr std::array<std::int64_t, 3> time_seconds{3600, 60, 1};
        constexpr std::array<std::int64_t, 2> date_seconds{604'800, 86'400};
        auto const unit = units.find(text.front());
        if (unit == std::string_view::npos) return std::nullopt;
        seconds += *number * (in_time ? time_seconds[unit] : date_seconds[unit]);
        if (seconds * 1000 > duration_read_max.count()) return std::nullopt;
        text.remove_prefix(1);
    }
    return checked(seconds);
}

}  // namespace

std::string_view take_part(std::string_view& text, char separator) {
    auto const end = text.find(separator);
    std::string_view const part = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

std::optional<std::int32_t> kmh_of(std::string_view value) {
    return lowest_of(value, one_speed_of);
}

std::optional<std::int32_t> decimetres_of(std::string_view value) {
    return lowest_of(value, one_length_of);
}

std::optional<std::int32_t> hundred_kg_of(std::string_view value) {
    return lowest_of(value, one_weight_of);
}

std::optional<Millis> duration_of(std::string_view value) {
    return value.starts_with('P') ? iso_duration_of(value) : clock_duration_of(value);
}

}  // namespace posthaste::road
