#include "log/sqlite/schema.hpp"

#include <fmt/format.h>

#include <cstring>

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

// The index is what lets many regions share one log: a region is read without its neighbours.
constexpr char const* make_tables = R"sql(
    CREATE TABLE record(
        position INTEGER PRIMARY KEY,
        region INTEGER NOT NULL,
        first_event INTEGER NOT NULL,
        bytes BLOB NOT NULL);
    CREATE UNIQUE INDEX record_by_event ON record(region, first_event);
    CREATE TABLE trimmed(
        region INTEGER PRIMARY KEY,
        last_event INTEGER NOT NULL,
        checksum BLOB NOT NULL);
    CREATE TABLE cursor(follower BLOB PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE meta(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
)sql";

Status set_up(Database& database, Options const& options) {
    char const* const sync =
        options.sync == Sync::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF";
    TRY(database.run(sync));
    return database.run("PRAGMA wal_autocheckpoint=0");
}

Status initialise(Database& database) {
    TRY(database.run("BEGIN IMMEDIATE"));
    TRY(database.run(make_tables));
    TRY(database.run(fmt::format("PRAGMA application_id={}", application_id).c_str()));
    TRY(database.run(fmt::format("PRAGMA user_version={}", schema_version).c_str()));
    return database.run("COMMIT");
}

Result<bool> is_new(Database& database) {
    return TRY(database.integer("SELECT count(*) FROM sqlite_master")) == 0 &&
           TRY(database.integer("PRAGMA application_id")) == 0;
}

// Everything seen from now on is in the database file and synced. A frame that was written before
// a failed or missing sync is read from the WAL and written anew, so it does not matter what the
// system made of the pages of that sync.
Status settle(Database& database) {
    int const code = sqlite3_wal_checkpoint_v2(
        database.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr
    );
    if (code != SQLITE_OK) return error_of(database.handle(), code, "checkpointing");
    return Unit{};
}

}  // namespace

Status check_version(Database& database, fs::path const& path) {
    if (TRY(database.integer("PRAGMA application_id")) != application_id) {
        return Error{Errc::corrupt, path.string() + " is a database, but no log of Posthaste"};
    }
    auto const version = TRY(database.integer("PRAGMA user_version"));
    if (version <= schema_version) return Unit{};
    return Error{
        Errc::too_new,
        fmt::format(
            "{} was written by a newer version (log format {}; this version knows up to {})",
            path.string(),
            version,
            schema_version
        )};
}

Result<Database> open_writer(fs::path const& folder, Options const& options) {
    fs::path const path = folder / database_name;
    auto database = TRY(Database::open(path, OpenMode::create, options.vfs));
    bool const made = TRY(is_new(database));
    if (!made) TRY(check_version(database, path));
    if (TRY(database.text("PRAGMA journal_mode=WAL")) != "wal") {
        return Error{Errc::io_failed, path.string() + " cannot be kept with a write-ahead log"};
    }
    TRY(set_up(database, options));
    if (made) TRY(initialise(database));
    TRY(settle(database));
    return database;
}

Result<Database> open_reader(fs::path const& folder, Options const& options, OpenMode mode) {
    auto database = TRY(Database::open(folder / database_name, mode, options.vfs));
    TRY(database.run("PRAGMA query_only=1"));
    if (mode == OpenMode::to_read) TRY(check_version(database, folder / database_name));
    TRY(set_up(database, options));
    return database;
}

Status check_there(fs::path const& folder) {
    std::error_code failed;
    if (fs::exists(folder / database_name, failed)) return Unit{};
    return Error{Errc::not_found, "there is no log in " + folder.string()};
}

Result<Stored> record_of(Statement const& row) {
    return check_record(
        static_cast<Position>(row.integer(0)),
        RegionId{static_cast<std::uint16_t>(row.integer(1))},
        static_cast<EventNumber>(row.integer(2)),
        std::string{row.bytes(3)}
    );
}

Result<Tails> read_tails(Database& database) {
    Tails tails;
    // One probe of the index a region, however many records it has.
    auto next_region = TRY(database.prepare("SELECT min(region) FROM record WHERE region>=?"));
    auto last_record =
        TRY(database.prepare("SELECT position, region, first_event, bytes FROM record "
                             "WHERE region=? ORDER BY first_event DESC LIMIT 1"));
    for (std::uint64_t from = 0;;) {
        next_region.bind(from);
        TRY(next_region.step());
        if (next_region.is_null(0)) return tails;
        auto const region = static_cast<std::uint64_t>(next_region.integer(0));
        last_record.bind(region);
        if (!TRY(last_record.step())) {
            return Error{Errc::corrupt, fmt::format("region {}: its last record is lost", region)};
        }
        auto const record = TRY(record_of(last_record));
        tails.emplace(record.region, tail_of(record));
        from = region + 1;
    }
}

Result<Tails> read_trimmed(Database& database) {
    Tails tails;
    auto rows = TRY(database.prepare("SELECT region, last_event, checksum FROM trimmed"));
    while (TRY(rows.step())) {
        Tail tail{.last_event = static_cast<EventNumber>(rows.integer(1))};
        auto const checksum = rows.bytes(2);
        if (checksum.size() != tail.checksum.bytes.size()) {
            return Error{Errc::corrupt, "the checksum of a trimmed region is cut short"};
        }
        std::memcpy(tail.checksum.bytes.data(), checksum.data(), checksum.size());
        tails.emplace(RegionId{static_cast<std::uint16_t>(rows.integer(0))}, tail);
    }
    return tails;
}

}  // namespace posthaste::log
