// The turns of a network while it is made: who may go from which edge to which, and what it costs.
//
// Takes    edges and junctions; what nodes say (barriers, signals).
// Gives    turns between edges that meet. Turning round only where there is no other way on.
//          restrict(): applies one restriction; false: its ways or nodes are not in the network,
//          or there is no such turn anyway.
//          For a restriction by ways, the ways between are copied: copies are entered only by who
//          comes from the first way, and their turns lack what is forbidden.
// Units    a turn to a right angle costs 2 s, across the traffic that comes 3.5 s, more beyond and
//          less before; 20 s to turn round; 2 s for a signal; nothing for the angle where there is
//          no choice, or at a roundabout.
// Limits   path_edges_max steps looked at along a restriction's ways; copies_max of an edge: past
//          that the restriction binds only some.
// Threads  one
// Source   Geisberger and Vetter, Efficient Routing in Road Networks with Turn Costs, 2011.
#pragma once

#include <map>
#include <vector>

#include "road/network.hpp"
#include "road/rules/restriction.hpp"

namespace posthaste::road {

constexpr std::size_t path_edges_max = 64;
constexpr std::size_t copies_max = 64;

struct TurnSetting {
    std::map<JunctionId, NodeUse> nodes;  ///< those that say something
    std::vector<bool> roundabouts;        ///< by edge
    bool drives_on_left = false;
};

class TurnTable {
public:
    /// Requires: the network's edges are whole; both outlive the table.
    TurnTable(Network const& network, TurnSetting const& setting);

    /// `via`: the junction of its node, or none.
    bool restrict(Restriction const& restriction, JunctionId via);
    /// Sets the columns turn_* and copy_of.
    void write(OwnedColumns& columns) const;

private:
    struct Turn {
        StateId to = none;
        std::uint8_t cost_ds = 0;
        ProfileMask profiles = 0;
    };
    using Path = std::vector<EdgeId>;

    std::vector<Turn> turns_of(EdgeId edge) const;
    std::uint8_t cost_ds(EdgeId from, EdgeId to) const;
    std::int64_t way_of(EdgeId edge) const;
    std::span<EdgeId const> edges_of(std::int64_t way) const;
    EdgeId edge_of(StateId state) const;
    std::vector<StateId> states_of(EdgeId edge) const;
    bool is_way(EdgeId edge, std::vector<std::int64_t> const& ways) const;

    bool restrict_at_node(Restriction const& restriction, JunctionId via);
    bool restrict_by_ways(Restriction const& restriction);
    Path path_along(EdgeId from, Restriction const& restriction) const;
    void restrict_path(EdgeId from, Path const& path, Restriction const& restriction);
    StateId copy_for(StateId from, StateId to, ProfileMask profiles);
    bool forbid(StateId state, Restriction const& restriction);

    Network const& network_;
    TurnSetting const& setting_;
    std::vector<EdgeId> by_way_;            ///< edges sorted by their way
    std::vector<std::vector<Turn>> turns_;  ///< by state
    std::vector<EdgeId> copies_;
    std::map<EdgeId, std::vector<StateId>> copies_by_edge_;
};

}  // namespace posthaste::road
