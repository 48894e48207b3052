#include "demand/places.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "demand/json.hpp"
#include "demand/text.hpp"

namespace posthaste::demand {

namespace {

using Token = JsonReader::Token;

constexpr std::array<std::string_view, 15> drivable{
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road"};

/// One feature as far as it was read; its members come in any order.
struct Way {
    std::string highway;
    bool closed = false;
    bool is_line = false;
    std::vector<model::Position> line;

    bool is_road() const {
        return is_line && !closed && std::ranges::find(drivable, highway) != drivable.end();
    }
};

Status read_properties(JsonReader& json, Way& way) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return Unit{};
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (value == Token::string) {
            if (key == "highway") way.highway = json.text();
            bool const is_access = key == "access" || key == "motor_vehicle";
            if (is_access && json.text() == "no") way.closed = true;
        }
        TRY(json.skip(value));
    }
}

/// The positions of a LineString; deeper ones (of polygons) are read too, and not used.
Status read_coordinates(JsonReader& json, Way& way) {
    std::size_t const depth = json.depth();
    std::array<std::string, 2> lon_lat;
    std::size_t count = 0;
    while (json.depth() >= depth) {
        Token const token = TRY(json.next());
        if (token == Token::begin_array) count = 0;
        if (token == Token::number && count < 2) lon_lat[count++] = json.text();
        if (token != Token::end_array || count != 2) continue;
        auto const place = parse_position(lon_lat[1], lon_lat[0]);
        if (!place) {
            return Error{
                Errc::malformed, "[" + lon_lat[0] + ", " + lon_lat[1] + "] is not on the earth"};
        }
        if (way.line.size() == places_max)
            return Error{Errc::limit_exceeded, "a way has too many places"};
        way.line.push_back(*place);
        count = 0;
    }
    return Unit{};
}

Status read_geometry(JsonReader& json, Way& way) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return Unit{};
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (key == "type" && value == Token::string) way.is_line = json.text() == "LineString";
        if (key == "coordinates" && value == Token::begin_array) {
            TRY(read_coordinates(json, way));
        } else {
            TRY(json.skip(value));
        }
    }
}

Result<Way> read_feature(JsonReader& json) {
    Way way;
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return way;
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (key == "properties" && value == Token::begin_object) {
            TRY(read_properties(json, way));
        } else if (key == "geometry" && value == Token::begin_object) {
            TRY(read_geometry(json, way));
        } else {
            TRY(json.skip(value));
        }
    }
}

void sort_and_drop_doubles(std::vector<model::Position>& nodes) {
    std::ranges::sort(nodes);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

Status read_features(JsonReader& json, std::vector<model::Position>& nodes) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_array) return Unit{};
        if (token != Token::begin_object) return Error{Errc::malformed, "a feature is an object"};
        Way const way = TRY(read_feature(json));
        if (!way.is_road()) continue;
        if (nodes.size() + way.line.size() > places_max) sort_and_drop_doubles(nodes);
        if (nodes.size() + way.line.size() > places_max)
            return Error{Errc::limit_exceeded, "the map has too many places"};
        nodes.insert(nodes.end(), way.line.begin(), way.line.end());
    }
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
    JsonReader json{geojson};
    Token const first = TRY(json.next());
    if (first != Token::begin_object)
        return Error{Errc::malformed, "GeoJSON begins with an object"};
    std::vector<model::Position> nodes;
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) break;
        bool const is_features = json.text() == "features";
        Token const value = TRY(json.next());
        if (is_features && value == Token::begin_array) {
            TRY(read_features(json, nodes));
        } else {
            TRY(json.skip(value));
        }
    }
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
