#include "road/search/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace posthaste::road {

namespace {

struct Range {
    char32_t first;
    char32_t last;
    std::string_view as;
};

// Sorted.
constexpr auto latin = std::to_array<Range>({
    {0xc0, 0xc5, "a"},   {0xc6, 0xc6, "ae"},   {0xc7, 0xc7, "c"},   {0xc8, 0xcb, "e"},
    {0xcc, 0xcf, "i"},   {0xd0, 0xd0, "d"},    {0xd1, 0xd1, "n"},   {0xd2, 0xd6, "o"},
    {0xd8, 0xd8, "o"},   {0xd9, 0xdc, "u"},    {0xdd, 0xdd, "y"},   {0xde, 0xde, "th"},
    {0xdf, 0xdf, "ss"},  {0xe0, 0xe5, "a"},    {0xe6, 0xe6, "ae"},  {0xe7, 0xe7, "c"},
    {0xe8, 0xeb, "e"},   {0xec, 0xef, "i"},    {0xf0, 0xf0, "d"},   {0xf1, 0xf1, "n"},
    {0xf2, 0xf6, "o"},   {0xf8, 0xf8, "o"},    {0xf9, 0xfc, "u"},   {0xfd, 0xfd, "y"},
    {0xfe, 0xfe, "th"},  {0xff, 0xff, "y"},    {0x100, 0x105, "a"}, {0x106, 0x10d, "c"},
    {0x10e, 0x111, "d"}, {0x112, 0x11b, "e"},  {0x11c, 0x123, "g"}, {0x124, 0x127, "h"},
    {0x128, 0x131, "i"}, {0x132, 0x133, "ij"}, {0x134, 0x135, "j"}, {0x136, 0x138, "k"},
    {0x139, 0x142, "l"}, {0x143, 0x14b, "n"},  {0x14c, 0x151, "o"}, {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"}, {0x15a, 0x161, "s"},  {0x162, 0x167, "t"}, {0x168, 0x173, "u"},
    {0x174, 0x175, "w"}, {0x176, 0x178, "y"},  {0x179, 0x17e, "z"}, {0x17f, 0x17f, "s"},
    {0x218, 0x219, "s"}, {0x21a, 0x21b, "t"},
});

constexpr char32_t broken = 0;  // parts words

/// Takes one code point off the front.
char32_t take_code_point(std::string_view& text) {
    auto const lead = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    if (lead < 0x80) return lead;
    std::size_t const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < more) return broken;
    char32_t point = lead & (0x3fU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        auto const next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80U) return broken;
        point = point << 6U | (next & 0x3fU);
    }
    text.remove_prefix(more);
    constexpr std::array<char32_t, 4> least{0, 0x80, 0x800, 0x10000};
    bool const is_surrogate = point >= 0xd800 && point < 0xe000;
    return point < least[more] || point > 0x10ffff || is_surrogate ? broken : point;
}

void put_code_point(std::string& text, char32_t point) {
    auto const put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xc0 | point >> 6U);
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12U);
        put(0x80 | (point >> 6U & 0x3fU));
    } else {
        put(0xf0 | point >> 18U);
        put(0x80 | (point >> 12U & 0x3fU));
        put(0x80 | (point >> 6U & 0x3fU));
    }
    put(0x80 | (point & 0x3fU));
}

bool is_within(char32_t point, char32_t first, char32_t last) {
    return point >= first && point <= last;
}

bool parts_words(char32_t point) {
    bool const is_plain =
        is_within(point, '0', '9') || is_within(point, 'A', 'Z') || is_within(point, 'a', 'z');
    if (point < 0x80) return !is_plain;
    return point < 0xc0 || point == 0xd7 || point == 0xf7 || is_within(point, 0x2000, 0x206f) ||
           is_within(point, 0x3000, 0x3003);
}

bool is_accent(char32_t point) {
    return is_within(point, 0x300, 0x36f);
}

char32_t lower(char32_t point) {
    if (is_within(point, 'A', 'Z') || is_within(point, 0x391, 0x3a9) ||
        is_within(point, 0x410, 0x42f))
        return point + 0x20;
    if (point == 0x401 || point == 0x451) return 0x435;  // yo is written ye
    return is_within(point, 0x400, 0x40f) ? point + 0x50 : point;
}

struct Short {
    std::string_view word;
    std::array<std::string_view, 3> stands_for;
};

constexpr auto shorts = std::to_array<Short>({
    {"st", {"street", "saint", "sankt"}},
    {"ste", {"sainte"}},
    {"str", {"strasse", "street"}},
    {"rd", {"road"}},
    {"ave", {"avenue"}},
    {"av", {"avenue", "avenida"}},
    {"blvd", {"boulevard"}},
    {"bd", {"boulevard"}},
    {"dr", {"drive", "doktor", "docteur"}},
    {"ln", {"lane"}},
    {"ct", {"court"}},
    {"cir", {"circle"}},
    {"pl", {"place", "platz", "plac"}},
    {"sq", {"square"}},
    {"hwy", {"highway"}},
    {"pkwy", {"parkway"}},
    {"fwy", {"freeway"}},
    {"ter", {"terrace"}},
    {"cres", {"crescent"}},
    {"mt", {"mount"}},
    {"n", {"north", "nord"}},
    {"s", {"south", "sud"}},
    {"e", {"east", "est"}},
    {"w", {"west"}},
    {"ul", {"ulica", "ulitsa"}},
});

}  // namespace

std::string folded(std::string_view text) {
    std::string out;
    bool is_new_word = false;
    while (!text.empty()) {
        auto const point = take_code_point(text);
        if (is_accent(point)) continue;
        if (parts_words(point)) {
            is_new_word = !out.empty();
            continue;
        }
        if (is_new_word) out += ' ';
        is_new_word = false;
        auto const* const range = std::ranges::lower_bound(latin, point, {}, &Range::last);
        if (range != latin.end() && point >= range->first) {
            out += range->as;
        } else {
            put_code_point(out, lower(point));
        }
    }
    return out;
}

std::vector<std::string_view> words_of(std::string_view folded) {
    std::vector<std::string_view> words;
    while (!folded.empty()) {
        auto const end = std::min(folded.find(' '), folded.size());
        words.push_back(folded.substr(0, end));
        folded.remove_prefix(std::min(end + 1, folded.size()));
    }
    return words;
}

std::vector<std::string> long_forms(std::string_view word) {
    std::vector<std::string> forms;
    auto const* const found = std::ranges::find(shorts, word, &Short::word);
    if (found != shorts.end()) {
        for (auto const form : found->stands_for)
            if (!form.empty()) forms.emplace_back(form);
        return forms;
    }
    // Bahnhofstr.
    if (word.size() > 5 && word.ends_with("str")) forms.push_back(std::string{word} + "asse");
    return forms;
}

}  // namespace posthaste::road
