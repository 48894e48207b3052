// Which road a place is on: the nearest edges, with heading and side of the street.
//
// Takes    a network; a place, who asks, and what is known of them.
// Gives    snap(): the place on its road, or nothing within `reach`. A two-way road gives both
//          directions, unless a heading or the kerb says which. A road nearly as near, that the
//          heading fits better, wins.
//          nearest(): the roads around, one each, by distance.
//          Only roads from which one gets everywhere, for the profile (EdgeTraits::connected).
// Units    metres to reach; degrees clockwise from north.
// Cost     about 1 us in a city; about 20 bytes a segment and 4 a cell of a grid of 100 m.
// Threads  shared immutable
// Limits   reach_max; cells_max, past which cells are larger. Roads across the 180th meridian are
//          not found from its other side.
#pragma once

#include <optional>
#include <vector>

#include "base/quantity.hpp"
#include "road/network.hpp"
#include "road/query.hpp"

namespace posthaste::road {

constexpr Metres reach_max{20'000};
constexpr std::size_t cells_max = 4'000'000;

enum class Kerb : std::uint8_t { any, right, left };

struct SnapWish {
    Metres reach{1000};     ///< no road further away
    Metres accuracy{10};    ///< of the place: roads this much further than the nearest compete
    int heading = -1;       ///< of who is there and moves; -1: not known
    Kerb kerb = Kerb::any;  ///< on which side of them the place is to be
};

struct Snapped {
    Place place;
    Position on_road;
    std::int64_t distance_mm = 0;
    std::int64_t turned = 0;  ///< its edge from the heading: 0 the same way, 2000 the other
};

class SnapIndex {
public:
    /// Requires: `network` outlives the index.
    explicit SnapIndex(Network const& network);

    std::optional<Snapped> snap(Position at, Profile profile, SnapWish const& wish = {}) const;
    std::vector<Snapped> nearest(
        Position at, Profile profile, std::size_t count, SnapWish const& wish = {}
    ) const;

private:
    /// The nearest point of a segment.
    struct Near {
        std::uint64_t square = 0;  ///< of the distance, in half units
        std::uint32_t segment = 0;
        std::uint32_t leg = 0;
        std::uint32_t part = 0;  ///< of the leg, in 1/65536
    };

    std::int64_t column_of(std::int32_t lon) const;
    std::int64_t row_of(std::int32_t lat) const;
    template <class Take>
    void for_each_leg_cell(std::uint32_t segment, Take const& take) const;
    ProfileMask usable_by(EdgeId edge) const;
    Near nearest_point(Position at, std::uint32_t segment) const;
    template <class Take, class Enough>
    void search(Position at, Profile profile, Take const& take, Enough const& enough) const;
    bool south_or_north_of_it(Position at) const;
    std::optional<Near> nearest_segment(Position at, Profile profile, SnapWish const& wish) const;
    std::vector<Near> around(Position at, Profile profile, SnapWish const& wish, std::size_t count)
        const;
    std::int64_t covered_by(Position at, std::int64_t row, std::int64_t column, std::int64_t ring)
        const;
    static std::int64_t cost_mm(Snapped const& snapped);
    Snapped placed(Near const& near, Position at, Profile profile, SnapWish const& wish) const;

    Network const& network_;
    std::vector<std::array<EdgeId, 2>> edges_;  ///< by segment: forward, backward; none
    std::vector<ProfileMask> usable_;           ///< by segment
    Position corner_;
    std::int32_t cell_ = 0;  ///< its side in units of Position, both ways
    std::int64_t columns_ = 0;
    std::int64_t rows_ = 0;
    std::vector<std::uint32_t> first_;  ///< by cell, and the end
    std::vector<std::uint32_t> segments_;
};

}  // namespace posthaste::road
