// The roads of a network as they are drawn: which lines lie in a box, the widest roads first.
//
// Takes    a network, which outlives it.
// Gives    visit(): the segments of one class of road that overlap a box, by number.
//          join(): segments that follow each other along a way, as lines.
// Shapes   a line's `oneway`: 1 along it, -1 against it, 0 both ways, for whoever is the first
//          profile that may travel it.
// Cost     made once: about 25 bytes a segment.
// Threads  shared immutable
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "road/box_tree.hpp"
#include "road/network.hpp"

namespace posthaste::road {

struct RoadLine {
    std::int64_t way = 0;
    RoadClass road_class = RoadClass::residential;
    std::int8_t oneway = 0;
    std::uint32_t name = 0;  ///< as Network::segment_name
    std::vector<Position> points;
};

class RoadLines {
public:
    explicit RoadLines(Network const& network);

    /// Ascending; at most `count`.
    std::vector<std::uint32_t> segments_in(Box const& box, RoadClass road_class, std::size_t count)
        const;
    /// Requires: ascending, all of this class.
    std::vector<RoadLine> join(std::vector<std::uint32_t> const& segments) const;
    std::vector<std::uint32_t> const& segments_of(RoadClass road_class) const {
        return by_class_[static_cast<std::size_t>(road_class)].segments;
    }

private:
    struct OfClass {
        std::vector<std::uint32_t> segments;  ///< ascending
        BoxTree tree;
    };

    Network const& network_;
    std::vector<std::int8_t> oneway_;  ///< by segment
    std::vector<RoadClass> class_;
    std::array<OfClass, road_class_count> by_class_;
};

}  // namespace posthaste::road
