// Who is too high, long, wide or heavy: maxheight, maxlength, maxwidth, maxweight.
//
// Takes    a way's or a node's tags; the truck's size. A car, a van and an ambulance have their
//          usual one; to an ambulance only the physical ones (height, width) matter.
// Gives    kept_out_of(): whom a sign does not let in; what is exactly as large passes.
//          Also read: maxweightrated, maxheight:physical, maxweight:hgv and the like, each with
//          :forward and :backward. Not read: maxaxleload, what is conditional.
// Threads  pure
// Source   OSM wiki: Key:maxheight, Key:maxlength, Key:maxwidth, Key:maxweight, Key:maxweightrated.
#pragma once

#include <array>
#include <cstdint>

#include "road/osm/objects.hpp"
#include "road/rules/access.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

constexpr std::size_t dimension_count = 4;  ///< height, length, width, weight

/// Decimetres, 100 kg; 0: no limit.
using Dimensions = std::array<std::int32_t, dimension_count>;

struct SizeSigns {
    std::array<Dimensions, 2> any{};    ///< forward, backward
    std::array<Dimensions, 2> truck{};  ///< for trucks alone
    std::uint8_t unread = 0;
};

SizeSigns size_signs_of(Tags const& tags);

ProfileMask kept_out_of(SizeSigns const& signs, TruckSize const& truck, Direction direction);

}  // namespace posthaste::road
