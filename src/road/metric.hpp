// A metric: how long each arc of the hierarchy takes at given speeds.
//
// Takes    a network with its hierarchy; how long each edge takes; who travels.
// Gives    customize(): weights of all arcs, so that the quickest way between two states goes up
//          and then down (query.hpp); and of these the arcs that a quickest way needs: the others
//          take longer than another way between their ends. Immutable: a newer one takes its place
//          as a whole.
//          edge_times(): the network's own speeds for a profile, without traffic.
//          Roads that are only to start or end on, side by side, are an area: to enter one counts
//          destination_penalty_ms, so that nobody cuts through. It is no time that anybody drives:
//          query.hpp takes it off again for who ends there.
// Units    milliseconds; never: nobody may, or can.
// Cost     below 3.4 us a junction on one core; threads help while the parts below are apart.
// Threads  many readers. customize() runs `threads` of its own while it lasts.
// Limits   a way of never or longer is no way: 12 days.
// Source   Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, 2016.
#pragma once

#include <cstdint>
#include <vector>

#include "base/digest.hpp"
#include "base/quantity.hpp"
#include "road/hierarchy.hpp"
#include "road/network.hpp"

namespace posthaste::road {

constexpr std::int32_t never = (1 << 30) - 1;  // twice that still fits
constexpr std::int32_t longest_edge_ms = 86'400'000;
constexpr std::int32_t destination_penalty_ms = 300'000;

/// By edge.
using EdgeTimes = std::vector<std::int32_t>;

EdgeTimes edge_times(Network const& network, Profile profile);
std::int32_t edge_time(Network const& network, EdgeId edge, Profile profile);

/// The arcs of one direction that some quickest way needs.
struct NeededArcs {
    std::vector<std::uint32_t> first;  ///< by rank of the lower state, and the end
    std::vector<std::uint32_t> heads;  ///< the higher state of each
    std::vector<std::int32_t> times;
};

struct Metric {
    Profile profile{};
    EdgeTimes edges;
    std::vector<std::int32_t> up;    ///< by arc, from its lower state to the higher
    std::vector<std::int32_t> down;  ///< and back
    NeededArcs upward;
    NeededArcs downward;
    std::vector<std::uint32_t> areas;  ///< by edge: which one it is in, or none

    /// From the start of the edge that a turn leaves to the start of the one it enters.
    std::int32_t turn_time(Network const& network, EdgeId from, std::uint32_t turn) const;
    /// What of it is the penalty for entering an area.
    std::int32_t penalty(Network const& network, EdgeId from, std::uint32_t turn) const;
    /// The same edge times, the same digest.
    Digest hash() const;
};

/// Requires: `lower` is of `network`; edges.size() == network.edge_count(), each from 1 to never;
/// threads >= 1.
Metric customize(
    Network const& network,
    Lower const& lower,
    Profile profile,
    EdgeTimes edges,
    unsigned threads = 1
);

}  // namespace posthaste::road
