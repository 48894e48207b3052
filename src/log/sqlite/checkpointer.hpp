// Moves committed pages from the WAL to the database file, beside the writer and not in its way.
//
// Takes    the size of the WAL after each commit, from the writer.
// Gives    a WAL that starts over at its beginning about each `wal_bytes_checkpoint`: a thread
//          copies the bulk, syncs it, and asks the writer for the few pages that came meanwhile,
//          without which SQLite never starts the file over.
// Errors   the thread's are kept, and stop the log at its next append: pages that cannot be moved
//          would fill the disk.
// Threads  its own, and the writer's
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "log/sqlite/database.hpp"
#include "log/sqlite/sqlite_log.hpp"

namespace posthaste::log {

/// As much as no reader still needs. Errors: those of the disk; not that a reader is in the way.
Status checkpoint(Database& database);

class Checkpointer {
public:
    Checkpointer(Database database, Options const& options);
    ~Checkpointer();
    Checkpointer(Checkpointer const&) = delete;
    Checkpointer& operator=(Checkpointer const&) = delete;
    Checkpointer(Checkpointer&&) = delete;
    Checkpointer& operator=(Checkpointer&&) = delete;

    /// Called by the writer after a commit that left the WAL this long.
    void wal_is(std::uint64_t bytes);
    /// Called by the writer before a transaction: true when it is to run checkpoint() first.
    Result<bool> writer_must_finish();

private:
    void run();

    Database database_;
    std::uint64_t const bytes_checkpoint_;
    std::uint64_t const bytes_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::uint64_t wal_bytes_ = 0;
    std::uint64_t copied_bytes_ = 0;  ///< the WAL's length when the thread last copied
    bool bulk_done_ = false;
    bool stop_ = false;
    std::optional<Error> failed_;
    std::thread thread_;
};

}  // namespace posthaste::log
