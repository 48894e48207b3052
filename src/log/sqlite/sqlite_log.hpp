// A log in a folder, kept by SQLite: records in a database with a write-ahead log that is synced at
// each commit, snapshots and position checkpoints in files beside it.
//
// Takes    a folder of its own; it is made when it is not there.
// Gives    the contract of log/log.hpp on a disk. Readers see only what is synced.
// Shapes   docs/formats/log.md.
// Errors   of open: in_use naming the process that has the folder; too_new naming the versions;
//          corrupt naming the file, or the region's last record; io_failed naming the file and
//          what the system said (read-only, full). A full disk in append is io_failed: the outcome
//          is unknown until reopen().
// Cost     docs/formats/log.md, "What a commit costs"; bench/log_alone.
// Threads  any; one connection appends, one reads, one checkpoints on a thread of its own.
// Limits   the WAL: past wal_bytes_max the writer moves its pages itself before each commit. A
//          foreign reader that keeps a transaction open can hold it longer, not harm it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "log/log.hpp"

namespace posthaste::log {

enum class Sync : std::uint8_t {
    full,
    off,  ///< loses what it acknowledged at a power cut; for the test that must notice it
};

struct Options {
    std::string vfs;  ///< of SQLite, by name; empty: the system's files
    Sync sync = Sync::full;
    std::uint64_t wal_bytes_checkpoint = std::uint64_t{4} * 1024 * 1024;
    std::uint64_t wal_bytes_max = std::uint64_t{64} * 1024 * 1024;
};

class SqliteLog final : public Log {
public:
    static Result<std::unique_ptr<SqliteLog>> open(
        std::filesystem::path const& folder, Options const& options = {}
    );
    /// Only to read, also while another process has the folder: takes no lock, changes nothing that
    /// is stored, and refuses what would with io_failed. tail() and regions() stay as they were at
    /// the opening. Errors: not_found when there is no log.
    static Result<std::unique_ptr<SqliteLog>> open_to_read(std::filesystem::path const& folder);
    ~SqliteLog() override;

    Status append(std::span<Append const> records) override;
    Status reopen() override;
    Result<std::vector<Stored>> read(RegionId region, EventNumber from, std::size_t bytes_max)
        const override;
    Result<std::vector<Stored>> read_from(Position from, std::size_t bytes_max) const override;
    Result<std::optional<Tail>> tail(RegionId region) const override;
    Result<std::vector<RegionId>> regions() const override;
    Status save_snapshot(RegionId region, Snapshot const& snapshot) override;
    Result<SnapshotFound> load_snapshot(RegionId region, EventNumber event_max) const override;
    Status save_positions(RegionId region, PositionCheckpoint const& checkpoint) override;
    Result<std::optional<PositionCheckpoint>> load_positions(RegionId region) const override;
    Status save_cursor(std::string_view follower, Position position) override;
    Result<std::vector<Cursor>> cursors() const override;
    Status drop_cursor(std::string_view follower) override;
    Status save_meta(std::string_view key, std::string_view value) override;
    Result<std::optional<std::string>> load_meta(std::string_view key) const override;
    Status can_trim(RegionId region, EventNumber below) const override;
    Result<std::size_t> trim(RegionId region, EventNumber below, Tail const& archived) override;

    /// Copies the log, as it is when this is called or later, to a folder that does not exist or
    /// is empty; appends go on meanwhile. Every record is checked on its way, so what was copied
    /// is whole; opening the copy is all there is to restoring it. Gives the last position in it.
    /// Errors: in_use when the folder holds something; corrupt; io_failed.
    Result<Position> backup(std::filesystem::path const& to) const;

private:
    struct State;
    explicit SqliteLog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace posthaste::log
