#include "road/builder.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "geo/distance.hpp"
#include "road/components.hpp"
#include "road/turns.hpp"

namespace posthaste::road {

namespace {

constexpr std::int64_t length_mm_max = 2'000'000'000;  // 2,000 km between two junctions

std::int64_t length_mm(std::span<Position const> shape) {
    std::int64_t sum = 0;
    for (std::size_t i = 1; i < shape.size(); ++i)
        sum += geo::distance_mm(shape[i - 1], shape[i]);
    return std::clamp<std::int64_t>(sum, 1, length_mm_max);
}

}  // namespace

bool Builder::is_open(Speeds const& speeds) const {
    for (std::size_t i = 0; i < profile_count; ++i)
        if (speeds[i] > 0 && (options_.profiles >> i & 1U) != 0) return true;
    return false;
}

void Builder::lay_out_names() {
    for (auto& [name, offset] : names_) {
        offset = static_cast<std::uint32_t>(columns_.names.size());
        columns_.names.insert(columns_.names.end(), name.begin(), name.end());
        columns_.names.push_back('\0');
    }
}

void Builder::add_way(
    std::int64_t id, std::span<std::int64_t const> nodes, WayUse const& use, std::string_view name
) {
    if (!is_open(use.forward) && !is_open(use.backward)) return;
    ++counts_.ways;
    auto const known = names_.emplace(name, 0).first;
    ways_.push_back({id, refs_.size(), nodes.size(), use, &known->first});
    refs_.insert(refs_.end(), nodes.begin(), nodes.end());
}

void Builder::seal_ways() {
    auto ids = refs_;
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    nodes_.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        nodes_[i].id = ids[i];
    // Lines of one way share its id: then their nodes tell which comes first.
    auto const nodes_of = [&](Way const& way) {
        return std::span<std::int64_t const>{refs_}.subspan(way.first, way.count);
    };
    std::ranges::sort(ways_, [&](Way const& a, Way const& b) {
        if (a.id != b.id) return a.id < b.id;
        return std::ranges::lexicographical_compare(nodes_of(a), nodes_of(b));
    });
}

Builder::Node* Builder::find(std::int64_t id) {
    auto const found = std::ranges::lower_bound(nodes_, id, {}, &Node::id);
    return found != nodes_.end() && found->id == id ? &*found : nullptr;
}

void Builder::add_node(std::int64_t id, Position place, NodeUse use) {
    auto* const node = find(id);
    if (node == nullptr) return;
    node->place = place;
    node->use = use;
    node->is_here = true;
}

void Builder::add_restriction(Restriction restriction) {
    if ((restriction.profiles & options_.profiles) == 0) return;
    ++counts_.restrictions;
    restrictions_.push_back(std::move(restriction));
}

std::vector<Builder::Piece> Builder::runs() {
    std::vector<Piece> runs;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        auto const& way = ways_[i];
        auto const before = runs.size();
        std::size_t from = way.first;
        auto const end = way.first + way.count;
        for (auto at = from; at <= end; ++at) {
            if (at < end && find(refs_[at])->is_here) continue;
            if (at >= from + 2) runs.push_back({i, from, at - from});
            from = at + 1;
        }
        bool const is_whole = runs.size() == before + 1 && runs.back().count == way.count;
        if (!is_whole) ++counts_.ways_cut;
    }
    return runs;
}

void Builder::mark_junctions(std::vector<Piece> const& runs) {
    for (auto const& run : runs) {
        for (std::size_t i = 0; i < run.count; ++i) {
            auto* const node = find(refs_[run.first + i]);
            bool const is_end = i == 0 || i + 1 == run.count;
            node->is_junction |= is_end || ++node->uses > 1;
        }
    }
    for (auto const& restriction : restrictions_)
        if (auto* const via = find(restriction.via_node)) via->is_junction |= via->uses > 0;
    for (auto& node : nodes_) {
        if (!node.is_here) ++counts_.nodes_missing;
        node.is_junction |= node.uses > 0 && (node.use.barred & options_.profiles) != 0;
    }
}

void Builder::number_junctions() {
    for (auto& node : nodes_) {
        if (!node.is_junction) continue;
        node.junction = static_cast<JunctionId>(columns_.places.size());
        columns_.places.push_back(node.place);
    }
}

std::vector<Builder::Piece> Builder::pieces_of(std::vector<Piece> const& runs) {
    std::vector<Piece> pieces;
    for (auto const& run : runs) {
        std::size_t from = 0;
        for (std::size_t i = 1; i < run.count; ++i) {
            if (!find(refs_[run.first + i])->is_junction) continue;
            pieces.push_back({run.way, run.first + from, i - from + 1});
            from = i;
        }
    }
    return pieces;
}

std::vector<Builder::Draft> Builder::add_segment(Piece const& piece) {
    auto const& way = ways_[piece.way];
    auto const first = columns_.shapes.size();
    for (std::size_t i = 0; i < piece.count; ++i)
        columns_.shapes.push_back(find(refs_[piece.first + i])->place);
    auto const segment = static_cast<std::uint32_t>(columns_.segment_way.size());
    columns_.shape_first.push_back(static_cast<std::uint32_t>(first));
    columns_.segment_way.push_back(way.id);
    columns_.segment_name.push_back(names_.at(*way.name));
    segment_ways_.push_back(piece.way);
    auto const source = find(refs_[piece.first])->junction;
    auto const target = find(refs_[piece.first + piece.count - 1])->junction;
    std::vector<Draft> drafts;
    if (is_open(way.use.forward)) drafts.push_back({source, target, segment, false});
    if (is_open(way.use.backward)) drafts.push_back({target, source, segment, true});
    return drafts;
}

void Builder::add_edges(std::vector<Draft> drafts) {
    std::ranges::stable_sort(drafts, {}, &Draft::tail);
    auto const shape_of = [&](std::uint32_t segment) {
        return std::span<Position const>{columns_.shapes}.subspan(
            columns_.shape_first[segment],
            columns_.shape_first[segment + 1] - columns_.shape_first[segment]
        );
    };
    std::vector<EdgeId> other(columns_.segment_way.size(), none);
    columns_.edge_first.assign(columns_.places.size() + 1, 0);
    for (auto const& draft : drafts) {
        auto const edge = static_cast<EdgeId>(columns_.edge_head.size());
        auto& twin = other[draft.segment];
        columns_.edge_twin.push_back(twin);
        if (twin != none) columns_.edge_twin[twin] = edge;
        twin = edge;
        ++columns_.edge_first[draft.tail + 1];
        columns_.edge_tail.push_back(draft.tail);
        columns_.edge_head.push_back(draft.head);
        columns_.edge_segment.push_back(draft.segment);
        auto const length = length_mm(shape_of(draft.segment));
        columns_.edge_length_mm.push_back(static_cast<std::uint32_t>(length));
        auto const& use = ways_[segment_ways_[draft.segment]].use;
        columns_.edge_speeds.push_back(draft.is_backward ? use.backward : use.forward);
        columns_.edge_traits.push_back(
            {.road_class = static_cast<std::uint8_t>(use.road_class),
             .destination_only = use.destination_only,
             .connected = 0,
             .is_backward = draft.is_backward}
        );
    }
    for (std::size_t i = 0; i < columns_.places.size(); ++i)
        columns_.edge_first[i + 1] += columns_.edge_first[i];
}

// A ferry that says how long it takes goes as fast as that, and nobody's else than `profiles`.
void Builder::set_speeds(std::vector<Piece> const& pieces) {
    std::vector<std::int64_t> way_mm(ways_.size(), 0);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        auto const first = columns_.shape_first[i];
        way_mm[pieces[i].way] +=
            length_mm(std::span{columns_.shapes}.subspan(first, columns_.shape_first[i + 1] - first)
            );
    }
    for (std::size_t edge = 0; edge < columns_.edge_speeds.size(); ++edge) {
        auto const index = segment_ways_[columns_.edge_segment[edge]];
        auto const duration = ways_[index].use.duration;
        auto& speeds = columns_.edge_speeds[edge];
        for (std::size_t i = 0; i < profile_count; ++i) {
            if ((options_.profiles >> i & 1U) == 0) speeds[i] = 0;
            if (speeds[i] == 0 || duration == Millis{}) continue;
            auto const kmh = way_mm[index] * 36 / (duration.count() * 10);
            speeds[i] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(kmh, 1, 200));
        }
    }
}

// Every edge into a junction meets every edge out of it.
Status Builder::check_degrees() const {
    for (auto const& node : nodes_) {
        if (node.junction == none) continue;
        auto const count =
            columns_.edge_first[node.junction + 1] - columns_.edge_first[node.junction];
        if (count <= junction_edges_max) continue;
        return Error{
            Errc::limit_exceeded,
            std::to_string(count) + " roads leave node " + std::to_string(node.id) + "; at most " +
                std::to_string(junction_edges_max) + " may"};
    }
    return Unit{};
}

std::map<JunctionId, NodeUse> Builder::junction_uses() {
    std::map<JunctionId, NodeUse> uses;
    for (auto const& node : nodes_) {
        bool const says = node.use.barred != 0 || node.use.has_signal;
        if (node.junction != none && says) uses.emplace(node.junction, node.use);
    }
    return uses;
}

Result<OwnedColumns> Builder::finish() {
    names_.emplace("", 0);  // sorts first: no name is offset 0
    lay_out_names();
    std::ranges::stable_sort(restrictions_, {}, &Restriction::relation);
    auto const all = runs();
    mark_junctions(all);
    number_junctions();
    auto const pieces = pieces_of(all);
    if (pieces.size() > edges_max / 2) return Error{Errc::limit_exceeded, "too many roads"};
    std::vector<Draft> drafts;
    for (auto const& piece : pieces)
        for (auto const& draft : add_segment(piece))
            drafts.push_back(draft);
    columns_.shape_first.push_back(static_cast<std::uint32_t>(columns_.shapes.size()));
    add_edges(std::move(drafts));
    set_speeds(pieces);
    TRY(check_degrees());

    auto const network = network_of(columns_);
    TurnSetting setting{junction_uses(), {}, options_.drives_on_left};
    for (auto const segment : columns_.edge_segment)
        setting.roundabouts.push_back(ways_[segment_ways_[segment]].use.is_roundabout);
    TurnTable turns{network, setting};
    for (auto const& restriction : restrictions_) {
        auto const* const via = find(restriction.via_node);
        bool const is_done = turns.restrict(restriction, via == nullptr ? none : via->junction);
        if (!is_done) ++counts_.restrictions_dropped;
    }
    turns.write(columns_);
    counts_.copies = columns_.copy_of.size();
    counts_.island_edges = mark_connected(columns_, options_.profiles);
    return std::move(columns_);
}

}  // namespace posthaste::road
