#include "demand/places.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "demand/ways.hpp"

namespace posthaste::demand {

namespace {

void sort_and_drop_doubles(std::vector<model::Position>& nodes) {
    std::ranges::sort(nodes);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

Places with_extent(std::vector<model::Position> nodes) {
    ASSERT(!nodes.empty());
    sort_and_drop_doubles(nodes);
    Places places{std::move(nodes), {}, {}};
    places.south_west = places.nodes.front();
    places.north_east = places.nodes.front();
    for (auto const node : places.nodes) {
        places.south_west.lat = std::min(places.south_west.lat, node.lat);
        places.south_west.lon = std::min(places.south_west.lon, node.lon);
        places.north_east.lat = std::max(places.north_east.lat, node.lat);
        places.north_east.lon = std::max(places.north_east.lon, node.lon);
    }
    return places;
}

}  // namespace

Result<Places> read_places(std::istream& geojson) {
    std::vector<model::Position> nodes;
    TRY(read_ways(geojson, [&](Way const& way) -> Status {
        if (nodes.size() + way.line.size() > places_max) sort_and_drop_doubles(nodes);
        if (nodes.size() + way.line.size() > places_max)
            return Error{Errc::limit_exceeded, "the map has too many places"};
        nodes.insert(nodes.end(), way.line.begin(), way.line.end());
        return Unit{};
    }));
    if (nodes.empty()) return Error{Errc::malformed, "the map has no road that one may drive"};
    return with_extent(std::move(nodes));
}

Places grid_places(model::Position centre, std::int32_t side) {
    ASSERT(side >= 2);
    ASSERT(side <= 1000);
    constexpr std::int32_t block = 10'000;  // about 110 m north
    std::vector<model::Position> nodes;
    for (std::int32_t row = 0; row < side; ++row) {
        for (std::int32_t column = 0; column < side; ++column) {
            nodes.push_back(
                {centre.lat + (row - side / 2) * block, centre.lon + (column - side / 2) * block}
            );
        }
    }
    return with_extent(std::move(nodes));
}

}  // namespace posthaste::demand
