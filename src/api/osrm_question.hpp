// What OSRM's HTTP API is asked: the path and the query of a request, read.
//
// Takes    a profile, coordinates "lon,lat;lon,lat" or polyline(...) or polyline6(...), options.
// Gives    a question that can be answered, or a refusal with OSRM's code for it.
// Units    coordinates in degrees, radiuses in metres, bearings in degrees from north.
// Errors   InvalidUrl: profile or coordinates cannot be read. InvalidQuery: no such option, or its
//          value cannot be read. InvalidOptions: values do not fit the coordinates. InvalidValue:
//          out of range. TooBig: a limit. NotImplemented: an option that would change the answer
//          and is not there.
// Limits   the *_max below.
// Source   OSRM, docs/http.md, version 5.
// Threads  pure
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/http.hpp"
#include "road/snap.hpp"

namespace posthaste::api {

constexpr std::size_t osrm_route_points_max = 100;
constexpr std::size_t osrm_table_points_max = 500;
constexpr std::size_t osrm_routed_cells_max = 10'000;  ///< of a table with distances
constexpr std::size_t osrm_number_max = 100;

enum class OsrmService : std::uint8_t { route, table, nearest };
constexpr auto names_of(OsrmService) {
    return std::to_array<std::string_view>({"route", "table", "nearest"});
}

enum class Overview : std::uint8_t { simplified, full, none };
enum class LineForm : std::uint8_t { polyline, polyline6, geojson };

struct OsrmPoint {
    road::Position at;
    road::SnapWish wish{.reach = road::reach_max};
    int range = 180;  ///< how far the road may lead off the wish's heading
};

struct OsrmQuestion {
    road::Profile profile{};
    std::vector<OsrmPoint> points;
    bool with_waypoints = true;
    // Of a route:
    Overview overview = Overview::simplified;
    LineForm form = LineForm::polyline;
    bool with_steps = false;
    // Of a route's pieces, or of a table:
    bool with_duration = false;
    bool with_distance = false;
    bool with_speed = false;
    bool with_weight = false;
    // Of a table, indices of points:
    std::vector<std::size_t> sources;
    std::vector<std::size_t> destinations;
    // Of the nearest:
    std::size_t number = 1;
};

struct OsrmRefusal {
    std::string code;
    std::string message;
};

/// Ours, or OSRM's and Mapbox's names for them.
std::optional<road::Profile> profile_of(std::string_view name);

std::variant<OsrmQuestion, OsrmRefusal> read_question(OsrmService service, Request const& request);

}  // namespace posthaste::api
