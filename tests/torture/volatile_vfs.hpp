// A file system for SQLite on which a power cut loses what was not synced.
//
// Takes    the system's files in a folder of its own; they stand for the page cache.
// Gives    xSync makes a file's writes so far durable. At the cut every operation begins to fail,
//          and restore() then leaves of each file what was durable and a random part of the writes
//          after that, the last of which may be torn: a disk may write unsynced pages in any
//          order. Making and deleting a file is durable at once, which is all SQLite asks of a
//          folder that is synced by others.
// Threads  any; one mutex
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/prng.hpp"

namespace posthaste::torture {

class VolatileVfs {
public:
    /// Registers it under its name. One at a time in a process.
    VolatileVfs();
    ~VolatileVfs();
    VolatileVfs(VolatileVfs const&) = delete;
    VolatileVfs& operator=(VolatileVfs const&) = delete;
    VolatileVfs(VolatileVfs&&) = delete;
    VolatileVfs& operator=(VolatileVfs&&) = delete;

    static constexpr char const* name = "volatile";

    /// The power goes at the `operations`-th write, truncation or sync from now.
    void cut_after(std::uint64_t operations);
    /// The power goes now, if it has not yet.
    void cut();
    bool is_cut();
    /// Requires: is_cut(), and no file is open. What the disk holds when the power is back.
    void restore(Prng& prng);
    /// How often a restore() found writes that were not synced; so a test knows it tested
    /// something.
    std::uint64_t unsynced_writes_seen() const { return unsynced_writes_seen_; }

    // What SQLite's callbacks need.
    sqlite3_vfs* real() const { return real_; }
    /// False: the power is off, or goes with this operation.
    bool powered();
    void opened(std::string const& path);
    void deleted(std::string const& path);
    /// SQLite's result code. A write that the cut falls on is kept as one more unsynced write.
    int write(std::string const& path, std::int64_t offset, std::string bytes);
    int truncate(std::string const& path, std::int64_t bytes);
    int sync(std::string const& path);

private:
    struct Change {
        std::int64_t offset = 0;
        std::string bytes;
        bool truncates = false;
    };
    struct Disk {
        std::string durable;
        std::vector<Change> unsynced;
    };

    static void apply(std::string& contents, Change const& change);
    bool counts_down();

    sqlite3_vfs* const real_;
    sqlite3_vfs own_{};
    std::mutex mutex_;
    std::map<std::string, Disk> disks_;
    std::uint64_t operations_left_ = 0;  ///< 0: no cut is set
    bool cut_ = false;
    std::uint64_t unsynced_writes_seen_ = 0;
};

}  // namespace posthaste::torture
