#include "road/rules/road_kind.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace posthaste::road {

namespace {

using enum RoadClass;

constexpr ProfileMask bicycle_bit = bit_of(Profile::bicycle);
constexpr ProfileMask foot_bit = bit_of(Profile::foot);
constexpr ProfileMask emergency_bit = bit_of(Profile::emergency);
constexpr ProfileMask unmotored = bicycle_bit | foot_bit;

constexpr bool link = true;

// name, class, link, open to; car, percent of the limit, at most; bicycle, foot.
constexpr auto highways = std::to_array<RoadKind>({
    {"motorway", motorway, !link, motor_profiles, 90, 90, 125, 15, 5},
    {"motorway_link", motorway, link, motor_profiles, 45, 80, 75, 15, 5},
    {"trunk", trunk, !link, all_profiles, 85, 90, 110, 15, 5},
    {"trunk_link", trunk, link, all_profiles, 40, 80, 65, 15, 5},
    {"primary", primary, !link, all_profiles, 65, 85, 95, 15, 5},
    {"primary_link", primary, link, all_profiles, 30, 80, 55, 15, 5},
    {"secondary", secondary, !link, all_profiles, 55, 85, 90, 15, 5},
    {"secondary_link", secondary, link, all_profiles, 25, 80, 50, 15, 5},
    {"tertiary", tertiary, !link, all_profiles, 40, 80, 80, 15, 5},
    {"tertiary_link", tertiary, link, all_profiles, 20, 80, 45, 15, 5},
    {"unclassified", unclassified, !link, all_profiles, 25, 80, 70, 15, 5},
    {"road", unclassified, !link, all_profiles, 25, 80, 50, 15, 5},
    {"residential", residential, !link, all_profiles, 25, 80, 40, 15, 5},
    {"living_street", living_street, !link, all_profiles, 10, 80, 15, 15, 5},
    {"service", service, !link, all_profiles, 15, 80, 25, 15, 5},
    {"busway", service, !link, emergency_bit, 40, 80, 50, 15, 5},
    {"track", track, !link, all_profiles, 15, 80, 25, 12, 5},
    {"pedestrian", path, !link, unmotored | emergency_bit, 10, 100, 10, 10, 5},
    {"cycleway", path, !link, unmotored, 10, 100, 10, 15, 5},
    {"path", path, !link, unmotored, 10, 100, 10, 12, 5},
    {"footway", path, !link, unmotored, 10, 100, 10, 10, 5},
    {"bridleway", path, !link, foot_bit, 10, 100, 10, 10, 5},
    {"corridor", path, !link, foot_bit, 0, 100, 0, 0, 4},
    {"platform", path, !link, foot_bit, 0, 100, 0, 0, 4},
    {"steps", path, !link, foot_bit, 0, 100, 0, 0, 3},
});

constexpr auto routes = std::to_array<RoadKind>({
    {"ferry", ferry, !link, all_profiles, 10, 100, 60, 10, 10},
    {"shuttle_train", ferry, !link, all_profiles, 40, 100, 140, 40, 40},
});

RoadKind const* row_of(std::span<RoadKind const> rows, std::string_view name) {
    auto const found = std::find_if(rows.begin(), rows.end(), [&](RoadKind const& kind) {
        return kind.name == name;
    });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

RoadKind const* kind_of(Tags const& tags) {
    if (tags["area"] == "yes") return nullptr;
    if (auto const highway = tags["highway"]; !highway.empty()) return row_of(highways, highway);
    return row_of(routes, tags["route"]);
}

bool is_walked_by_bicycle(RoadKind const& kind) {
    return kind.name == "footway" || kind.name == "pedestrian";
}

}  // namespace posthaste::road
