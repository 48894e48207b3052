#include "log/sqlite/sqlite_log.hpp"

#include <algorithm>

#include "log/sqlite/state.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

/// Adds rows to `found` while they fit. `each` may refuse a row, or skip it by false.
template <class Each>
Status collect(Statement& rows, std::size_t bytes_max, std::vector<Stored>& found, Each each) {
    std::size_t bytes = 0;
    while (TRY(rows.step())) {
        bytes += rows.bytes(3).size();
        if (!found.empty() && bytes > bytes_max) return Unit{};
        auto record = TRY(record_of(rows));
        if (TRY(each(record))) found.push_back(std::move(record));
    }
    return Unit{};
}

}  // namespace

SqliteLog::SqliteLog(std::unique_ptr<State> state) : state_{std::move(state)} {}

SqliteLog::~SqliteLog() {
    state_->disconnect();
}

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(fs::path const& folder, Options const& options) {
    auto state = std::make_unique<State>();
    state->folder = folder;
    state->options = options;
    state->lock = TRY(FolderLock::take(folder));
    state->files = TRY(Files::open(folder));
    TRY(state->connect());
    return std::unique_ptr<SqliteLog>{new SqliteLog{std::move(state)}};
}

Result<std::unique_ptr<SqliteLog>> SqliteLog::open_to_read(fs::path const& folder) {
    TRY(check_there(folder));
    auto state = std::make_unique<State>();
    state->folder = folder;
    state->only_reads = true;
    state->files = Files::at(folder);
    TRY(state->connect());
    return std::unique_ptr<SqliteLog>{new SqliteLog{std::move(state)}};
}

Status SqliteLog::reopen() {
    std::scoped_lock const lock{
        state_->maintaining, state_->writing, state_->reading, state_->known};
    state_->disconnect();
    auto done = state_->connect();
    if (!done.ok()) {
        state_->failed = done.error();
        state_->disconnect();
    }
    return done;
}

Status SqliteLog::append(std::span<Append const> records) {
    std::scoped_lock const lock{state_->writing};
    TRY(state_->can_write());
    if (records.empty()) return Unit{};
    // Only holders of `writing` change the tails, so they can be read without `known`.
    auto const after = TRY(check_batch(state_->tails, records, state_->last));
    auto const store = [&]() -> Status {
        Position position = state_->last;
        auto& insert = state_->writer.insert;
        for (auto const& record : records) {
            insert.bind(
                ++position,
                static_cast<std::uint64_t>(record.region),
                record.first_event,
                record.bytes
            );
            TRY(insert.step());
        }
        return Unit{};
    };
    TRY(state_->transact(store));
    std::scoped_lock const lock_known{state_->known};
    state_->last += records.size();
    for (auto const& [region, tail] : after)
        state_->tails[region] = tail;
    return Unit{};
}

Result<std::vector<Stored>> SqliteLog::read(
    RegionId region, EventNumber from, std::size_t bytes_max
) const {
    std::scoped_lock const lock{state_->reading};
    TRY(state_->alive());
    std::vector<Stored> found;
    auto& reader = state_->reader;
    from = std::max<EventNumber>(from, 1);
    auto const region_number = static_cast<std::uint64_t>(region);
    reader.first_event.bind(region_number, from);
    Use const use_first{reader.first_event};
    TRY(reader.first_event.step());
    if (reader.first_event.is_null(0)) return found;
    if (reader.first_event.is_null(1)) {
        return Error{
            Errc::not_found, place_of(region, from, 0) + ": trimmed away; load the snapshot"};
    }
    reader.by_event.bind(region_number, static_cast<std::uint64_t>(reader.first_event.integer(1)));
    Use const use{reader.by_event};
    std::optional<Tail> tail;
    auto const check = [&](Stored const& record) -> Result<bool> {
        if (tail) TRY(check_chain(*tail, record));
        tail = tail_of(record);
        return record.last_event() >= from;
    };
    TRY(collect(reader.by_event, bytes_max, found, check));
    return found;
}

Result<std::vector<Stored>> SqliteLog::read_from(Position from, std::size_t bytes_max) const {
    std::scoped_lock const lock{state_->reading};
    TRY(state_->alive());
    std::vector<Stored> found;
    auto& rows = state_->reader.by_position;
    rows.bind(from);
    Use const use{rows};
    TRY(collect(rows, bytes_max, found, [](Stored const&) -> Result<bool> { return true; }));
    return found;
}

Result<std::optional<Tail>> SqliteLog::tail(RegionId region) const {
    TRY(state_->alive());
    std::scoped_lock const lock{state_->known};
    auto const found = state_->tails.find(region);
    if (found == state_->tails.end()) return std::optional<Tail>{};
    return std::optional{found->second};
}

Result<std::vector<RegionId>> SqliteLog::regions() const {
    TRY(state_->alive());
    std::scoped_lock const lock{state_->known};
    std::vector<RegionId> ids;
    ids.reserve(state_->tails.size());
    for (auto const& [id, tail] : state_->tails)
        ids.push_back(id);
    return ids;
}

Status SqliteLog::save_snapshot(RegionId region, Snapshot const& snapshot) {
    {
        std::scoped_lock const lock{state_->reading};
        TRY(state_->can_write());
        if (!TRY(state_->reader.chain_holds(region, snapshot.event, snapshot.record))) {
            return Error{
                Errc::not_found,
                place_of(region, snapshot.event, 0) + ": no record with the snapshot's checksum"};
        }
    }
    return state_->files.save_snapshot(region, snapshot);
}

Result<SnapshotFound> SqliteLog::load_snapshot(RegionId region, EventNumber event_max) const {
    TRY(state_->alive());
    SnapshotFound found;
    for (auto const& file : TRY(state_->files.snapshots(region))) {
        if (file.event > event_max) continue;
        auto snapshot = Files::load(region, file);
        if (!snapshot.ok()) {
            found.refused.push_back(snapshot.error().detail);
            continue;
        }
        std::scoped_lock const lock{state_->reading};
        TRY(state_->alive());
        if (TRY(state_->reader.chain_holds(region, file.event, snapshot.value().record))) {
            found.snapshot = std::move(snapshot).value();
            return found;
        }
        found.refused.push_back(file.path.string() + ": its record is not in the log");
    }
    return found;
}

Status SqliteLog::save_positions(RegionId region, PositionCheckpoint const& checkpoint) {
    TRY(state_->can_write());
    return state_->files.save_positions(region, checkpoint);
}

Result<std::optional<PositionCheckpoint>> SqliteLog::load_positions(RegionId region) const {
    TRY(state_->alive());
    return state_->files.load_positions(region);
}

Status SqliteLog::save_cursor(std::string_view follower, Position position) {
    std::scoped_lock const lock{state_->writing};
    auto const saved = TRY(cursors());
    TRY(check_cursor(follower, position, state_->last, saved));
    return state_->change("INSERT OR REPLACE INTO cursor VALUES(?,?)", follower, position);
}

Result<std::vector<Cursor>> SqliteLog::cursors() const {
    std::scoped_lock const lock{state_->reading};
    TRY(state_->alive());
    return state_->reader.cursors();
}

Status SqliteLog::drop_cursor(std::string_view follower) {
    std::scoped_lock const lock{state_->writing};
    return state_->change("DELETE FROM cursor WHERE follower=?", follower);
}

Status SqliteLog::save_meta(std::string_view key, std::string_view value) {
    TRY(check_name("a meta key", key));
    TRY(check_bytes("a meta value", value.size(), meta_value_bytes_max));
    std::scoped_lock const lock{state_->writing};
    TRY(state_->can_write());
    auto others = TRY(state_->writer.database.prepare("SELECT count(*) FROM meta WHERE key<>?"));
    others.bind(key);
    TRY(others.step());
    if (static_cast<std::size_t>(others.integer(0)) >= meta_keys_max) {
        return Error{Errc::limit_exceeded, "there are too many meta keys"};
    }
    others.reset();
    return state_->change("INSERT OR REPLACE INTO meta VALUES(?,?)", key, value);
}

Result<std::optional<std::string>> SqliteLog::load_meta(std::string_view key) const {
    std::scoped_lock const lock{state_->reading};
    TRY(state_->alive());
    auto& row = state_->reader.meta;
    row.bind(key);
    Use const use{row};
    if (!TRY(row.step())) return std::optional<std::string>{};
    return std::optional{std::string{row.bytes(0)}};
}

}  // namespace posthaste::log
