#include "log/sealed_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace posthaste::log {

namespace fs = std::filesystem;

namespace {

class File {
public:
    explicit File(int descriptor) : descriptor_{descriptor} {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

Status write_all(int descriptor, std::string_view bytes, fs::path const& path) {
    while (!bytes.empty()) {
        ssize_t const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_error_of("writing", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Unit{};
}

}  // namespace

Status replace_file(fs::path const& path, std::string_view bytes) {
    fs::path const temporary = path.string() + ".tmp";
    {
        File const file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
        if (file.get() < 0) return system_error_of("making", temporary, errno);
        TRY(write_all(file.get(), bytes, temporary));
        if (::fdatasync(file.get()) != 0) return system_error_of("syncing", temporary, errno);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        return system_error_of("renaming", temporary, errno);
    }
    return sync_folder(path.parent_path());
}

Result<std::string> read_sealed(fs::path const& path, std::size_t bytes_max) {
    File const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return system_error_of("opening", path, errno);
    std::error_code failed;
    auto const size = fs::file_size(path, failed);
    if (failed) return system_error_of("measuring", path, failed.value());
    if (size > bytes_max + header_bytes_max + checksum_bytes + 8)
        return Error{Errc::corrupt, path.string() + ": longer than any can be"};
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        ssize_t const got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error_of("reading", path, errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

Result<std::vector<fs::path>> list(fs::path const& folder) {
    std::vector<fs::path> paths;
    std::error_code failed;
    for (fs::directory_iterator entry{folder, failed}; !failed && entry != fs::end(entry);) {
        paths.push_back(entry->path());
        entry.increment(failed);
    }
    if (failed) return system_error_of("listing", folder, failed.value());
    return paths;
}

Status remove_file(fs::path const& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Unit{};
    return system_error_of("removing", path, errno);
}

Status make_folder(fs::path const& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) return system_error_of("making", folder, failed.value());
    for (auto const& path : TRY(list(folder))) {
        if (path.extension() == ".tmp") TRY(remove_file(path));
    }
    return Unit{};
}

Error system_error_of(std::string_view doing, fs::path const& path, int number) {
    return Error{
        Errc::io_failed,
        fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(number))};
}

Status sync_folder(fs::path const& folder) {
    File const file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.get() < 0) return system_error_of("opening", folder, errno);
    if (::fsync(file.get()) != 0) return system_error_of("syncing", folder, errno);
    return Unit{};
}

Error too_new(fs::path const& path, std::uint32_t format, std::uint32_t known) {
    return Error{
        Errc::too_new,
        fmt::format(
            "{}: file format {} is newer than this version's {}", path.string(), format, known
        )};
}

}  // namespace posthaste::log
