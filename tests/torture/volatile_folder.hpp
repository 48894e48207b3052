// Files written by the system's calls, on which a power cut loses what was not synced.
//
// Takes    open, write, fdatasync, fsync, rename, unlink and close as the code under test makes
//          them: the linker's --wrap leads them here while one of these objects is alive.
// Gives    fdatasync makes a file's bytes durable, fsync of a folder its names. At the cut every
//          call begins to fail, and restore() then leaves of each file what was durable, or a
//          random beginning of what came after; and of each folder the durable names and a random
//          part of the changes after them, for a disk may keep those in any order.
// Shapes   files are small and written once from their beginning, as snapshots and checkpoints are.
// Threads  one
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/prng.hpp"

namespace posthaste::torture {

enum class Lies : std::uint8_t {
    none,
    file_sync,    ///< fdatasync does nothing
    folder_sync,  ///< fsync of a folder does nothing
};

class VolatileFolder {
public:
    /// One at a time in a process.
    explicit VolatileFolder(Lies lies);
    ~VolatileFolder();
    VolatileFolder(VolatileFolder const&) = delete;
    VolatileFolder& operator=(VolatileFolder const&) = delete;
    VolatileFolder(VolatileFolder&&) = delete;
    VolatileFolder& operator=(VolatileFolder&&) = delete;

    /// The power goes at the `operations`-th change or sync from now.
    void cut_after(std::uint64_t operations) { operations_left_ = operations; }
    bool is_cut() const { return cut_; }
    /// Requires: is_cut(). What the disk holds when the power is back.
    void restore(Prng& prng);

    // What the wrapped calls tell. False: the power is off, or goes with this operation.
    bool made(int descriptor, std::string const& path);
    bool writes(int descriptor, std::string_view bytes);
    bool syncs_file(int descriptor);
    bool syncs_folder(std::string const& folder);
    bool renames(std::string const& from, std::string const& to);
    bool unlinks(std::string const& path);
    void closed(int descriptor) { open_.erase(descriptor); }

private:
    using Inode = std::uint64_t;
    struct File {
        std::string bytes;
        std::string durable;
    };
    /// What happened to a name: now it means `inode`, or nothing when that is 0.
    struct Naming {
        std::string folder;
        std::map<std::string, Inode> names;  ///< of one call, kept or lost together
    };

    bool goes_on();
    static std::string contents(File const& file, Prng& prng);

    Lies const lies_;
    std::map<int, Inode> open_;
    std::map<Inode, File> files_;
    std::map<std::string, Inode> names_;
    std::map<std::string, Inode> durable_names_;
    std::vector<Naming> unsynced_;
    Inode last_inode_ = 0;
    std::uint64_t operations_left_ = 0;  ///< 0: no cut is set
    bool cut_ = false;
};

}  // namespace posthaste::torture
