// The roads of one area for some profiles: junctions, directed edges, turns, and the hierarchy over
// them (hierarchy.hpp), as columns that may lie in memory or in a mapped file (file.hpp).
//
// Shapes   A segment is a piece of a way between two junctions, with its shape. Each direction in
//          which somebody may travel it is an edge. Edges lie sorted by their tail junction.
//          A state is an edge under a restriction: states below edge_count() are the edges
//          themselves; those above are copies of an edge, entered only by who comes from a way
//          that may not go on as others may (a restriction by ways). Turns go from state to state.
//          Rank: a state's place in the hierarchy's order.
// Units    millimetres, km/h, tenths of a second for a turn.
// Threads  shared immutable
// Limits   edges_max directed edges, junctions and turns by 32 bits.
// Source   copies of edges for restrictions by ways: Geisberger and Vetter, Efficient Routing in
//          Road Networks with Turn Costs, 2011.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/place.hpp"
#include "road/rules/profile.hpp"
#include "road/rules/way_rules.hpp"
#include "road/search/gazetteer.hpp"

namespace posthaste::road {

using model::Position;

using EdgeId = std::uint32_t;
using StateId = std::uint32_t;
using JunctionId = std::uint32_t;

constexpr std::uint32_t none = 0xffff'ffffU;
constexpr std::uint32_t edges_max = 100'000'000;
constexpr std::uint32_t states_max = 0x7fff'ffffU;

/// What edges say beside how fast they are.
struct EdgeTraits {
    std::uint8_t road_class = 0;       ///< RoadClass
    ProfileMask destination_only = 0;  ///< only to start or end on
    ProfileMask connected = 0;         ///< in the largest part where one gets from all to all
    std::uint8_t is_backward = 0;      ///< against its segment's shape
};

/// A closed set of columns; Column is std::vector while they are made, std::span to read them.
template <template <class> class Column>
struct Columns {
    Column<Position> places;           ///< of junctions
    Column<std::uint32_t> edge_first;  ///< by junction, and the end
    Column<JunctionId> edge_tail;
    Column<JunctionId> edge_head;
    Column<EdgeId> edge_twin;  ///< the other direction, or none
    Column<std::uint32_t> edge_length_mm;
    Column<Speeds> edge_speeds;
    Column<EdgeTraits> edge_traits;
    Column<std::uint32_t> edge_segment;
    Column<std::uint32_t> shape_first;   ///< by segment, and the end
    Column<Position> shapes;             ///< all points of a segment, its junctions too
    Column<std::int64_t> segment_way;    ///< OSM's id
    Column<std::uint32_t> segment_name;  ///< an offset into `names`
    Column<char> names;                  ///< each ended by a zero; the first is empty
    Column<EdgeId> copy_of;              ///< by state - edge_count
    Column<std::uint32_t> turn_first;    ///< by state, and the end
    Column<StateId> turn_to;
    Column<std::uint8_t> turn_cost_ds;
    Column<ProfileMask> turn_profiles;  ///< who may
    Column<std::uint32_t> rank;         ///< by state
    Column<std::uint32_t> up_first;     ///< by rank, and the end
    Column<std::uint32_t> up_head;      ///< higher ranks, ascending
    Column<std::uint32_t> turn_arc;     ///< by turn: the arc it is; none within one edge
    Gazetteer<Column> gazetteer;        ///< search/gazetteer.hpp

    /// All that ways are found by.
    static auto all_of_ways(auto& self) {
        return std::tie(
            self.places,
            self.edge_first,
            self.edge_tail,
            self.edge_head,
            self.edge_twin,
            self.edge_length_mm,
            self.edge_speeds,
            self.edge_traits,
            self.edge_segment,
            self.shape_first,
            self.shapes,
            self.segment_way,
            self.segment_name,
            self.names,
            self.copy_of,
            self.turn_first,
            self.turn_to,
            self.turn_cost_ds,
            self.turn_profiles,
            self.rank,
            self.up_first,
            self.up_head,
            self.turn_arc
        );
    }
    /// All of them, in the order of the file: new ones at the end.
    static auto all(auto& self) {
        return std::tuple_cat(all_of_ways(self), Gazetteer<Column>::all(self.gazetteer));
    }
};

template <class T>
using OwnedColumn = std::vector<T>;
template <class T>
using SeenColumn = std::span<T const>;

using OwnedColumns = Columns<OwnedColumn>;

/// To read; whoever owns the columns outlives it.
struct Network : Columns<SeenColumn> {
    std::uint32_t junction_count() const { return static_cast<std::uint32_t>(places.size()); }
    std::uint32_t edge_count() const { return static_cast<std::uint32_t>(edge_head.size()); }
    std::uint32_t state_count() const { return static_cast<std::uint32_t>(rank.size()); }

    EdgeId edge_of(StateId state) const {
        return state < edge_count() ? state : copy_of[state - edge_count()];
    }
    bool is_open(EdgeId edge, Profile profile) const {
        return edge_speeds[edge][index_of(profile)] > 0;
    }
    /// Who may travel it.
    ProfileMask open_to(EdgeId edge) const;
    /// From its tail to its head.
    std::vector<Position> shape_along(EdgeId edge) const;
    std::span<Position const> shape(std::uint32_t segment) const {
        return shapes.subspan(
            shape_first[segment], shape_first[segment + 1] - shape_first[segment]
        );
    }
    std::string_view name(EdgeId edge) const {
        return std::string_view{names.data() + segment_name[edge_segment[edge]]};
    }
};

Network network_of(OwnedColumns const& columns);

}  // namespace posthaste::road
