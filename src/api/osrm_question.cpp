#include "api/osrm_question.hpp"

#include <algorithm>

#include "base/fields.hpp"
#include "ingest/decimal.hpp"
#include "road/polyline.hpp"

namespace posthaste::api {

namespace {

using Refused = std::optional<OsrmRefusal>;
using Texts = std::vector<std::string_view>;

Texts split(std::string_view text, char separator) {
    Texts parts;
    for (;;) {
        auto const end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

Refused malformed(std::string_view name) {
    return OsrmRefusal{"InvalidQuery", "The value of " + std::string{name} + " cannot be read."};
}

// --- coordinates ---

Refused read_pairs(std::string_view text, std::size_t most, std::vector<road::Position>& places) {
    for (auto const pair : split(text, ';')) {
        if (places.size() == most) break;  // one too many is refused with its limit
        auto const numbers = split(pair, ',');
        auto const lon = ingest::parse_scaled(numbers[0], 7);
        auto const lat = ingest::parse_scaled(numbers.back(), 7);
        if (numbers.size() != 2 || !lon || !lat)
            return OsrmRefusal{"InvalidUrl", "Coordinates are written lon,lat;lon,lat."};
        if (std::abs(*lat) > model::lat_max || std::abs(*lon) > model::lon_max)
            return OsrmRefusal{"InvalidValue", "Invalid coordinate value."};
        places.push_back({static_cast<std::int32_t>(*lat), static_cast<std::int32_t>(*lon)});
    }
    return std::nullopt;
}

Refused read_polyline(
    std::string_view text, road::Precision precision, std::vector<road::Position>& places
) {
    // Its size is the request's.
    auto line = road::decode(text, precision, text.size());
    if (!line) return OsrmRefusal{"InvalidUrl", "The polyline cannot be read."};
    places = std::move(*line);
    return std::nullopt;
}

Refused read_places(std::string_view text, std::size_t most, std::vector<road::Position>& places) {
    constexpr std::string_view format = ".json";
    if (text.ends_with(format)) text.remove_suffix(format.size());
    for (auto const precision : {road::Precision::five, road::Precision::six}) {
        std::string_view const before =
            precision == road::Precision::five ? "polyline(" : "polyline6(";
        if (!text.starts_with(before) || !text.ends_with(')')) continue;
        text.remove_suffix(1);
        return read_polyline(text.substr(before.size()), precision, places);
    }
    return read_pairs(text, most, places);
}

struct Bounds {
    std::size_t least;
    std::size_t most;
};

Bounds bounds_of(OsrmService service) {
    switch (service) {
        case OsrmService::route:
            return {2, osrm_route_points_max};
        case OsrmService::table:
            return {1, osrm_table_points_max};
        case OsrmService::nearest:
            return {1, 1};
    }
    return {};
}

Refused read_points(OsrmService service, std::string_view text, OsrmQuestion& question) {
    auto const [least, most] = bounds_of(service);
    std::vector<road::Position> places;
    if (auto refused = read_places(text, most + 1, places)) return refused;
    if (places.size() < least)
        return OsrmRefusal{
            "InvalidOptions", "At least " + std::to_string(least) + " coordinates are needed."};
    if (places.size() > most)
        return OsrmRefusal{"TooBig", "At most " + std::to_string(most) + " coordinates are taken."};
    for (auto const place : places)
        question.points.push_back({.at = place});
    return std::nullopt;
}

// --- options ---

/// One element for each point; an empty one leaves it as it is.
template <class Read>
Refused read_each(
    std::string_view name, std::string_view value, OsrmQuestion& question, Read const& read
) {
    auto const elements = split(value, ';');
    if (elements.size() != question.points.size())
        return OsrmRefusal{
            "InvalidOptions",
            "The number of " + std::string{name} + " is not the number of coordinates."};
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (!elements[i].empty() && !read(elements[i], question.points[i])) return malformed(name);
    return std::nullopt;
}

bool read_bearing(std::string_view text, OsrmPoint& point) {
    auto const parts = split(text, ',');
    auto const bearing = number_from<int>(parts[0]);
    auto const range = number_from<int>(parts.back());
    if (parts.size() != 2 || !bearing || !range) return false;
    if (*bearing < 0 || *bearing > 360 || *range < 0 || *range > 180) return false;
    point.wish.heading = *bearing % 360;
    point.range = *range;
    return true;
}

bool read_radius(std::string_view text, OsrmPoint& point) {
    if (text == "unlimited") return true;
    auto const metres = ingest::parse_scaled(text, 0);
    if (!metres || *metres < 0) return false;
    point.wish.reach = std::min(Metres{*metres}, road::reach_max);
    return true;
}

// The kerb is on the right: the network does not say where one drives on the left.
bool read_approach(std::string_view text, OsrmPoint& point) {
    if (text == "curb") point.wish.kerb = road::Kerb::right;
    return text == "curb" || text == "unrestricted";
}

bool read_truth(std::string_view text, bool& is) {
    is = text == "true";
    return is || text == "false";
}

/// Which of the choices; nothing for none of them.
std::optional<std::size_t> chosen(
    std::string_view text, std::initializer_list<std::string_view> choices
) {
    auto const* const found = std::ranges::find(choices, text);
    if (found == choices.end()) return std::nullopt;
    return static_cast<std::size_t>(found - choices.begin());
}

Refused read_annotations(OsrmService service, std::string_view value, OsrmQuestion& question) {
    bool const is_table = service == OsrmService::table;
    question.with_duration = false;
    if (!is_table && value == "false") return std::nullopt;
    if (!is_table && value == "true") value = "duration,distance,speed,weight";
    for (auto const name : split(value, ',')) {
        if (name == "nodes" || name == "datasources")
            return OsrmRefusal{"NotImplemented", "The network keeps no nodes nor data sources."};
        bool const is_known = name == "duration" || name == "distance" ||
                              (!is_table && (name == "speed" || name == "weight"));
        if (!is_known) return malformed("annotations");
        question.with_duration |= name == "duration";
        question.with_distance |= name == "distance";
        question.with_speed |= name == "speed";
        question.with_weight |= name == "weight";
    }
    return std::nullopt;
}

Refused read_indices(
    std::string_view name,
    std::string_view value,
    std::size_t points,
    std::vector<std::size_t>& indices
) {
    if (value == "all") return std::nullopt;
    indices.clear();
    for (auto const element : split(value, ';')) {
        auto const index = number_from<std::size_t>(element);
        if (!index) return malformed(name);
        if (*index >= points)
            return OsrmRefusal{
                "InvalidOptions", "There is no coordinate " + std::string{element} + "."};
        if (indices.size() == osrm_table_points_max)
            return OsrmRefusal{"TooBig", "Too many " + std::string{name} + "."};
        indices.push_back(*index);
    }
    return std::nullopt;
}

Refused read_general(std::string_view name, std::string_view value, OsrmQuestion& question) {
    if (name == "bearings") return read_each(name, value, question, read_bearing);
    if (name == "radiuses") return read_each(name, value, question, read_radius);
    if (name == "approaches") return read_each(name, value, question, read_approach);
    if (name == "skip_waypoints") {
        bool skips = false;
        if (!read_truth(value, skips)) return malformed(name);
        question.with_waypoints = !skips;
        return std::nullopt;
    }
    // Hints only make OSRM faster; key and region are ours.
    auto const passed_over = {"hints", "generate_hints", "key", "region"};
    if (std::ranges::count(passed_over, name) > 0) return std::nullopt;
    auto const missing = {"exclude", "snapping", "waypoints", "fallback_speed", "scale_factor"};
    if (std::ranges::count(missing, name) > 0)
        return OsrmRefusal{"NotImplemented", "There is no " + std::string{name} + " here."};
    return OsrmRefusal{"InvalidQuery", "There is no option " + std::string{name} + "."};
}

Refused read_route_option(std::string_view name, std::string_view value, OsrmQuestion& question) {
    // One route is an answer to who asks for more, and it may turn round at a waypoint.
    if (name == "alternatives" || name == "continue_straight") return std::nullopt;
    if (name == "steps") {
        if (!read_truth(value, question.with_steps)) return malformed(name);
        return std::nullopt;
    }
    if (name == "overview") {
        auto const choice = chosen(value, {"simplified", "full", "false"});
        if (!choice) return malformed(name);
        question.overview = static_cast<Overview>(*choice);
        return std::nullopt;
    }
    if (name == "geometries") {
        auto const choice = chosen(value, {"polyline", "polyline6", "geojson"});
        if (!choice) return malformed(name);
        question.form = static_cast<LineForm>(*choice);
        return std::nullopt;
    }
    if (name == "annotations") return read_annotations(OsrmService::route, value, question);
    return read_general(name, value, question);
}

Refused read_table_option(std::string_view name, std::string_view value, OsrmQuestion& question) {
    auto const points = question.points.size();
    if (name == "sources") return read_indices(name, value, points, question.sources);
    if (name == "destinations") return read_indices(name, value, points, question.destinations);
    if (name == "annotations") return read_annotations(OsrmService::table, value, question);
    return read_general(name, value, question);
}

Refused read_nearest_option(std::string_view name, std::string_view value, OsrmQuestion& question) {
    if (name != "number") return read_general(name, value, question);
    auto const number = number_from<std::size_t>(value);
    if (!number) return malformed(name);
    if (*number == 0) return OsrmRefusal{"InvalidValue", "The number must be at least 1."};
    if (*number > osrm_number_max) return OsrmRefusal{"TooBig", "The number is at most 100."};
    question.number = *number;
    return std::nullopt;
}

Refused read_options(OsrmService service, Request const& request, OsrmQuestion& question) {
    for (auto const& [name, value] : request.query) {
        Refused refused;
        switch (service) {
            case OsrmService::route:
                refused = read_route_option(name, value, question);
                break;
            case OsrmService::table:
                refused = read_table_option(name, value, question);
                break;
            case OsrmService::nearest:
                refused = read_nearest_option(name, value, question);
                break;
        }
        if (refused) return refused;
    }
    return std::nullopt;
}

}  // namespace

std::optional<road::Profile> profile_of(std::string_view name) {
    using enum road::Profile;
    constexpr auto others = std::to_array<std::pair<std::string_view, road::Profile>>(
        {{"driving", car}, {"bike", bicycle}, {"cycling", bicycle}, {"walking", foot}}
    );
    for (auto const& [other, profile] : others)
        if (name == other) return profile;
    return from_name<road::Profile>(name);
}

std::variant<OsrmQuestion, OsrmRefusal> read_question(OsrmService service, Request const& request) {
    OsrmQuestion question;
    auto const profile = profile_of(request.parameter("profile"));
    if (!profile) return OsrmRefusal{"InvalidUrl", "There is no such profile."};
    question.profile = *profile;
    if (auto refused = read_points(service, request.parameter("coordinates"), question))
        return *refused;
    if (service == OsrmService::table) {
        question.with_duration = true;
        for (std::size_t i = 0; i < question.points.size(); ++i) {
            question.sources.push_back(i);
            question.destinations.push_back(i);
        }
    }
    if (auto refused = read_options(service, request, question)) return *refused;
    auto const cells = question.sources.size() * question.destinations.size();
    if (question.with_distance && cells > osrm_routed_cells_max)
        return OsrmRefusal{
            "TooBig",
            "Distances are found for at most " + std::to_string(osrm_routed_cells_max) +
                " pairs at once."};
    return question;
}

}  // namespace posthaste::api
