#include "api/osrm_answer.hpp"

#include <algorithm>

#include "base/fields.hpp"
#include "road/polyline.hpp"

namespace posthaste::api {

namespace {

using road::Description;
using road::Network;
using road::Position;
using road::Snapped;
using road::Step;

/// Thousandths as a number with one decimal.
void write_tenths(JsonText& out, std::int64_t thousandths) {
    auto const tenths = (thousandths + 50) / 100;
    auto text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
    out.raw(text);
}

void write_position(JsonText& out, Position place) {
    out.open('[');
    out.degrees(place.lon);
    out.degrees(place.lat);
    out.close(']');
}

void write_line(JsonText& out, LineForm form, std::span<Position const> line) {
    if (form != LineForm::geojson) {
        auto const precision =
            form == LineForm::polyline ? road::Precision::five : road::Precision::six;
        return out.string(road::encode(line, precision));
    }
    out.open('{');
    out.key("type");
    out.string("LineString");
    out.key("coordinates");
    out.open('[');
    for (auto const place : line)
        write_position(out, place);
    out.close(']');
    out.close('}');
}

/// Of a route, a leg or a step: we weigh by time.
void write_sums(JsonText& out, std::int64_t length_mm, std::int64_t time_ms) {
    out.key("distance");
    write_tenths(out, length_mm);
    out.key("duration");
    write_tenths(out, time_ms);
    out.key("weight");
    write_tenths(out, time_ms);
}

void write_waypoint(JsonText& out, Network const& network, Snapped const& waypoint) {
    out.open('{');
    out.key("name");
    out.string(network.name(waypoint.place.spots[0].edge));
    out.key("location");
    write_position(out, waypoint.on_road);
    out.key("distance");
    write_tenths(out, waypoint.distance_mm);
    out.close('}');
}

void write_waypoints(
    JsonText& out, std::string_view name, Network const& network, std::span<Snapped const> waypoints
) {
    out.key(name);
    out.open('[');
    for (auto const& waypoint : waypoints)
        write_waypoint(out, network, waypoint);
    out.close(']');
}

// --- steps ---

std::string_view mode_of(Network const& network, road::EdgeId edge, road::Profile profile) {
    auto const kind = static_cast<road::RoadClass>(network.edge_traits[edge].road_class);
    if (kind == road::RoadClass::ferry) return "ferry";
    if (profile == road::Profile::foot) return "walking";
    return profile == road::Profile::bicycle ? "cycling" : "driving";
}

void write_maneuver(JsonText& out, Step const& step, Position at) {
    bool const is_turn = step.kind != road::StepKind::depart && step.kind != road::StepKind::arrive;
    out.open('{');
    out.key("type");
    out.string(name_of(step.kind));
    if (is_turn) {
        out.key("modifier");
        out.string(name_of(step.modifier));
    }
    out.key("location");
    write_position(out, at);
    out.key("bearing_before");
    out.integer(step.bearing_before);
    out.key("bearing_after");
    out.integer(step.bearing_after);
    out.close('}');
}

/// The one crossing that we tell of: the road one comes by, and the one that is taken.
void write_crossing(JsonText& out, Step const& step, Position at) {
    struct Arm {
        int bearing;
        std::string_view role;
    };
    std::vector<Arm> arms;
    if (step.kind != road::StepKind::arrive) arms.push_back({step.bearing_after, "out"});
    if (step.kind != road::StepKind::depart)
        arms.push_back({(step.bearing_before + 180) % 360, "in"});
    std::ranges::stable_sort(arms, {}, &Arm::bearing);
    out.open('{');
    out.key("location");
    write_position(out, at);
    out.key("bearings");
    out.open('[');
    for (auto const& arm : arms)
        out.integer(arm.bearing);
    out.close(']');
    out.key("entry");
    out.open('[');
    for (auto const& arm : arms)
        out.boolean(arm.role == "out" || arms.size() == 1);
    out.close(']');
    for (std::size_t i = 0; i < arms.size(); ++i) {
        out.key(arms[i].role);
        out.integer(static_cast<std::int64_t>(i));
    }
    out.close('}');
}

void write_step(
    JsonText& out,
    Network const& network,
    OsrmQuestion const& question,
    Description const& leg,
    Step const& step
) {
    std::vector<Position> line{
        leg.line.begin() + static_cast<std::ptrdiff_t>(step.first),
        leg.line.begin() + static_cast<std::ptrdiff_t>(step.last + 1)};
    if (line.size() == 1) line.push_back(line.front());
    out.open('{');
    out.key("geometry");
    write_line(out, question.form, line);
    out.key("maneuver");
    write_maneuver(out, step, line.front());
    out.key("mode");
    out.string(mode_of(network, step.edge, question.profile));
    out.key("name");
    out.string(network.name(step.edge));
    out.key("intersections");
    out.open('[');
    write_crossing(out, step, line.front());
    out.close(']');
    write_sums(out, step.length_mm, step.time_ms);
    out.close('}');
}

// --- legs ---

/// The names of the two longest steps, in their order.
std::string summary_of(Network const& network, Description const& leg) {
    std::vector<Step> named;
    std::ranges::copy_if(leg.steps, std::back_inserter(named), [&](Step const& step) {
        return !network.name(step.edge).empty();
    });
    std::ranges::stable_sort(named, std::ranges::greater{}, &Step::length_mm);
    if (named.size() > 2) named.resize(2);
    std::ranges::stable_sort(named, {}, &Step::first);
    std::string summary;
    std::string_view before;
    for (auto const& step : named) {
        auto const name = network.name(step.edge);
        if (name == before) continue;
        summary += (summary.empty() ? "" : ", ") + std::string{name};
        before = name;
    }
    return summary;
}

void write_annotation(JsonText& out, OsrmQuestion const& question, Description const& leg) {
    auto const write = [&](bool is_wanted, std::string_view name, auto const& of) {
        if (!is_wanted) return;
        out.key(name);
        out.open('[');
        for (auto const& piece : leg.pieces)
            write_tenths(out, of(piece));
        out.close(']');
    };
    auto const time = [](road::Piece const& piece) { return piece.time_ms; };
    out.key("annotation");
    out.open('{');
    write(question.with_distance, "distance", [](auto const& piece) { return piece.length_mm; });
    write(question.with_duration, "duration", time);
    write(question.with_weight, "weight", time);
    write(question.with_speed, "speed", [](auto const& piece) {
        return piece.length_mm * 1000 / std::max<std::int64_t>(1, piece.time_ms);
    });
    out.close('}');
}

void write_leg(
    JsonText& out, Network const& network, OsrmQuestion const& question, Description const& leg
) {
    out.open('{');
    out.key("steps");
    out.open('[');
    for (std::size_t i = 0; question.with_steps && i < leg.steps.size(); ++i)
        write_step(out, network, question, leg, leg.steps[i]);
    out.close(']');
    out.key("summary");
    out.string(question.with_steps ? summary_of(network, leg) : "");
    write_sums(out, leg.length_mm, leg.time_ms);
    bool const is_annotated = question.with_distance || question.with_duration ||
                              question.with_weight || question.with_speed;
    if (is_annotated) write_annotation(out, question, leg);
    out.close('}');
}

std::vector<Position> joined(std::span<Description const> legs) {
    std::vector<Position> line;
    for (auto const& leg : legs) {
        auto const first = !line.empty() && line.back() == leg.line.front() ? 1 : 0;
        line.insert(line.end(), leg.line.begin() + first, leg.line.end());
    }
    return line;
}

// --- tables ---

void write_rows(
    JsonText& out,
    std::string_view name,
    std::size_t columns,
    std::vector<std::int64_t> const& cells
) {
    out.key(name);
    out.open('[');
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i % columns == 0) out.open('[');
        if (cells[i] < 0) {
            out.raw("null");
        } else {
            write_tenths(out, cells[i]);
        }
        if (i % columns == columns - 1) out.close(']');
    }
    out.close(']');
}

std::vector<Snapped> chosen(
    std::span<Snapped const> waypoints, std::vector<std::size_t> const& indices
) {
    std::vector<Snapped> some;
    some.reserve(indices.size());
    for (auto const index : indices)
        some.push_back(waypoints[index]);
    return some;
}

JsonText begin_answer() {
    JsonText out;
    out.open('{');
    out.key("code");
    out.string("Ok");
    return out;
}

}  // namespace

std::string osrm_refusal(OsrmRefusal const& refusal) {
    JsonText out;
    out.open('{');
    out.key("code");
    out.string(refusal.code);
    out.key("message");
    out.string(refusal.message);
    out.close('}');
    return std::move(out).text();
}

std::string osrm_route(
    Network const& network,
    OsrmQuestion const& question,
    std::span<Snapped const> waypoints,
    std::span<Description const> legs
) {
    auto out = begin_answer();
    out.key("routes");
    out.open('[');
    out.open('{');
    if (question.overview != Overview::none) {
        auto const line = joined(legs);
        bool const is_full = question.overview == Overview::full;
        out.key("geometry");
        write_line(out, question.form, is_full ? line : road::simplify(line));
    }
    out.key("legs");
    out.open('[');
    std::int64_t length_mm = 0;
    std::int64_t time_ms = 0;
    for (auto const& leg : legs) {
        write_leg(out, network, question, leg);
        length_mm += leg.length_mm;
        time_ms += leg.time_ms;
    }
    out.close(']');
    out.key("weight_name");
    out.string("duration");
    write_sums(out, length_mm, time_ms);
    out.close('}');
    out.close(']');
    if (question.with_waypoints) write_waypoints(out, "waypoints", network, waypoints);
    out.close('}');
    return std::move(out).text();
}

std::string osrm_table(
    Network const& network,
    OsrmQuestion const& question,
    std::span<Snapped const> waypoints,
    OsrmTable const& table
) {
    auto out = begin_answer();
    auto const columns = question.destinations.size();
    if (question.with_duration) write_rows(out, "durations", columns, table.durations_ms);
    if (question.with_distance) write_rows(out, "distances", columns, table.distances_mm);
    if (question.with_waypoints) {
        write_waypoints(out, "sources", network, chosen(waypoints, question.sources));
        write_waypoints(out, "destinations", network, chosen(waypoints, question.destinations));
    }
    out.close('}');
    return std::move(out).text();
}

std::string osrm_nearest(Network const& network, std::span<Snapped const> waypoints) {
    auto out = begin_answer();
    write_waypoints(out, "waypoints", network, waypoints);
    out.close('}');
    return std::move(out).text();
}

// --- schemas ---

namespace {

constexpr std::string_view waypoint_schema =
    R"({"type":"object","properties":{"name":{"type":"string"},"location":{"type":"array",)"
    R"("items":{"type":"number"},"minItems":2,"maxItems":2},"distance":{"type":"number"}},)"
    R"("required":["name","location","distance"],"additionalProperties":false})";

constexpr std::string_view line_schema =
    R"({"oneOf":[{"type":"string"},{"type":"object","properties":{"type":{"const":"LineString"},)"
    R"("coordinates":{"type":"array","items":{"type":"array","items":{"type":"number"}}}},)"
    R"("required":["type","coordinates"],"additionalProperties":false}]})";

constexpr std::string_view step_schema =
    R"({"type":"object","properties":{"geometry":{"$ref":"#/components/schemas/OsrmLine"},)"
    R"("maneuver":{"type":"object","properties":{"type":{"enum":["depart","turn","new name",)"
    R"("continue","arrive"]},"modifier":{"type":"string"},"location":{"type":"array",)"
    R"("items":{"type":"number"}},"bearing_before":{"type":"integer"},)"
    R"("bearing_after":{"type":"integer"}},"required":["type","location","bearing_before",)"
    R"("bearing_after"],"additionalProperties":false},"mode":{"type":"string"},)"
    R"("name":{"type":"string"},"intersections":{"type":"array","items":{"type":"object"}},)"
    R"("distance":{"type":"number"},"duration":{"type":"number"},"weight":{"type":"number"}},)"
    R"("required":["geometry","maneuver","mode","name","intersections","distance","duration",)"
    R"("weight"],"additionalProperties":false})";

constexpr std::string_view leg_schema =
    R"({"type":"object","properties":{"steps":{"type":"array",)"
    R"("items":{"$ref":"#/components/schemas/OsrmStep"}},"summary":{"type":"string"},)"
    R"("distance":{"type":"number"},"duration":{"type":"number"},"weight":{"type":"number"},)"
    R"("annotation":{"type":"object","additionalProperties":{"type":"array",)"
    R"("items":{"type":"number"}}}},)"
    R"("required":["steps","summary","distance","duration","weight"],)"
    R"("additionalProperties":false})";

constexpr std::string_view route_schema =
    R"({"type":"object","properties":{"geometry":{"$ref":"#/components/schemas/OsrmLine"},)"
    R"("legs":{"type":"array","items":{"$ref":"#/components/schemas/OsrmLeg"}},)"
    R"("weight_name":{"const":"duration"},"distance":{"type":"number"},)"
    R"("duration":{"type":"number"},"weight":{"type":"number"}},)"
    R"("required":["legs","weight_name","distance","duration","weight"],)"
    R"("additionalProperties":false})";

constexpr std::string_view rows = R"({"type":"array","items":{"type":"array",)"
                                  R"("items":{"oneOf":[{"type":"number"},{"type":"null"}]}}})";

std::string waypoints(Components& components) {
    components.emplace("OsrmWaypoint", waypoint_schema);
    return R"({"type":"array","items":{"$ref":"#/components/schemas/OsrmWaypoint"}})";
}

std::string answer(std::string const& properties, std::string_view required) {
    return R"({"type":"object","properties":{"code":{"const":"Ok"},)" + properties +
           R"(},"required":["code")" + std::string{required} + R"(],"additionalProperties":false})";
}

}  // namespace

Body answers::osrm_refusal() {
    return {.schema = [](Components& components) {
        components.emplace(
            "OsrmRefusal",
            R"({"type":"object","properties":{"code":{"type":"string"},)"
            R"("message":{"type":"string"}},"required":["code","message"],)"
            R"("additionalProperties":false})"
        );
        return std::string{R"({"$ref":"#/components/schemas/OsrmRefusal"})"};
    }};
}

Body answers::osrm_route() {
    return {.schema = [](Components& components) {
        components.emplace("OsrmLine", line_schema);
        components.emplace("OsrmStep", step_schema);
        components.emplace("OsrmLeg", leg_schema);
        components.emplace("OsrmRoute", route_schema);
        return answer(
            R"("routes":{"type":"array","items":{"$ref":"#/components/schemas/OsrmRoute"}},)"
            R"("waypoints":)" +
                waypoints(components),
            R"(,"routes")"
        );
    }};
}

Body answers::osrm_table() {
    return {.schema = [](Components& components) {
        std::string const cells{rows};
        auto const places = waypoints(components);
        return answer(
            R"("durations":)" + cells + R"(,"distances":)" + cells + R"(,"sources":)" + places +
                R"(,"destinations":)" + places,
            ""
        );
    }};
}

Body answers::osrm_nearest() {
    return {.schema = [](Components& components) {
        return answer(R"("waypoints":)" + waypoints(components), R"(,"waypoints")");
    }};
}

}  // namespace posthaste::api
