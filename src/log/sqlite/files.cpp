#include "log/sqlite/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "log/check.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t file_format = 1;

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

}  // namespace

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
    auto bytes = TRY(read_sealed(file.path, snapshot_bytes_max));
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
    auto bytes = TRY(read_sealed(path, checkpoint_bytes_max));
    auto const header = TRY(unpack<PositionsHeader>(path, bytes));
    if (header.region != region) {
        return Error{Errc::corrupt, path.string() + ": is another region's"};
    }
    return std::optional{PositionCheckpoint{.at = header.at, .bytes = std::move(bytes)}};
}

}  // namespace posthaste::log
