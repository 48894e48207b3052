// One process at a time in a data folder.
//
// Gives    a lock that ends with the object, or with the process however it ends.
// Errors   in_use, naming the folder and the process that has it. io_failed when the folder cannot
//          be made or written in.
// Source   flock(2) on the file `lock`, which holds the owner's process id as text.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace posthaste::log {

class FolderLock {
public:
    FolderLock() = default;
    static Result<FolderLock> take(std::filesystem::path const& folder);

    FolderLock(FolderLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    FolderLock& operator=(FolderLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    FolderLock(FolderLock const&) = delete;
    FolderLock& operator=(FolderLock const&) = delete;
    ~FolderLock();

private:
    int descriptor_ = -1;
};

}  // namespace posthaste::log
