#include "road/traffic/way_search.hpp"

#include <algorithm>
#include <functional>

#include "base/assert.hpp"
#include "road/traffic/matcher.hpp"

namespace posthaste::road {

WaySearch::WaySearch(Network const& network, Metric const& metric)
    : network_{network}, metric_{metric}, labels_(network.state_count()) {}

std::int64_t WaySearch::length_to(std::uint32_t part, EdgeId edge) const {
    return (std::int64_t{network_.edge_length_mm[edge]} * part) >> 16U;
}

void WaySearch::run(
    Spot source, StateId state, std::vector<EdgeId> const& targets, std::int64_t length_max_mm
) {
    ASSERT(network_.edge_of(state) == source.edge);
    source_ = source;
    source_state_ = state;
    length_max_mm_ = length_max_mm;
    queue_.clear();
    reached_.clear();
    if (++run_ == 0) {  // once in four thousand million
        labels_.assign(labels_.size(), {});
        run_ = 1;
    }
    leave(state, -part_time(metric_, source), -length_to(source.part, source.edge));
    for (std::size_t settled = 0; !queue_.empty() && settled < settled_max; ++settled) {
        std::ranges::pop_heap(queue_, std::greater{});
        auto const [time, next] = queue_.back();
        queue_.pop_back();
        auto const label = labels_[next];
        if (time > label.time) continue;
        auto const edge = network_.edge_of(next);
        bool const is_known =
            std::ranges::find(reached_, edge, &std::pair<EdgeId, StateId>::first) != reached_.end();
        if (!is_known && std::ranges::find(targets, edge) != targets.end()) {
            reached_.emplace_back(edge, next);
            if (reached_.size() == targets.size()) return;
        }
        leave(next, time, label.length_mm);
    }
}

void WaySearch::leave(StateId state, std::int32_t time, std::int64_t length_mm) {
    auto const edge = network_.edge_of(state);
    auto const length = length_mm + network_.edge_length_mm[edge];
    if (length > length_max_mm_) return;
    for (auto turn = network_.turn_first[state]; turn < network_.turn_first[state + 1]; ++turn) {
        auto const step = metric_.turn_time(network_, edge, turn);
        if (step >= never) continue;
        auto const after = time + step - metric_.penalty(network_, edge, turn);
        auto const to = network_.turn_to[turn];
        auto& label = labels_[to];
        if (label.run == run_ && label.time <= after) continue;
        label = {run_, after, length, state};
        queue_.emplace_back(after, to);
        std::ranges::push_heap(queue_, std::greater{});
    }
}

std::optional<Way> WaySearch::way_to(Spot target) const {
    if (target.edge == source_.edge && target.part >= source_.part) {
        auto const length =
            length_to(target.part, target.edge) - length_to(source_.part, target.edge);
        return Way{{target.edge}, source_state_, length, 0};
    }
    auto const found = std::ranges::find(reached_, target.edge, &std::pair<EdgeId, StateId>::first);
    if (found == reached_.end()) return std::nullopt;
    auto const& end = labels_[found->second];
    Way way{{target.edge}, found->second, end.length_mm + length_to(target.part, target.edge), 0};
    way.turns_ms = end.time + part_time(metric_, source_);
    // Whatever is left towards from the source's state was so at first: a second time is later.
    for (auto state = found->second;;) {
        state = labels_[state].from;
        way.edges.push_back(network_.edge_of(state));
        way.turns_ms -= metric_.edges[way.edges.back()];
        if (state == source_state_) break;
    }
    std::ranges::reverse(way.edges);
    return way;
}

}  // namespace posthaste::road
