// How fast each profile goes on a way, whoever may: the kind of road, the limit, the surface.
//
// Takes    a way's tags and its kind.
// Gives    speed_signs_of(): limits and surface, read once; speeds_of(): what is driven in one
//          direction. A limit that is said wins over the kind's own speed: a share of it is
//          driven, and no more than the kind of road lets anybody. A truck goes nine tenths, at
//          most truck_kmh_max, and obeys maxspeed:hgv; a blue light goes 1.3 times what a car
//          does. Not read: maxspeed:lanes, maxspeed:conditional, maxspeed:variable, advisory.
// Units    km/h; 0: cannot, for the surface or the kind.
// Threads  pure
// Source   OSM wiki: Key:maxspeed, Key:surface, Key:smoothness, Key:tracktype; the caps by surface
//          are near those of OSRM's car profile.
#pragma once

#include <array>
#include <cstdint>

#include "road/osm/objects.hpp"
#include "road/rules/access.hpp"
#include "road/rules/road_kind.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

constexpr std::int32_t truck_kmh_max = 80;
constexpr std::int32_t emergency_kmh_max = 140;

/// km/h; 0: none is said. forward, backward.
using Limits = std::array<std::int32_t, 2>;

struct SpeedSigns {
    Limits any{};
    Limits truck{};
    std::int32_t motor_cap = 0;    ///< the surface lets nobody go faster; 0: nobody can
    std::int32_t bicycle_cap = 0;  ///< as above
    std::uint8_t unread = 0;
};

SpeedSigns speed_signs_of(Tags const& tags);

Speeds speeds_of(SpeedSigns const& signs, RoadKind const& kind, Direction direction);

}  // namespace posthaste::road
