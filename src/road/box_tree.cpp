#include "road/box_tree.hpp"

#include <algorithm>
#include <cstdlib>

#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

/// Every bit with a zero before it.
std::uint64_t spread(std::uint32_t number) {
    std::uint64_t bits = number;
    bits = (bits | bits << 16U) & 0x0000'ffff'0000'ffffU;
    bits = (bits | bits << 8U) & 0x00ff'00ff'00ff'00ffU;
    bits = (bits | bits << 4U) & 0x0f0f'0f0f'0f0f'0f0fU;
    bits = (bits | bits << 2U) & 0x3333'3333'3333'3333U;
    return (bits | bits << 1U) & 0x5555'5555'5555'5555U;
}

/// Of its middle: boxes that are near each other have near numbers, mostly.
std::uint64_t along_curve(Box const& box) {
    auto const middle = [](std::int64_t low, std::int64_t high) {
        return static_cast<std::uint32_t>((low + high) / 2 + model::lon_max);
    };
    return spread(middle(box.low.lat, box.high.lat)) << 1U |
           spread(middle(box.low.lon, box.high.lon));
}

}  // namespace

Box joined(Box const& a, Box const& b) {
    return {
        {std::min(a.low.lat, b.low.lat), std::min(a.low.lon, b.low.lon)},
        {std::max(a.high.lat, b.high.lat), std::max(a.high.lon, b.high.lon)}};
}

Box box_around(std::span<Position const> places) {
    Box box{places.front(), places.front()};
    for (auto const place : places)
        box = joined(box, {place, place});
    return box;
}

Box box_around(Position at, Metres reach) {
    constexpr std::int64_t units_a_metre = 90;  // 89.93, on a great circle
    auto const high = (reach.count() + 1) * units_a_metre;
    auto const furthest = std::min(2 * (std::abs(std::int64_t{at.lat}) + high), geo::quarter_turn);
    auto const cosine = std::max<std::int64_t>(geo::cosine(furthest), 1 << 16);
    auto const wide = std::min<std::int64_t>((high << 30U) / cosine, geo::lon_turn);
    auto const clamped = [](std::int64_t value, std::int64_t most) {
        return static_cast<std::int32_t>(std::clamp(value, -most, most));
    };
    return {
        {clamped(at.lat - high, model::lat_max), clamped(at.lon - wide, model::lon_max)},
        {clamped(at.lat + high, model::lat_max), clamped(at.lon + wide, model::lon_max)}};
}

BoxTree::BoxTree(std::vector<Box> const& boxes) {
    if (boxes.empty()) return;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted;
    sorted.reserve(boxes.size());
    for (std::uint32_t i = 0; i < boxes.size(); ++i)
        sorted.emplace_back(along_curve(boxes[i]), i);
    std::ranges::sort(sorted);
    auto& lowest = levels_.emplace_back();
    lowest.reserve(boxes.size());
    order_.reserve(boxes.size());
    for (auto const& [_, index] : sorted) {
        order_.push_back(index);
        lowest.push_back(boxes[index]);
    }
    while (levels_.back().size() > fan) {
        std::vector<Box> above;
        auto const& below = levels_.back();
        for (std::size_t i = 0; i < below.size(); ++i) {
            if (i % fan == 0) above.push_back(below[i]);
            above.back() = joined(above.back(), below[i]);
        }
        levels_.push_back(std::move(above));
    }
}

}  // namespace posthaste::road
