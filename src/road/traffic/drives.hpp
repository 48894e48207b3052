// For tests: drives along known edges, and the fixes that somebody would send of them.
#pragma once

#include <cmath>
#include <vector>

#include "base/prng.hpp"
#include "geo/distance.hpp"
#include "model/fix.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"

namespace posthaste::road::testing {

/// Roughly from the normal distribution, with a deviation of 1000: the same on every machine.
inline std::int64_t draw_normal(Prng& prng) {
    std::int64_t sum = 0;
    for (int i = 0; i < 12; ++i)
        sum += prng.between(-500, 500);
    return sum;
}

struct DrivenEdge {
    EdgeId edge = none;
    std::int64_t entered_ms = 0;
    std::int64_t left_ms = 0;  ///< then it turns
};

/// Along whole edges, each at `pace` per mille of the metric's time, turns as they cost.
class KnownDrive {
public:
    KnownDrive(
        Network const& network,
        Metric const& metric,
        std::vector<EdgeId> const& edges,
        std::int64_t pace = 1000
    )
        : network_{network} {
        std::int64_t at = 0;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            auto const took = metric.edges[edges[i]] * pace / 1000;
            driven_.push_back({edges[i], at, at + took});
            at += took;
            if (i + 1 < edges.size()) at += turn_ms(metric, edges[i], edges[i + 1]);
        }
    }

    std::vector<DrivenEdge> const& driven() const { return driven_; }
    std::int64_t time_ms() const { return driven_.back().left_ms; }

    Position at(std::int64_t ms) const {
        for (auto const& driven : driven_) {
            if (ms > driven.left_ms) continue;
            auto const since = std::max<std::int64_t>(0, ms - driven.entered_ms);
            return along(driven.edge, since, driven.left_ms - driven.entered_ms);
        }
        return along(driven_.back().edge, 1, 1);
    }

    std::vector<model::Fix> fixes(
        Prng& prng, std::int64_t every_ms, std::int64_t noise_m, model::AgentId agent, Instant begin
    ) const {
        std::vector<model::Fix> fixes;
        for (std::int64_t ms = 0;; ms += every_ms) {
            auto const place = at(std::min(ms, time_ms()));
            auto const north = draw_normal(prng) * noise_m * 10 / 111;  // 1e-7 degrees
            auto const east = draw_normal(prng) * noise_m * 10 / 111 * (std::int64_t{1} << 30U) /
                              geo::cosine(2 * std::abs(std::int64_t{place.lat}));
            model::Fix fix;
            fix.agent = agent;
            fix.place = {
                static_cast<std::int32_t>(place.lat + north),
                static_cast<std::int32_t>(place.lon + east)};
            fix.time = begin + Millis{std::min(ms, time_ms())};
            fix.accuracy_m = static_cast<std::int32_t>(noise_m);
            fixes.push_back(fix);
            if (ms >= time_ms()) return fixes;
        }
    }

private:
    std::int64_t turn_ms(Metric const& metric, EdgeId from, EdgeId to) const {
        for (auto turn = network_.turn_first[from]; turn < network_.turn_first[from + 1]; ++turn)
            if (network_.edge_of(network_.turn_to[turn]) == to)
                return metric.turn_time(network_, from, turn) - metric.edges[from] -
                       metric.penalty(network_, from, turn);
        return 0;
    }
    Position along(EdgeId edge, std::int64_t part, std::int64_t whole) const {
        auto const shape = network_.shape_along(edge);
        std::int64_t length = 0;
        for (std::size_t i = 1; i < shape.size(); ++i)
            length += geo::distance_mm(shape[i - 1], shape[i]);
        auto left = whole == 0 ? length : length * part / whole;
        for (std::size_t i = 1; i < shape.size(); ++i) {
            auto const leg = geo::distance_mm(shape[i - 1], shape[i]);
            if (left <= leg && leg > 0) {
                auto const between = [&](std::int64_t a, std::int64_t b) {
                    return static_cast<std::int32_t>(a + (b - a) * left / leg);
                };
                return {
                    between(shape[i - 1].lat, shape[i].lat),
                    between(shape[i - 1].lon, shape[i].lon)};
            }
            left -= leg;
        }
        return shape.back();
    }

    Network const& network_;
    std::vector<DrivenEdge> driven_;
};

}  // namespace posthaste::road::testing
