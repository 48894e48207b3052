#include "road/traffic/reports.hpp"

#include <algorithm>

namespace posthaste::road {

namespace {

constexpr auto asked_for = Profile::car;

// The other carriageway runs beside; a way that is much longer goes somewhere else.
constexpr bool runs_beside(std::int32_t there, std::int32_t back) {
    return std::int64_t{back} * 2 <= std::int64_t{there} * 3 + 60'000;
}

void add_piece(Network const& network, EdgeId edge, std::vector<EdgeId>& edges) {
    edges.push_back(edge);
    if (network.edge_twin[edge] != none) edges.push_back(network.edge_twin[edge]);
}

class Tracer {
public:
    Tracer(Roads const& roads, Query& query) : roads_{roads}, query_{query} {}

    std::vector<EdgeId> trace(model::RoadReport const& report) {
        std::vector<Place> places;
        for (auto const point : report.line)
            if (auto const found = roads_.index().snap(point, asked_for, {.reach = report_reach}))
                places.push_back(found->place);
        std::vector<EdgeId> edges;
        if (places.size() == 1)
            for (auto const spot : places.front().all())
                add_piece(roads_.network(), spot.edge, edges);
        for (std::size_t i = 1; i < places.size(); ++i)
            add_way(places[i - 1], places[i], report.ways, edges);
        std::ranges::sort(edges);
        edges.erase(std::ranges::unique(edges).begin(), edges.end());
        return edges;
    }

private:
    void add_way(
        Place const& from, Place const& to, model::RoadReportWays ways, std::vector<EdgeId>& edges
    ) {
        auto const& metric = *roads_.metric(asked_for);
        auto const there = query_.route(metric, from, to);
        if (!there) return;
        bool const both = ways == model::RoadReportWays::both;
        for (auto const edge : there->edges) {
            edges.push_back(edge);
            auto const twin = roads_.network().edge_twin[edge];
            if (both && twin != none) edges.push_back(twin);
        }
        if (!both) return;
        auto const back = query_.route(metric, to, from);
        if (back && runs_beside(there->time, back->time))
            edges.insert(edges.end(), back->edges.begin(), back->edges.end());
    }

    Roads const& roads_;
    Query& query_;
};

std::uint16_t slowed(std::uint16_t factor, std::int32_t slower_per_mille) {
    auto const longer = std::int64_t{factor} * slower_per_mille / as_free;
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(longer, factor_min, factor_max));
}

}  // namespace

std::vector<EdgeId> road_of(Roads const& roads, Query& query, model::RoadReport const& report) {
    return Tracer{roads, query}.trace(report);
}

std::size_t apply_reports(
    Roads const& roads, Query& query, std::span<model::RoadReport const> reports, Factors& factors
) {
    std::size_t nowhere = 0;
    auto const before = factors;
    for (auto const& report : reports) {
        auto const edges = road_of(roads, query, report);
        if (edges.empty()) ++nowhere;
        for (auto const edge : edges) {
            auto& factor = factors.per_mille[edge];
            bool const is_closed = report.kind == model::RoadReportKind::closed;
            if (is_closed || before.per_mille[edge] == closed) {
                factor = closed;
            } else if (factor != closed) {
                factor = std::max(factor, slowed(before.per_mille[edge], report.slower_per_mille));
            }
        }
    }
    return nowhere;
}

}  // namespace posthaste::road
