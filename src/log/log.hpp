// The log of one shard: the ordered, durable record of what its regions decided.
//
// Takes    sealed records (model/record.hpp) of many regions, several in one commit; snapshots,
//          position checkpoints, follower cursors and small meta values beside them.
// Gives    append: durable when it returns ok (fdatasync where there is a disk), and all of the
//          batch or nothing of it. What read, read_from and tail give from a disk has been
//          checked against its checksum, so model::unseal_checked is enough. Not promised: that a
//          snapshot was computed rightly; the log does not know what an event means.
// Shapes   a region's events are numbered from 1 without gaps, and each record names the checksum
//          of the region's record before. Positions number the records of the whole log, from 1,
//          rising; trimming leaves gaps. 0 means "before the first", of both.
// Errors   limit_exceeded: a bound below would be passed. fenced: a record does not continue its
//          region's chain, so another writer wrote since. After both nothing is stored and the log
//          goes on. io_failed (the disk is full, or gone), corrupt (naming region, event and
//          position), too_new.
//          After a write that failed with io_failed or corrupt its outcome is unknown: every call
//          answers that error until reopen(); tail() then says what is really there.
// Order    read: by event number. read_from: by position. regions, cursors: by id, by name.
// Threads  any; one append at a time, and reads do not wait for it.
// Limits   the *_max below.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/ids.hpp"
#include "model/record.hpp"

namespace posthaste::log {

using model::EventNumber;

/// Numbers the records of a log from 1; 0 means "before the first".
using Position = std::uint64_t;

constexpr std::size_t append_records_max = 4096;
constexpr std::size_t append_bytes_max = std::size_t{32} * 1024 * 1024;
constexpr std::size_t snapshot_bytes_max = std::size_t{1} << 30U;
constexpr std::size_t checkpoint_bytes_max = std::size_t{64} * 1024 * 1024;
constexpr std::size_t snapshots_kept = 2;
constexpr std::size_t cursors_max = 256;
constexpr std::size_t meta_keys_max = 256;
constexpr std::size_t meta_value_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t trim_records_max = 512;  ///< of one call, so that appends hardly wait
constexpr std::size_t name_bytes_max = 64;     ///< of a follower, of a meta key

/// A sealed record on its way in. The fields repeat what its header says.
struct Append {
    RegionId region{};
    EventNumber first_event = 0;
    std::uint64_t event_count = 0;
    Instant at;
    Digest previous;
    Digest checksum;
    std::string_view bytes;
};

struct Stored {
    Position position = 0;
    RegionId region{};
    EventNumber first_event = 0;
    std::uint64_t event_count = 0;
    Instant at;
    Digest previous;
    Digest checksum;
    std::string bytes;

    EventNumber last_event() const { return first_event + event_count - 1; }
};

/// Where a region's log ends: what the next record must continue.
struct Tail {
    EventNumber last_event = 0;
    Digest checksum;
    Instant at;
    Position position = 0;

    bool operator==(Tail const&) const = default;
};

/// A region's state after an event. Disposable: the records are the truth.
struct Snapshot {
    std::uint32_t format = 0;  ///< of the bytes; whose meaning is the caller's
    EventNumber event = 0;     ///< the last event in it; the last of its record
    Digest record;             ///< the checksum of that record
    Digest state;              ///< the hash of the state, for the caller to check after loading
    std::string bytes;

    bool operator==(Snapshot const&) const = default;
};

struct SnapshotFound {
    std::optional<Snapshot> snapshot;  ///< none: replay from the first record
    std::vector<std::string> refused;  ///< what was wrong with each newer one, for the operator
};

/// Raw positions are not state; this keeps the newest of them over a restart.
struct PositionCheckpoint {
    Instant at;
    std::string bytes;

    bool operator==(PositionCheckpoint const&) const = default;
};

struct Cursor {
    std::string follower;
    Position position = 0;  ///< the last record it is done with

    bool operator==(Cursor const&) const = default;
};

class Log {
public:
    Log() = default;
    Log(Log const&) = delete;
    Log& operator=(Log const&) = delete;
    Log(Log&&) = delete;
    Log& operator=(Log&&) = delete;
    virtual ~Log() = default;

    /// Durable when ok; all or nothing. An empty batch is ok and does nothing.
    virtual Status append(std::span<Append const> records) = 0;
    /// After a failed append: gives up the term, reads again what is really stored, cuts what was
    /// stored in part. Everything that is there afterwards is durable.
    virtual Status reopen() = 0;

    /// The region's records from the one that holds event `from` on; at least one if there is one,
    /// then as many as fit in `bytes_max`. Empty: there is none yet.
    /// Errors: not_found when `from` was trimmed away.
    virtual Result<std::vector<Stored>> read(
        RegionId region, EventNumber from, std::size_t bytes_max
    ) const = 0;
    /// The records of all regions at positions >= `from`, bounded as in read().
    virtual Result<std::vector<Stored>> read_from(Position from, std::size_t bytes_max) const = 0;
    /// None: the region has no record.
    virtual Result<std::optional<Tail>> tail(RegionId region) const = 0;
    virtual Result<std::vector<RegionId>> regions() const = 0;

    /// Keeps the newest snapshots_kept of the region up to this one. Not on the path of an append.
    /// Errors: not_found when the region has no record that ends with `event` and has that
    /// checksum.
    virtual Status save_snapshot(RegionId region, Snapshot const& snapshot) = 0;
    /// The newest whole snapshot whose event is at most `event_max` and whose record is in the
    /// chain. A caller that cannot use it (format, state hash) asks again below its event.
    virtual Result<SnapshotFound> load_snapshot(
        RegionId region, EventNumber event_max = std::numeric_limits<EventNumber>::max()
    ) const = 0;

    /// Replaces the region's checkpoint as a whole.
    virtual Status save_positions(RegionId region, PositionCheckpoint const& checkpoint) = 0;
    /// None: never saved. Errors: corrupt; going on without it is safe.
    virtual Result<std::optional<PositionCheckpoint>> load_positions(RegionId region) const = 0;

    /// Records that a follower is done with all records up to `position`; costs a commit, so
    /// followers save it now and then, not each time. Errors: limit_exceeded (cursors_max).
    virtual Status save_cursor(std::string_view follower, Position position) = 0;
    virtual Result<std::vector<Cursor>> cursors() const = 0;
    /// A follower that will not come back no longer holds back trim().
    virtual Status drop_cursor(std::string_view follower) = 0;

    virtual Status save_meta(std::string_view key, std::string_view value) = 0;
    virtual Result<std::optional<std::string>> load_meta(std::string_view key) const = 0;

    /// May the region's records be removed whose events are all below `below`? Loads the snapshots
    /// to check them. Errors: not_found unless there are snapshots_kept snapshots, all whole, and
    /// the oldest holds event `below` - 1.
    virtual Status can_trim(RegionId region, EventNumber below) const = 0;
    /// Removes the oldest of them, trim_records_max at most; gives how many. Never the region's
    /// last record. `archived` is where the region's archive ends (log/archive.hpp). Requires:
    /// can_trim(region, below), and no snapshot removed since. Errors: not_found when `archived` is
    /// not in the region's chain, or is before `below`; in_use when a cursor has not passed what
    /// would go.
    virtual Result<std::size_t> trim(RegionId region, EventNumber below, Tail const& archived) = 0;
};

/// Requires: the header is the one that was sealed; `sealed` outlives the Append.
Append append_of(model::RecordHeader const& header, model::SealedRecord const& sealed);

}  // namespace posthaste::log
