#include "road/order.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

constexpr std::size_t terminal_percent = 25;  // of a cell's junctions, at each end
constexpr int directions = 4;

struct Link {
    std::uint32_t to = 0;
    std::uint32_t segment = 0;
    std::uint32_t twin = 0;  ///< the link back
    std::int8_t flow = 0;    ///< one unit either way
};

// A connected cell: its junctions by place in it, and what joins them.
struct Cell {
    std::vector<std::uint32_t> first;
    std::vector<Link> links;
    std::vector<Position> places;

    std::uint32_t size() const { return static_cast<std::uint32_t>(places.size()); }
};

// Where a place lies along one of the directions: east, north, and the two between.
std::int64_t along(Position place, int direction, std::int64_t cosine) {
    auto const east = (place.lon * cosine) >> 30U;
    std::int64_t const north = place.lat;
    switch (direction) {
        case 0:
            return east;
        case 1:
            return north;
        case 2:
            return east + north;
        default:
            return east - north;
    }
}

struct Cut {
    std::vector<bool> is_near;  ///< by place in the cell
    std::size_t segments = 0;   ///< that are cut
    std::size_t smaller = 0;    ///< places of the smaller half

    bool is_better_than(Cut const& other) const {
        if (smaller == 0 || other.smaller == 0) return smaller > other.smaller;
        return segments * other.smaller < other.segments * smaller;
    }
};

// The most units that flow from the first places along a direction to the last.
class Flow {
public:
    Flow(Cell& cell, int direction) : cell_{cell}, reached_(cell.size(), 0), via_(cell.size(), 0) {
        for (auto& link : cell_.links)
            link.flow = 0;
        auto const cosine = geo::cosine(2 * std::abs(std::int64_t{cell.places.front().lat}));
        std::vector<std::pair<std::int64_t, std::uint32_t>> by_place;
        for (std::uint32_t i = 0; i < cell.size(); ++i)
            by_place.emplace_back(along(cell.places[i], direction, cosine), i);
        std::ranges::sort(by_place);
        auto const count = std::max<std::size_t>(1, by_place.size() * terminal_percent / 100);
        for (std::size_t i = 0; i < count; ++i) {
            sources_.push_back(by_place[i].second);
            targets_.push_back(by_place[by_place.size() - 1 - i].second);
        }
    }

    /// Nothing: more than `most` segments would be cut.
    std::optional<Cut> cut(std::size_t most) {
        std::size_t units = 0;
        while (push()) {
            if (++units > most) return std::nullopt;
        }
        auto near = half(sources_, 1);
        auto far = half(targets_, -1);
        auto const near_size = static_cast<std::size_t>(std::ranges::count(near, true));
        auto const far_size = static_cast<std::size_t>(std::ranges::count(far, true));
        auto const count = near.size();
        auto const smaller_of = [&](std::size_t size) { return std::min(size, count - size); };
        if (smaller_of(far_size) > smaller_of(near_size)) {
            far.flip();
            return Cut{std::move(far), units, smaller_of(far_size)};
        }
        return Cut{std::move(near), units, smaller_of(near_size)};
    }

private:
    // One unit more, by the fewest links.
    bool push() {
        ++stamp_;
        queue_ = sources_;
        for (auto const place : sources_)
            reached_[place] = stamp_;
        is_target_.resize(cell_.size(), false);
        for (auto const place : targets_)
            is_target_[place] = true;
        for (std::size_t i = 0; i < queue_.size(); ++i) {
            auto const place = queue_[i];
            if (is_target_[place]) return carry(place);
            for (auto at = cell_.first[place]; at < cell_.first[place + 1]; ++at) {
                auto const& link = cell_.links[at];
                if (link.flow > 0 || reached_[link.to] == stamp_) continue;
                reached_[link.to] = stamp_;
                via_[link.to] = at;
                queue_.push_back(link.to);
            }
        }
        return false;
    }

    bool carry(std::uint32_t place) {
        while (!std::ranges::binary_search(sorted_sources(), place)) {
            auto& link = cell_.links[via_[place]];
            auto& back = cell_.links[link.twin];
            ++link.flow;
            --back.flow;
            place = back.to;
        }
        return true;
    }

    std::vector<std::uint32_t> const& sorted_sources() {
        if (sorted_sources_.empty()) {
            sorted_sources_ = sources_;
            std::ranges::sort(sorted_sources_);
        }
        return sorted_sources_;
    }

    // What is still reached: from the sources with the flow (sign 1), to the targets against it.
    std::vector<bool> half(std::vector<std::uint32_t> const& from, int sign) {
        std::vector<bool> is_in(cell_.size(), false);
        queue_ = from;
        for (auto const place : from)
            is_in[place] = true;
        for (std::size_t i = 0; i < queue_.size(); ++i) {
            auto const place = queue_[i];
            for (auto at = cell_.first[place]; at < cell_.first[place + 1]; ++at) {
                auto const& link = cell_.links[at];
                if (link.flow * sign > 0 || is_in[link.to]) continue;
                is_in[link.to] = true;
                queue_.push_back(link.to);
            }
        }
        return is_in;
    }

    Cell& cell_;
    std::vector<std::uint32_t> reached_;
    std::vector<std::uint32_t> via_;
    std::vector<std::uint32_t> sources_;
    std::vector<std::uint32_t> sorted_sources_;
    std::vector<std::uint32_t> targets_;
    std::vector<std::uint32_t> queue_;
    std::vector<bool> is_target_;
    std::uint32_t stamp_ = 0;
};

Cut best_cut(Cell& cell) {
    Cut best;
    std::size_t most = cell.links.size();
    for (int direction = 0; direction < directions; ++direction) {
        auto cut = Flow{cell, direction}.cut(most);
        if (!cut || !cut->is_better_than(best)) continue;
        // A half can be at most twice as good as another: past that, the flow need not go on.
        most = cut->segments * 2;
        best = *std::move(cut);
    }
    return best;
}

class Dissection {
public:
    explicit Dissection(Network const& network)
        : network_{network},
          place_in_cell_(network.junction_count(), none),
          next_rank_{static_cast<std::uint32_t>(network.edge_count() + network.copy_of.size())},
          ranks_(next_rank_, none) {
        list_ends();
        list_states();
    }

    std::vector<std::uint32_t> run() {
        std::vector<JunctionId> all(network_.junction_count());
        for (JunctionId i = 0; i < all.size(); ++i)
            all[i] = i;
        cells_.push_back(std::move(all));
        while (!cells_.empty()) {
            auto const members = std::move(cells_.back());
            cells_.pop_back();
            split(members);
        }
        ASSERT(next_rank_ == 0);
        return std::move(ranks_);
    }

private:
    struct End {
        JunctionId other = none;
        std::uint32_t segment = 0;
    };

    // The segments at each junction; one that comes back to it is listed once.
    void list_ends() {
        std::vector<std::pair<JunctionId, End>> ends;
        std::vector<bool> is_seen(network_.segment_way.size(), false);
        for (EdgeId edge = 0; edge < network_.edge_count(); ++edge) {
            auto const segment = network_.edge_segment[edge];
            if (is_seen[segment]) continue;
            is_seen[segment] = true;
            auto const tail = network_.edge_tail[edge];
            auto const head = network_.edge_head[edge];
            ends.push_back({tail, {head, segment}});
            if (tail != head) ends.push_back({head, {tail, segment}});
        }
        std::ranges::stable_sort(ends, {}, &std::pair<JunctionId, End>::first);
        end_first_.assign(network_.junction_count() + 1, 0);
        for (auto const& [junction, end] : ends) {
            ++end_first_[junction + 1];
            ends_.push_back(end);
        }
        for (std::size_t i = 1; i < end_first_.size(); ++i)
            end_first_[i] += end_first_[i - 1];
    }

    void list_states() {
        states_.resize(network_.segment_way.size());
        for (StateId state = 0; state < ranks_.size(); ++state)
            states_[network_.edge_segment[network_.edge_of(state)]].push_back(state);
    }

    std::span<End const> ends_at(JunctionId junction) const {
        return std::span{ends_}.subspan(
            end_first_[junction], end_first_[junction + 1] - end_first_[junction]
        );
    }

    void rank(std::uint32_t segment) {
        for (auto const state : states_[segment])
            ranks_[state] = --next_rank_;
    }

    void split(std::vector<JunctionId> const& members) {
        if (members.size() == 1) {
            for (auto const& end : ends_at(members[0]))
                if (end.other == members[0]) rank(end.segment);
            return;
        }
        for (std::uint32_t i = 0; i < members.size(); ++i)
            place_in_cell_[members[i]] = i;
        auto cell = cell_of(members);
        auto parts = parts_of(cell, members);
        if (parts.size() == 1) parts = halves_of(cell, members);
        for (auto const junction : members)
            place_in_cell_[junction] = none;
        for (auto& part : parts)
            cells_.push_back(std::move(part));
    }

    Cell cell_of(std::vector<JunctionId> const& members) const {
        Cell cell;
        cell.first.push_back(0);
        for (std::uint32_t i = 0; i < members.size(); ++i) {
            for (auto const& end : ends_at(members[i])) {
                auto const to = place_in_cell_[end.other];
                if (to == none || to == i) continue;
                cell.links.push_back({.to = to, .segment = end.segment});
            }
            cell.first.push_back(static_cast<std::uint32_t>(cell.links.size()));
            cell.places.push_back(network_.places[members[i]]);
        }
        pair_up(cell);
        return cell;
    }

    void pair_up(Cell& cell) const {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> by_segment;
        for (std::uint32_t i = 0; i < cell.links.size(); ++i)
            by_segment.emplace_back(cell.links[i].segment, i);
        std::ranges::sort(by_segment);
        for (std::size_t i = 0; i + 1 < by_segment.size(); i += 2) {
            cell.links[by_segment[i].second].twin = by_segment[i + 1].second;
            cell.links[by_segment[i + 1].second].twin = by_segment[i].second;
        }
    }

    using Parts = std::vector<std::vector<JunctionId>>;

    Parts parts_of(Cell const& cell, std::vector<JunctionId> const& members) const {
        Parts parts;
        std::vector<bool> is_seen(cell.size(), false);
        for (std::uint32_t root = 0; root < cell.size(); ++root) {
            if (is_seen[root]) continue;
            std::vector<std::uint32_t> queue{root};
            is_seen[root] = true;
            auto& part = parts.emplace_back();
            for (std::size_t i = 0; i < queue.size(); ++i) {
                part.push_back(members[queue[i]]);
                for (auto at = cell.first[queue[i]]; at < cell.first[queue[i] + 1]; ++at) {
                    auto const to = cell.links[at].to;
                    if (is_seen[to]) continue;
                    is_seen[to] = true;
                    queue.push_back(to);
                }
            }
        }
        return parts;
    }

    // What is cut gets the highest ranks of the cell.
    Parts halves_of(Cell& cell, std::vector<JunctionId> const& members) {
        auto const cut = best_cut(cell);
        Parts halves(2);
        for (std::uint32_t i = 0; i < cell.size(); ++i) {
            halves[cut.is_near[i] ? 0 : 1].push_back(members[i]);
            for (auto at = cell.first[i]; at < cell.first[i + 1]; ++at) {
                auto const& link = cell.links[at];
                if (cut.is_near[i] && !cut.is_near[link.to]) rank(link.segment);
            }
        }
        return halves;
    }

    Network const& network_;
    std::vector<std::uint32_t> end_first_;
    std::vector<End> ends_;
    std::vector<std::vector<StateId>> states_;  ///< by segment
    std::vector<std::uint32_t> place_in_cell_;
    std::vector<std::vector<JunctionId>> cells_;
    std::uint32_t next_rank_;  ///< ranks are given from the highest down
    std::vector<std::uint32_t> ranks_;
};

}  // namespace

std::vector<std::uint32_t> nested_dissection(Network const& network) {
    return Dissection{network}.run();
}

}  // namespace posthaste::road
