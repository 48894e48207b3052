#include "api/road_map.hpp"

#include "road/polyline.hpp"
#include "road/tiles/lines.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {

namespace {

/// To the metre.
std::int32_t rounded(std::int32_t degrees) {
    constexpr std::int32_t metre = 100;
    return (degrees + (degrees < 0 ? -metre / 2 : metre / 2)) / metre * metre;
}

std::string lines_text(std::vector<road::RoadLine> const& lines, std::size_t bytes_max) {
    views::JsonText out;
    out.open('[');
    for (auto const& line : lines) {
        out.open('[');
        for (auto const place : road::simplify(line.points)) {
            out.open('[');
            out.degrees(rounded(place.lon));
            out.degrees(rounded(place.lat));
            out.close(']');
        }
        out.close(']');
        if (out.text().size() > bytes_max) break;
    }
    out.close(']');
    return std::move(out).text();
}

}  // namespace

std::string road_map(road::Network const& network, std::size_t bytes_max) {
    road::RoadLines const lines{network};
    std::string map =
        R"({"type":"FeatureCollection","copyright":"(c) OpenStreetMap contributors, ODbL 1.0",)"
        R"("features":[)";
    constexpr std::string_view tail = "]}";
    bool is_first = true;
    for (auto i = road::RoadClass::motorway; i <= road::RoadClass::living_street;
         i = static_cast<road::RoadClass>(static_cast<int>(i) + 1)) {
        auto const& segments = lines.segments_of(i);
        if (segments.empty()) continue;
        auto const kind = road::names_of(road::RoadClass{})[static_cast<std::size_t>(i)];
        auto const feature = R"({"type":"Feature","properties":{"highway":")" + std::string{kind} +
                             R"("},"geometry":{"type":"MultiLineString","coordinates":)" +
                             lines_text(lines.join(segments), bytes_max) + "}}";
        if (map.size() + 1 + feature.size() + tail.size() > bytes_max) break;
        map += (is_first ? "" : ",") + feature;
        is_first = false;
    }
    return map += tail;
}

}  // namespace posthaste::api
