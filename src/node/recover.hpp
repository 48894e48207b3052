// A region's state from its log: the newest snapshot that holds, and every record after it.
//
// Errors   corrupt, naming the region and the event: a record that does not decode, does not follow
//          the one before, or is not what its number says. too_new: written by a newer version.
// Cost     replay is bounded by the records after the snapshot; bench/recover.
#pragma once

#include <string>
#include <vector>

#include "core/state.hpp"
#include "log/log.hpp"

namespace posthaste::node {

struct Recovered {
    core::State state;
    Digest checksum;                   ///< of the newest record; zero when there is none
    std::vector<std::string> refused;  ///< snapshots that did not hold, and why
    model::EventNumber snapshot = 0;   ///< the event the snapshot was at; 0: none was used
};

Result<Recovered> recover(log::Log const& log, RegionId region);

/// Applies the records after what is recovered, to the end of the log.
Status follow(log::Log const& log, Recovered& recovered);

/// The region's snapshot as the log keeps it. Requires: the state ends with a record.
log::Snapshot snapshot_of(Recovered const& recovered);

}  // namespace posthaste::node
