// Each row: a node's tags, and whom it stops: c v t b f e for car, van, truck, bicycle, foot and
// emergency vehicle.
#include <doctest/doctest.h>

#include <string>

#include "road/rules/tags_of_text.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

namespace {

std::string barred(std::string_view text) {
    auto const tags = tags_of_text(text);
    auto const use = node_use_of(Tags{tags});
    std::string letters;
    for (std::size_t i = 0; i < profile_count; ++i) {
        if ((use.barred >> i & 1U) != 0) letters += "cvtbfe"[i];
    }
    return letters;
}

}  // namespace

TEST_CASE("whom a barrier stops") {
    struct Row {
        std::string_view tags;
        std::string_view barred;
    };
    for (Row const& row : {
             Row{"", ""},
             Row{"barrier=gate", ""},
             Row{"barrier=gate access=private", "cvtbf"},
             Row{"barrier=gate access=no", "cvtbf"},
             Row{"barrier=gate motor_vehicle=no", "cvt"},
             Row{"barrier=gate access=no foot=yes bicycle=yes", "cvt"},
             Row{"barrier=gate access=destination", ""},
             Row{"barrier=gate access=customers", ""},
             Row{"barrier=gate access=no emergency=no", "cvtbfe"},
             Row{"barrier=lift_gate", ""},
             Row{"barrier=toll_booth", ""},
             Row{"barrier=border_control", ""},
             Row{"barrier=cattle_grid", ""},
             Row{"barrier=entrance", ""},
             Row{"barrier=bollard", "cvte"},
             Row{"barrier=bollard bollard=removable", "cvt"},
             Row{"barrier=bollard bollard=rising", "cvt"},
             Row{"barrier=bollard bollard=fixed", "cvte"},
             Row{"barrier=bollard emergency=yes", "cvt"},
             Row{"barrier=bollard motor_vehicle=yes", ""},
             Row{"barrier=bollard access=yes", "cvte"},  // the post stands there all the same
             Row{"barrier=bollard bicycle=no", "cvtbe"},
             Row{"barrier=bollard hgv=no motor_vehicle=yes", "t"},
             Row{"barrier=block", "cvte"},
             Row{"barrier=jersey_barrier", "cvte"},
             Row{"barrier=cycle_barrier", "cvte"},
             Row{"barrier=cycle_barrier bicycle=dismount", "cvte"},
             Row{"barrier=chain", "cvte"},
             Row{"barrier=stile", "cvtbe"},
             Row{"barrier=kissing_gate", "cvtbe"},
             Row{"barrier=kissing_gate bicycle=yes", "cvte"},
             Row{"barrier=wall", "cvtbfe"},
             Row{"barrier=unheard_of", "cvte"},
             Row{"barrier=height_restrictor", ""},
             Row{"barrier=height_restrictor maxheight=2.1", "vte"},
             Row{"barrier=height_restrictor maxheight=3.5", "t"},
             Row{"highway=crossing bicycle=no foot=yes", ""},  // it is said of the crossing
             Row{"entrance=main access=private", ""},
             Row{"highway=traffic_signals", ""},
         }) {
        CAPTURE(row.tags);
        CHECK(barred(row.tags) == row.barred);
    }
}

TEST_CASE("the truck's size decides at a height restrictor") {
    auto const tags = tags_of_text("barrier=height_restrictor maxheight=3.5");
    CHECK(node_use_of(Tags{tags}, {.height_dm = 35}).barred == 0);
    CHECK(node_use_of(Tags{tags}, {.height_dm = 36}).barred == bit_of(Profile::truck));
}

TEST_CASE("traffic signals") {
    auto const signal = tags_of_text("highway=traffic_signals");
    auto const crossing = tags_of_text("highway=crossing");
    CHECK(node_use_of(Tags{signal}).has_signal);
    CHECK_FALSE(node_use_of(Tags{crossing}).has_signal);
}

}  // namespace posthaste::road
