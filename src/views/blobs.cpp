#include "views/blobs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace posthaste::views {

namespace fs = std::filesystem;

namespace {

Error failed(std::string_view doing, fs::path const& path, int number) {
    return {
        Errc::io_failed,
        std::string{doing} + " " + path.string() + ": " +
            std::error_code{number, std::generic_category()}.message()};
}

/// A file descriptor that closes itself.
class File {
public:
    File(fs::path const& path, int flags)
        : handle_{::open(path.c_str(), flags | O_CLOEXEC, 0640)} {}
    ~File() {
        if (handle_ >= 0) ::close(handle_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;

    bool is_open() const { return handle_ >= 0; }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            auto const written = ::write(handle_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    bool sync() const { return ::fsync(handle_) == 0; }

private:
    int handle_;
};

Status sync_folder(fs::path const& folder) {
    File const handle{folder, O_RDONLY | O_DIRECTORY};
    if (!handle.is_open() || !handle.sync()) return failed("sync", folder, errno);
    return Unit{};
}

Status write_whole(fs::path const& path, std::string_view bytes) {
    File const file{path, O_WRONLY | O_CREAT | O_TRUNC};
    if (!file.is_open()) return failed("create", path, errno);
    if (!file.write(bytes)) return failed("write", path, errno);
    if (!file.sync()) return failed("sync", path, errno);
    return Unit{};
}

fs::path aside(fs::path const& path) {
    static std::atomic<std::uint64_t> count = 0;
    return path.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(++count) +
           ".part";
}

Status make_folder(fs::path const& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) return failed("make folder", folder, failure.value());
    return Unit{};
}

}  // namespace

Result<Blobs> Blobs::open(fs::path const& folder) {
    TRY(make_folder(folder));
    return Blobs{folder};
}

fs::path Blobs::path_of(Digest const& content) const {
    auto const hex = content.hex();
    return folder_ / hex.substr(0, 2) / hex.substr(2);
}

Status Blobs::put(Digest const& expected, std::string_view bytes) const {
    if (bytes.size() > blob_bytes_max) {
        return Error{
            Errc::limit_exceeded,
            "an attachment may have " + std::to_string(blob_bytes_max) + " bytes"};
    }
    auto const found = digest(bytes);
    if (found != expected) {
        return Error{
            Errc::malformed, "the content's digest is " + found.hex() + ", not " + expected.hex()};
    }
    auto const path = path_of(expected);
    if (has(expected)) return Unit{};
    TRY(make_folder(path.parent_path()));
    auto const part = aside(path);
    auto const written = write_whole(part, bytes);
    std::error_code failure;
    if (written.ok()) fs::rename(part, path, failure);
    if (!written.ok() || failure) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return written.ok() ? Status{failed("rename", part, failure.value())} : written;
    }
    TRY(sync_folder(path.parent_path()));
    return sync_folder(folder_);
}

Result<std::string> Blobs::get(Digest const& content) const {
    auto const path = path_of(content);
    std::ifstream file{path, std::ios::binary};
    if (!file) return Error{Errc::not_found, "there is no content " + content.hex()};
    std::string bytes{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    if (file.bad()) return failed("read", path, errno);
    if (digest(bytes) != content) {
        return Error{Errc::corrupt, path.string() + " no longer has the digest it is named by"};
    }
    return bytes;
}

bool Blobs::has(Digest const& content) const {
    std::error_code ignored;
    return fs::exists(path_of(content), ignored);
}

Status Blobs::erase(Digest const& content) const {
    std::error_code failure;
    fs::remove(path_of(content), failure);
    if (failure) return failed("remove", path_of(content), failure.value());
    return Unit{};
}

}  // namespace posthaste::views
