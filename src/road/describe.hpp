// A route in words and lines: where it runs, how far it is, and what to do where.
//
// Takes    a network, a metric of it and one of its routes (query.hpp).
// Gives    the line from the source's spot to the target's, what each piece of it takes, and steps:
//          depart, each turn or change of name, arrive. Bends where there is no other way on are
//          no steps; a roundabout is its turns, for the network does not know roundabouts.
// Shapes   pieces lie between the line's points: one fewer. Steps follow each other along the line;
//          the last (arrive) is of no length.
// Units    millimetres, milliseconds, degrees clockwise from north (0..359). A step takes the time
//          of its turns too; pieces do not.
// Errors   cannot fail: a route's edges follow each other.
// Cost     linear in the points.
// Threads  pure
// Source   kinds, modifiers and their angles as in OSRM's documentation of its HTTP API.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "road/query.hpp"

namespace posthaste::road {

enum class StepKind : std::uint8_t { depart, turn, new_name, go_on, arrive };
constexpr auto names_of(StepKind) {
    return std::to_array<std::string_view>({"depart", "turn", "new name", "continue", "arrive"});
}

enum class Modifier : std::uint8_t {
    uturn,
    sharp_right,
    right,
    slight_right,
    straight,
    slight_left,
    left,
    sharp_left,
};
constexpr auto names_of(Modifier) {
    return std::to_array<std::string_view>(
        {"uturn",
         "sharp right",
         "right",
         "slight right",
         "straight",
         "slight left",
         "left",
         "sharp left"}
    );
}

struct Piece {
    EdgeId edge = none;
    std::int64_t length_mm = 0;
    std::int64_t time_ms = 0;
};

struct Step {
    StepKind kind{};
    Modifier modifier = Modifier::straight;  ///< of depart and arrive: nothing
    int bearing_before = 0;
    int bearing_after = 0;
    EdgeId edge = none;  ///< the first that it goes along
    std::size_t first = 0;
    std::size_t last = 0;  ///< points of the line
    std::int64_t length_mm = 0;
    std::int64_t time_ms = 0;
};

struct Description {
    std::vector<Position> line;  ///< at least two, the same where nobody moves
    std::vector<Piece> pieces;
    std::vector<Step> steps;
    std::int64_t length_mm = 0;
    std::int64_t time_ms = 0;
};

Description describe(Network const& network, Metric const& metric, Route const& route);

/// Clockwise from north; 0 for equal places.
int bearing(Position source, Position target);
/// Of a turn by so many degrees to the right (negative: to the left), within +-180.
Modifier modifier_of(int degrees);

}  // namespace posthaste::road
