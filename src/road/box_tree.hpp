// Which of many boxes overlap one: a packed R-tree, made once.
//
// Takes    boxes that do not cross the 180th meridian.
// Gives    visit(): the index of each box that overlaps the one asked for, each once.
// Order    of the tree: the same boxes, the same order; whoever needs another sorts.
// Cost     made in n log n; about 21 bytes a box. visit: what is found and its neighbours.
// Threads  shared immutable
// Source   Kamel and Faloutsos, On packing R-trees, 1993; here along Morton's curve.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/quantity.hpp"
#include "model/place.hpp"

namespace posthaste::road {

using model::Position;

struct Box {
    Position low;
    Position high;

    bool overlaps(Box const& other) const {
        return low.lat <= other.high.lat && other.low.lat <= high.lat &&
               low.lon <= other.high.lon && other.low.lon <= high.lon;
    }
};

/// Requires: there is a place.
Box box_around(std::span<Position const> places);
/// Around both.
Box joined(Box const& a, Box const& b);
/// Holds all that is no further away, and more.
Box box_around(Position at, Metres reach);

class BoxTree {
public:
    BoxTree() = default;
    explicit BoxTree(std::vector<Box> const& boxes);

    template <class Take>
    void visit(Box const& wanted, Take const& take) const {
        std::vector<std::pair<std::size_t, std::size_t>> open;  // level, index
        if (!levels_.empty()) open.emplace_back(levels_.size() - 1, 0);
        while (!open.empty()) {
            auto const [level, index] = open.back();
            open.pop_back();
            auto const end = std::min((index + 1) * fan, levels_[level].size());
            for (auto i = index * fan; i < end; ++i) {
                if (!levels_[level][i].overlaps(wanted)) continue;
                if (level == 0) {
                    take(order_[i]);
                } else {
                    open.emplace_back(level - 1, i);
                }
            }
        }
    }

private:
    static constexpr std::size_t fan = 16;

    std::vector<std::uint32_t> order_;  ///< of the boxes given: those of the lowest level
    std::vector<std::vector<Box>>
        levels_;  ///< each box of a level is around `fan` of the one below
};

}  // namespace posthaste::road
