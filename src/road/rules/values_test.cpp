// Each row: what a mapper wrote, and the number that it is, worked out by hand.
#include "road/rules/values.hpp"

#include <doctest/doctest.h>

namespace posthaste::road {

namespace {

constexpr std::int32_t unreadable = -1;

struct Row {
    std::string_view text;
    std::int64_t value;
};

}  // namespace

TEST_CASE("speed limits") {
    for (Row const& row : {
             Row{"50", 50},
             Row{"50 km/h", 50},
             Row{"50kmh", 50},
             Row{"30 mph", 48},  // 48.28
             Row{"30mph", 48},
             Row{"65 mph", 104},   // 104.61
             Row{"10 knots", 18},  // 18.52
             Row{"7.5", 7},
             Row{"50;30", 30},
             Row{"30 mph; 20 mph", 32},  // 32.19
             Row{"signals;80", 80},
             Row{"none", kmh_unlimited},
             Row{"walk", 7},
             Row{"signals", 0},
             Row{"variable", 0},
             Row{"DE:urban", 50},
             Row{"DE:rural", 100},
             Row{"DE:motorway", kmh_unlimited},
             Row{"DE:living_street", 7},
             Row{"DE:walk", 7},
             Row{"SE:rural", 70},
             Row{"CH:motorway", 120},
             Row{"PL:motorway", 140},
             Row{"RU:urban", 60},
             Row{"BE-VLG:rural", 70},
             Row{"BE-WAL:rural", 90},  // no row of its own: Belgium's
             Row{"XX:rural", 90},      // nor the country
             Row{"XX:living_street", 20},
             Row{"CA:living_street", 20},  // a row that does not say
             Row{"GB:nsl_single", 96},
             Row{"UK:nsl_dual", 112},
             Row{"DE:zone30", 30},
             Row{"DE:zone:20", 20},
             Row{"FR:30", 30},
             Row{"GB:zone20", 32},  // mph
             Row{"DE:zone", unreadable},
             Row{"DE:zone30x", unreadable},
             Row{"DE:zone0", unreadable},
             Row{"DE:", unreadable},
             Row{":", unreadable},
             Row{"0", unreadable},
             Row{"-30", unreadable},
             Row{"500", unreadable},
             Row{"999999", unreadable},
             Row{"99999999999999999999", unreadable},
             Row{"50 furlongs", unreadable},
             Row{"50;fast", unreadable},
             Row{"50 @ (22:00-06:00)", unreadable},
             Row{"30|50", unreadable},
             Row{"fast", unreadable},
             Row{"", unreadable},
         }) {
        CAPTURE(row.text);
        CHECK(kmh_of(row.text).value_or(unreadable) == row.value);
    }
}

TEST_CASE("heights, lengths and widths, in decimetres rounded down") {
    for (Row const& row : {
             Row{"4", 40},
             Row{"3.8", 38},
             Row{"3.85 m", 38},
             Row{"3.8m", 38},
             Row{"380 cm", 38},
             Row{"12'6\"", 38},  // 150 in = 3.81 m
             Row{"13'", 39},     // 3.9624 m
             Row{"12' 6\"", 38},
             Row{"6'6\"", 19},  // 1.9812 m
             Row{"100\"", 25},  // 2.54 m
             Row{"14 ft", 42},  // 4.2672 m
             Row{"4;3.5", 35},
             Row{"default", 0},
             Row{"none", 0},
             Row{"unsigned", 0},
             Row{"no_indications", 0},
             Row{"below_default", unreadable},
             Row{"3,8", unreadable},
             Row{"12'6", unreadable},
             Row{"6\"12'", unreadable},
             Row{"'", unreadable},
             Row{"12'6\"x", unreadable},
             Row{"999999'", unreadable},
             Row{"0", unreadable},
             Row{"low", unreadable},
             Row{"", unreadable},
         }) {
        CAPTURE(row.text);
        CHECK(decimetres_of(row.text).value_or(unreadable) == row.value);
    }
}

TEST_CASE("weights, in 100 kg rounded down") {
    for (Row const& row : {
             Row{"7.5", 75},
             Row{"3.5 t", 35},
             Row{"3.5t", 35},
             Row{"2800 kg", 28},
             Row{"6000 lbs", 27},  // 2721.6 kg
             Row{"10 st", 90},     // short tons: 9071.8 kg
             Row{"none", 0},
             Row{"7.5 tonnes", unreadable},
             Row{"heavy", unreadable},
         }) {
        CAPTURE(row.text);
        CHECK(hundred_kg_of(row.text).value_or(unreadable) == row.value);
    }
}

TEST_CASE("durations, in seconds") {
    for (Row const& row : {
             Row{"45", 2700},
             Row{"00:15", 900},
             Row{"1:30", 5400},
             Row{"1:30:00", 5400},
             Row{"0:00:20", 20},
             Row{"26:00", 93'600},
             Row{"PT15M", 900},
             Row{"PT1H15M", 4500},
             Row{"P1DT2H", 93'600},
             Row{"P1W", 604'800},
             Row{"PT30S", 30},
             Row{"P2W", unreadable},  // longer than any ferry
             Row{"99999:00", unreadable},
             Row{"0", unreadable},
             Row{"PT", unreadable},
             Row{"P", unreadable},
             Row{"PT15", unreadable},
             Row{"PT15X", unreadable},
             Row{"P15M", unreadable},  // months
             Row{"PTT5M", unreadable},
             Row{"1:2:3:4", unreadable},
             Row{"1:", unreadable},
             Row{":15", unreadable},
             Row{"20 min", unreadable},
             Row{"", unreadable},
         }) {
        CAPTURE(row.text);
        auto const duration = duration_of(row.text);
        CHECK((duration ? duration->count() / 1000 : unreadable) == row.value);
    }
}

}  // namespace posthaste::road
