#include "log/memory/memory_log.hpp"

#include <algorithm>

namespace posthaste::log {

namespace {

bool whole(Stored const& record) {
    return check_record(record.position, record.region, record.first_event, record.bytes).ok();
}

}  // namespace

void MemoryLog::set_fault(FaultHook fault) {
    std::scoped_lock const lock{mutex_};
    fault_ = std::move(fault);
}

std::uint64_t MemoryLog::append_count() const {
    std::scoped_lock const lock{mutex_};
    return append_count_;
}

Status MemoryLog::alive() const {
    if (failed_) return Error{*failed_};
    return Unit{};
}

Status MemoryLog::append(std::span<Append const> records) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    if (records.empty()) return Unit{};
    auto const after = TRY(check_batch(tails_, records, last_));
    ++append_count_;
    Fault const fault = fault_ ? fault_(append_count_) : Fault::none;
    if (fault != Fault::lost) store(records, after);
    if (fault == Fault::none) return Unit{};
    if (fault == Fault::stored_part) {
        std::string& torn = records_.at(last_).bytes;
        torn.resize(torn.size() / 2);
    }
    failed_ = Error{
        Errc::io_failed,
        "append " + std::to_string(append_count_) + " failed (a simulated fault); reopen the log"};
    return Error{*failed_};
}

void MemoryLog::store(std::span<Append const> records, Tails const& after) {
    batch_first_ = last_ + 1;
    for (auto const& record : records) {
        ++last_;
        regions_[record.region].records.emplace(record.first_event, last_);
        records_.emplace_hint(
            records_.end(),
            last_,
            Stored{
                .position = last_,
                .region = record.region,
                .first_event = record.first_event,
                .event_count = record.event_count,
                .at = record.at,
                .previous = record.previous,
                .checksum = record.checksum,
                .bytes = std::string{record.bytes}}
        );
    }
    for (auto const& [region, tail] : after)
        tails_[region] = tail;
}

Status MemoryLog::reopen() {
    std::scoped_lock const lock{mutex_};
    failed_.reset();
    auto const begin = records_.lower_bound(batch_first_);
    bool const torn =
        std::any_of(begin, records_.end(), [](auto const& entry) { return !whole(entry.second); });
    if (torn) cut_last_batch();
    return Unit{};
}

void MemoryLog::cut_last_batch() {
    auto const begin = records_.lower_bound(batch_first_);
    for (auto record = begin; record != records_.end(); ++record) {
        auto const& stored = record->second;
        auto& region = regions_.at(stored.region);
        region.records.erase(stored.first_event);
        if (region.records.empty()) {
            tails_.erase(stored.region);
            regions_.erase(stored.region);
        }
    }
    records_.erase(begin, records_.end());
    for (auto& [id, tail] : tails_)
        tail = tail_of(records_.at(regions_.at(id).records.rbegin()->second));
    last_ = batch_first_ - 1;
}

Result<std::vector<Stored>> MemoryLog::read(
    RegionId region, EventNumber from, std::size_t bytes_max
) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    std::vector<Stored> found;
    auto const known = regions_.find(region);
    if (known == regions_.end() || known->second.records.empty()) return found;
    auto const& records = known->second.records;
    if (std::max<EventNumber>(from, 1) < records.begin()->first) {
        return Error{
            Errc::not_found, place_of(region, from, 0) + ": trimmed away; load the snapshot"};
    }
    auto next = records.upper_bound(from);
    if (next != records.begin()) --next;
    std::size_t bytes = 0;
    for (; next != records.end(); ++next) {
        auto const& record = records_.at(next->second);
        if (record.last_event() < from) continue;
        bytes += record.bytes.size();
        if (!found.empty() && bytes > bytes_max) break;
        found.push_back(record);
    }
    return found;
}

Result<std::vector<Stored>> MemoryLog::read_from(Position from, std::size_t bytes_max) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    std::vector<Stored> found;
    std::size_t bytes = 0;
    for (auto next = records_.lower_bound(from); next != records_.end(); ++next) {
        bytes += next->second.bytes.size();
        if (!found.empty() && bytes > bytes_max) break;
        found.push_back(next->second);
    }
    return found;
}

Result<std::optional<Tail>> MemoryLog::tail(RegionId region) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    auto const found = tails_.find(region);
    if (found == tails_.end()) return std::optional<Tail>{};
    return std::optional<Tail>{found->second};
}

Result<std::vector<RegionId>> MemoryLog::regions() const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    std::vector<RegionId> ids;
    ids.reserve(tails_.size());
    for (auto const& [id, tail] : tails_)
        ids.push_back(id);
    return ids;
}

Stored const* MemoryLog::record_ending_with(RegionId region, EventNumber event) const {
    auto const known = regions_.find(region);
    if (known == regions_.end()) return nullptr;
    auto const after = known->second.records.upper_bound(event);
    if (after == known->second.records.begin()) return nullptr;
    auto const& record = records_.at(std::prev(after)->second);
    return record.last_event() == event ? &record : nullptr;
}

Status MemoryLog::save_snapshot(RegionId region, Snapshot const& snapshot) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    TRY(check_bytes("a snapshot", snapshot.bytes.size(), snapshot_bytes_max));
    auto const* const record = record_ending_with(region, snapshot.event);
    if (record == nullptr || record->checksum != snapshot.record) {
        return Error{
            Errc::not_found,
            place_of(region, snapshot.event, 0) + ": no record with the snapshot's checksum"};
    }
    auto& kept = regions_.at(region).snapshots;
    kept.insert_or_assign(snapshot.event, snapshot);
    kept.erase(kept.upper_bound(snapshot.event), kept.end());
    while (kept.size() > snapshots_kept)
        kept.erase(kept.begin());
    return Unit{};
}

Result<SnapshotFound> MemoryLog::load_snapshot(RegionId region, EventNumber event_max) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    SnapshotFound found;
    auto const known = regions_.find(region);
    if (known == regions_.end()) return found;
    auto const& kept = known->second.snapshots;
    auto const after = kept.upper_bound(event_max);
    if (after != kept.begin()) found.snapshot = std::prev(after)->second;
    return found;
}

Status MemoryLog::save_positions(RegionId region, PositionCheckpoint const& checkpoint) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    TRY(check_bytes("a position checkpoint", checkpoint.bytes.size(), checkpoint_bytes_max));
    regions_[region].positions = checkpoint;
    return Unit{};
}

Result<std::optional<PositionCheckpoint>> MemoryLog::load_positions(RegionId region) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    auto const known = regions_.find(region);
    if (known == regions_.end()) return std::optional<PositionCheckpoint>{};
    return known->second.positions;
}

Status MemoryLog::save_cursor(std::string_view follower, Position position) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    TRY(check_cursor(follower, position, last_, all_cursors()));
    cursors_.insert_or_assign(std::string{follower}, position);
    return Unit{};
}

std::vector<Cursor> MemoryLog::all_cursors() const {
    std::vector<Cursor> all;
    all.reserve(cursors_.size());
    for (auto const& [follower, position] : cursors_)
        all.push_back({follower, position});
    return all;
}

Result<std::vector<Cursor>> MemoryLog::cursors() const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    return all_cursors();
}

Status MemoryLog::drop_cursor(std::string_view follower) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    cursors_.erase(std::string{follower});
    return Unit{};
}

Status MemoryLog::save_meta(std::string_view key, std::string_view value) {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    TRY(check_name("a meta key", key));
    TRY(check_bytes("a meta value", value.size(), meta_value_bytes_max));
    if (!meta_.contains(key) && meta_.size() == meta_keys_max) {
        return Error{Errc::limit_exceeded, "there are too many meta keys"};
    }
    meta_.insert_or_assign(std::string{key}, std::string{value});
    return Unit{};
}

Result<std::optional<std::string>> MemoryLog::load_meta(std::string_view key) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    auto const found = meta_.find(key);
    if (found == meta_.end()) return std::optional<std::string>{};
    return std::optional<std::string>{found->second};
}

Status MemoryLog::can_trim(RegionId region, EventNumber below) const {
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    auto const known = regions_.find(region);
    if (known == regions_.end() || known->second.snapshots.size() < snapshots_kept ||
        known->second.snapshots.begin()->first + 1 < below) {
        return snapshots_too_low(region, below);
    }
    return Unit{};
}

Result<std::size_t> MemoryLog::trim(RegionId region, EventNumber below, Tail const& archived) {
    TRY(can_trim(region, below));
    std::scoped_lock const lock{mutex_};
    TRY(alive());
    auto& records = regions_.at(region).records;
    auto const* const last = record_ending_with(region, archived.last_event);
    auto const next = records.find(archived.last_event + 1);
    bool const in_chain =
        last != nullptr
            ? last->checksum == archived.checksum
            : next != records.end() && records_.at(next->second).previous == archived.checksum;
    if (!in_chain || archived.last_event + 1 < below)
        return archive_too_short(region, below, archived);
    std::vector<Position> going;
    // A record goes when the next one starts at or before `below`; so the last one never goes.
    for (auto record = records.begin(); std::next(record) != records.end(); ++record) {
        if (std::next(record)->first > below || going.size() == trim_records_max) break;
        going.push_back(record->second);
    }
    if (going.empty()) return going.size();
    for (auto const& [follower, position] : cursors_) {
        if (position < going.back()) return cursor_in_the_way({follower, position}, going.back());
    }
    for (auto const position : going) {
        records.erase(records_.at(position).first_event);
        records_.erase(position);
    }
    return going.size();
}

}  // namespace posthaste::log
