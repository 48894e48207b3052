// The benchmark instances: which there are, which the quick run takes, the best known of each.
//
// Gives    DIMACS best-known solutions (distance alone) of Solomon's and Homberger's, hierarchical
//          ones (vehicles, then distance) of Li and Lim's.
// Units    costs as the best-known files have them
// Order    quick: as listed here; all: by name.
// Threads  pure but for reading files
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace posthaste::bench {

struct BestKnown {
    std::size_t vehicles = 0;
    double cost = 0;
};

struct Instance {
    std::string name;
    std::string group;  ///< whose mean is one figure: "solomon", "homberger_200", "lilim_100"
    std::filesystem::path file;
    BestKnown best;
};

/// A line of the table of figures.
struct Group {
    std::string bench;  ///< solomon, homberger, lilim
    std::string size;   ///< the folder of its instances; empty: the bench's
    std::vector<std::string> quick;

    std::string name() const { return size.empty() ? bench : bench + "_" + size; }
};

std::vector<Group> const& groups();

/// Errors: io_failed where the data is absent, corrupt where an instance has no best known.
Result<std::vector<Instance>> instances_of(
    std::filesystem::path const& data, Group const& group, bool quick
);

Result<std::string> text_of(std::filesystem::path const& file);

}  // namespace posthaste::bench
