// What OSM's tags of a way mean: who may travel it, which way, how fast.
//
// Takes    a way's or a node's tags; the dimensions of the truck that a network is for.
// Gives    use_of(): for both directions and each profile the speed without traffic, 0 where the
//          profile may not go; what kind of road it is. Nothing: no road for anybody.
//          node_use_of(): whom a barrier stops, and whether there are traffic signals.
//          A speed that is said wins over the kind of road; what is driven is below what is
//          allowed (speed.hpp). The more specific tag of access wins (access.hpp). A track through
//          the fields is for motor vehicles a place to start and end, unless they are named.
//          emergency may use what is closed to others by a sign, and goes faster; against a
//          one-way it goes at 15 km/h, in small streets only, and past no fixed post.
// Units    km/h, at most 200; metres and tonnes for the truck, in decimetres and 100 kg.
// Errors   a value that cannot be read counts in `unread`, and is as if it were not there.
// Cost     0.3 to 0.5 us a way that is a road, 0.04 us a node (six extracts).
// Threads  pure
// Source   OSM wiki: Key:access, Key:highway, Key:maxspeed, Key:oneway, Key:motor_vehicle,
//          Key:barrier, Key:route, Default_speed_limits; Restrictions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/quantity.hpp"
#include "road/osm/objects.hpp"
#include "road/rules/profile.hpp"

namespace posthaste::road {

enum class RoadClass : std::uint8_t {
    motorway,
    trunk,
    primary,
    secondary,
    tertiary,
    unclassified,
    residential,
    living_street,
    service,
    track,
    path,  ///< of no motor vehicle: path, cycleway, footway, pedestrian, steps, bridleway
    ferry,
};
constexpr auto names_of(RoadClass) {
    return std::to_array<std::string_view>(
        {"motorway",
         "trunk",
         "primary",
         "secondary",
         "tertiary",
         "unclassified",
         "residential",
         "living_street",
         "service",
         "track",
         "path",
         "ferry"}
    );
}
constexpr std::size_t road_class_count = 12;

/// A truck of the middle class by default; a tag that says exactly as much lets it pass.
struct TruckSize {
    std::int32_t height_dm = 40;
    std::int32_t length_dm = 120;
    std::int32_t width_dm = 25;
    std::int32_t weight_100kg = 120;
};

/// km/h by profile; 0: may not go.
using Speeds = std::array<std::uint8_t, profile_count>;

struct WayUse {
    Speeds forward{};
    Speeds backward{};
    RoadClass road_class = RoadClass::residential;
    bool is_link = false;  ///< motorway_link and the like
    bool is_roundabout = false;
    /// For whom it is only a place to start and end: access=destination, private, delivery,
    /// customers; motor vehicles on a track. In either direction.
    ProfileMask destination_only = 0;
    Millis duration;  ///< of a ferry that says so: the whole way; else 0
    std::uint8_t unread = 0;
};

std::optional<WayUse> use_of(Tags const& tags, TruckSize const& truck = {});

struct NodeUse {
    ProfileMask barred = 0;   ///< by barrier=*; tags of access count beside it only
    bool has_signal = false;  ///< highway=traffic_signals
};

NodeUse node_use_of(Tags const& tags, TruckSize const& truck = {});

}  // namespace posthaste::road
