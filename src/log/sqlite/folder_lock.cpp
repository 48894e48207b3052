#include "log/sqlite/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "log/sqlite/files.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

std::string owner_of(int descriptor) {
    std::array<char, 32> text{};
    ssize_t const size = ::pread(descriptor, text.data(), text.size(), 0);
    std::string owner{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    while (owner.ends_with('\n'))
        owner.pop_back();
    return owner.empty() ? "another process" : "process " + owner;
}

Status make(fs::path const& folder) {
    std::error_code failed;
    if (fs::create_directories(folder, failed)) return sync_folder(folder / "..");
    if (failed) return system_error_of("making the data folder", folder, failed.value());
    return Unit{};
}

}  // namespace

Result<FolderLock> FolderLock::take(fs::path const& folder) {
    TRY(make(folder));
    fs::path const path = folder / "lock";
    FolderLock lock;
    lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock.descriptor_ < 0) {
        return system_error_of("the data folder cannot be written in: opening", path, errno);
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_error_of("locking", path, errno);
        return Error{
            Errc::in_use,
            "the data folder " + folder.string() + " is in use by " + owner_of(lock.descriptor_)};
    }
    std::string const owner = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.descriptor_, 0) != 0 ||
        ::pwrite(lock.descriptor_, owner.data(), owner.size(), 0) < 0) {
        return system_error_of("the data folder cannot be written in: writing", path, errno);
    }
    return lock;
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace posthaste::log
