// The kinds of ways one can travel, as data: how fast without a sign, and who may without one.
//
// Gives    kind_of(): the row of highway=*, or of a ferry or a shuttle train; nothing: no road
//          (under construction, proposed, gone, an area, a guided bus's track, no way at all).
// Units    km/h; percent.
// Threads  pure
// Source   OSM wiki: Key:highway, OSM tags for routing/Access restrictions (the world's
//          defaults); the speeds are near those of OSRM's car, bicycle and foot profiles.
#pragma once

#include <cstdint>
#include <string_view>

#include "road/osm/objects.hpp"
#include "road/rules/profile.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

constexpr ProfileMask lorries_and_cars =
    bit_of(Profile::car) | bit_of(Profile::van) | bit_of(Profile::truck);
constexpr ProfileMask motor_profiles = lorries_and_cars | bit_of(Profile::emergency);

struct RoadKind {
    std::string_view name;
    RoadClass road_class = RoadClass::residential;
    bool is_link = false;
    /// Who may, as long as no tag says otherwise.
    ProfileMask open = 0;
    std::int32_t motor_kmh = 0;      ///< a car where no limit is said; 0: none can
    std::int32_t limit_percent = 0;  ///< of the limit that is said, this much is driven
    std::int32_t motor_kmh_max = 0;  ///< however high the limit
    std::int32_t bicycle_kmh = 0;    ///< 0: none can
    std::int32_t foot_kmh = 0;
};

/// Null: no road.
RoadKind const* kind_of(Tags const& tags);

/// Where a bicycle is walked unless a tag says that it may be ridden.
bool is_walked_by_bicycle(RoadKind const& kind);

}  // namespace posthaste::road
