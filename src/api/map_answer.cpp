#include "api/map_answer.hpp"

#include <algorithm>

#include "api/answering.hpp"
#include "ingest/decimal.hpp"

namespace posthaste::api {

Response for_any_page(Response response) {
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    return response;
}

Response map_problem(Problem const& problem) {
    return for_any_page(to_response(problem));
}

Response no_roads() {
    return map_problem({.status = 404, .detail = "This server was given no roads."});
}

void write_place(views::JsonText& out, model::Position place) {
    out.open('[');
    out.degrees(place.lon);
    out.degrees(place.lat);
    out.close(']');
}

std::optional<Problem> unknown_option(
    Request const& request, std::initializer_list<std::string_view> known
) {
    for (auto const& [name, _] : request.query) {
        // The key is the door's.
        if (name == "key" || std::ranges::count(known, name) > 0) continue;
        return bad_query(name, "is no option here");
    }
    return std::nullopt;
}

std::optional<model::Position> place_from(std::string_view lat, std::string_view lon) {
    auto const north = ingest::parse_scaled(lat, 7);
    auto const east = ingest::parse_scaled(lon, 7);
    if (!north || !east) return std::nullopt;
    if (std::abs(*north) > model::lat_max || std::abs(*east) > model::lon_max) return std::nullopt;
    return model::Position{static_cast<std::int32_t>(*north), static_cast<std::int32_t>(*east)};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

QueryParameter key_option() {
    return {"key", R"({"type":"string"})", "The key, for who can set no header."};
}

Body answers::features(std::string name, std::string geometry, std::string properties) {
    auto feature = R"({"type":"object","properties":{"type":{"const":"Feature"},"properties":)" +
                   std::move(properties) + R"(,"geometry":)" + std::move(geometry) +
                   R"(},"required":["type","properties","geometry"],)"
                   R"("additionalProperties":false})";
    return {
        .media_type = "application/geo+json",
        .schema = [name = std::move(name), feature = std::move(feature)](Components& components) {
            components.emplace(name, feature);
            return R"({"type":"object","properties":{"type":{"const":"FeatureCollection"},)"
                   R"("features":{"type":"array","items":)" +
                   detail::reference_to(name) +
                   R"(}},"required":["type","features"],"additionalProperties":false})";
        }};
}

}  // namespace posthaste::api
