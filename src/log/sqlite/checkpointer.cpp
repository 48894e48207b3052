#include "log/sqlite/checkpointer.hpp"

namespace posthaste::log {

Status checkpoint(Database& database) {
    int const code = sqlite3_wal_checkpoint_v2(
        database.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr
    );
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return Unit{};
    return error_of(database.handle(), code, "checkpointing");
}

Checkpointer::Checkpointer(Database database, Options const& options)
    : database_{std::move(database)},
      bytes_checkpoint_{options.wal_bytes_checkpoint},
      bytes_max_{options.wal_bytes_max},
      thread_{[this] { run(); }} {}

Checkpointer::~Checkpointer() {
    {
        std::scoped_lock const lock{mutex_};
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Checkpointer::wal_is(std::uint64_t bytes) {
    std::scoped_lock const lock{mutex_};
    if (bytes < wal_bytes_) copied_bytes_ = 0;  // it started over
    wal_bytes_ = bytes;
    if (wal_bytes_ >= copied_bytes_ + bytes_checkpoint_) wake_.notify_one();
}

Result<bool> Checkpointer::writer_must_finish() {
    std::scoped_lock const lock{mutex_};
    if (failed_) return Error{*failed_};
    bool const must = bulk_done_ || wal_bytes_ > bytes_max_;
    bulk_done_ = false;
    return must;
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        wake_.wait(lock, [this] {
            return stop_ || wal_bytes_ >= copied_bytes_ + bytes_checkpoint_;
        });
        if (stop_) return;
        copied_bytes_ = wal_bytes_;
        lock.unlock();
        auto const done = checkpoint(database_);
        lock.lock();
        bulk_done_ = true;
        if (!done.ok()) {
            failed_ = done.error();
            return;
        }
    }
}

}  // namespace posthaste::log
