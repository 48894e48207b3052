#include "volatile_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <fstream>
#include <set>

#include "base/assert.hpp"

namespace posthaste::torture {

namespace {

VolatileFolder* under_test = nullptr;

std::string folder_of(std::string const& path) {
    return std::filesystem::path{path}.parent_path().string();
}

}  // namespace

VolatileFolder::VolatileFolder(Lies lies) : lies_{lies} {
    ASSERT(under_test == nullptr);
    under_test = this;
}

VolatileFolder::~VolatileFolder() {
    under_test = nullptr;
}

bool VolatileFolder::goes_on() {
    if (cut_) return false;
    if (operations_left_ > 0 && --operations_left_ == 0) cut_ = true;
    return !cut_;
}

bool VolatileFolder::made(int descriptor, std::string const& path) {
    if (!goes_on()) return false;
    files_[++last_inode_] = {};
    names_[path] = last_inode_;
    open_[descriptor] = last_inode_;
    unsynced_.push_back({folder_of(path), {{path, last_inode_}}});
    return true;
}

bool VolatileFolder::writes(int descriptor, std::string_view bytes) {
    auto const open = open_.find(descriptor);
    if (open == open_.end()) return true;
    bool const on = goes_on();
    files_[open->second].bytes += bytes;  // the cut may fall into this write
    return on;
}

bool VolatileFolder::syncs_file(int descriptor) {
    auto const open = open_.find(descriptor);
    if (open == open_.end()) return true;
    if (!goes_on()) return false;
    auto& file = files_[open->second];
    if (lies_ != Lies::file_sync) file.durable = file.bytes;
    return true;
}

bool VolatileFolder::syncs_folder(std::string const& folder) {
    if (!goes_on()) return false;
    if (lies_ == Lies::folder_sync) return true;
    for (auto const& change : unsynced_) {
        if (change.folder != folder) continue;
        for (auto const& [path, inode] : change.names)
            durable_names_[path] = inode;
    }
    std::erase_if(unsynced_, [&](auto const& change) { return change.folder == folder; });
    return true;
}

bool VolatileFolder::renames(std::string const& from, std::string const& to) {
    if (!goes_on()) return false;
    auto const inode = names_[from];
    names_.erase(from);
    names_[to] = inode;
    unsynced_.push_back({folder_of(to), {{from, 0}, {to, inode}}});
    return true;
}

bool VolatileFolder::unlinks(std::string const& path) {
    if (!goes_on()) return false;
    names_.erase(path);
    unsynced_.push_back({folder_of(path), {{path, 0}}});
    return true;
}

std::string VolatileFolder::contents(File const& file, Prng& prng) {
    if (file.durable.size() == file.bytes.size()) return file.durable;
    auto const more = prng.below(file.bytes.size() - file.durable.size() + 1);
    return file.bytes.substr(0, file.durable.size() + more);
}

void VolatileFolder::restore(Prng& prng) {
    ASSERT(cut_);
    ASSERT(open_.empty());
    std::set<std::string> seen;
    for (auto const& [path, inode] : names_)
        seen.insert(path);
    std::uint64_t const kept_per_mille = prng.below(4) * 333;  // none of them, up to nearly all
    for (auto const& change : unsynced_) {
        bool const kept = prng.chance(kept_per_mille);
        for (auto const& [path, inode] : change.names) {
            seen.insert(path);
            if (kept) durable_names_[path] = inode;
        }
    }
    for (auto const& [path, inode] : durable_names_)
        seen.insert(path);
    std::erase_if(durable_names_, [](auto const& named) { return named.second == 0; });
    unsynced_.clear();
    cut_ = false;
    operations_left_ = 0;
    for (auto const& path : seen) {
        auto const named = durable_names_.find(path);
        if (named == durable_names_.end()) {
            std::filesystem::remove(path);
            continue;
        }
        auto& file = files_[named->second];
        file.bytes = file.durable = contents(file, prng);
        std::ofstream{path, std::ios::binary | std::ios::trunc} << file.bytes;
    }
    names_ = durable_names_;
}

}  // namespace posthaste::torture

// What the linker calls instead of the system, for the code that is linked into this program.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
extern "C" {

int __real_open(char const* path, int flags, ...);
int __real_close(int descriptor);
ssize_t __real_write(int descriptor, void const* bytes, size_t count);
int __real_fdatasync(int descriptor);
int __real_fsync(int descriptor);
int __real_rename(char const* from, char const* to);
int __real_unlink(char const* path);

using posthaste::torture::under_test;

static int without_power() {
    errno = EIO;
    return -1;
}

int __wrap_open(char const* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t const mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    int const descriptor = __real_open(path, flags, mode);
    bool const is_made = under_test != nullptr && descriptor >= 0 && (flags & O_TRUNC) != 0;
    if (!is_made || under_test->made(descriptor, path)) return descriptor;
    __real_close(descriptor);
    return without_power();
}

int __wrap_close(int descriptor) {
    if (under_test != nullptr) under_test->closed(descriptor);
    return __real_close(descriptor);
}

ssize_t __wrap_write(int descriptor, void const* bytes, size_t count) {
    bool const on = under_test == nullptr ||
                    under_test->writes(descriptor, {static_cast<char const*>(bytes), count});
    return on ? __real_write(descriptor, bytes, count) : without_power();
}

int __wrap_fdatasync(int descriptor) {
    if (under_test == nullptr) return __real_fdatasync(descriptor);
    return under_test->syncs_file(descriptor) ? 0 : without_power();
}

int __wrap_fsync(int descriptor) {
    if (under_test == nullptr) return __real_fsync(descriptor);
    std::error_code failed;
    auto const link = "/proc/self/fd/" + std::to_string(descriptor);
    auto const folder = std::filesystem::read_symlink(link, failed);
    return under_test->syncs_folder(folder.string()) ? 0 : without_power();
}

int __wrap_rename(char const* from, char const* to) {
    bool const on = under_test == nullptr || under_test->renames(from, to);
    return on ? __real_rename(from, to) : without_power();
}

int __wrap_unlink(char const* path) {
    bool const on = under_test == nullptr || under_test->unlinks(path);
    return on ? __real_unlink(path) : without_power();
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
