// How other routing servers are asked for a table of times, and how they answer.
//
// Gives    ask_of(): one request for the times between all sources and all targets.
//          times_of(): by source, then by target; nothing where there is no way.
// Shapes   osrm: GET /table/v1/{profile}/...; valhalla: POST /sources_to_targets;
//          distance_matrix: GET PATH?origins=...&destinations=...&key=..., as Google's and those
//          that copy it.
// Errors   malformed: the answer is not what such a server says; the detail has its own words.
// Source   OSRM 5 http.md; Valhalla matrix API reference; Google Distance Matrix API.
// Threads  pure
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load/client.hpp"
#include "model/place.hpp"
#include "road/rules/profile.hpp"

namespace posthaste::main {

enum class Dialect : std::uint8_t { osrm, valhalla, distance_matrix };
constexpr auto names_of(Dialect) {
    return std::to_array<std::string_view>({"osrm", "valhalla", "distance_matrix"});
}

struct TableQuestion {
    std::vector<model::Position> sources;
    std::vector<model::Position> targets;
    road::Profile profile{};
};

/// `key`: of a server that wants one in the query; empty: none.
load::Ask ask_of(Dialect dialect, TableQuestion const& question, std::string const& key);

using TableTimes = std::vector<std::optional<Millis>>;
Result<TableTimes> times_of(
    Dialect dialect, TableQuestion const& question, std::string const& body
);

}  // namespace posthaste::main
