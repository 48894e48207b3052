#include <algorithm>
#include <queue>

#include "base/assert.hpp"
#include "road/isochrone.hpp"

namespace posthaste::road {

namespace {

using Times = std::vector<std::int32_t>;

/// Labels by state: from the source to the start of its edge, or from there to the target.
class Labels {
public:
    Labels(Network const& network, std::size_t most)
        : network_{network}, most_{most}, times_(network.state_count(), never) {}

    void offer(StateId state, std::int32_t time) {
        if (time >= times_[state]) return;
        times_[state] = time;
        queue_.emplace(time, state);
    }
    /// The nearest that is not settled yet; nothing: all are, or there are too many.
    std::optional<StateId> next() {
        while (!queue_.empty() && settled_.size() <= most_) {
            auto const [time, state] = queue_.top();
            queue_.pop();
            if (time > times_[state]) continue;
            settled_.push_back(state);
            return state;
        }
        return std::nullopt;
    }
    bool is_full() const { return settled_.size() > most_; }
    std::int32_t at(StateId state) const { return times_[state]; }
    /// Of the edge itself or any copy of it; by edge.
    std::vector<std::pair<EdgeId, std::int32_t>> by_edge(bool with_copies) const {
        std::vector<std::pair<EdgeId, std::int32_t>> found;
        for (auto const state : settled_)
            if (with_copies || state < network_.edge_count())
                found.emplace_back(network_.edge_of(state), times_[state]);
        std::ranges::sort(found);
        auto const again =
            std::ranges::unique(found, {}, [](auto const& one) { return one.first; });
        found.erase(again.begin(), again.end());
        return found;
    }

private:
    using Entry = std::pair<std::int32_t, StateId>;

    Network const& network_;
    std::size_t most_;
    Times times_;
    std::vector<StateId> settled_;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

bool is_in_area_of(Metric const& metric, EdgeId edge, Place const& place) {
    return std::ranges::any_of(place.all(), [&](Spot spot) {
        return metric.areas[spot.edge] == metric.areas[edge];
    });
}

/// What the labels count too much of ways from `place` to this edge; Query's relief.
std::int32_t relief_away(Metric const& metric, Place const& place, EdgeId edge) {
    bool const enters = metric.areas[edge] != none && !is_in_area_of(metric, edge, place);
    return enters ? destination_penalty_ms : 0;
}
/// Of ways from this edge to `place`.
std::int32_t relief_towards(Metric const& metric, Place const& place, EdgeId edge) {
    auto const area = metric.areas[place.spots[0].edge];
    return area != none && metric.areas[edge] != area ? destination_penalty_ms : 0;
}

/// How far along an edge that takes so long one is after `time`, at most all of it.
std::uint32_t part_after(std::int64_t time, std::int32_t edge_time) {
    auto const part = (time * whole_edge + edge_time - 1) / edge_time;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(part, 0, whole_edge));
}

class Stretches {
public:
    Stretches(Metric const& metric, std::int32_t limit) : metric_{metric}, limit_{limit} {}

    /// One is at `begin` at `time`, and goes on to the edge's end.
    void add_away(EdgeId edge, std::uint32_t begin, std::int32_t time) {
        auto const whole = metric_.edges[edge];
        if (time > limit_ || whole >= never) return;
        auto const start = time - part_time(metric_, {edge, begin});
        auto const end = std::max(begin, part_after(limit_ - start, whole));
        auto const time_to = std::min(limit_, start + part_time(metric_, {edge, end}));
        all_.push_back({edge, begin, end, time, std::max(time, time_to)});
    }
    /// From `end` it takes `time` to the target, from the edge's start `before` more.
    void add_towards(EdgeId edge, std::uint32_t end, std::int32_t time) {
        auto const whole = metric_.edges[edge];
        if (time > limit_ || whole >= never) return;
        auto const from_start = time + part_time(metric_, {edge, end});
        auto const late = from_start - limit_;
        auto const begin = late <= 0 ? 0 : std::min(end, part_before(late, whole));
        auto const time_from = std::min(limit_, from_start - part_time(metric_, {edge, begin}));
        all_.push_back({edge, begin, end, std::max(time, time_from), time});
    }
    std::vector<Stretch> sorted() && {
        std::ranges::sort(all_, {}, [](Stretch const& one) {
            return std::pair{one.edge, one.from};
        });
        return std::move(all_);
    }

private:
    static std::uint32_t part_before(std::int64_t late, std::int32_t edge_time) {
        auto const part = late * whole_edge / edge_time;
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(part, 0, whole_edge));
    }

    Metric const& metric_;
    std::int32_t limit_;
    std::vector<Stretch> all_;
};

bool is_open(Metric const& metric, Spot spot) {
    return metric.edges[spot.edge] < never;
}

std::vector<Stretch> away(
    Network const& network,
    Metric const& metric,
    Place const& place,
    std::int32_t limit,
    Labels& labels
) {
    auto const leave = [&](StateId state, std::int32_t time) {
        auto const edge = network.edge_of(state);
        for (auto turn = network.turn_first[state]; turn < network.turn_first[state + 1]; ++turn) {
            auto const step = metric.turn_time(network, edge, turn);
            if (step >= never) continue;
            auto const to = network.turn_to[turn];
            auto const spare = relief_away(metric, place, network.edge_of(to));
            if (time + step - spare <= limit) labels.offer(to, time + step);
        }
    };
    Stretches stretches{metric, limit};
    for (auto const spot : place.all()) {
        if (!is_open(metric, spot)) continue;
        stretches.add_away(spot.edge, spot.part, 0);
        leave(spot.edge, -part_time(metric, spot));
    }
    while (auto const state = labels.next())
        leave(*state, labels.at(*state));
    for (auto const& [edge, time] : labels.by_edge(true))
        stretches.add_away(edge, 0, time - relief_away(metric, place, edge));
    return std::move(stretches).sorted();
}

struct Backwards {
    Network const& network;
    Metric const& metric;
    IncomingTurns const& incoming;
};

std::vector<Stretch> towards(
    Backwards const& by, Place const& place, std::int32_t limit, Labels& labels
) {
    auto const& [network, metric, incoming] = by;
    auto const approach = [&](StateId state, std::int32_t time) {
        for (auto i = incoming.first[state]; i < incoming.first[state + 1]; ++i) {
            auto const from = incoming.from[i];
            auto const edge = network.edge_of(from);
            auto const step = metric.turn_time(network, edge, incoming.turns[i]);
            if (step >= never) continue;
            auto const spare = relief_towards(metric, place, edge) + metric.edges[edge];
            if (time + step - spare <= limit) labels.offer(from, time + step);
        }
    };
    auto const is_open_target = [&](EdgeId edge) {
        return std::ranges::any_of(place.all(), [&](Spot spot) {
            return spot.edge == edge && is_open(metric, spot);
        });
    };
    Stretches stretches{metric, limit};
    for (auto const spot : place.all()) {
        if (!is_open(metric, spot)) continue;
        stretches.add_towards(spot.edge, spot.part, 0);
        labels.offer(spot.edge, part_time(metric, spot));
        for (std::uint32_t i = 0; i < network.copy_of.size(); ++i)
            if (network.copy_of[i] == spot.edge)
                labels.offer(network.edge_count() + i, part_time(metric, spot));
    }
    while (auto const state = labels.next())
        approach(*state, labels.at(*state));
    for (auto const& [edge, time] : labels.by_edge(false)) {
        if (is_open_target(edge)) continue;
        auto const from_end = time - metric.edges[edge] - relief_towards(metric, place, edge);
        stretches.add_towards(edge, whole_edge, from_end);
    }
    // Who is past the place on its own edge goes round.
    for (auto const spot : place.all()) {
        if (!is_open(metric, spot)) continue;
        auto round = never;
        for (auto turn = network.turn_first[spot.edge]; turn < network.turn_first[spot.edge + 1];
             ++turn) {
            auto const step = metric.turn_time(network, spot.edge, turn);
            auto const onward = labels.at(network.turn_to[turn]);
            if (step < never && onward < never) round = std::min(round, step + onward);
        }
        if (round < never)
            stretches.add_towards(spot.edge, whole_edge, round - metric.edges[spot.edge]);
    }
    return std::move(stretches).sorted();
}

}  // namespace

IncomingTurns const& Reachable::incoming() const {
    std::call_once(incoming_made_, [this] {
        auto const states = network_.state_count();
        incoming_.first.assign(states + std::size_t{1}, 0);
        for (auto const to : network_.turn_to)
            ++incoming_.first[to + 1];
        for (std::uint32_t state = 0; state < states; ++state)
            incoming_.first[state + 1] += incoming_.first[state];
        incoming_.from.resize(network_.turn_to.size());
        incoming_.turns.resize(network_.turn_to.size());
        auto next = incoming_.first;
        for (std::uint32_t state = 0; state < states; ++state) {
            for (auto turn = network_.turn_first[state]; turn < network_.turn_first[state + 1];
                 ++turn) {
                auto const at = next[network_.turn_to[turn]]++;
                incoming_.from[at] = state;
                incoming_.turns[at] = turn;
            }
        }
    });
    return incoming_;
}

Result<std::vector<Stretch>> Reachable::reach(
    Metric const& metric, Place const& place, Heading heading, Millis limit
) const {
    ASSERT(limit.count() >= 0);
    ASSERT(limit.count() < never / 2);
    auto const most = static_cast<std::int32_t>(limit.count());
    Labels labels{network_, reached_max};
    std::vector<Stretch> found;
    if (heading == Heading::away) {
        found = away(network_, metric, place, most, labels);
    } else {
        found = towards({network_, metric, incoming()}, place, most, labels);
    }
    if (labels.is_full()) {
        return Error{
            Errc::limit_exceeded,
            "more than " + std::to_string(reached_max) + " roads are reached: ask for less time"};
    }
    return found;
}

}  // namespace posthaste::road
