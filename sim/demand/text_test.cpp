#include "demand/text.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace posthaste::demand {

TEST_CASE("degrees are read to a ten-millionth, and rounded after that") {
    CHECK(parse_degrees("57.7012345") == 577'012'345);
    CHECK(parse_degrees("-0.5") == -5'000'000);
    CHECK(parse_degrees("12") == 120'000'000);
    CHECK(parse_degrees("-73.99389648") == -739'938'965);  // the 8th digit rounds away from zero
    CHECK(parse_degrees("0.000000049") == 0);
    CHECK(parse_degrees("180") == 1'800'000'000);
}

TEST_CASE("what is not exactly degrees is refused") {
    for (auto const* text :
         {"", "-", ".", "1.", ".5", "1e1", "180.1", "1000", "1.2.3", " 1", "1 ", "nan"})
        CHECK_FALSE(parse_degrees(text).has_value());
    CHECK_FALSE(parse_position("91", "0").has_value());
    CHECK(parse_position("-90", "-180").has_value());
}

TEST_CASE("every number of degrees survives its text") {
    CHECK(rc::check([] {
        auto const degrees = *rc::gen::inRange(-1'800'000'000, 1'800'000'001);
        RC_ASSERT(parse_degrees(format_degrees(degrees)) == degrees);
    }));
}

TEST_CASE("times are read with and without seconds, fraction and offset") {
    // 2015-01-15 is day 16450: 45 years of 365 and 11 leap days, and 14 days.
    constexpr std::int64_t day = std::int64_t{16'450} * 86'400'000;
    CHECK(parse_time("2015-01-15 00:00") == Instant{day});
    CHECK(parse_time("2015-01-15T00:00:01Z") == Instant{day + 1000});
    CHECK(parse_time("2015-01-15 00:00:01.5 +00:00") == Instant{day + 1500});
    CHECK(parse_time("2015-01-15T01:00:00+01:00") == Instant{day});
    CHECK(parse_time("2015-01-14T19:00:00-05:00") == Instant{day});
    CHECK(parse_time("2015-01-15T00:00:00.123456Z") == Instant{day + 123});
}

TEST_CASE("what is not exactly a time is refused") {
    for (auto const* text :
         {"",
          "2015-01-15",
          "2015-13-01 00:00",
          "2015-02-29 00:00",
          "2015-01-15 24:00",
          "2015-01-15 00:60",
          "2015-01-15 00:00:00x",
          "2015-01-15T00:00:00+1",
          "15.01.2015 00:00"})
        CHECK_FALSE(parse_time(text).has_value());
}

TEST_CASE("every time survives its text") {
    CHECK(rc::check([] {
        // The years 1000 to 9000.
        Instant const time{
            *rc::gen::inRange<std::int64_t>(-30'000'000'000'000, 220'000'000'000'000)};
        RC_ASSERT(parse_time(format_time(time)) == time);
    }));
}

}  // namespace posthaste::demand
