// The files beside the database of records: snapshots and position checkpoints, each replaced as a
// whole, so that writing 100 MB of snapshot never holds up a commit.
//
// Shapes   docs/formats/log.md. A file is written under another name, synced, renamed.
// Errors   io_failed naming the file and what the system said; corrupt, too_new naming the file.
// Threads  any; two that save for one region at once must not.
#pragma once

#include <filesystem>
#include <vector>

#include "log/log.hpp"
#include "log/sealed_file.hpp"

namespace posthaste::log {

struct SnapshotFile {
    EventNumber event = 0;
    std::filesystem::path path;
};

class Files {
public:
    Files() = default;
    /// Makes the folders and removes what an interrupted save left.
    static Result<Files> open(std::filesystem::path const& folder);
    /// Only to look; makes and removes nothing.
    static Files at(std::filesystem::path const& folder);

    /// Keeps the newest snapshots_kept up to this one; newer ones are of a log that is gone.
    Status save_snapshot(RegionId region, Snapshot const& snapshot) const;
    /// By event, newest first.
    Result<std::vector<SnapshotFile>> snapshots(RegionId region) const;
    static Result<Snapshot> load(RegionId region, SnapshotFile const& file);

    Status save_positions(RegionId region, PositionCheckpoint const& checkpoint) const;
    Result<std::optional<PositionCheckpoint>> load_positions(RegionId region) const;

private:
    explicit Files(std::filesystem::path folder) : folder_{std::move(folder)} {}

    std::filesystem::path folder_;
};

}  // namespace posthaste::log
