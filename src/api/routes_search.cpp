// Places, streets and houses of the imported map: by name, and by where something is.
#include <algorithm>

#include "api/map_answer.hpp"
#include "api/routes_parts.hpp"
#include "geo/distance.hpp"
#include "road/search/index.hpp"

namespace posthaste::api {
namespace {

using road::Found;
using road::none;

constexpr std::uint64_t found_usual = 10;
constexpr std::uint64_t found_max = 50;
constexpr Metres house_reach{100};
constexpr Metres street_reach{1000};

struct Book {
    explicit Book(std::shared_ptr<road::Roads const> the_roads)
        : roads{std::move(the_roads)}, index{roads->network()} {}

    road::Gazetteer<road::SeenColumn> const& map() const { return roads->network().gazetteer; }
    bool has_names() const { return !map().house_first.empty(); }

    std::shared_ptr<road::Roads const> roads;
    road::SearchIndex index;
};

/// Something with a name, at a place.
struct Answer {
    std::string type;
    std::string street;  ///< of a house, or of a street without an entry
    Found found;
    model::Position at;
    std::optional<std::int64_t> distance_m;
};

Answer answer_of(Book const& book, Found const& found) {
    auto const kind = road::names_of(road::EntryKind{})[book.map().kinds[found.entry]];
    return {
        .type = found.house == none ? std::string{kind} : "house",
        .street = {},
        .found = found,
        .at = book.index.place(found),
        .distance_m = {}};
}

void write_properties(views::JsonText& out, Book const& book, Answer const& answer) {
    auto const& map = book.map();
    auto const entry = answer.found.entry;
    auto const text = [&](std::string_view name, std::string_view value) {
        out.key(name);
        out.string(value);
    };
    auto name = entry == none ? answer.street : std::string{map.name(entry)};
    out.open('{');
    text("type", answer.type);
    if (answer.found.house != none) {
        text("street", name);
        text("housenumber", map.number(answer.found.house));
        name += " " + std::string{map.number(answer.found.house)};
    }
    text("name", name);
    auto const within = entry == none ? none : map.within[entry];
    if (within != none) {
        text("city", map.name(within));
        name += ", " + std::string{map.name(within)};
    }
    text("label", name);
    if (answer.distance_m) {
        out.key("distance");
        out.integer(*answer.distance_m);
    }
    out.close('}');
}

Response features_of(Book const& book, std::vector<Answer> const& answers) {
    return feature_collection([&](views::JsonText& out) {
        for (auto const& answer : answers) {
            out.open('{');
            out.key("type");
            out.string("Feature");
            out.key("properties");
            write_properties(out, book, answer);
            out.key("geometry");
            out.open('{');
            out.key("type");
            out.string("Point");
            out.key("coordinates");
            write_place(out, answer.at);
            out.close('}');
            out.close('}');
        }
    });
}

/// lon,lat,lon,lat of two opposite corners.
std::optional<road::Box> box_from(std::string_view text) {
    auto const parts = split(text, ',');
    if (parts.size() != 4) return std::nullopt;
    auto const one = place_from(parts[1], parts[0]);
    auto const other = place_from(parts[3], parts[2]);
    if (!one || !other) return std::nullopt;
    return road::joined({*one, *one}, {*other, *other});
}

std::variant<road::SearchWish, Problem> read_search(Request const& request) {
    if (auto const problem = unknown_option(request, {"q", "limit", "lat", "lon", "viewbox"}))
        return *problem;
    road::SearchWish wish;
    wish.text = request.query_value("q").value_or("");
    if (wish.text.empty()) return bad_query("q", "must be what is looked for");
    auto const count = query_number(request, "limit", found_usual, found_max);
    if (auto const* const problem = std::get_if<Problem>(&count)) return *problem;
    wish.count = std::get<std::uint64_t>(count);
    auto const lat = request.query_value("lat");
    auto const lon = request.query_value("lon");
    if (lat || lon) {
        wish.near = place_from(lat.value_or(""), lon.value_or(""));
        if (!wish.near) return bad_query("lat", "and lon must be a place, both of them");
    }
    if (auto const box = request.query_value("viewbox")) {
        wish.within = box_from(*box);
        if (!wish.within) return bad_query("viewbox", "must be lon,lat,lon,lat of two corners");
    }
    return wish;
}

Response search(Book const& book, Request const& request) {
    auto const read = read_search(request);
    if (auto const* const problem = std::get_if<Problem>(&read)) return map_problem(*problem);
    std::vector<Answer> answers;
    for (auto const& found : book.index.find(std::get<road::SearchWish>(read)))
        answers.push_back(answer_of(book, found));
    return features_of(book, answers);
}

/// The nearest road that has a name, for whoever may travel it.
std::optional<Answer> street_at(Book const& book, model::Position at) {
    auto const& roads = *book.roads;
    auto const& network = roads.network();
    std::optional<Answer> best;
    for (std::size_t i = 0; i < road::profile_count; ++i) {
        auto const profile = static_cast<road::Profile>(i);
        if (!roads.is_for(profile)) continue;
        constexpr std::size_t looked_at = 8;
        for (auto const& snapped :
             roads.index().nearest(at, profile, looked_at, {.reach = street_reach})) {
            auto const name = network.name(snapped.place.spots[0].edge);
            auto const metres = snapped.distance_mm / 1000;
            if (name.empty() || (best && *best->distance_m <= metres)) continue;
            auto const known = book.index.street_named(name, snapped.on_road);
            best = Answer{
                "street", std::string{name}, known.value_or(Found{}), snapped.on_road, metres};
        }
    }
    return best;
}

Response reverse(Book const& book, Request const& request) {
    if (auto const problem = unknown_option(request, {"lat", "lon"})) return map_problem(*problem);
    auto const at = place_from(
        request.query_value("lat").value_or(""), request.query_value("lon").value_or("")
    );
    if (!at) return map_problem(bad_query("lat", "and lon must be a place"));
    std::vector<Answer> answers;
    if (auto const house = book.index.house_near(*at, house_reach)) {
        answers.push_back(answer_of(book, *house));
        answers.back().distance_m = geo::distance(*at, answers.back().at).count();
    } else if (auto street = street_at(book, *at)) {
        answers.push_back(std::move(*street));
    }
    return features_of(book, answers);
}

Body found_body() {
    return answers::features(
        "FoundFeature",
        R"({"type":"object","properties":{"type":{"const":"Point"},)"
        R"("coordinates":{"type":"array","items":{"type":"number"}}},)"
        R"("required":["type","coordinates"],"additionalProperties":false})",
        R"({"type":"object","properties":{"type":{"enum":["house","street","city","town",)"
        R"("village","suburb","hamlet","locality"]},"name":{"type":"string"},)"
        R"("street":{"type":"string"},"housenumber":{"type":"string"},)"
        R"("city":{"type":"string"},"label":{"type":"string"},"distance":{"type":"integer"}},)"
        R"("required":["type","name","label"],"additionalProperties":false})"
    );
}

}  // namespace

void add_search_routes(Router& router, Service& service) {
    std::shared_ptr<Book const> const book =
        service.roads ? std::make_shared<Book const>(service.roads) : nullptr;
    auto const add =
        [&](std::string path, RouteText text, Response (*answer)(Book const&, Request const&)) {
            text.query.push_back(key_option());
            router.add(
                {.path = std::move(path),
                 .door = road_door(service),
                 .text = std::move(text),
                 .response = found_body(),
                 .handler =
                     [book, answer](Call const& call, Responder responder) {
                         if (!book) return responder.send(no_roads());
                         if (!book->has_names())
                             return responder.send(map_problem(
                                 {.status = 404,
                                  .detail = "The roads were imported without names to search; "
                                            "import the map again."}
                             ));
                         responder.send(answer(*book, call.request));
                     }}
            );
        };
    std::string const text = R"({"type":"string"})";
    std::string const number = R"({"type":"number"})";
    add("/search/v1",
        {.summary = "Places, streets and house numbers of the map that match a text: GeoJSON "
                    "points, the best first.",
         .query =
             {{"q", text, "What is looked for: `Main Street 12, Springfield`."},
              {"limit", R"({"type":"integer"})", "At most so many, up to 50; usually 10."},
              {"lat", number, "With `lon`: what is near comes first."},
              {"lon", number, "See `lat`."},
              {"viewbox", text, "Only what is in it: `lon,lat,lon,lat` of two corners."}}},
        search);
    add("/reverse/v1",
        {.summary = "The nearest house within 100 m, else the nearest street within 1 km.",
         .query = {{"lat", number, "Degrees."}, {"lon", number, "Degrees."}}},
        reverse);
}

}  // namespace posthaste::api
