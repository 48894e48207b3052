#include "log/sqlite/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/codec.hpp"
#include "log/check.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t file_format = 1;
constexpr std::size_t checksum_bytes = sizeof(Digest::bytes);
constexpr std::size_t header_bytes_max = 256;

struct SnapshotHeader {
    std::uint32_t file_format = log::file_format;
    RegionId region{};
    std::uint32_t format = 0;
    EventNumber event = 0;
    Digest record;
    Digest state;

    static void fields(auto& self, auto&& field) {
        field(1, "file_format", self.file_format);
        field(2, "region", self.region);
        field(3, "format", self.format);
        field(4, "event", self.event);
        field(5, "record", self.record);
        field(6, "state", self.state);
    }
};

struct PositionsHeader {
    std::uint32_t file_format = log::file_format;
    RegionId region{};
    Instant at;

    static void fields(auto& self, auto&& field) {
        field(1, "file_format", self.file_format);
        field(2, "region", self.region);
        field(3, "at", self.at);
    }
};

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

template <class Header>
std::string pack(Header const& header, std::string_view bytes) {
    Writer out;
    out.sized([&] { posthaste::detail::Coder<Header>::write(out, header); });
    std::string packed = std::move(out).bytes();
    packed.reserve(packed.size() + bytes.size() + checksum_bytes);
    packed += bytes;
    Digest const checksum = digest(packed);
    packed.append(reinterpret_cast<char const*>(checksum.bytes.data()), checksum_bytes);
    return packed;
}

/// The header, and the bytes after it left in `packed`.
template <class Header>
Result<Header> unpack(fs::path const& path, std::string& packed) {
    if (packed.size() < checksum_bytes) {
        return Error{Errc::corrupt, path.string() + ": too short"};
    }
    std::string_view const body{packed.data(), packed.size() - checksum_bytes};
    if (digest(body) != model::checksum_of(packed)) {
        return Error{Errc::corrupt, path.string() + ": the bytes do not match their checksum"};
    }
    Reader in{body};
    Header header;
    std::size_t const size = in.varint();
    if (size <= header_bytes_max) {
        Reader inner{in.take(size)};
        posthaste::detail::Coder<Header>::read(inner, header);
        if (!inner.ok()) in.fail();
    } else {
        in.fail();
    }
    if (!in.ok()) return Error{Errc::corrupt, path.string() + ": the header cannot be read"};
    if (header.file_format > file_format) {
        return Error{
            Errc::too_new,
            fmt::format(
                "{}: file format {} is newer than this version's {}",
                path.string(),
                header.file_format,
                file_format
            )};
    }
    packed.resize(packed.size() - checksum_bytes);
    packed.erase(0, body.size() - in.left());
    return header;
}

Status write_all(int descriptor, std::string_view bytes, fs::path const& path) {
    while (!bytes.empty()) {
        ssize_t const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_error_of("writing", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Unit{};
}

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

Result<std::string> read_file(fs::path const& path, std::size_t bytes_max) {
    File const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return system_error_of("opening", path, errno);
    std::error_code failed;
    auto const size = fs::file_size(path, failed);
    if (failed) return system_error_of("measuring", path, failed.value());
    if (size > bytes_max) return Error{Errc::corrupt, path.string() + ": longer than any can be"};
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

fs::path snapshots_folder(fs::path const& folder) {
    return folder / "snapshots";
}

fs::path positions_path(fs::path const& folder, RegionId region) {
    auto const number = static_cast<std::uint16_t>(region);
    return folder / "positions" / fmt::format("{:05}.positions", number);
}

std::string snapshot_prefix(RegionId region) {
    return fmt::format("{:05}-", static_cast<std::uint16_t>(region));
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
    std::error_code failed;
    fs::remove(path, failed);
    if (failed) return system_error_of("removing", path, failed.value());
    return Unit{};
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

}  // namespace

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

Files Files::at(fs::path const& folder) {
    return Files{folder};
}

Result<Files> Files::open(fs::path const& folder) {
    TRY(make_folder(snapshots_folder(folder)));
    TRY(make_folder(folder / "positions"));
    TRY(sync_folder(folder));
    return Files{folder};
}

Status Files::save_snapshot(RegionId region, Snapshot const& snapshot) const {
    TRY(check_bytes("a snapshot", snapshot.bytes.size(), snapshot_bytes_max));
    SnapshotHeader const header{
        .region = region,
        .format = snapshot.format,
        .event = snapshot.event,
        .record = snapshot.record,
        .state = snapshot.state};
    std::string const name =
        fmt::format("{}{:020}.snapshot", snapshot_prefix(region), snapshot.event);
    TRY(replace_file(snapshots_folder(folder_) / name, pack(header, snapshot.bytes)));
    std::size_t kept = 0;
    for (auto const& file : TRY(snapshots(region))) {
        if (file.event <= snapshot.event && ++kept <= snapshots_kept) continue;
        TRY(remove_file(file.path));
    }
    return Unit{};
}

Result<std::vector<SnapshotFile>> Files::snapshots(RegionId region) const {
    std::vector<SnapshotFile> found;
    auto const prefix = snapshot_prefix(region);
    for (auto const& path : TRY(list(snapshots_folder(folder_)))) {
        std::string const name = path.filename().string();
        if (!name.starts_with(prefix) || path.extension() != ".snapshot") continue;
        SnapshotFile file{.path = path};
        char const* const digits = name.data() + prefix.size();
        std::from_chars(digits, name.data() + name.size(), file.event);
        found.push_back(file);
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) {
        return a.event > b.event;
    });
    return found;
}

Result<Snapshot> Files::load(RegionId region, SnapshotFile const& file) {
    auto bytes =
        TRY(read_file(file.path, snapshot_bytes_max + header_bytes_max + checksum_bytes + 8));
    auto const header = TRY(unpack<SnapshotHeader>(file.path, bytes));
    if (header.region != region || header.event != file.event) {
        return Error{
            Errc::corrupt,
            file.path.string() + ": holds " + place_of(header.region, header.event, 0)};
    }
    return Snapshot{
        .format = header.format,
        .event = header.event,
        .record = header.record,
        .state = header.state,
        .bytes = std::move(bytes)};
}

Status Files::save_positions(RegionId region, PositionCheckpoint const& checkpoint) const {
    TRY(check_bytes("a position checkpoint", checkpoint.bytes.size(), checkpoint_bytes_max));
    PositionsHeader const header{.region = region, .at = checkpoint.at};
    return replace_file(positions_path(folder_, region), pack(header, checkpoint.bytes));
}

Result<std::optional<PositionCheckpoint>> Files::load_positions(RegionId region) const {
    fs::path const path = positions_path(folder_, region);
    std::error_code failed;
    if (!fs::exists(path, failed)) return std::optional<PositionCheckpoint>{};
    auto bytes = TRY(read_file(path, checkpoint_bytes_max + header_bytes_max + checksum_bytes + 8));
    auto const header = TRY(unpack<PositionsHeader>(path, bytes));
    if (header.region != region) {
        return Error{Errc::corrupt, path.string() + ": is another region's"};
    }
    return std::optional{PositionCheckpoint{.at = header.at, .bytes = std::move(bytes)}};
}

}  // namespace posthaste::log
