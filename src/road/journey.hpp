// A drive as it happens: where somebody is who left one place for another some time ago.
//
// Takes    a route (query.hpp) with the places before and after it that lie beside the roads.
// Gives    at(): the position after a time, on the line of the roads; at its end from time() on.
// Units    milliseconds, millimetres. What turns cost is spread over the whole drive.
// Cost     made: a route and its line, about 50 us in a city; at(): a search in the line.
// Threads  a value
#pragma once

#include <optional>
#include <vector>

#include "base/quantity.hpp"
#include "road/query.hpp"
#include "road/roads.hpp"

namespace posthaste::road {

class Journey {
public:
    /// Nothing: one of them is at no road, or there is no way.
    static std::optional<Journey> plan(
        Roads const& roads, Query& query, Profile profile, Position source, Position target
    );

    Position at(Millis since) const;
    Millis time() const { return points_.back().after; }
    std::int64_t length_mm(Millis since) const;

private:
    struct Point {
        Position place;
        Millis after;
        std::int64_t length_mm = 0;  ///< from the beginning
    };
    struct Leg {
        Point const& from;
        Point const& to;
        std::int64_t part(std::int64_t whole, Millis since) const;
    };
    Leg leg_at(Millis since) const;

    std::vector<Point> points_;  ///< at least two
};

}  // namespace posthaste::road
