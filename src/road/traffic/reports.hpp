// What people say of roads, closed or slow, as factors.
//
// Takes    reports of those that hold; roads.
// Gives    apply_reports(): the factors with them: the more severe of two wins over the lesser, and
//          closed over all. How many of them are at no road for cars.
//          road_of(): the edges a report is about: the piece of road nearest to its one point, or
//          the quickest way for cars along its points; both: also the other way round, where that
//          is not much longer.
// Cost     a snap a point and a route or two between each two of them.
// Threads  the query's
#pragma once

#include <span>
#include <vector>

#include "model/road_report.hpp"
#include "road/query.hpp"
#include "road/roads.hpp"
#include "road/traffic/factors.hpp"

namespace posthaste::road {

constexpr Metres report_reach{200};  ///< from a point to its road

std::vector<EdgeId> road_of(Roads const& roads, Query& query, model::RoadReport const& report);

std::size_t apply_reports(
    Roads const& roads, Query& query, std::span<model::RoadReport const> reports, Factors& factors
);

}  // namespace posthaste::road
