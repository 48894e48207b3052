#include "volatile_vfs.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <new>

#include "base/assert.hpp"

namespace posthaste::torture {

namespace {

/// What SQLite allocates for an open file; the system's file follows it in the same memory.
struct File {
    sqlite3_file base;
    VolatileVfs* vfs;
    std::string* path;  ///< none for a nameless temporary file
    sqlite3_file* real;
};

File& file_of(sqlite3_file* base) {
    return *reinterpret_cast<File*>(base);
}

VolatileVfs& vfs_of(sqlite3_vfs* vfs) {
    return *static_cast<VolatileVfs*>(vfs->pAppData);
}

int close_file(sqlite3_file* base) {
    File& file = file_of(base);
    int const code = file.real->pMethods->xClose(file.real);
    delete file.path;
    return code;
}

int read_file(sqlite3_file* base, void* bytes, int count, sqlite3_int64 offset) {
    File& file = file_of(base);
    if (!file.vfs->powered()) return SQLITE_IOERR_READ;
    return file.real->pMethods->xRead(file.real, bytes, count, offset);
}

int write_file(sqlite3_file* base, void const* bytes, int count, sqlite3_int64 offset) {
    File& file = file_of(base);
    std::string copy{static_cast<char const*>(bytes), static_cast<std::size_t>(count)};
    int const code = file.vfs->write(*file.path, offset, std::move(copy));
    if (code != SQLITE_OK) return code;
    return file.real->pMethods->xWrite(file.real, bytes, count, offset);
}

int truncate_file(sqlite3_file* base, sqlite3_int64 bytes) {
    File& file = file_of(base);
    int const code = file.vfs->truncate(*file.path, bytes);
    if (code != SQLITE_OK) return code;
    return file.real->pMethods->xTruncate(file.real, bytes);
}

int sync_file(sqlite3_file* base, int) {
    return file_of(base).vfs->sync(*file_of(base).path);
}

int file_size(sqlite3_file* base, sqlite3_int64* bytes) {
    File& file = file_of(base);
    return file.real->pMethods->xFileSize(file.real, bytes);
}

int lock_file(sqlite3_file* base, int lock) {
    File& file = file_of(base);
    return file.real->pMethods->xLock(file.real, lock);
}

int unlock_file(sqlite3_file* base, int lock) {
    File& file = file_of(base);
    return file.real->pMethods->xUnlock(file.real, lock);
}

int check_lock(sqlite3_file* base, int* reserved) {
    File& file = file_of(base);
    return file.real->pMethods->xCheckReservedLock(file.real, reserved);
}

int control_file(sqlite3_file* base, int operation, void* argument) {
    File& file = file_of(base);
    return file.real->pMethods->xFileControl(file.real, operation, argument);
}

int sector_bytes(sqlite3_file* base) {
    File& file = file_of(base);
    return file.real->pMethods->xSectorSize(file.real);
}

int characteristics(sqlite3_file* base) {
    File& file = file_of(base);
    return file.real->pMethods->xDeviceCharacteristics(file.real);
}

// The index of the WAL lies in shared memory, which no power cut keeps: restore() removes it.
int shm_map(sqlite3_file* base, int page, int bytes, int extend, void volatile** mapped) {
    File& file = file_of(base);
    return file.real->pMethods->xShmMap(file.real, page, bytes, extend, mapped);
}

int shm_lock(sqlite3_file* base, int offset, int count, int flags) {
    File& file = file_of(base);
    return file.real->pMethods->xShmLock(file.real, offset, count, flags);
}

void shm_barrier(sqlite3_file* base) {
    File& file = file_of(base);
    file.real->pMethods->xShmBarrier(file.real);
}

int shm_unmap(sqlite3_file* base, int remove) {
    File& file = file_of(base);
    return file.real->pMethods->xShmUnmap(file.real, remove);
}

constexpr sqlite3_io_methods methods{
    .iVersion = 2,  // without xFetch: no write goes round us by memory map
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_bytes,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

int open_file(sqlite3_vfs* own, char const* path, sqlite3_file* base, int flags, int* flags_out) {
    VolatileVfs& vfs = vfs_of(own);
    File& file = file_of(base);
    file.base.pMethods = nullptr;
    // A nameless file is SQLite's scratch space; our settings never make it need one.
    if (path == nullptr || !vfs.powered()) return SQLITE_CANTOPEN;
    file.vfs = &vfs;
    file.real = reinterpret_cast<sqlite3_file*>(&file + 1);
    int const code = vfs.real()->xOpen(vfs.real(), path, file.real, flags, flags_out);
    if (code != SQLITE_OK) return code;
    file.path = new std::string{path};
    file.base.pMethods = &methods;
    vfs.opened(*file.path);
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* own, char const* path, int sync_folder) {
    VolatileVfs& vfs = vfs_of(own);
    if (!vfs.powered()) return SQLITE_IOERR_DELETE;
    vfs.deleted(path);
    return vfs.real()->xDelete(vfs.real(), path, sync_folder);
}

std::string contents_of(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

VolatileVfs::VolatileVfs() : real_{sqlite3_vfs_find(nullptr)} {
    own_ = *real_;
    own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    own_.pNext = nullptr;
    own_.zName = name;
    own_.pAppData = this;
    own_.xOpen = open_file;
    own_.xDelete = delete_file;
    int const code = sqlite3_vfs_register(&own_, 0);
    ASSERT(code == SQLITE_OK);
}

VolatileVfs::~VolatileVfs() {
    sqlite3_vfs_unregister(&own_);
}

void VolatileVfs::cut_after(std::uint64_t operations) {
    std::scoped_lock const lock{mutex_};
    ASSERT(operations > 0);
    operations_left_ = operations;
}

void VolatileVfs::cut() {
    std::scoped_lock const lock{mutex_};
    cut_ = true;
}

bool VolatileVfs::is_cut() {
    std::scoped_lock const lock{mutex_};
    return cut_;
}

bool VolatileVfs::powered() {
    return !is_cut();
}

void VolatileVfs::opened(std::string const& path) {
    std::scoped_lock const lock{mutex_};
    if (!disks_.contains(path)) disks_[path].durable = contents_of(path);
}

void VolatileVfs::deleted(std::string const& path) {
    std::scoped_lock const lock{mutex_};
    disks_.erase(path);
}

bool VolatileVfs::counts_down() {
    if (operations_left_ == 0 || --operations_left_ > 0) return false;
    cut_ = true;
    return true;
}

int VolatileVfs::write(std::string const& path, std::int64_t offset, std::string bytes) {
    std::scoped_lock const lock{mutex_};
    if (cut_) return SQLITE_IOERR_WRITE;
    bool const last = counts_down();
    disks_[path].unsynced.push_back({.offset = offset, .bytes = std::move(bytes)});
    return last ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int VolatileVfs::truncate(std::string const& path, std::int64_t bytes) {
    std::scoped_lock const lock{mutex_};
    if (cut_ || counts_down()) return SQLITE_IOERR_TRUNCATE;
    disks_[path].unsynced.push_back({.offset = bytes, .truncates = true});
    return SQLITE_OK;
}

int VolatileVfs::sync(std::string const& path) {
    std::scoped_lock const lock{mutex_};
    if (cut_ || counts_down()) return SQLITE_IOERR_FSYNC;
    Disk& disk = disks_[path];
    for (auto const& change : disk.unsynced)
        apply(disk.durable, change);
    disk.unsynced.clear();
    return SQLITE_OK;
}

void VolatileVfs::apply(std::string& contents, Change const& change) {
    auto const offset = static_cast<std::size_t>(change.offset);
    if (change.truncates) {
        contents.resize(std::min(contents.size(), offset));
        return;
    }
    contents.resize(std::max(contents.size(), offset + change.bytes.size()));
    contents.replace(offset, change.bytes.size(), change.bytes);
}

void VolatileVfs::restore(Prng& prng) {
    std::scoped_lock const lock{mutex_};
    ASSERT(cut_);
    for (auto& [path, disk] : disks_) {
        unsynced_writes_seen_ += disk.unsynced.size();
        std::uint64_t const kept_per_mille = prng.below(4) * 333;  // none of them, up to nearly all
        for (auto& change : disk.unsynced) {
            if (!prng.chance(kept_per_mille)) continue;
            bool const torn = !change.truncates && &change == &disk.unsynced.back();
            if (torn) change.bytes.resize(prng.below(change.bytes.size() + 1));
            apply(disk.durable, change);
        }
        disk.unsynced.clear();
        std::ofstream{path, std::ios::binary | std::ios::trunc} << disk.durable;
        if (path.ends_with("-wal")) {
            auto const index = path.substr(0, path.size() - 3) + "shm";
            std::error_code ignored;
            std::filesystem::remove(index, ignored);
        }
    }
    operations_left_ = 0;
    cut_ = false;
}

}  // namespace posthaste::torture
