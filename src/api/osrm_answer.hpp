// OSRM's answers, as JSON.
//
// Takes    a question and what the roads say to it.
// Gives    the bodies that OSRM would write, and the schemas of them for our document.
// Units    seconds and metres with one decimal, as OSRM; coordinates as [lon, lat].
// Errors   cannot fail.
// Source   OSRM, docs/http.md, version 5. What we leave out of it: hints, node ids, lanes,
//          roundabouts. Of a step's crossings only the first is told.
// Threads  pure
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/osrm_question.hpp"
#include "api/router.hpp"
#include "road/describe.hpp"

namespace posthaste::api {

std::string osrm_refusal(OsrmRefusal const& refusal);

/// Of a route from place to place; `legs` lie between the waypoints.
std::string osrm_route(
    road::Network const& network,
    OsrmQuestion const& question,
    std::span<road::Snapped const> waypoints,
    std::span<road::Description const> legs
);

/// By source, then by destination; less than 0: no way.
struct OsrmTable {
    std::vector<std::int64_t> durations_ms;
    std::vector<std::int64_t> distances_mm;
};
std::string osrm_table(
    road::Network const& network,
    OsrmQuestion const& question,
    std::span<road::Snapped const> waypoints,
    OsrmTable const& table
);

std::string osrm_nearest(road::Network const& network, std::span<road::Snapped const> waypoints);

namespace answers {
Body osrm_refusal();
Body osrm_route();
Body osrm_table();
Body osrm_nearest();
}  // namespace answers

}  // namespace posthaste::api
