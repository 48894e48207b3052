// Each row: a way's tags, and by hand what each profile does there:
//     car van truck bicycle foot emergency
// in km/h, a dot where it may not go; backward "=" where it is as forward; then who may only
// start or end there (c v t b f e).
#include "road/rules/way_rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "road/rules/tags_of_text.hpp"

namespace posthaste::road {

namespace {

constexpr std::string_view closed = ". . . . . .";

std::string text_of(Speeds const& speeds) {
    std::string text;
    for (auto const kmh : speeds)
        text += (kmh == 0 ? "." : std::to_string(kmh)) + " ";
    text.pop_back();
    return text;
}

std::string letters_of(ProfileMask mask) {
    std::string text;
    for (std::size_t i = 0; i < profile_count; ++i) {
        if ((mask >> i & 1U) != 0) text += "cvtbfe"[i];
    }
    return text;
}

struct Row {
    std::string_view tags;
    std::string_view forward;
    std::string_view backward = "=";
    std::string_view destination_only = "";
};

/// Requires: it is a road.
WayUse road_of(std::string_view text, TruckSize const& truck = {}) {
    auto const tags = tags_of_text(text);
    auto const use = use_of(Tags{tags}, truck);
    REQUIRE(use.has_value());
    return use.value_or(WayUse{});
}

void check(Row const& row, TruckSize const& truck = {}) {
    CAPTURE(row.tags);
    if (row.forward == "no road") {
        auto const tags = tags_of_text(row.tags);
        CHECK_FALSE(use_of(Tags{tags}, truck).has_value());
        return;
    }
    auto const use = road_of(row.tags, truck);
    CHECK(text_of(use.forward) == row.forward);
    CHECK(text_of(use.backward) == (row.backward == "=" ? row.forward : row.backward));
    CHECK(letters_of(use.destination_only) == row.destination_only);
    CHECK(use.unread == 0);
}

TEST_CASE("kinds of vehicle have their profile by name, and others drive as cars") {
    CHECK(profile_of("truck") == Profile::truck);
    CHECK(profile_of("cargo_bike") == Profile::bicycle);
    CHECK(profile_of("ambulance") == Profile::emergency);
    CHECK(profile_of("dray") == Profile::car);
}

}  // namespace

// Truck nine tenths of a car and at most 80, a blue light 1.3 times a car and at most 140, both
// rounded down.
TEST_CASE("kinds of road without a sign") {
    for (Row const& row : {
             Row{"highway=motorway", "90 90 80 . . 117", closed},
             Row{"highway=motorway_link", "45 45 40 . . 58", closed},
             Row{"highway=motorway_link oneway=no", "45 45 40 . . 58"},
             Row{"highway=trunk", "85 85 76 15 5 110"},
             Row{"highway=trunk motorroad=yes", "85 85 76 . . 110"},
             Row{"highway=primary", "65 65 58 15 5 84"},
             Row{"highway=secondary", "55 55 49 15 5 71"},
             Row{"highway=tertiary", "40 40 36 15 5 52"},
             Row{"highway=trunk_link", "40 40 36 15 5 52"},
             Row{"highway=primary_link", "30 30 27 15 5 39"},
             Row{"highway=secondary_link", "25 25 22 15 5 32"},
             Row{"highway=tertiary_link", "20 20 18 15 5 26"},
             Row{"highway=corridor", ". . . . 4 ."},
             Row{"highway=platform", ". . . . 4 ."},
             Row{"highway=unclassified", "25 25 22 15 5 32"},
             Row{"highway=residential", "25 25 22 15 5 32"},
             Row{"highway=road", "25 25 22 15 5 32"},
             Row{"highway=living_street", "10 10 9 15 5 13"},
             Row{"highway=service", "15 15 13 15 5 19"},
             Row{"highway=service service=driveway", "10 10 9 15 5 13"},
             Row{"highway=service service=emergency_access", ". . . 15 5 19"},
             Row{"highway=track", "15 15 13 12 5 19", "=", "cvt"},
             Row{"highway=track motor_vehicle=yes", "15 15 13 12 5 19"},
             Row{"highway=track tracktype=grade5", "15 15 13 8 5 19", "=", "cvt"},
             Row{"highway=pedestrian", ". . . 5 5 10"},
             Row{"highway=cycleway", ". . . 15 5 ."},
             Row{"highway=path", ". . . 12 5 ."},
             Row{"highway=footway", ". . . 5 5 ."},
             Row{"highway=footway bicycle=yes", ". . . 10 5 ."},
             Row{"highway=bridleway", ". . . . 5 ."},
             Row{"highway=steps", ". . . . 3 ."},
             Row{"highway=steps bicycle=yes motor_vehicle=yes", ". . . . 3 ."},
             Row{"highway=busway", ". . . . . 52"},
         }) {
        check(row);
    }
}

TEST_CASE("what is no road") {
    for (Row const& row : {
             Row{"highway=construction construction=primary", "no road"},
             Row{"highway=proposed", "no road"},
             Row{"highway=abandoned", "no road"},
             Row{"highway=razed", "no road"},
             Row{"highway=bus_guideway", "no road"},
             Row{"highway=raceway", "no road"},
             Row{"highway=pedestrian area=yes", "no road"},
             Row{"building=yes", "no road"},
             Row{"route=bus", "no road"},
             Row{"highway=footway access=no", "no road"},
             Row{"", "no road"},
         }) {
        check(row);
    }
}

TEST_CASE("limits: a share of what is said, within what the kind of road lets") {
    for (Row const& row : {
             Row{"highway=motorway maxspeed=130", "117 117 80 . . 140", closed},
             Row{"highway=motorway maxspeed=none", "125 125 80 . . 140", closed},
             Row{"highway=motorway maxspeed=DE:motorway", "125 125 80 . . 140", closed},
             // 65 mph = 104 km/h, of it 90 %: 93.6
             Row{"highway=motorway maxspeed=65mph", "93 93 80 . . 120", closed},
             Row{"highway=primary maxspeed=50", "42 42 37 15 5 54"},  // 85 %: 42.5
             Row{"highway=primary maxspeed=100", "85 85 76 15 5 110"},
             Row{"highway=primary maxspeed=130", "95 95 80 15 5 123"},  // 110.5, but at most 95
             Row{"highway=residential maxspeed=30", "24 24 21 15 5 31"},
             Row{"highway=residential maxspeed=50", "40 40 36 15 5 52"},
             Row{"highway=residential maxspeed=100", "40 40 36 15 5 52"},
             Row{"highway=motorway_link maxspeed=130", "75 75 67 . . 97", closed},
             Row{"highway=trunk maxspeed=130", "110 110 80 15 5 140"},
             Row{"highway=trunk_link maxspeed=130", "65 65 58 15 5 84"},
             Row{"highway=primary_link maxspeed=130", "55 55 49 15 5 71"},
             Row{"highway=secondary maxspeed=130", "90 90 80 15 5 117"},
             Row{"highway=secondary_link maxspeed=130", "50 50 45 15 5 65"},
             Row{"highway=tertiary maxspeed=130", "80 80 72 15 5 104"},
             Row{"highway=tertiary_link maxspeed=130", "45 45 40 15 5 58"},
             Row{"highway=unclassified maxspeed=130", "70 70 63 15 5 91"},
             Row{"highway=service maxspeed=130", "25 25 22 15 5 32"},
             Row{"highway=living_street maxspeed=walk", "5 5 4 7 5 6"},  // 80 %: 5.6
             Row{"highway=service maxspeed=1", "1 1 1 1 5 1"},
             Row{"highway=tertiary maxspeed=signals", "40 40 36 15 5 52"},
             Row{"highway=tertiary maxspeed=50;30", "24 24 21 15 5 31"},
             Row{"highway=tertiary maxspeed:lanes=30|50", "40 40 36 15 5 52"},
             Row{"highway=tertiary maxspeed:conditional=30", "40 40 36 15 5 52"},
             Row{"highway=tertiary source:maxspeed=DE:rural", "80 80 72 15 5 104"},
             Row{"highway=tertiary source:maxspeed=sign", "40 40 36 15 5 52"},
             Row{"highway=tertiary maxspeed=30 source:maxspeed=DE:rural", "24 24 21 15 5 31"},
             Row{"highway=residential zone:maxspeed=DE:30", "24 24 21 15 5 31"},
             Row{"highway=residential maxspeed:type=DE:zone30", "24 24 21 15 5 31"},
             Row{"highway=tertiary maxspeed:forward=50", "40 40 36 15 5 52"},
             Row{"highway=tertiary maxspeed=70 maxspeed:backward=50",
                 "56 56 50 15 5 72",
                 "40 40 36 15 5 52"},
             // Trucks: nine tenths of 85 is 76; 85 % of 60 is 51.
             Row{"highway=primary maxspeed=100 maxspeed:hgv=60", "85 85 51 15 5 110"},
             Row{"highway=primary maxspeed=100 maxspeed:hgv:backward=60",
                 "85 85 76 15 5 110",
                 "85 85 51 15 5 110"},
             Row{"highway=primary maxspeed=50 maxspeed:hgv=80", "42 42 37 15 5 54"},
         }) {
        check(row);
    }
}

TEST_CASE("surfaces only make slower") {
    for (Row const& row : {
             Row{"highway=primary maxspeed=100 surface=asphalt", "85 85 76 15 5 110"},
             Row{"highway=primary maxspeed=100 surface=gravel", "40 40 36 11 5 52"},
             Row{"highway=residential surface=gravel", "25 25 22 11 5 32"},
             Row{"highway=primary surface=asphalt;cobblestone", "30 30 27 8 5 39"},
             Row{"highway=unclassified smoothness=horrible", "10 10 9 7 5 13"},
             Row{"highway=unclassified surface=mud smoothness=very_horrible", "5 5 4 5 5 6"},
             Row{"highway=track smoothness=impassable", ". . . . 5 ."},
             Row{"highway=unclassified impassable=yes", ". . . . 5 ."},
         }) {
        check(row);
    }
}

TEST_CASE("access: the most specific key wins") {
    constexpr std::string_view all = "25 25 22 15 5 32";
    for (Row const& row : {
             Row{"highway=residential access=yes", all},
             Row{"highway=residential access=permissive", all},
             Row{"highway=residential access=no", ". . . . . 32"},
             Row{"highway=residential access=no foot=yes", ". . . . 5 32"},
             Row{"highway=residential access=no vehicle=yes motor_vehicle=no bicycle=yes",
                 ". . . 15 . 32"},
             Row{"highway=residential access=private", all, "=", "cvtbf"},
             Row{"highway=residential access=destination", all, "=", "cvtbf"},
             Row{"highway=residential vehicle=customers", all, "=", "cvtb"},
             Row{"highway=residential motor_vehicle=delivery", all, "=", "cvt"},
             Row{"highway=residential motor_vehicle=private motorcar=yes", all, "=", "t"},
             Row{"highway=residential motor_vehicle=no", ". . . 15 5 32"},
             Row{"highway=residential motor_vehicle=no hgv=yes", ". . 22 15 5 32"},
             Row{"highway=residential motor_vehicle=no goods=yes", ". 25 . 15 5 32"},
             Row{"highway=residential goods=no", "25 . 22 15 5 32"},
             Row{"highway=residential motorcar=no", ". . 22 15 5 32"},
             Row{"highway=residential hgv=no", "25 25 . 15 5 32"},
             Row{"highway=residential hgv=destination", all, "=", "t"},
             Row{"highway=residential hgv=designated", all},
             Row{"highway=residential motor_vehicle=agricultural;forestry", ". . . 15 5 32"},
             Row{"highway=residential motor_vehicle=agricultural;destination", all, "=", "cvt"},
             Row{"highway=residential access=psv", ". . . . . 32"},
             Row{"highway=residential access=emergency", ". . . . . 32"},
             Row{"highway=residential emergency=no", "25 25 22 15 5 ."},
             Row{"highway=residential emergency=fire_hydrant", all},
             Row{"highway=residential access=unknown", all},
             Row{"highway=residential access:conditional=no", all},
             Row{"highway=residential bicycle=use_sidepath", "25 25 22 . 5 32"},
             Row{"highway=residential bicycle=dismount", "25 25 22 5 5 32"},
             Row{"highway=residential access=dismount", ". . . 5 . 32"},
             Row{"highway=residential motor_vehicle:forward=no", ". . . 15 5 32", all},
             Row{"highway=residential hgv:backward=no", all, "25 25 . 15 5 32"},
             Row{"highway=residential motor_vehicle=no motor_vehicle:backward=yes",
                 ". . . 15 5 32",
                 all},
             // access=* alone opens nothing that is closed by its kind; a name does.
             Row{"highway=footway access=yes", ". . . 5 5 ."},
             Row{"highway=footway motor_vehicle=destination", "10 10 9 5 5 10", "=", "cvt"},
             Row{"highway=pedestrian vehicle=delivery", "10 10 9 10 5 10", "=", "cvtb"},
             Row{"highway=path emergency=yes", ". . . 12 5 10"},
             Row{"highway=footway access=emergency", ". . . . . 10"},
             Row{"highway=pedestrian emergency=no", ". . . 5 5 ."},
             Row{"highway=motorway bicycle=yes", "90 90 80 15 . 117", closed},
             Row{"highway=trunk motorroad=yes bicycle=yes", "85 85 76 15 . 110"},
             Row{"highway=motorway access=yes", "90 90 80 . . 117", closed},
             Row{"highway=busway bicycle=yes", ". . . 15 . 52"},
         }) {
        check(row);
    }
}

TEST_CASE("one way: those on foot go both, a blue light against small streets at 15") {
    constexpr std::string_view all = "25 25 22 15 5 32";
    constexpr std::string_view against = ". . . . 5 15";
    for (Row const& row : {
             Row{"highway=residential oneway=yes", all, against},
             Row{"highway=residential oneway=1", all, against},
             Row{"highway=residential oneway=true", all, against},
             Row{"highway=residential oneway=-1", against, all},
             Row{"highway=residential oneway=reverse", against, all},
             Row{"highway=residential oneway=no", all},
             Row{"highway=residential oneway=reversible", ". . . . 5 ."},
             Row{"highway=residential oneway=alternating", all},
             Row{"highway=residential oneway=yes oneway:bicycle=no", all, ". . . 15 5 15"},
             Row{"highway=residential oneway=yes cycleway=opposite", all, ". . . 15 5 15"},
             Row{"highway=residential oneway=yes cycleway:left=opposite_lane",
                 all,
                 ". . . 15 5 15"},
             Row{"highway=residential oneway=yes cycleway=opposite oneway:bicycle=yes",
                 all,
                 against},
             Row{"highway=residential oneway:bicycle=yes", all, "25 25 22 . 5 32"},
             Row{"highway=residential oneway=yes oneway:foot=yes", all, ". . . . . 15"},
             Row{"highway=residential oneway=yes oneway:motor_vehicle=no", all, "25 25 22 . 5 32"},
             Row{"highway=primary oneway=yes", "65 65 58 15 5 84", ". . . . 5 ."},
             Row{"highway=motorway oneway=-1", closed, "90 90 80 . . 117"},
             Row{"highway=trunk_link oneway=yes", "40 40 36 15 5 52", ". . . . 5 ."},
             Row{"highway=residential junction=roundabout", all, ". . . . 5 ."},
             Row{"highway=residential junction=circular", all, ". . . . 5 ."},
             Row{"highway=residential junction=circular oneway=no", all},
             Row{"highway=living_street oneway=yes", "10 10 9 15 5 13", ". . . . 5 13"},
         }) {
        check(row);
    }
}

// A car is 1.6 m high, 4.8 m long, 1.8 m wide and weighs 2.2 t; a van 2.6, 6, 2 and 3.5; an
// ambulance 2.8 and 2.1 wide; the truck 4, 12, 2.5 and 12 t.
TEST_CASE("sizes") {
    constexpr std::string_view all = "25 25 22 15 5 32";
    constexpr std::string_view no_truck = "25 25 . 15 5 32";
    for (Row const& row : {
             Row{"highway=residential maxheight=4", all},
             Row{"highway=residential maxheight=3.9", no_truck},
             Row{"highway=residential maxheight=default", all},
             Row{"highway=residential maxheight=12'6\"", no_truck},
             Row{"highway=residential maxheight=2.7", "25 25 . 15 5 ."},
             Row{"highway=residential maxheight=2.1", "25 . . 15 5 ."},
             Row{"highway=residential maxheight=1.5", ". . . 15 5 ."},
             Row{"highway=residential maxheight:physical=3.5", no_truck},
             Row{"highway=residential maxheight=4.5 maxheight:physical=3.5", no_truck},
             Row{"highway=residential maxheight:forward=3", no_truck, all},
             Row{"highway=residential maxheight:conditional=2", all},
             Row{"highway=residential maxlength=10", no_truck},
             Row{"highway=residential maxwidth=2.2", no_truck},
             Row{"highway=residential maxwidth=6'6\"", "25 . . 15 5 ."},  // 1.98 m
             Row{"highway=residential maxweight=12", all},
             Row{"highway=residential maxweight=7.5", no_truck},
             Row{"highway=residential maxweightrated=7.5", no_truck},
             Row{"highway=residential maxweight:hgv=3", no_truck},
             Row{"highway=residential maxweight=2.8", "25 . . 15 5 32"},
         }) {
        check(row);
    }
    check(
        {"highway=residential maxheight=3.5 maxweight=8", all},
        {.height_dm = 32, .length_dm = 80, .width_dm = 24, .weight_100kg = 75}
    );
}

TEST_CASE("ferries and shuttle trains") {
    for (Row const& row : {
             Row{"route=ferry", "10 10 10 10 10 10"},
             Row{"route=ferry motor_vehicle=yes foot=yes", "10 10 10 10 10 10"},
             Row{"route=ferry foot=yes", ". . . 10 10 ."},
             Row{"route=ferry foot=yes bicycle=yes", ". . . 10 10 ."},
             Row{"route=ferry foot=yes motorcar=yes", "10 10 10 10 10 10"},
             Row{"route=ferry foot=no", "10 10 10 10 . 10"},
             Row{"route=ferry motor_vehicle=no", ". . . 10 10 10"},
             Row{"route=ferry motorcar=yes hgv=no", "10 10 . 10 10 10"},
             Row{"route=ferry oneway=yes", "10 10 10 10 10 10", ". . . . 10 ."},
             Row{"railway=rail route=shuttle_train foot=no bicycle=no", "40 40 40 . . 40"},
         }) {
        check(row);
    }
    for (auto const& [text, millis] : {
             std::pair{"route=ferry duration=00:15", 900'000},
             std::pair{"route=ferry duration=PT15M", 900'000},
             std::pair{"route=ferry duration=90", 5'400'000},
             std::pair{"route=shuttle_train duration=1:30:00", 5'400'000},
             std::pair{"highway=residential duration=00:15", 0},
         }) {
        CAPTURE(text);
        CHECK(road_of(text).duration == Millis{millis});
    }
}

TEST_CASE("what kind of road it is") {
    struct KindRow {
        std::string_view tags;
        RoadClass road_class;
        bool is_link = false;
        bool is_roundabout = false;
    };
    for (KindRow const& row : {
             KindRow{"highway=motorway", RoadClass::motorway},
             KindRow{"highway=motorway_link", RoadClass::motorway, true},
             KindRow{"highway=tertiary_link", RoadClass::tertiary, true},
             KindRow{"highway=tertiary junction=roundabout", RoadClass::tertiary, false, true},
             KindRow{"highway=steps", RoadClass::path},
             KindRow{"highway=track", RoadClass::track},
             KindRow{"highway=busway", RoadClass::service},
             KindRow{"route=ferry", RoadClass::ferry},
         }) {
        CAPTURE(row.tags);
        auto const use = road_of(row.tags);
        CHECK(use.road_class == row.road_class);
        CHECK(use.is_link == row.is_link);
        CHECK(use.is_roundabout == row.is_roundabout);
    }
}

TEST_CASE("what cannot be read counts once, and is as if it were not there") {
    for (auto const& [text, unread] : {
             std::pair{"highway=residential maxspeed=fast", 1},
             std::pair{"highway=residential access=whatever", 1},
             std::pair{"highway=residential oneway=maybe", 1},
             std::pair{"highway=residential maxheight=low", 1},
             std::pair{"highway=residential maxspeed=fast oneway=maybe maxweight=x hgv=x", 4},
             std::pair{"highway=residential surface=unheard_of", 0},
             std::pair{"highway=residential emergency=phone", 0},
         }) {
        CAPTURE(text);
        auto const use = road_of(text);
        CHECK(use.unread == unread);
        CHECK(text_of(use.forward) == "25 25 22 15 5 32");
        CHECK(use.forward == use.backward);
    }
    CHECK(road_of("route=ferry duration=long").unread == 1);
}

}  // namespace posthaste::road
