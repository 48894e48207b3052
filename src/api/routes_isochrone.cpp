// What can be reached from a place within some minutes, asked as Mapbox and Valhalla are.
#include <algorithm>

#include "api/map_answer.hpp"
#include "api/osrm_question.hpp"
#include "api/routes_parts.hpp"
#include "road/isochrone.hpp"

namespace posthaste::api {
namespace {

constexpr std::size_t contours_max = 4;
constexpr std::int64_t minutes_max = 120;

struct Question {
    road::Profile profile{};
    model::Position at;
    road::Heading heading = road::Heading::away;
    std::vector<std::int64_t> minutes;  ///< ascending
    bool with_polygons = false;
};

std::optional<Problem> read_minutes(std::string_view text, Question& question) {
    Problem const wrong = bad_query(
        "contours_minutes",
        "must be up to " + std::to_string(contours_max) + " ascending whole numbers from 1 to " +
            std::to_string(minutes_max) + ", with commas between"
    );
    for (auto const part : split(text, ',')) {
        auto const minutes = number_from<std::int64_t>(part);
        if (!minutes || *minutes < 1 || *minutes > minutes_max) return wrong;
        if (question.minutes.size() == contours_max) return wrong;
        if (!question.minutes.empty() && question.minutes.back() >= *minutes) return wrong;
        question.minutes.push_back(*minutes);
    }
    return std::nullopt;
}

std::variant<Question, Problem> read_isochrone(Request const& request) {
    Question question;
    auto const profile = profile_of(request.parameter("profile"));
    if (!profile) return Problem{.status = 400, .detail = "There is no such profile."};
    question.profile = *profile;
    auto const place = split(request.parameter("coordinates"), ',');
    auto const at = place.size() == 2 ? place_from(place[1], place[0]) : std::nullopt;
    if (!at) return Problem{.status = 400, .detail = "One place is asked for, as lon,lat."};
    question.at = *at;
    if (auto const problem = unknown_option(request, {"contours_minutes", "polygons", "direction"}))
        return *problem;
    auto const minutes = request.query_value("contours_minutes").value_or("");
    if (auto const problem = read_minutes(minutes, question)) return *problem;
    auto const polygons = request.query_value("polygons").value_or("false");
    if (polygons != "true" && polygons != "false")
        return bad_query("polygons", "must be true or false");
    question.with_polygons = polygons == "true";
    auto const direction = request.query_value("direction").value_or("from");
    if (direction != "from" && direction != "to")
        return bad_query("direction", "must be from or to");
    if (direction == "to") question.heading = road::Heading::towards;
    return question;
}

void write_ring(views::JsonText& out, road::Ring const& ring) {
    out.open('[');
    for (auto const place : ring)
        write_place(out, place);
    out.close(']');
}

void write_geometry(views::JsonText& out, road::Contour const& contour, bool with_polygons) {
    out.open('{');
    out.key("type");
    out.string(with_polygons ? "MultiPolygon" : "MultiLineString");
    out.key("coordinates");
    out.open('[');
    for (auto const& polygon : contour.polygons) {
        if (with_polygons) out.open('[');
        write_ring(out, polygon.outer);
        for (auto const& hole : polygon.holes)
            write_ring(out, hole);
        if (with_polygons) out.close(']');
    }
    out.close(']');
    out.close('}');
}

Response answer_of(
    road::Reachable const& reachable, road::Conditions const& now, Question const& question
) {
    auto const& roads = now.roads();
    auto const place =
        roads.index().snap(question.at, question.profile, {.reach = road::reach_max});
    if (!place) return map_problem({.status = 400, .detail = "There is no road near this place."});
    std::vector<Millis> limits;
    limits.reserve(question.minutes.size());
    for (auto const minutes : question.minutes)
        limits.emplace_back(minutes * 60'000);
    auto const reached = reachable.reach(
        now.metric(question.profile), place->place, question.heading, limits.back()
    );
    if (!reached.ok()) return map_problem(problem_of(reached.error()));
    auto const all = contours(roads.network(), reached.value(), limits);
    return feature_collection([&](views::JsonText& out) {
        // The largest first: who draws them one over the other sees all.
        for (auto i = all.size(); i-- > 0;) {
            out.open('{');
            out.key("type");
            out.string("Feature");
            out.key("properties");
            out.open('{');
            out.key("contour");
            out.integer(question.minutes[i]);
            out.key("metric");
            out.string("time");
            out.close('}');
            out.key("geometry");
            write_geometry(out, all[i], question.with_polygons);
            out.close('}');
        }
    });
}

Body isochrone_body() {
    return answers::features(
        "IsochroneFeature",
        R"({"type":"object","properties":{"type":{"enum":["MultiPolygon","MultiLineString"]},)"
        R"("coordinates":{"type":"array","items":{"type":"array","items":{}}}},)"
        R"("required":["type","coordinates"],"additionalProperties":false})",
        R"({"type":"object","properties":{"contour":{"type":"integer"},)"
        R"("metric":{"const":"time"}},"required":["contour","metric"],)"
        R"("additionalProperties":false})"
    );
}

}  // namespace

void add_isochrone_routes(Router& router, Service& service) {
    std::shared_ptr<road::Reachable const> const reachable =
        service.roads ? std::make_shared<road::Reachable const>(service.roads->network()) : nullptr;
    std::string const text = R"({"type":"string"})";
    router.add(
        {.path = "/isochrone/v1/{profile}/{coordinates}",
         .door = road_door(service),
         .text =
             {.summary = "What is reached from `lon,lat` within some minutes: GeoJSON, the "
                         "longest first.",
              .query =
                  {{"contours_minutes", text, "Up to 4, ascending, up to 120: `5,10,15`."},
                   {"polygons", text, "`true`: areas; `false`, if left out: their borders."},
                   {"direction", text, "`from` the place, or `to` it."},
                   key_option()}},
         .response = isochrone_body(),
         .handler =
             [&service, reachable](Call const& call, Responder responder) {
                 auto const read = read_isochrone(call.request);
                 if (auto const* const problem = std::get_if<Problem>(&read))
                     return responder.send(map_problem(*problem));
                 if (!service.roads) return responder.send(no_roads());
                 auto const question = std::get<Question>(read);
                 if (!service.roads->is_for(question.profile))
                     return responder.send(map_problem(
                         {.status = 400, .detail = "The roads were not imported for this profile."}
                     ));
                 auto const held = hold(std::move(responder));
                 bool const is_taken =
                     service.routing->run([reachable, now = service.conditions(), question, held] {
                         held->send(answer_of(*reachable, *now, question));
                     });
                 if (!is_taken)
                     held->send(map_problem({.status = 503, .retry_after = Millis{1000}}));
             }}
    );
}

}  // namespace posthaste::api
