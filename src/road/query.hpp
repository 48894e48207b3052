// Travel times over the hierarchy: one to one, many to one, many to many; and the way itself.
//
// Takes    a network and a metric of it; places (snap.hpp).
// Gives    time(), to(), from(), matrix(): from each source to each target, never where there is no
//          way. Equal to what Dijkstra's algorithm finds over the same edges and turns.
//          route(): the edges of a quickest way, in order.
// Shapes   A spot is on an edge, a part of it behind; a place is one spot or two, one for each
//          direction of its road. A trip that ends further along the edge it began on stays there.
// Units    milliseconds; parts of an edge in 1/65536.
// Cost     many to one: each state above a source or the target once: tens of microseconds for 50
//          sources in a city. Many to many: `lanes` targets at once.
// Threads  a Query is one thread's scratch; network, lower and metric are shared.
// Limits   about 100 bytes a state of scratch, made when it is first needed.
// Source   Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, 2016 (the tree);
//          Delling, Goldberg and Werneck, Faster Batched Shortest Paths in Road Networks, 2011.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "road/metric.hpp"
#include "road/network.hpp"
#include "road/sweep.hpp"

namespace posthaste::road {

constexpr std::uint32_t whole_edge = 65'536;

struct Spot {
    EdgeId edge = none;
    std::uint32_t part = 0;  ///< of the edge that lies behind, at most whole_edge
};

/// Where a trip begins or ends.
struct Place {
    std::array<Spot, 2> spots{};
    std::uint32_t count = 0;  ///< of spots; 0: it is not on this network

    std::span<Spot const> all() const { return {spots.data(), count}; }
};

/// From the edge's start to the spot.
std::int32_t part_time(Metric const& metric, Spot spot);
/// What a search counts too much from one place to another: the penalty for entering the area that
/// the target is in, where the source is not in it too.
std::int32_t relief(Metric const& metric, Place const& source, Place const& target);

struct Route {
    std::vector<EdgeId> edges;  ///< the first is the source's, the last the target's
    Spot source;
    Spot target;
    std::int32_t time = never;
};

/// From one rank to another, by the arc between them.
struct Hop;

class Query {
public:
    /// Requires: both outlive the query; `lower` is the network's.
    Query(Network const& network, Lower const& lower);
    ~Query();
    Query(Query const&) = delete;
    Query& operator=(Query const&) = delete;

    std::int32_t time(Metric const& metric, Place const& source, Place const& target);
    /// The places of a fan: between them and one hub after the other, what lies above is shared.
    void gather(std::span<Place const> places);
    static constexpr std::size_t everywhere = ~std::size_t{0};
    /// From each gathered place to the hub; of the first `count` places only.
    std::vector<std::int32_t> to(
        Metric const& metric, Place const& hub, std::size_t count = everywhere
    );
    /// And from the hub to each.
    std::vector<std::int32_t> from(
        Metric const& metric, Place const& hub, std::size_t count = everywhere
    );
    /// By source, then by target.
    std::vector<std::int32_t> matrix(
        Metric const& metric, std::span<Place const> sources, std::span<Place const> targets
    );
    std::optional<Route> route(Metric const& metric, Place const& source, Place const& target);

private:
    struct Tree;
    template <std::size_t Width>
    class Search;

    std::vector<EdgeId> edges_of(Metric const& metric, StateId first, std::vector<Hop> hops);

    std::unique_ptr<Tree const> tree_;
    std::unique_ptr<Search<1>> single_;
    std::unique_ptr<Search<1>> fan_;
    std::vector<Place> gathered_;
    std::vector<std::size_t> chosen_by_;   ///< each: how many states are chosen by then
    std::unique_ptr<Search<lanes>> wide_;  ///< made when it is first needed
};

}  // namespace posthaste::road
