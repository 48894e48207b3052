#include "road/tiles/lines.hpp"

#include <algorithm>

namespace posthaste::road {

namespace {

/// The first profile that may go either way says.
std::int8_t oneway_of(Speeds const& forward, Speeds const& backward) {
    for (std::size_t i = 0; i < profile_count; ++i) {
        bool const goes = forward[i] > 0;
        bool const comes = backward[i] > 0;
        if (goes || comes) return static_cast<std::int8_t>(goes - comes);
    }
    return 0;
}

}  // namespace

RoadLines::RoadLines(Network const& network)
    : network_{network},
      oneway_(network.segment_way.size(), 0),
      class_(network.segment_way.size(), RoadClass::residential) {
    std::vector<std::array<Speeds, 2>> speeds(network.segment_way.size());
    for (EdgeId edge = 0; edge < network.edge_count(); ++edge) {
        auto const segment = network.edge_segment[edge];
        auto const& traits = network.edge_traits[edge];
        speeds[segment][traits.is_backward != 0] = network.edge_speeds[edge];
        auto const known = std::min<std::size_t>(traits.road_class, road_class_count - 1);
        class_[segment] = static_cast<RoadClass>(known);
    }
    std::array<std::vector<Box>, road_class_count> boxes;
    for (std::uint32_t segment = 0; segment < oneway_.size(); ++segment) {
        oneway_[segment] = oneway_of(speeds[segment][0], speeds[segment][1]);
        auto const index = static_cast<std::size_t>(class_[segment]);
        by_class_[index].segments.push_back(segment);
        boxes[index].push_back(box_around(network.shape(segment)));
    }
    for (std::size_t i = 0; i < road_class_count; ++i)
        by_class_[i].tree = BoxTree{boxes[i]};
}

std::vector<std::uint32_t> RoadLines::segments_in(
    Box const& box, RoadClass road_class, std::size_t count
) const {
    auto const& mine = by_class_[static_cast<std::size_t>(road_class)];
    std::vector<std::uint32_t> found;
    mine.tree.visit(box, [&](std::uint32_t index) {
        if (found.size() < count) found.push_back(mine.segments[index]);
    });
    std::ranges::sort(found);
    return found;
}

// The segments of a way are numbered one after the other, in its direction.
std::vector<RoadLine> RoadLines::join(std::vector<std::uint32_t> const& segments) const {
    std::vector<RoadLine> lines;
    for (auto const segment : segments) {
        auto const shape = network_.shape(segment);
        auto const way = network_.segment_way[segment];
        bool const goes_on = !lines.empty() && lines.back().way == way &&
                             lines.back().oneway == oneway_[segment] &&
                             lines.back().points.back() == shape.front();
        if (!goes_on) {
            lines.push_back(
                {way,
                 class_[segment],
                 oneway_[segment],
                 network_.segment_name[segment],
                 {shape.front()}}
            );
        }
        auto& points = lines.back().points;
        points.insert(points.end(), shape.begin() + 1, shape.end());
    }
    return lines;
}

}  // namespace posthaste::road
