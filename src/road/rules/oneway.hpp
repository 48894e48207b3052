// Which way each profile may go: oneway=* and what implies it.
//
// Gives    one_way_of(): motor vehicles, bicycles (oneway:bicycle, cycleway=opposite*) and those on
//          foot, who go both ways unless oneway:foot says otherwise. A way that is turned round at
//          times (oneway=reversible) is closed to vehicles: when, no tag says; one with a light
//          for each side in turn (alternating) is open both ways.
// Threads  pure
// Source   OSM wiki: Key:oneway, Key:oneway:bicycle, Key:cycleway, Key:junction.
#pragma once

#include <cstdint>

#include "road/osm/objects.hpp"
#include "road/rules/access.hpp"
#include "road/rules/road_kind.hpp"

namespace posthaste::road {

enum class Flow : std::uint8_t { both, forward, backward, none };

struct OneWay {
    Flow motor = Flow::both;
    Flow bicycle = Flow::both;
    Flow foot = Flow::both;
    std::uint8_t unread = 0;
};

OneWay one_way_of(Tags const& tags, RoadKind const& kind);

bool is_roundabout(Tags const& tags);

constexpr bool allows(Flow flow, Direction direction) {
    if (flow == Flow::both) return true;
    return flow == (direction == Direction::forward ? Flow::forward : Flow::backward);
}

}  // namespace posthaste::road
