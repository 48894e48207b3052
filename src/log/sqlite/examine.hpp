// Looks at a data folder as a doctor does: everything, without changing anything, also when the
// log cannot be opened, also while a server runs on it.
//
// Gives    what is wrong, where, and the way out; each in a sentence for an operator. Nothing found
//          means: every record is whole and continues its region's chain, every file beside is
//          what it says, and the folder can be written in, with room_bytes_min of room.
//          Nothing that is stored is changed; SQLite may leave its empty log.db-wal and log.db-shm.
// Errors   not_found: there is no log in the folder.
// Order    of findings: the folder, the database, records by position, cursors, then files by
// region. Cost     reads everything once; about 1 ns a byte beside the disk. Limits   findings_max;
// the last one says that there are more.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace posthaste::log {

constexpr std::size_t findings_max = 100;
constexpr std::uint64_t room_bytes_min = std::uint64_t{128} * 1024 * 1024;

struct Finding {
    Errc code{};
    std::string what;
    std::string way_out;
};

struct Examination {
    std::uint64_t record_count = 0;
    std::uint64_t event_count = 0;
    std::vector<RegionId> regions;
    std::vector<Finding> findings;
};

Result<Examination> examine(std::filesystem::path const& folder);

}  // namespace posthaste::log
