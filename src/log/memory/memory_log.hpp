// A log in memory: for the simulator, which breaks it on purpose, and for benches.
//
// Gives    the contract of log/log.hpp, where the memory of this object is the disk: what was
//          appended survives a simulated crash. The simulator keeps the MemoryLog, drops the node,
//          calls reopen() as a restarting process would open its folder, and starts a new node.
// Errors   io_failed from an append on which the fault hook said so, and from every call after it
//          until reopen().
// Cost     an append copies the bytes; about 1 us for a record of 1 KB.
// Threads  any; one mutex.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "log/check.hpp"
#include "log/log.hpp"

namespace posthaste::log {

/// What happens to one append.
enum class Fault : std::uint8_t {
    none,
    lost,         ///< fails, and nothing is stored
    stored,       ///< fails, but everything is stored: the unknown outcome
    stored_part,  ///< fails, the batch is stored in part: reopen() finds and cuts all of it
};

class MemoryLog final : public Log {
public:
    /// Asked before each append, with its number from 1.
    using FaultHook = std::function<Fault(std::uint64_t append_number)>;

    explicit MemoryLog(FaultHook fault = {}) : fault_{std::move(fault)} {}

    void set_fault(FaultHook fault);
    /// Appends that came, failed ones too.
    std::uint64_t append_count() const;

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

private:
    struct Region {
        std::map<EventNumber, Position> records;  ///< by first event
        std::map<EventNumber, Snapshot> snapshots;
        std::optional<PositionCheckpoint> positions;
    };

    Status alive() const;
    void store(std::span<Append const> records, Tails const& after);
    void cut_last_batch();
    std::vector<Cursor> all_cursors() const;
    Stored const* record_ending_with(RegionId region, EventNumber event) const;

    mutable std::mutex mutex_;
    FaultHook fault_;
    std::uint64_t append_count_ = 0;
    std::optional<Error> failed_;
    std::map<Position, Stored> records_;
    Position last_ = 0;
    Position batch_first_ = 0;  ///< of the newest batch; what a tear can reach
    std::map<RegionId, Region> regions_;
    Tails tails_;
    std::map<std::string, Position, std::less<>> cursors_;
    std::map<std::string, std::string, std::less<>> meta_;
};

}  // namespace posthaste::log
