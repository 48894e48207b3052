#include "log/sqlite/state.hpp"

namespace posthaste::log {

namespace {

/// Both snapshots are read whole and found in the chain: what is trimmed cannot be replayed again.
Status check_snapshots(
    Files const& files,
    ReaderConnection& reader,
    std::mutex& reading,
    RegionId region,
    EventNumber below
) {
    auto const kept = TRY(files.snapshots(region));
    if (kept.size() < snapshots_kept) return snapshots_too_low(region, below);
    for (auto const& file : kept) {
        if (file.event + 1 < below) return snapshots_too_low(region, below);
        auto const snapshot = Files::load(region, file);
        if (!snapshot.ok()) return Error{Errc::not_found, snapshot.error().detail};
        std::scoped_lock const lock{reading};
        if (!TRY(reader.chain_holds(region, file.event, snapshot.value().record))) {
            return snapshots_too_low(region, below);
        }
    }
    return Unit{};
}

/// The first event of the first record that stays; none: nothing goes.
Result<std::optional<EventNumber>> first_kept(
    Database& database, RegionId region, EventNumber below
) {
    auto const number = static_cast<std::uint64_t>(region);
    auto bounded =
        TRY(database.prepare("SELECT first_event FROM record WHERE region=? AND "
                             "first_event<=? ORDER BY first_event LIMIT 1 OFFSET ?"));
    bounded.bind(number, below, std::uint64_t{trim_records_max});
    if (TRY(bounded.step())) return std::optional{static_cast<EventNumber>(bounded.integer(0))};
    auto last =
        TRY(database.prepare("SELECT max(first_event) FROM record WHERE region=? AND first_event<=?"
        ));
    last.bind(number, below);
    TRY(last.step());
    if (last.is_null(0)) return std::optional<EventNumber>{};
    return std::optional{static_cast<EventNumber>(last.integer(0))};
}

}  // namespace

Status SqliteLog::can_trim(RegionId region, EventNumber below) const {
    TRY(state_->alive());
    return check_snapshots(state_->files, state_->reader, state_->reading, region, below);
}

Result<std::size_t> SqliteLog::trim(RegionId region, EventNumber below, Tail const& archived) {
    std::scoped_lock const lock{state_->maintaining, state_->writing};
    TRY(state_->can_write());
    auto const number = static_cast<std::uint64_t>(region);
    std::optional<Stored> kept;
    {
        std::scoped_lock const lock_reader{state_->reading};
        bool const reaches = archived.last_event + 1 >= below;
        auto& reader = state_->reader;
        if (!reaches || !TRY(reader.chain_holds(region, archived.last_event, archived.checksum)))
            return archive_too_short(region, below, archived);
        auto const first = TRY(first_kept(state_->reader.database, region, below));
        if (!first) return std::size_t{0};
        auto& row = state_->reader.by_event;
        row.bind(number, *first);
        Use const use{row};
        TRY(row.step());
        kept = TRY(record_of(row));
    }
    auto& database = state_->writer.database;
    auto newest =
        TRY(database.prepare("SELECT max(position) FROM record WHERE region=? AND first_event<?"));
    newest.bind(number, kept->first_event);
    TRY(newest.step());
    if (newest.is_null(0)) return std::size_t{0};
    auto const position = static_cast<Position>(newest.integer(0));
    newest.reset();
    for (auto const& cursor : TRY(cursors())) {
        if (cursor.position < position) return cursor_in_the_way(cursor, position);
    }
    std::string_view const checksum{
        reinterpret_cast<char const*>(kept->previous.bytes.data()), kept->previous.bytes.size()};
    std::size_t removed = 0;
    auto const remove_records = [&]() -> Status {
        auto remove = TRY(database.prepare("DELETE FROM record WHERE region=? AND first_event<?"));
        remove.bind(number, kept->first_event);
        TRY(remove.step());
        removed = static_cast<std::size_t>(sqlite3_changes(database.handle()));
        // So that a check can tell a trimmed log from one that lost its beginning.
        auto mark = TRY(database.prepare("INSERT OR REPLACE INTO trimmed VALUES(?,?,?)"));
        mark.bind(number, kept->first_event - 1, checksum);
        TRY(mark.step());
        return Unit{};
    };
    TRY(state_->transact(remove_records));
    return removed;
}

}  // namespace posthaste::log
