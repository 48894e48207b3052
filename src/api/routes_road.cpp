// The imported roads, asked as OSRM is: routes, tables, the nearest road.
#include <algorithm>
#include <mutex>

#include "api/osrm_answer.hpp"
#include "api/routes_parts.hpp"
#include "geo/distance.hpp"
#include "road/polyline.hpp"
#include "road/roads.hpp"

namespace posthaste::api {
namespace {

using road::Roads;
using road::Snapped;

constexpr std::size_t quick_points_max = 25;
constexpr std::size_t quick_cells_max = 625;     ///< of a table of times
constexpr std::size_t quick_distances_max = 25;  ///< each of them a route
constexpr std::size_t candidates_max = 16;  ///< roads around, of which the first that fits is taken

/// The roads as they are now, and scratch for as many queries as are asked at once, kept for the
/// next.
class Desk {
public:
    /// Both may be nothing.
    Desk(std::shared_ptr<Roads const> roads, CurrentConditions conditions)
        : roads_{std::move(roads)}, conditions_{std::move(conditions)} {}

    bool has_roads() const { return roads_ != nullptr; }
    Roads const& roads() const { return *roads_; }
    std::shared_ptr<road::Metric const> metric(road::Profile profile) const {
        auto conditions = conditions_();
        return {conditions, &conditions->metric(profile)};
    }

    auto with_query(auto const& ask) {
        auto query = take();
        auto answer = ask(*query);
        std::lock_guard const lock{mutex_};
        idle_.push_back(std::move(query));
        return answer;
    }

private:
    std::unique_ptr<road::Query> take() {
        {
            std::lock_guard const lock{mutex_};
            if (!idle_.empty()) {
                auto query = std::move(idle_.back());
                idle_.pop_back();
                return query;
            }
        }
        return std::make_unique<road::Query>(roads_->network(), roads_->lower());
    }

    std::shared_ptr<Roads const> roads_;
    CurrentConditions conditions_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<road::Query>> idle_;
};

using Answer = std::variant<std::string, OsrmRefusal>;

// --- where on the roads ---

/// Snapped::turned of a road that leads so many degrees off.
std::int64_t turned_by(int degrees) {
    constexpr std::int64_t degree = geo::quarter_turn / 90;
    auto const cosine = degrees <= 90 ? geo::cosine(degrees * degree)
                                      : -geo::cosine(geo::quarter_turn * 2 - degrees * degree);
    return 1000 - ((cosine * 1000) >> 30);
}

std::vector<Snapped> snapped(
    Roads const& roads, road::Profile profile, OsrmPoint const& point, std::size_t number
) {
    auto const wanted = point.range < 180 ? std::max(number, candidates_max) : number;
    auto found = roads.index().nearest(point.at, profile, wanted, point.wish);
    if (point.range < 180)
        std::erase_if(found, [&](Snapped const& one) {
            return one.turned > turned_by(point.range);
        });
    if (found.size() > number) found.resize(number);
    return found;
}

std::variant<std::vector<Snapped>, OsrmRefusal> all_snapped(
    Roads const& roads, OsrmQuestion const& question
) {
    std::vector<Snapped> all;
    for (auto const& point : question.points) {
        auto const found = snapped(roads, question.profile, point, 1);
        if (found.empty())
            return OsrmRefusal{
                "NoSegment",
                "Could not find a matching segment for coordinate " + std::to_string(all.size()) +
                    "."};
        all.push_back(found.front());
    }
    return all;
}

// --- the three services ---

Answer nearest_of(Desk& desk, OsrmQuestion const& question) {
    auto const& roads = desk.roads();
    auto const found = snapped(roads, question.profile, question.points.front(), question.number);
    if (found.empty())
        return OsrmRefusal{"NoSegment", "Could not find a matching segment for any coordinate."};
    return osrm_nearest(roads.network(), found);
}

Answer route_of(Desk& desk, OsrmQuestion const& question) {
    auto const& roads = desk.roads();
    auto const places = all_snapped(roads, question);
    if (auto const* const refusal = std::get_if<OsrmRefusal>(&places)) return *refusal;
    auto const& waypoints = std::get<0>(places);
    auto const held = desk.metric(question.profile);
    auto const& metric = *held;
    return desk.with_query([&](road::Query& query) -> Answer {
        std::vector<road::Description> legs;
        for (std::size_t i = 1; i < waypoints.size(); ++i) {
            auto const route = query.route(metric, waypoints[i - 1].place, waypoints[i].place);
            if (!route) return OsrmRefusal{"NoRoute", "Impossible route between points."};
            legs.push_back(describe(roads.network(), metric, *route));
        }
        return osrm_route(roads.network(), question, waypoints, legs);
    });
}

std::vector<road::Place> places_of(
    std::vector<Snapped> const& waypoints, std::vector<std::size_t> const& indices
) {
    std::vector<road::Place> places;
    places.reserve(indices.size());
    for (auto const index : indices)
        places.push_back(waypoints[index].place);
    return places;
}

std::vector<std::int64_t> distances(
    Roads const& roads,
    road::Metric const& metric,
    road::Query& query,
    std::span<road::Place const> sources,
    std::span<road::Place const> targets
) {
    std::vector<std::int64_t> all;
    for (auto const& source : sources) {
        for (auto const& target : targets) {
            auto const route = query.route(metric, source, target);
            all.push_back(route ? describe(roads.network(), metric, *route).length_mm : -1);
        }
    }
    return all;
}

Answer table_of(Desk& desk, OsrmQuestion const& question) {
    auto const& roads = desk.roads();
    auto const places = all_snapped(roads, question);
    if (auto const* const refusal = std::get_if<OsrmRefusal>(&places)) return *refusal;
    auto const& waypoints = std::get<0>(places);
    auto const held = desk.metric(question.profile);
    auto const& metric = *held;
    auto const sources = places_of(waypoints, question.sources);
    auto const targets = places_of(waypoints, question.destinations);
    return desk.with_query([&](road::Query& query) -> Answer {
        OsrmTable table;
        if (question.with_duration) {
            for (auto const time : query.matrix(metric, sources, targets))
                table.durations_ms.push_back(time < road::never ? time : -1);
        }
        if (question.with_distance)
            table.distances_mm = distances(roads, metric, query, sources, targets);
        return osrm_table(roads.network(), question, waypoints, table);
    });
}

// --- the routes ---

/// From any page: what is answered here is nobody's secret but who may ask (the key) is.
Response to_response(Answer const& answer) {
    auto const* const refusal = std::get_if<OsrmRefusal>(&answer);
    auto response = refusal == nullptr ? json_response(std::get<std::string>(answer))
                                       : json_response(osrm_refusal(*refusal), 400);
    if (refusal != nullptr) response.refusal = refusal->code;
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    return response;
}

// What is answered at once, where others wait meanwhile. Places may be named many times over.
bool is_quick(OsrmQuestion const& question) {
    auto const cells = question.sources.size() * question.destinations.size();
    return question.points.size() <= quick_points_max && cells <= quick_cells_max &&
           (!question.with_distance || cells <= quick_distances_max);
}

using Answering = Answer (*)(Desk&, OsrmQuestion const&);

void answer_question(
    Service& service,
    std::shared_ptr<Desk> const& desk,
    Answering answering,
    std::variant<OsrmQuestion, OsrmRefusal> asked,
    Responder responder
) {
    if (auto const* const refusal = std::get_if<OsrmRefusal>(&asked))
        return responder.send(to_response(*refusal));
    auto const& question = std::get<OsrmQuestion>(asked);
    if (!desk->has_roads())
        return responder.send(to_response(OsrmRefusal{
            "NotImplemented", "This server was given no roads."}));
    if (!desk->roads().is_for(question.profile))
        return responder.send(to_response(OsrmRefusal{
            "NotImplemented", "The roads were not imported for this profile."}));
    if (is_quick(question)) return responder.send(to_response(answering(*desk, question)));
    auto const held = hold(std::move(responder));
    bool const is_taken = service.routing->run([desk, answering, question, held] {
        held->send(to_response(answering(*desk, question)));
    });
    if (!is_taken)
        held->send(posthaste::api::to_response(Problem{
            .status = 503, .detail = "Too much waits here already.", .retry_after = Millis{1000}}));
}

std::vector<QueryParameter> with_general(std::vector<QueryParameter> own) {
    std::string const text = R"({"type":"string"})";
    own.push_back({"bearings", text, "`bearing,range` for each coordinate, or nothing; by `;`."});
    own.push_back({"radiuses", text, "Metres for each coordinate, or `unlimited`; at most 20 km."});
    own.push_back({"approaches", text, "`curb` (on the right) or `unrestricted` for each."});
    own.push_back({"skip_waypoints", text, "`true`: the waypoints are left out."});
    own.push_back({"key", text, "The key, for who can set no header."});
    return own;
}

std::vector<QueryParameter> route_options() {
    std::string const text = R"({"type":"string"})";
    return with_general(
        {{"overview", text, "`simplified`, `full` or `false`."},
         {"geometries", text, "`polyline`, `polyline6` or `geojson`."},
         {"steps", text, "`true`: what to do where."},
         {"annotations", text, "`true`, or of `duration,distance,speed,weight`."},
         {"alternatives", text, "Accepted; there is one route."},
         {"continue_straight", text, "Accepted and passed over."}}
    );
}

std::vector<QueryParameter> table_options() {
    std::string const text = R"({"type":"string"})";
    return with_general(
        {{"sources", text, "Indices of coordinates by `;`, or `all`."},
         {"destinations", text, "The same of where to."},
         {"annotations", text, "`duration`, `distance` or both; distances for 10,000 pairs."}}
    );
}

}  // namespace

Door road_door(Service const& service) {
    if (service.open_roads) return {};
    return {
        .permission = Permission::read_roads,
        .whose = [](Call const& call) -> std::optional<Resource> {
            return Resource{.tenant = call.principal.tenant};
        },
        .key_in_query = true};
}

void add_road_routes(Router& router, Service& service) {
    auto const desk = std::make_shared<Desk>(service.roads, service.conditions);
    auto const add = [&](OsrmService kind, Answering answering, RouteText text, Body response) {
        router.add(
            {.path = "/" + std::string{name_of(kind)} + "/v1/{profile}/{coordinates}",
             .door = road_door(service),
             .text = std::move(text),
             .response = std::move(response),
             .refusal = answers::osrm_refusal(),
             .handler =
                 [&service, desk, answering, kind](Call const& call, Responder responder) {
                     answer_question(
                         service,
                         desk,
                         answering,
                         read_question(kind, call.request),
                         std::move(responder)
                     );
                 }}
        );
    };
    add(OsrmService::route,
        route_of,
        {.summary = "The quickest way through the places `lon,lat;lon,lat`, as OSRM answers.",
         .query = route_options()},
        answers::osrm_route());
    add(OsrmService::table,
        table_of,
        {.summary = "Travel times between the places, as OSRM answers; null where no way is.",
         .query = table_options()},
        answers::osrm_table());
    add(OsrmService::nearest,
        nearest_of,
        {.summary = "The nearest roads, as OSRM answers.",
         .query = with_general({{"number", R"({"type":"integer"})", "Up to 100."}})},
        answers::osrm_nearest());
    add_isochrone_routes(router, service);
    add_tile_routes(router, service);
    add_search_routes(router, service);
}

}  // namespace posthaste::api
