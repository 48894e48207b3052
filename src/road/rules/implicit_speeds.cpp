#include "road/rules/implicit_speeds.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

/// km/h; 0: as everywhere. trunk: a road for motor vehicles only, short of a motorway.
struct Country {
    std::string_view code;
    std::int32_t urban = 0;
    std::int32_t rural = 0;
    std::int32_t trunk = 0;
    std::int32_t motorway = 0;
    std::int32_t living_street = 0;
    bool in_mph = false;  ///< the numbers of its zones
};

constexpr std::int32_t zone_max = 120;

constexpr Country everywhere{"", 50, 90, 110, 130, 20};

constexpr auto countries = std::to_array<Country>({
    {"AR", 40, 110, 110, 130, 0},      {"AT", 50, 100, 100, 130, kmh_walk},
    {"AU", 50, 100, 100, 110, 10},     {"BE", 50, 90, 120, 120, 20},
    {"BE-BRU", 30, 70, 120, 120, 20},  {"BE-VLG", 50, 70, 120, 120, 20},
    {"BG", 50, 90, 120, 140, 20},      {"BY", 60, 90, 110, 110, 20},
    {"CA", 50, 80, 100, 100, 0},       {"CH", 50, 80, 100, 120, 20},
    {"CZ", 50, 90, 110, 130, 20},      {"DE", 50, 100, kmh_unlimited, kmh_unlimited, kmh_walk},
    {"DK", 50, 80, 80, 130, 15},       {"EE", 50, 90, 110, 110, 20},
    {"ES", 50, 90, 90, 120, 20},       {"FI", 50, 80, 100, 120, 20},
    {"FR", 50, 80, 110, 130, 20},      {"GB", 48, 96, 112, 112, 0, true},
    {"GR", 50, 90, 110, 130, 20},      {"HR", 50, 90, 110, 130, 10},
    {"HU", 50, 90, 110, 130, 20},      {"IE", 50, 80, 100, 120, 0},
    {"IS", 50, 90, 90, 90, 15},        {"IT", 50, 90, 110, 130, 30},
    {"JP", 60, 60, 60, 100, 0},        {"LI", 50, 80, 100, 120, 20},
    {"LT", 50, 90, 120, 130, 20},      {"LU", 50, 90, 90, 130, 20},
    {"LV", 50, 90, 100, 110, 20},      {"NL", 50, 80, 100, 100, 15},
    {"NO", 50, 80, 90, 110, kmh_walk}, {"NZ", 50, 100, 100, 100, 10},
    {"PL", 50, 90, 120, 140, 20},      {"PT", 50, 90, 100, 120, 20},
    {"RO", 50, 90, 100, 130, 20},      {"RS", 50, 80, 100, 130, 10},
    {"RU", 60, 90, 110, 110, 20},      {"SE", 50, 70, 90, 110, kmh_walk},
    {"SI", 50, 90, 110, 130, 10},      {"SK", 50, 90, 130, 130, 20},
    {"TR", 50, 90, 110, 120, 20},      {"UA", 50, 90, 110, 130, 20},
    {"UK", 48, 96, 112, 112, 0, true}, {"US", 40, 88, 104, 104, 0, true},
    {"ZA", 60, 100, 120, 120, 0},
});

struct Place {
    std::string_view name;
    std::int32_t Country::*kmh = nullptr;
};

constexpr auto places = std::to_array<Place>({
    {"urban", &Country::urban},
    {"rural", &Country::rural},
    {"trunk", &Country::trunk},
    {"motorway", &Country::motorway},
    {"living_street", &Country::living_street},
    {"nsl_restricted", &Country::urban},
    {"nsl_single", &Country::rural},
    {"nsl_dual", &Country::trunk},
});

Country const& row_of(std::string_view code) {
    auto const* const found = std::find_if(countries.begin(), countries.end(), [&](auto const& c) {
        return c.code == code;
    });
    return found == countries.end() ? everywhere : *found;
}

/// "BE-VLG", or else "BE".
Country const& country_of(std::string_view code) {
    Country const& exact = row_of(code);
    auto const dash = code.find('-');
    if (!exact.code.empty() || dash == std::string_view::npos) return exact;
    return row_of(code.substr(0, dash));
}

/// "zone30", "zone:30", "30".
std::optional<std::int32_t> zone_of(Country const& country, std::string_view text) {
    if (text.starts_with("zone")) text.remove_prefix(4);
    if (text.starts_with(':')) text.remove_prefix(1);
    std::int32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value < 1 || value > zone_max) return std::nullopt;
    return country.in_mph ? value * 1609 / 1000 : value;
}

}  // namespace

std::optional<std::int32_t> implicit_kmh_of(std::string_view value) {
    auto const colon = value.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view const what = value.substr(colon + 1);
    if (what == "walk") return kmh_walk;
    Country const& country = country_of(value.substr(0, colon));
    for (auto const& place : places) {
        if (place.name != what) continue;
        std::int32_t const kmh = country.*place.kmh;
        return kmh == 0 ? everywhere.*place.kmh : kmh;
    }
    return zone_of(country, what);
}

}  // namespace posthaste::road
