#include "demand/road_map.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "demand/text.hpp"
#include "demand/ways.hpp"

namespace posthaste::demand {

namespace {

/// The widest first; a link is drawn as what it leads to. What is narrower is not drawn.
constexpr std::array<std::string_view, 8> kinds{
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street"};

std::string rounded(std::int32_t degrees) {
    constexpr std::int32_t metre = 100;
    auto const half = degrees < 0 ? -metre / 2 : metre / 2;
    auto text = format_degrees((degrees + half) / metre * metre);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

/// ",[[lon,lat],...]": points that fall together are one.
std::string text_of(std::vector<model::Position> const& line) {
    std::string text = ",[";
    std::string last;
    for (auto const place : line) {
        auto point = "[" + rounded(place.lon) + "," + rounded(place.lat) + "]";
        if (point == last) continue;
        text += (last.empty() ? "" : ",") + point;
        last = std::move(point);
    }
    return text + "]";
}

}  // namespace

Result<std::string> read_road_map(std::istream& geojson, std::size_t bytes_max) {
    std::array<std::string, kinds.size()> lines;
    TRY(read_ways(geojson, [&](Way const& way) -> Status {
        std::string_view const highway = way.highway;
        auto const kind = std::ranges::find(kinds, highway.substr(0, highway.find("_link")));
        if (kind == kinds.end() || way.line.size() < 2) return Unit{};
        auto& text = lines.at(static_cast<std::size_t>(kind - kinds.begin()));
        if (text.size() <= bytes_max) text += text_of(way.line);
        return Unit{};
    }));
    constexpr std::string_view head =
        R"({"type":"FeatureCollection","copyright":"(c) OpenStreetMap contributors, ODbL 1.0",)"
        R"("features":[)";
    constexpr std::string_view tail = "]}";
    std::string map{head};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (lines.at(i).empty()) continue;
        auto const feature = R"({"type":"Feature","properties":{"highway":")" +
                             std::string{kinds.at(i)} +
                             R"("},"geometry":{"type":"MultiLineString","coordinates":[)" +
                             lines.at(i).substr(1) + "]}}";
        if (map.size() + 1 + feature.size() + tail.size() > bytes_max) continue;
        map += (map.size() == head.size() ? "" : ",") + feature;
    }
    if (map.size() == head.size())
        return Error{Errc::malformed, "the map has no road that is drawn"};
    return map += tail;
}

}  // namespace posthaste::demand
