#include "log/sqlite/state.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

}  // namespace

Result<WriterConnection> WriterConnection::open(fs::path const& folder, Options const& options) {
    constexpr std::uint64_t frame_header_bytes = 24;
    WriterConnection writer;
    writer.database = TRY(open_writer(folder, options));
    auto& database = writer.database;
    auto const page_bytes = TRY(database.integer("PRAGMA page_size"));
    writer.frame_bytes = static_cast<std::uint64_t>(page_bytes) + frame_header_bytes;
    writer.begin = TRY(database.prepare("BEGIN IMMEDIATE"));
    writer.commit = TRY(database.prepare("COMMIT"));
    writer.rollback = TRY(database.prepare("ROLLBACK"));
    writer.insert = TRY(
        database.prepare("INSERT INTO record(position, region, first_event, bytes) VALUES(?,?,?,?)")
    );
    return writer;
}

Result<ReaderConnection> ReaderConnection::open(
    fs::path const& folder, Options const& options, OpenMode mode
) {
    ReaderConnection reader;
    reader.database = TRY(open_reader(folder, options, mode));
    auto& database = reader.database;
    reader.by_event =
        TRY(database.prepare("SELECT position, region, first_event, bytes FROM record "
                             "WHERE region=? AND first_event>=? ORDER BY first_event"));
    reader.first_event =
        TRY(database.prepare("SELECT (SELECT min(first_event) FROM record WHERE region=?1),"
                             "(SELECT max(first_event) FROM record "
                             "WHERE region=?1 AND first_event<=?2)"));
    reader.by_position =
        TRY(database.prepare("SELECT position, region, first_event, bytes FROM record "
                             "WHERE position>=? ORDER BY position"));
    reader.holding =
        TRY(database.prepare("SELECT position, region, first_event, bytes FROM record "
                             "WHERE region=? AND first_event<=? ORDER BY first_event DESC LIMIT 1")
        );
    reader.meta = TRY(database.prepare("SELECT value FROM meta WHERE key=?"));
    return reader;
}

Result<bool> ReaderConnection::chain_holds(
    RegionId region, EventNumber event, Digest const& checksum
) {
    Use const use{holding};
    for (auto const looked_for : {event, event + 1}) {
        holding.bind(static_cast<std::uint64_t>(region), looked_for);
        if (!TRY(holding.step())) continue;
        auto const record = TRY(record_of(holding));
        if (record.last_event() == event) return record.checksum == checksum;
        if (record.first_event == event + 1) return record.previous == checksum;
    }
    return false;
}

Result<std::vector<Cursor>> ReaderConnection::cursors() {
    std::vector<Cursor> all;
    auto rows = TRY(database.prepare("SELECT follower, position FROM cursor ORDER BY follower"));
    while (TRY(rows.step()))
        all.push_back({std::string{rows.bytes(0)}, static_cast<Position>(rows.integer(1))});
    return all;
}

Status SqliteLog::State::connect() {
    if (only_reads) {
        reader = TRY(ReaderConnection::open(folder, options, OpenMode::to_read));
        tails = TRY(read_tails(reader.database));
        return Unit{};
    }
    writer = TRY(WriterConnection::open(folder, options));
    reader = TRY(ReaderConnection::open(folder, options));
    tails = TRY(read_tails(writer.database));
    last = static_cast<Position>(
        TRY(writer.database.integer("SELECT coalesce(max(position), 0) FROM record"))
    );
    checkpointer = std::make_unique<Checkpointer>(TRY(open_reader(folder, options)), options);
    sqlite3_wal_hook(
        writer.database.handle(),
        [](void* self, sqlite3*, char const*, int pages) {
            auto const& state = *static_cast<State*>(self);
            state.checkpointer->wal_is(
                static_cast<std::uint64_t>(pages) * state.writer.frame_bytes
            );
            return SQLITE_OK;
        },
        this
    );
    failed.reset();
    return Unit{};
}

void SqliteLog::State::disconnect() {
    checkpointer.reset();
    reader = {};
    writer = {};
}

Status SqliteLog::State::alive() {
    std::scoped_lock const lock_known{known};
    if (failed) return Error{*failed};
    return Unit{};
}

Status SqliteLog::State::can_write() {
    if (only_reads) return Error{Errc::io_failed, "the log was opened only to read"};
    return alive();
}

}  // namespace posthaste::log
