// What can be reached from a place within a time, or from where a place can be reached.
//
// Takes    a network, a metric of it, a place, how long at most.
// Gives    reach(): the stretches of edges, and when one is at their ends. The times are those of
//          query.hpp, of each place on an edge by itself.
//          contours(): polygons around what is reached within each of the limits, over one grid:
//          what is reached within a shorter time lies in the longer one's polygons. All that is
//          reached lies inside; beside a road up to two cells of the grid do too. Gaps as small as
//          `gap` between the roads are filled, and what lies in them with them.
// Shapes   a polygon is a closed ring counterclockwise, then its holes clockwise.
// Units    milliseconds; parts of an edge in 1/65536; a cell is 25 m wide, or as large as it
//          takes to have no more than isochrone_cells_max.
// Errors   limit_exceeded past reached_max edges.
// Order    the same question, the same answer on every machine: integers.
// Cost     Dijkstra's algorithm over the turns within the limit: about 0.3 us an edge; contours
//          about 1.5 us an edge: 10 and 47 ms for 15 minutes in Columbus, 31,000 edges.
// Threads  Reachable is shared immutable
// Source   Lorensen and Cline, Marching cubes, 1987, in two dimensions.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/quantity.hpp"
#include "base/result.hpp"
#include "road/query.hpp"

namespace posthaste::road {

enum class Heading : std::uint8_t { away, towards };

constexpr std::size_t reached_max = 2'000'000;
constexpr std::size_t isochrone_cells_max = 1'000'000;

/// A part of an edge: `from` is nearer its tail. Time runs evenly between.
struct Stretch {
    EdgeId edge = none;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::int32_t time_from = 0;
    std::int32_t time_to = 0;
};

/// The turns seen from where they lead.
struct IncomingTurns {
    std::vector<std::uint32_t> first;  ///< by state, and the end
    std::vector<StateId> from;
    std::vector<std::uint32_t> turns;
};

class Reachable {
public:
    /// Requires: `network` outlives it.
    explicit Reachable(Network const& network) : network_{network} {}

    /// Stretches by edge. Requires: limit below never.
    Result<std::vector<Stretch>> reach(
        Metric const& metric, Place const& place, Heading heading, Millis limit
    ) const;

private:
    IncomingTurns const& incoming() const;

    Network const& network_;
    mutable std::once_flag incoming_made_;
    mutable IncomingTurns incoming_;  ///< made when somebody first asks who gets to a place
};

using Ring = std::vector<Position>;  ///< the last place is the first again

struct Polygon {
    Ring outer;
    std::vector<Ring> holes;
};

struct Contour {
    Millis limit;
    std::vector<Polygon> polygons;
};

constexpr Metres gap_default{250};

/// By limit, as they are given.
std::vector<Contour> contours(
    Network const& network,
    std::span<Stretch const> stretches,
    std::span<Millis const> limits,
    Metres gap = gap_default
);

}  // namespace posthaste::road
