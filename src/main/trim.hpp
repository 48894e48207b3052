// Moves a region's oldest records from the log to its archive.
//
// Takes    a log, its archive, and for how long records stay in the log.
// Gives    the records older than that and below the older of the two snapshots: archived, sealed
//          and read back, then removed. Before that everything in the log is replayed and each
//          snapshot compared with what the records give; and the older snapshot is put beside the
//          archive, so that what is left can be replayed and compared again next time.
// Errors   corrupt: a finding of the replay, and nothing is removed. in_use: a follower has yet to
//          read what would go. Those of the log and the archive.
// Cost     a replay of what is in the log; a commit for each log::trim_records_max records.
// Threads  one at a time, beside the writer
#pragma once

#include "log/archive.hpp"

namespace posthaste::main {

struct Trimmed {
    model::EventNumber below = 0;  ///< 0: there are not yet two snapshots, so nothing can go
    std::size_t records = 0;
};

Result<Trimmed> trim(
    log::Log& log, log::Archive const& archive, RegionId region, Instant now, Millis keep
);

}  // namespace posthaste::main
