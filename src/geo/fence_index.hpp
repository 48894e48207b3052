// Zones on the earth: which hold a place, and which were entered, left or jumped over on a way.
//
// Takes    zones that zone_fault() has nothing against; positions on the earth.
// Gives    the zones at a place; the crossings between two fixes, with the instant of each.
// Units    margins of hysteresis in metres.
// Errors   zone_fault(): a reason, for whoever drew the zone. The rest cannot fail.
// Order    by zone id.
// Cost     containing: one look-up for each size of cell in use where no edge is near; near an edge
//          O(points of that zone).
// Threads  one writer and no reader beside it, or many readers.
// Limits   zone_extent_max across, zone_lat_max from the equator; fixes more than way_max apart are
//          not joined by a way: only the place of arrival is looked at.
// Source   Cover by interior and boundary cells of a quadtree, as S2 covers its regions. Edges are
//          straight in degrees of latitude and longitude.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/instant.hpp"
#include "geo/shape.hpp"
#include "model/zone.hpp"

namespace posthaste::geo {

constexpr std::int64_t way_max = 20'000'000;  // 2 degrees

struct Moment {
    Position place;
    Instant time;
};

struct ZoneCrossing {
    model::ZoneId zone{};
    model::Crossing crossing = model::Crossing::enter;  ///< enter, exit or passed
    Instant at;     ///< when the edge was crossed, between the two fixes; passed: when entered
    Instant until;  ///< passed: when left; else as `at`

    bool operator==(ZoneCrossing const&) const = default;
};

class FenceIndex {
public:
    /// Requires: zone_fault(zone) is empty. A zone of that id is replaced.
    void set(model::Zone const& zone);
    /// Nothing happens when there is no such zone.
    void remove(model::ZoneId zone);
    std::size_t size() const { return shapes_.size(); }

    /// The zones that hold the place, its edge in part: each place of a common edge is in just one.
    std::vector<model::ZoneId> containing(Position place) const;

    /// What was crossed on the straight way from `previous` to `next`.
    ///
    /// `inside` are the zones the agent counts as inside, sorted; enter adds to them and exit takes
    /// away. Entered is a zone as soon as the way touches it; left only when `next` is further from
    /// it than `hysteresis`: so a fix that jitters about an edge enters once. A way that touches a
    /// zone and ends beyond that is `passed`. Without `previous` only `next` itself counts. A zone
    /// in `inside` that is no more gives nothing.
    std::vector<ZoneCrossing> crossings(
        std::span<model::ZoneId const> inside,
        std::optional<Moment> const& previous,
        Moment const& next,
        Metres hysteresis
    ) const;

private:
    struct Covering {
        model::ZoneId zone{};
        bool is_whole = false;  ///< all of the cell is in the zone: no need to ask its edges
    };
    using Key = std::uint64_t;

    static std::vector<std::pair<Key, Covering>> cover(detail::Shape const& shape);
    std::vector<model::ZoneId> near(detail::Box const& box) const;

    std::map<model::ZoneId, detail::Shape> shapes_;
    boost::unordered_flat_map<Key, std::vector<Covering>> cells_;
    std::map<unsigned, std::size_t> level_counts_;  ///< cells by level, where there are any
};

}  // namespace posthaste::geo
