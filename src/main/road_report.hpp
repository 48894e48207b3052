// What an import of roads says at its end: for people, or as JSON.
//
// Takes    what was read and left out, and the network as it was written.
// Gives    a table on standard output, or one JSON object of the same figures.
#pragma once

#include <filesystem>
#include <vector>

#include "road/file.hpp"
#include "road/import.hpp"

namespace posthaste::main {

constexpr char const* map_attribution = "(c) OpenStreetMap contributors, ODbL 1.0";

/// Of one profile: how many edges it may travel, and how many of them lie in the largest part
/// where it gets from all to all.
struct Reach {
    road::Profile profile{};
    std::uint64_t edges = 0;
    std::uint64_t connected = 0;
};

struct RoadReport {
    std::filesystem::path from;
    std::filesystem::path to;
    road::ImportReport read;
    road::FileInfo file;
    std::uint64_t junctions = 0;
    std::uint64_t edges = 0;
    std::vector<Reach> reaches;
    double seconds = 0;
    double peak_mb = 0;  ///< of memory, and what the process had before the import
    double baseline_mb = 0;
};

std::vector<Reach> reaches_of(road::Network const& network, road::ProfileMask profiles);

void print_table(RoadReport const& report);
void print_json(RoadReport const& report);

}  // namespace posthaste::main
