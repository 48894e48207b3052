// A turn restriction out of a relation: from a way, by a node or ways, not (or only) to a way.
//
// Takes    relations with type=restriction (also restriction:hgv and the like; `except`).
// Gives    restriction_of(): what it forbids or commands, and to whom: cars, vans and trucks, where
//          it names nobody; bicycles only by name; never who is on foot or has a blue light.
//          NoRestriction: another relation, or it is for none of our profiles.
// Errors   malformed with the reason: no from, to or via, an unknown kind, a via of both kinds,
//          several froms (not no_entry) or tos (not no_exit).
//          Restrictions that hold at times only (restriction:conditional, hour_on), for red lights
//          (no_right_turn_on_red) or otherwise for different modes are `Unsupported`, which is no
//          error, and counted by whoever asks.
// Order    from_ways, to_ways and via_ways as the members are.
// Limits   via_ways_max; beyond: malformed.
// Threads  pure
// Source   OSM wiki: Relation:restriction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "road/osm/objects.hpp"
#include "road/rules/profile.hpp"

namespace posthaste::road {

constexpr std::size_t via_ways_max = 16;

struct Restriction {
    std::int64_t relation = 0;
    std::vector<std::int64_t> from_ways;  ///< more than one: no_entry
    std::vector<std::int64_t> to_ways;    ///< more than one: no_exit
    std::int64_t via_node = 0;            ///< 0: by ways
    std::vector<std::int64_t> via_ways;   ///< in order
    bool is_only = false;                 ///< only_*: nowhere else
    ProfileMask profiles = 0;             ///< who obeys
};

struct NoRestriction {};
struct Unsupported {};

using AnyRestriction = std::variant<NoRestriction, Unsupported, Restriction>;

Result<AnyRestriction> restriction_of(OsmRelation const& relation);

}  // namespace posthaste::road
