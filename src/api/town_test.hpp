// A town of a few streets as a file of roads: what `serve --roads` takes.
//
// Shapes   Main Street runs from the west (57.7, 11.9) by a bend to a crossing (57.7, 11.92) and on
//          to the east (57.7, 11.93), where it is called High Street as far as (57.7, 11.94). Side
//          Street crosses it from the north (57.71) to the south (57.69).
#pragma once

#include <doctest/doctest.h>

#include <fstream>

#include "road/file.hpp"
#include "road/hierarchy.hpp"
#include "road/import.hpp"

namespace posthaste::testing {

inline void write_town(std::filesystem::path const& roads) {
    auto const street = [](std::string const& name, std::string const& coordinates) {
        return R"({"type":"Feature","properties":{"highway":"residential","name":")" + name +
               R"("},"geometry":{"type":"LineString","coordinates":[)" + coordinates + "]}}";
    };
    auto const lines = roads.string() + ".geojson";
    std::ofstream{lines}
        << R"({"type":"FeatureCollection","features":[)"
        << street("Main Street", "[11.9,57.7],[11.91,57.702],[11.92,57.7],[11.93,57.7]") << ","
        << street("Side Street", "[11.92,57.71],[11.92,57.7],[11.92,57.69]") << ","
        << street("High Street", "[11.93,57.7],[11.94,57.7]") << "]}";
    road::ImportReport report;
    auto columns = road::import_network(lines, {}, report);
    INFO((columns.ok() ? "" : columns.error().detail));
    REQUIRE(columns.ok());
    REQUIRE(road::write_network(columns.value(), road::motor_profiles, roads).ok());
}

}  // namespace posthaste::testing
