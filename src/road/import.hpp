// An OpenStreetMap file in, a whole network out.
//
// Takes    a file of osm/read.hpp's kinds, for which profiles, and how big the truck is.
// Gives    the columns with their hierarchy and their gazetteer; a report of what was read, left
//          out and why.
// Errors   read.hpp's; not_found: no road for these profiles.
// Cost     reads the file twice: ways and restrictions, then nodes.
// Threads  one
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "road/builder.hpp"
#include "road/search/collect.hpp"

namespace posthaste::road {

constexpr ProfileMask motor_profiles = bit_of(Profile::car) | bit_of(Profile::van) |
                                       bit_of(Profile::truck) | bit_of(Profile::emergency);

struct ImportOptions {
    ProfileMask profiles = motor_profiles;
    TruckSize truck;
    bool drives_on_left = false;
};

struct ImportReport {
    std::uint64_t ways_read = 0;
    std::uint64_t nodes_read = 0;
    std::uint64_t relations_read = 0;
    std::uint64_t values_unread = 0;  ///< of tags that were there and could not be understood
    std::uint64_t restrictions_malformed = 0;
    std::uint64_t restrictions_conditional = 0;  ///< they hold at times: not yet
    BuildCounts built;
    GazetteerCounts found;
};

enum class ImportStage : std::uint8_t { ways, nodes, turns, order };

/// Of a stage: how much is done, of how much.
using ImportProgress =
    std::function<void(ImportStage stage, std::uint64_t done, std::uint64_t whole)>;

Result<OwnedColumns> import_network(
    std::filesystem::path const& file,
    ImportOptions const& options,
    ImportReport& report,
    ImportProgress const& progress = [](ImportStage, std::uint64_t, std::uint64_t) {}
);

}  // namespace posthaste::road
