#include <fmt/format.h>

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

}  // namespace

Result<Position> SqliteLog::backup(fs::path const& to) const {
    std::scoped_lock const lock{state_->maintaining};
    TRY(state_->alive());
    TRY(check_empty(to));
    auto const folder_lock = TRY(FolderLock::take(to));
    auto const files = TRY(Files::open(to));
    Copy copy;
    copy.writer = TRY(WriterConnection::open(to, Options{}));
    Position end = 0;
    {
        std::scoped_lock const lock_reader{state_->reading, state_->known};
        end = state_->last;
        TRY(copy_tables(state_->reader.database, copy));
        auto const cursors = TRY(state_->reader.cursors());
        TRY(copy.add_cursors(cursors));
    }
    for (Position next = 1; next <= end;) {
        auto const records = TRY(read_from(next, chunk_bytes));
        if (records.empty()) break;
        TRY(copy.add(records));
        next = records.back().position + 1;
        end = std::max(end, records.back().position);
    }
    for (auto const& [region, tail] : copy.tails) {
        auto const found = TRY(load_snapshot(region, tail.last_event));
        if (found.snapshot) TRY(files.save_snapshot(region, *found.snapshot));
        auto const positions = load_positions(region);  // a damaged one is left behind
        if (positions.ok() && positions.value()) {
            TRY(files.save_positions(region, *positions.value()));
        }
    }
    return end;
}

}  // namespace posthaste::log
