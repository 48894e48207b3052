// What the answers about the map share: GeoJSON, options, and who may read them.
//
// Gives    answers that a page of any origin may read; refusals are problems.
// Threads  pure
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/problem.hpp"
#include "api/router.hpp"
#include "model/place.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {

Response for_any_page(Response response);
Response map_problem(Problem const& problem);
/// 404: this server was given no roads.
Response no_roads();

/// A FeatureCollection; `write` writes its features.
template <class Write>
Response feature_collection(Write const& write) {
    views::JsonText out;
    out.open('{');
    out.key("type");
    out.string("FeatureCollection");
    out.key("features");
    out.open('[');
    write(out);
    out.close(']');
    out.close('}');
    Response response{.body = std::move(out).text()};
    response.headers.push_back({"Content-Type", "application/geo+json"});
    return for_any_page(std::move(response));
}
/// [lon, lat]
void write_place(views::JsonText& out, model::Position place);

/// Nothing: none is unknown.
std::optional<Problem> unknown_option(
    Request const& request, std::initializer_list<std::string_view> known
);
std::optional<model::Position> place_from(std::string_view lat, std::string_view lon);
std::vector<std::string_view> split(std::string_view text, char separator);

QueryParameter key_option();

namespace answers {
/// Of features of that name, as JSON Schema.
Body features(std::string name, std::string geometry, std::string properties);
}  // namespace answers

}  // namespace posthaste::api
