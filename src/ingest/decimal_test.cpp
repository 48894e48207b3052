#include "ingest/decimal.hpp"

#include <doctest/doctest.h>

namespace posthaste::ingest {

TEST_CASE("decimal text becomes an integer exactly, rounded half away from zero") {
    struct Row {
        std::string_view text;
        unsigned decimals;
        std::int64_t value;
    };
    for (Row const& row : {
             Row{"57.7088714", 7, 577'088'714},
             Row{"0.00000005", 7, 1},
             Row{"-0.00000005", 7, -1},
             Row{"0.00000004999999999999999999", 7, 0},
             Row{"37.785834000000001", 7, 377'858'340},
             Row{"40.7232948571", 7, 407'232'949},
             Row{"-122.406417", 7, -1'224'064'170},
             // 1.00000015 is no double, and its nearest one lies below the half: text does not.
             Row{"1.00000015", 7, 10'000'002},
             Row{"1e2", 0, 100},
             Row{"1.5E-1", 3, 150},
             Row{"25e-1", 0, 3},
             Row{"+7", 0, 7},
             Row{".5", 1, 5},
             Row{"5.", 1, 50},
             Row{"000000000000000000000000000001.5", 1, 15},
             Row{"123456789012345678901234567890", 0, scaled_max},
             Row{"-1e400", 7, -scaled_max},
             Row{"1e-400", 7, 0},
             Row{"0e999", 7, 0},
             Row{"0.000000000000000000000000000000000000000000000000000001", 9, 0},
         }) {
        CAPTURE(row.text);
        CHECK(parse_scaled(row.text, row.decimals) == row.value);
    }
}

TEST_CASE("what is not a number is none") {
    for (std::string_view const text :
         {"",
          "-",
          ".",
          "+.",
          "e5",
          "1e",
          "1e+",
          "1.2.3",
          "1,5",
          "0x10",
          "NaN",
          "inf",
          "--1",
          " 1",
          "1 ",
          "\"1\"",
          "true",
          "10000000000000000000000000000000000000000000000000000000000000000"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_scaled(text, 7).has_value());
    }
}

TEST_CASE("a ratio rounds half away from zero and saturates") {
    CHECK(scale_ratio(1000, 1852, 3600) == 514);  // 1 knot = 514.4 mm/s
    CHECK(scale_ratio(36'000, 1000, 3600) == 10'000);
    CHECK(scale_ratio(5, 1, 2) == 3);
    CHECK(scale_ratio(-5, 1, 2) == -3);
    CHECK(scale_ratio(scaled_max, 1852, 3) == scaled_max);
}

}  // namespace posthaste::ingest
