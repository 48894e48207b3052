#include "demand/ways.hpp"

#include <algorithm>
#include <array>
#include <string_view>

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
struct Feature {
    Way way;
    bool closed = false;
    bool is_line = false;

    bool is_road() const {
        return is_line && !closed && std::ranges::find(drivable, way.highway) != drivable.end();
    }
};

Status read_properties(JsonReader& json, Feature& feature) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return Unit{};
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (value == Token::string) {
            if (key == "highway") feature.way.highway = json.text();
            bool const is_access = key == "access" || key == "motor_vehicle";
            if (is_access && json.text() == "no") feature.closed = true;
        }
        TRY(json.skip(value));
    }
}

/// The positions of a LineString; deeper ones (of polygons) are read too, and not used.
Status read_coordinates(JsonReader& json, Feature& feature) {
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
        if (feature.way.line.size() == way_places_max)
            return Error{Errc::limit_exceeded, "a way has too many places"};
        feature.way.line.push_back(*place);
        count = 0;
    }
    return Unit{};
}

Status read_geometry(JsonReader& json, Feature& feature) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return Unit{};
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (key == "type" && value == Token::string) feature.is_line = json.text() == "LineString";
        if (key == "coordinates" && value == Token::begin_array) {
            TRY(read_coordinates(json, feature));
        } else {
            TRY(json.skip(value));
        }
    }
}

Result<Feature> read_feature(JsonReader& json) {
    Feature feature;
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return feature;
        std::string const key = json.text();
        Token const value = TRY(json.next());
        if (key == "properties" && value == Token::begin_object) {
            TRY(read_properties(json, feature));
        } else if (key == "geometry" && value == Token::begin_object) {
            TRY(read_geometry(json, feature));
        } else {
            TRY(json.skip(value));
        }
    }
}

Status read_features(JsonReader& json, std::function<Status(Way)> const& take) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_array) return Unit{};
        if (token != Token::begin_object) return Error{Errc::malformed, "a feature is an object"};
        Feature feature = TRY(read_feature(json));
        if (feature.is_road()) TRY(take(std::move(feature.way)));
    }
}

}  // namespace

Status read_ways(std::istream& geojson, std::function<Status(Way)> const& take) {
    JsonReader json{geojson};
    Token const first = TRY(json.next());
    if (first != Token::begin_object)
        return Error{Errc::malformed, "GeoJSON begins with an object"};
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_object) return Unit{};
        bool const is_features = json.text() == "features";
        Token const value = TRY(json.next());
        if (is_features && value == Token::begin_array) {
            TRY(read_features(json, take));
        } else {
            TRY(json.skip(value));
        }
    }
}

}  // namespace posthaste::demand
