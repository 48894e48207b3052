// Places of a real city: the nodes of its roads, where people live, work and order.
//
// Takes    a map as demand/ways.hpp reads it.
// Gives    the distinct positions on roads that one may drive, sorted, and the rectangle around
//          them.
//          The data is "(c) OpenStreetMap contributors, ODbL 1.0": whoever shows it says so.
// Errors   demand/ways.hpp's; malformed when there is no road; limit_exceeded.
// Cost     reads once, memory for the places only: the Gothenburg file (16 MB) takes 0.2 s.
// Limits   places_max.
#pragma once

#include <cstddef>
#include <istream>
#include <vector>

#include "base/result.hpp"
#include "model/place.hpp"

namespace posthaste::demand {

constexpr std::size_t places_max = 4'000'000;

struct Places {
    std::vector<model::Position> nodes;  ///< sorted, each once
    model::Position south_west;
    model::Position north_east;

    bool operator==(Places const&) const = default;
};

Result<Places> read_places(std::istream& geojson);

/// A made-up city for tests and for machines without a map: a grid of streets around `centre`.
/// Requires: 2 <= side <= 1000.
Places grid_places(model::Position centre, std::int32_t side);

}  // namespace posthaste::demand
