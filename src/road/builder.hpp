// Ways in, network out: junctions where ways meet, edges between them, turns from edge to edge.
//
// Takes    ways with what they may be used for; then, after seal_ways(), the places of their nodes
//          in any order, and restrictions. Whoever gets them from a file reads it twice
//          (import.hpp).
// Gives    finish(): the columns of a network but for its hierarchy (hierarchy.hpp). Segments that
//          nobody in `profiles` may travel are not in it.
// Errors   limit_exceeded: more than edges_max, or than junction_edges_max at one node. What is
//          left out is counted: ways are cut where a node is missing, restrictions whose ways or
//          nodes are not there are dropped.
// Order    junctions by OSM's node ids; edges by tail, then by way and place in it: the same
//          objects in another order give the same network.
// Cost     Columbus (21,000 junctions): about 0.1 s.
// Threads  one
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "road/network.hpp"
#include "road/rules/restriction.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

struct BuildCounts {
    std::uint64_t ways = 0;
    std::uint64_t nodes_missing = 0;
    std::uint64_t ways_cut = 0;  ///< where a node is missing
    std::uint64_t restrictions = 0;
    std::uint64_t restrictions_dropped = 0;
    std::uint64_t copies = 0;        ///< of edges, for restrictions by ways
    std::uint64_t island_edges = 0;  ///< connected for none of the profiles
};

constexpr std::uint32_t junction_edges_max = 256;

struct BuildOptions {
    ProfileMask profiles = 0;
    bool drives_on_left = false;
};

class Builder {
public:
    explicit Builder(BuildOptions options) : options_{options} {}

    void add_way(
        std::int64_t id,
        std::span<std::int64_t const> nodes,
        WayUse const& use,
        std::string_view name
    );
    void seal_ways();
    /// Nodes that no way uses are passed over.
    void add_node(std::int64_t id, Position place, NodeUse use);
    void add_restriction(Restriction restriction);

    Result<OwnedColumns> finish();
    BuildCounts const& counts() const { return counts_; }

private:
    struct Way {
        std::int64_t id = 0;
        std::size_t first = 0;  ///< in refs_
        std::size_t count = 0;
        WayUse use;
        std::string const* name = nullptr;  ///< in names_
    };
    struct Node {
        std::int64_t id = 0;
        Position place;
        NodeUse use;
        std::uint32_t uses = 0;
        bool is_here = false;
        bool is_junction = false;
        JunctionId junction = none;
    };
    struct Piece {  ///< of a way, between two junctions
        std::size_t way = 0;
        std::size_t first = 0;  ///< in refs_
        std::size_t count = 0;
    };
    struct Draft {  ///< of an edge
        JunctionId tail = none;
        JunctionId head = none;
        std::uint32_t segment = 0;
        bool is_backward = false;
    };

    Node* find(std::int64_t id);
    void lay_out_names();
    Status check_degrees() const;
    bool is_open(Speeds const& speeds) const;
    std::vector<Piece> runs();  ///< of nodes that are all here
    void mark_junctions(std::vector<Piece> const& runs);
    void number_junctions();
    std::vector<Piece> pieces_of(std::vector<Piece> const& runs);
    std::vector<Draft> add_segment(Piece const& piece);
    void add_edges(std::vector<Draft> drafts);
    void set_speeds(std::vector<Piece> const& pieces);
    std::map<JunctionId, NodeUse> junction_uses();

    BuildOptions options_;
    std::vector<Way> ways_;
    std::vector<std::int64_t> refs_;
    std::vector<Node> nodes_;  ///< by id, once sealed
    std::vector<Restriction> restrictions_;
    std::map<std::string, std::uint32_t, std::less<>> names_;  ///< and their offsets at the end
    std::vector<std::size_t> segment_ways_;                    ///< the index in ways_
    OwnedColumns columns_;
    BuildCounts counts_;
};

}  // namespace posthaste::road
