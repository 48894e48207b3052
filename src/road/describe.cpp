#include "road/describe.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

/// In quarter_turn's units.
constexpr std::int64_t degree = geo::quarter_turn / 90;

class Describer {
public:
    Describer(Network const& network, Metric const& metric, Route const& route)
        : network_{network}, metric_{metric}, route_{route} {}

    Description run() {
        auto const& edges = route_.edges;
        begin_step({.kind = StepKind::depart, .edge = edges.front()});
        auto clock = -std::int64_t{part_time(metric_, route_.source)};
        for (std::size_t i = 0; i < edges.size(); ++i) {
            auto const from = i == 0 ? route_.source.part : 0;
            auto const to = i + 1 == edges.size() ? route_.target.part : whole_edge;
            go_along(edges[i], from, to);
            if (i + 1 == edges.size()) break;
            clock += turn_time(edges[i], edges[i + 1]);
            said_.time_ms = clock;
            if (auto const step = step_between(edges[i], edges[i + 1])) begin_step(*step);
        }
        said_.time_ms = clock + part_time(metric_, route_.target);
        if (said_.line.size() < 2) add_point({edges.back(), 0, 0}, said_.line.front());
        end();
        return std::move(said_);
    }

private:
    // Without the penalty for entering an area, which nobody drives.
    std::int32_t drive_time(EdgeId from, std::uint32_t turn) const {
        auto const time = metric_.turn_time(network_, from, turn);
        return time < never ? time - metric_.penalty(network_, from, turn) : never;
    }

    // Of the turn that the route takes: a copy of an edge costs what the edge does.
    std::int32_t turn_time(EdgeId from, EdgeId to) const {
        auto least = never;
        for (auto turn = network_.turn_first[from]; turn < network_.turn_first[from + 1]; ++turn)
            if (network_.edge_of(network_.turn_to[turn]) == to)
                least = std::min(least, drive_time(from, turn));
        ASSERT(least < never);
        return least;
    }

    bool has_other_way(EdgeId from, EdgeId to) const {
        for (auto turn = network_.turn_first[from]; turn < network_.turn_first[from + 1]; ++turn) {
            auto const other = network_.edge_of(network_.turn_to[turn]);
            if (other == to || other == network_.edge_twin[from]) continue;
            if (metric_.turn_time(network_, from, turn) < never) return true;
        }
        return false;
    }

    // Nothing: one just goes on.
    std::optional<Step> step_between(EdgeId from, EdgeId to) const {
        auto const before = network_.shape_along(from);
        auto const after = network_.shape_along(to);
        Step step{.kind = StepKind::turn, .edge = to};
        step.bearing_before = bearing(before[before.size() - 2], before.back());
        step.bearing_after = bearing(after[0], after[1]);
        auto const turned = (step.bearing_after - step.bearing_before + 540) % 360 - 180;
        step.modifier = modifier_of(turned);
        bool const same_name = network_.name(from) == network_.name(to);
        if (to == network_.edge_twin[from]) {
            step.kind = StepKind::go_on;
            step.modifier = Modifier::uturn;
            return step;
        }
        if (step.modifier == Modifier::straight || !has_other_way(from, to)) {
            step.kind = StepKind::new_name;
            return same_name ? std::nullopt : std::optional{step};
        }
        if (!same_name) return step;
        bool const is_slight =
            step.modifier == Modifier::slight_left || step.modifier == Modifier::slight_right;
        if (is_slight) return std::nullopt;
        if (!network_.name(to).empty()) step.kind = StepKind::go_on;
        return step;
    }

    void begin_step(Step step) {
        step.first = said_.line.empty() ? 0 : said_.line.size() - 1;
        step.length_mm = said_.length_mm;
        step.time_ms = said_.time_ms;
        said_.steps.push_back(step);
    }

    void add_point(Piece const& piece, Position at) {
        said_.line.push_back(at);
        said_.pieces.push_back(piece);
        said_.length_mm += piece.length_mm;
    }

    void go_along(EdgeId edge, std::uint32_t part_from, std::uint32_t part_to) {
        auto const shape = network_.shape_along(edge);
        std::vector<std::int64_t> behind{0};
        for (std::size_t i = 1; i < shape.size(); ++i)
            behind.push_back(behind.back() + geo::distance_mm(shape[i - 1], shape[i]));
        auto const whole = behind.back();
        auto const from = (whole * part_from) >> 16;
        auto const to = (whole * part_to) >> 16;
        auto const time_at = [&](std::int64_t mm) { return metric_.edges[edge] * mm / whole; };
        auto const point = [&](std::size_t leg, std::int64_t mm) {
            auto const length = behind[leg + 1] - behind[leg];
            auto const between = [&](std::int64_t a, std::int64_t b) {
                return static_cast<std::int32_t>(
                    length == 0 ? a : a + (b - a) * (mm - behind[leg]) / length
                );
            };
            auto const& a = shape[leg];
            auto const& b = shape[leg + 1];
            return Position{between(a.lat, b.lat), between(a.lon, b.lon)};
        };
        for (std::size_t leg = 0; leg + 1 < shape.size(); ++leg) {
            auto const first = std::max(from, behind[leg]);
            auto const last = std::min(to, behind[leg + 1]);
            bool const is_last = leg + 2 == shape.size();
            if (said_.line.empty() && (from < behind[leg + 1] || is_last))
                said_.line.push_back(point(leg, from));
            if (first >= last) continue;
            add_point({edge, last - first, time_at(last) - time_at(first)}, point(leg, last));
        }
    }

    // Steps know where they begin; now also where they end.
    void end() {
        auto const& line = said_.line;
        auto& steps = said_.steps;
        steps.front().bearing_after = bearing(line[0], line[1]);
        begin_step({.kind = StepKind::arrive, .edge = route_.edges.back()});
        steps.back().bearing_before = bearing(line[line.size() - 2], line.back());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            auto& step = steps[i];
            bool const is_last = i + 1 == steps.size();
            step.last = is_last ? line.size() - 1 : steps[i + 1].first;
            step.length_mm = is_last ? 0 : steps[i + 1].length_mm - step.length_mm;
            step.time_ms = is_last ? 0 : steps[i + 1].time_ms - step.time_ms;
        }
    }

    Network const& network_;
    Metric const& metric_;
    Route const& route_;
    Description said_;  ///< while it is made, of steps: what lies behind where they begin
};

}  // namespace

int bearing(Position source, Position target) {
    auto const lat = (std::int64_t{source.lat} + target.lat) / 2;
    auto const cosine = geo::cosine(std::min(2 * std::abs(lat), geo::quarter_turn));
    auto const east = (geo::lon_difference(source.lon, target.lon) * cosine) >> 30U;
    auto const north = std::int64_t{target.lat} - source.lat;
    // The whole degrees from north or south, whichever is nearer; half a degree rounds up.
    auto const is_at_least = [&](int degrees) {
        auto const angle = degrees * degree - degree / 2;
        return std::abs(east) * geo::cosine(angle) >=
               std::abs(north) * geo::cosine(geo::quarter_turn - angle);
    };
    if (east == 0 && north == 0) return 0;
    int degrees = 0;
    for (int step = 64; step > 0; step /= 2)
        if (degrees + step <= 90 && is_at_least(degrees + step)) degrees += step;
    if (north < 0) degrees = 180 - degrees;
    return east < 0 ? (360 - degrees) % 360 : degrees;
}

Modifier modifier_of(int degrees) {
    auto const turned = std::abs(degrees);
    bool const is_left = degrees < 0;
    if (turned <= 20) return Modifier::straight;
    if (turned < 40) return is_left ? Modifier::slight_left : Modifier::slight_right;
    if (turned <= 120) return is_left ? Modifier::left : Modifier::right;
    if (turned < 180) return is_left ? Modifier::sharp_left : Modifier::sharp_right;
    return Modifier::uturn;
}

Description describe(Network const& network, Metric const& metric, Route const& route) {
    return Describer{network, metric, route}.run();
}

}  // namespace posthaste::road
