// The imported roads as vector tiles, and what a map's style has to know of them.
#include <algorithm>
#include <mutex>

#include "api/kept.hpp"
#include "api/map_answer.hpp"
#include "api/routes_parts.hpp"
#include "road/tiles/tile.hpp"

namespace posthaste::api {
namespace {

constexpr std::uint32_t small_zoom = 12;  ///< further out a tile may take long to make

/// The tiles and where they are.
struct Sheet {
    explicit Sheet(std::shared_ptr<road::Roads const> the_roads)
        : roads{std::move(the_roads)},
          tiles{roads->network()},
          bounds{road::box_around(roads->network().shapes)} {}

    std::shared_ptr<road::Roads const> roads;
    road::Tiles tiles;
    road::Box bounds;
};

std::optional<road::TileKey> key_of(Request const& request) {
    auto const number = [&](std::string_view name) {
        return number_from<std::uint32_t>(request.parameter(name));
    };
    auto const zoom = number("z");
    auto const x = number("x");
    auto const y = number("y");
    if (!zoom || !x || !y) return std::nullopt;
    road::TileKey const key{*zoom, *x, *y};
    if (!key.is_valid()) return std::nullopt;
    return key;
}

/// A proxy may keep it for others only where everybody may have it.
std::string caching_of(Service const& service) {
    return service.open_roads ? "public, max-age=3600" : "private, max-age=3600";
}

Response tile_response(
    Sheet const& sheet, road::TileKey key, Request const& request, std::string const& caching
) {
    auto bytes = sheet.tiles.make(key);
    if (bytes.empty())
        return for_any_page({.status = 204, .headers = {{"Cache-Control", caching}}});
    Kept const kept{"application/vnd.mapbox-vector-tile", std::move(bytes), {}, caching};
    return for_any_page(kept.answer(request));
}

void send_tile(
    Service& service,
    std::shared_ptr<Sheet const> const& sheet,
    Call const& call,
    Responder responder
) {
    if (!sheet) return responder.send(no_roads());
    auto const key = key_of(call.request);
    if (!key)
        return responder.send(map_problem({.status = 404, .detail = "There is no such tile."}));
    auto const caching = caching_of(service);
    if (key->zoom >= small_zoom)
        return responder.send(tile_response(*sheet, *key, call.request, caching));
    auto const held = hold(std::move(responder));
    bool const is_taken =
        service.routing->run([sheet, key = *key, request = call.request, caching, held] {
            held->send(tile_response(*sheet, key, request, caching));
        });
    if (!is_taken) held->send(map_problem({.status = 503, .retry_after = Millis{1000}}));
}

/// Where the tiles are, as who asks reaches us; with the key that was given in the query.
std::string tiles_url(Request const& request) {
    auto const host = request.header("host");
    auto const is_plain = [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
               (letter >= 'A' && letter <= 'Z') ||
               std::string_view{".-_:[]"}.find(letter) != std::string_view::npos;
    };
    std::string url;
    if (!host.empty() && std::ranges::all_of(host, is_plain)) {
        bool const is_tls = request.header("x-forwarded-proto") == "https";
        url = (is_tls ? "https://" : "http://") + std::string{host};
    }
    url += "/tiles/{z}/{x}/{y}.mvt";
    auto const key = request.query_value("key").value_or("");
    if (!key.empty() && std::ranges::all_of(key, is_plain)) url += "?key=" + std::string{key};
    return url;
}

struct LayerText {
    std::string_view id;
    std::uint32_t zoom;
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields;
};

void write_layers(views::JsonText& out) {
    std::initializer_list<LayerText> const layers{
        {"roads",
         road::zoom_of(road::RoadClass::motorway),
         {{"class", "String"}, {"name", "String"}, {"oneway", "Number"}, {"way", "Number"}}},
        {"places", 4, {{"kind", "String"}, {"name", "String"}}},
        {"houses", road::tile_zoom_houses, {{"number", "String"}}}};
    out.key("vector_layers");
    out.open('[');
    for (auto const& layer : layers) {
        out.open('{');
        out.key("id");
        out.string(layer.id);
        out.key("minzoom");
        out.integer(layer.zoom);
        out.key("fields");
        out.open('{');
        for (auto const& [name, type] : layer.fields) {
            out.key(name);
            out.string(type);
        }
        out.close('}');
        out.close('}');
    }
    out.close(']');
}

std::string tile_json(Sheet const& sheet, Request const& request) {
    views::JsonText out;
    out.open('{');
    auto const text = [&](std::string_view name, std::string_view value) {
        out.key(name);
        out.string(value);
    };
    text("tilejson", "3.0.0");
    text("scheme", "xyz");
    text("attribution", "(c) OpenStreetMap contributors, ODbL 1.0");
    out.key("tiles");
    out.open('[');
    out.string(tiles_url(request));
    out.close(']');
    out.key("minzoom");
    out.integer(4);
    out.key("maxzoom");
    out.integer(road::tile_zoom_houses);
    out.key("bounds");
    out.open('[');
    auto const& [low, high] = sheet.bounds;
    for (auto const degrees : {low.lon, low.lat, high.lon, high.lat})
        out.degrees(degrees);
    out.close(']');
    write_layers(out);
    out.close('}');
    return std::move(out).text();
}

Body tile_json_body() {
    return {.schema = [](Components&) {
        return std::string{
            R"({"type":"object","properties":{"tilejson":{"type":"string"},)"
            R"("scheme":{"type":"string"},"attribution":{"type":"string"},)"
            R"("tiles":{"type":"array","items":{"type":"string"}},"minzoom":{"type":"integer"},)"
            R"("maxzoom":{"type":"integer"},"bounds":{"type":"array","items":{"type":"number"}},)"
            R"("vector_layers":{"type":"array","items":{"type":"object"}}},)"
            R"("required":["tilejson","tiles","vector_layers"]})"};
    }};
}

}  // namespace

void add_tile_routes(Router& router, Service& service) {
    std::shared_ptr<Sheet const> const sheet =
        service.roads ? std::make_shared<Sheet const>(service.roads) : nullptr;
    router.add(
        {.path = "/tiles/{z}/{x}/{y}.mvt",
         .door = road_door(service),
         .text =
             {.summary = "A Mapbox vector tile of the roads: layers `roads`, `places`, `houses`; "
                         "204 where nothing is.",
              .query = {key_option()}},
         .response = raw_body("application/vnd.mapbox-vector-tile"),
         .handler = [&service, sheet](
                        Call const& call, Responder responder
                    ) { send_tile(service, sheet, call, std::move(responder)); }}
    );
    router.add(
        {.path = "/tiles.json",
         .door = road_door(service),
         .text =
             {.summary = "Where the tiles are and what is in them: TileJSON 3.",
              .query = {key_option()}},
         .response = tile_json_body(),
         .handler =
             [sheet](Call const& call, Responder responder) {
                 if (!sheet) return responder.send(no_roads());
                 responder.send(for_any_page(json_response(tile_json(*sheet, call.request))));
             }}
    );
}

}  // namespace posthaste::api
