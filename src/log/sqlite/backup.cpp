#include "log/sqlite/backup.hpp"

#include <system_error>

#include "log/sqlite/state.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;

// A backup is one more follower: it reads in bounded pieces, so neither the writer nor the WAL
// waits for it, and each record is checked before it is written.
struct Copy {
    WriterConnection writer;
    Tails tails;

    Status add(std::span<Stored const> records) {
        TRY(writer.begin.step());
        for (auto const& record : records) {
            TRY(check_chain(tails[record.region], record));
            tails[record.region] = tail_of(record);
            writer.insert.bind(
                record.position,
                static_cast<std::uint64_t>(record.region),
                record.first_event,
                std::string_view{record.bytes}
            );
            TRY(writer.insert.step());
        }
        TRY(writer.commit.step());
        return checkpoint(writer.database);
    }

    Status add_cursors(std::span<Cursor const> cursors) {
        auto insert = TRY(writer.database.prepare("INSERT INTO cursor VALUES(?,?)"));
        for (auto const& cursor : cursors) {
            insert.bind(std::string_view{cursor.follower}, cursor.position);
            TRY(insert.step());
        }
        return Unit{};
    }
};

/// The small tables that say how the records are to be read.
Status copy_tables(Database& from, Copy& to) {
    auto meta = TRY(from.prepare("SELECT key, value FROM meta"));
    auto add_meta = TRY(to.writer.database.prepare("INSERT INTO meta VALUES(?,?)"));
    while (TRY(meta.step())) {
        add_meta.bind(meta.bytes(0), meta.bytes(1));
        TRY(add_meta.step());
    }
    for (auto const& [region, tail] : TRY(read_trimmed(from))) {
        auto mark = TRY(to.writer.database.prepare("INSERT INTO trimmed VALUES(?,?,?)"));
        mark.bind(
            static_cast<std::uint64_t>(region),
            tail.last_event,
            std::string_view{
                reinterpret_cast<char const*>(tail.checksum.bytes.data()),
                tail.checksum.bytes.size()}
        );
        TRY(mark.step());
        to.tails[region] = tail;
    }
    return Unit{};
}

Status check_empty(fs::path const& folder) {
    std::error_code failed;
    if (!fs::exists(folder, failed) || fs::is_empty(folder, failed)) return Unit{};
    if (failed) return system_error_of("looking into", folder, failed.value());
    return Error{Errc::in_use, "the backup folder " + folder.string() + " is not empty"};
}

/// The chunk of records from `next` on; empty at the end.
Result<std::vector<Stored>> chunk_from(ReaderConnection& reader, Position next) {
    std::vector<Stored> records;
    std::size_t bytes = 0;
    auto& rows = reader.by_position;
    rows.bind(next);
    Use const use{rows};
    while (bytes < chunk_bytes && TRY(rows.step())) {
        records.push_back(TRY(record_of(rows)));
        bytes += records.back().bytes.size();
    }
    return records;
}

/// The newest snapshot that is whole and of this chain, or none.
Status copy_snapshot(
    ReaderConnection& reader, Files const& from, Files const& to, RegionId region, Tail const& tail
) {
    for (auto const& file : TRY(from.snapshots(region))) {
        auto const snapshot = Files::load(region, file);
        if (!snapshot.ok() || snapshot.value().event > tail.last_event) continue;
        auto const& found = snapshot.value();
        if (!TRY(reader.chain_holds(region, found.event, found.record))) continue;
        return to.save_snapshot(region, found);
    }
    return Unit{};
}

Result<Position> copy_log(fs::path const& from, Options const& options, fs::path const& to) {
    TRY(check_empty(to));
    auto reader = TRY(ReaderConnection::open(from, options));
    auto const folder_lock = TRY(FolderLock::take(to));
    auto const files = TRY(Files::open(to));
    Copy copy;
    copy.writer = TRY(WriterConnection::open(to, Options{}));
    TRY(copy_tables(reader.database, copy));
    auto const cursors = TRY(reader.cursors());
    Position last = 0;
    for (;;) {
        auto const records = TRY(chunk_from(reader, last + 1));
        if (records.empty()) break;
        TRY(copy.add(records));
        last = records.back().position;
    }
    TRY(copy.add_cursors(cursors));
    auto const files_there = Files::at(from);
    for (auto const& [region, tail] : copy.tails) {
        TRY(copy_snapshot(reader, files_there, files, region, tail));
        auto const positions = files_there.load_positions(region);  // a damaged one stays behind
        if (positions.ok() && positions.value())
            TRY(files.save_positions(region, *positions.value()));
    }
    return last;
}

Status check_file(fs::path const& file) {
    std::error_code failed;
    if (fs::exists(file, failed)) return Unit{};
    return Error{Errc::not_found, "there is no " + file.string()};
}

}  // namespace

Result<Position> SqliteLog::backup(fs::path const& to) const {
    std::scoped_lock const lock{state_->maintaining};
    TRY(state_->alive());
    return copy_log(state_->folder, state_->options, to);
}

Result<Position> backup(fs::path const& from, fs::path const& to) {
    TRY(check_there(from));
    return copy_log(from, Options{}, to);
}

Status copy_database(fs::path const& from, fs::path const& to) {
    TRY(check_file(from));
    auto database = TRY(Database::open(from, OpenMode::existing, {}));
    std::string quoted = to.string();
    for (auto at = quoted.find('\''); at != quoted.npos; at = quoted.find('\'', at + 2))
        quoted.insert(at, 1, '\'');
    return database.run(("VACUUM INTO '" + quoted + "'").c_str());
}

}  // namespace posthaste::log
