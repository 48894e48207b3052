// What an open SqliteLog consists of.
//
// Threads  `writing` guards the writer's connection, `reading` the reader's, `known` what both
//          need; taken in this order. `maintaining` keeps trim and backup apart, and comes first.
#pragma once

#include <mutex>

#include "log/sqlite/checkpointer.hpp"
#include "log/sqlite/files.hpp"
#include "log/sqlite/folder_lock.hpp"
#include "log/sqlite/schema.hpp"

namespace posthaste::log {

struct WriterConnection {
    static Result<WriterConnection> open(
        std::filesystem::path const& folder, Options const& options
    );

    Database database;
    std::uint64_t frame_bytes = 0;  ///< of one page in the WAL
    Statement begin;
    Statement commit;
    Statement rollback;
    Statement insert;
};

struct ReaderConnection {
    static Result<ReaderConnection> open(
        std::filesystem::path const& folder,
        Options const& options,
        OpenMode mode = OpenMode::existing
    );

    /// Does the region's chain hold `checksum` as that of the record that ends with `event`? When
    /// that record is trimmed away the next one says it.
    Result<bool> chain_holds(RegionId region, EventNumber event, Digest const& checksum);
    Result<std::vector<Cursor>> cursors();

    Database database;
    Statement by_event;
    Statement first_event;
    Statement by_position;
    Statement holding;
    Statement meta;
};

struct SqliteLog::State {
    std::filesystem::path folder;
    Options options;
    bool only_reads = false;
    FolderLock lock;
    Files files;

    std::mutex maintaining;
    std::mutex writing;
    WriterConnection writer;
    std::mutex reading;
    ReaderConnection reader;
    std::mutex known;
    Tails tails;
    Position last = 0;
    std::optional<Error> failed;
    std::unique_ptr<Checkpointer> checkpointer;  // last: it ends before what it uses

    Status connect();
    void disconnect();
    Status alive();
    /// Errors: those of alive(); io_failed where the log was opened to read.
    Status can_write();
    /// Requires: `writing` is held. Any failure ends the term.
    template <class Body>
    Status transact(Body&& body) {
        TRY(can_write());
        auto done = in_transaction(body);
        if (done.ok()) return done;
        std::scoped_lock const lock_known{known};
        failed = Error{
            done.error().code == Errc::corrupt ? Errc::corrupt : Errc::io_failed,
            done.error().detail + "; the log accepts nothing more until it is reopened"};
        return Error{*failed};
    }
    /// Requires: `writing` is held. Changes one row by a statement with parameters.
    template <class... Values>
    Status change(std::string_view sql, Values const&... values) {
        return transact([&]() -> Status {
            auto statement = TRY(writer.database.prepare(sql));
            statement.bind(values...);
            TRY(statement.step());
            return Unit{};
        });
    }

private:
    template <class Body>
    Status in_transaction(Body& body) {
        if (TRY(checkpointer->writer_must_finish())) TRY(checkpoint(writer.database));
        TRY(writer.begin.step());
        auto done = body();
        if (done.ok()) {
            auto const committed = writer.commit.step();
            if (committed.ok()) return Unit{};
            done = committed.error();
        }
        static_cast<void>(writer.rollback.step().ok());  // it fails when SQLite already did
        return done;
    }
};

}  // namespace posthaste::log
