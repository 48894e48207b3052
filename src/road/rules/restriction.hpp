// A turn restriction out of a relation: from a way, by a node or ways, not (or only) to a way.
//
// Takes    relations with type=restriction (also restriction:hgv and the like; `except`).
// Gives    restriction_of(): what it forbids or commands, and to whom; nothing for other relations.
// Errors   malformed with the reason: no from, to or via, an unknown kind, a via of both kinds.
//          Conditional restrictions (restriction:conditional) hold at times: they are
//          `unsupported`, which is no error, and counted by whoever asks.
// Threads  pure
// Source   OSM wiki: Relation:restriction.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "road/osm/objects.hpp"
#include "road/rules/profile.hpp"

namespace posthaste::road {

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
