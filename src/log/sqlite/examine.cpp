#include "log/sqlite/examine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "log/sqlite/files.hpp"
#include "log/sqlite/schema.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view restore_backup =
    "Keep a copy of the folder, then restore the newest backup into an empty one.";
constexpr std::string_view delete_file =
    "Delete the file; the log replays from an older snapshot, or from the first record. Where that "
    "was trimmed away and no other snapshot of the region is whole, put the archive's in its place "
    "(ARCHIVE/snapshots).";
constexpr std::string_view make_room =
    "Make room on the disk, or move the folder to a larger one, and start the server again; what "
    "was acknowledged is there.";
constexpr std::string_view let_write =
    "Mount it for writing, or give it to the user that the server runs as (chown -R), and start "
    "the server again.";

std::string_view way_out_of(Errc code) {
    switch (code) {
        case Errc::too_new:
            return "Start the version that wrote it, or a newer one; an older one must not touch "
                   "it.";
        case Errc::io_failed:
        case Errc::in_use:
        case Errc::not_found:
        case Errc::limit_exceeded:
        case Errc::malformed:
        case Errc::fenced:
            return "Mend what the system says of it, and look again; nothing is known to be lost.";
        case Errc::corrupt:
            break;
    }
    return restore_backup;
}

class Examiner {
public:
    explicit Examiner(fs::path folder) : folder_{std::move(folder)} {}

    Examination run() {
        look_at_folder();
        auto const done = try_database();
        if (!done.ok()) found(done.error());
        for (auto const region : report_.regions)
            look_at_files(region);
        return std::move(report_);
    }

private:
    void found(Error const& error) { found(error, way_out_of(error.code)); }
    void found(Error const& error, std::string_view way_out) {
        if (report_.findings.size() + 1 == findings_max) {
            report_.findings.push_back(
                {error.code, "There is more than is listed here.", std::string{way_out}}
            );
        }
        if (report_.findings.size() >= findings_max) return;
        report_.findings.push_back({error.code, error.detail, std::string{way_out}});
    }

    void look_at_folder() {
        for (auto const& path : {folder_, folder_ / database_name}) {
            if (::access(path.c_str(), W_OK) == 0) continue;
            return found(system_error_of("it cannot be written:", path, errno), let_write);
        }
        std::error_code failed;
        auto const room = fs::space(folder_, failed).available;
        if (failed || room >= room_bytes_min) return;
        found(
            {Errc::io_failed,
             fmt::format(
                 "{}: its disk has only {} MiB left; the server stops when none is left",
                 folder_.string(),
                 room >> 20U
             )},
            make_room
        );
    }

    Status try_database() {
        fs::path const path = folder_ / database_name;
        database_ = TRY(open_reader(folder_, Options{}, OpenMode::to_read));
        auto check = TRY(database_.prepare("PRAGMA quick_check(10)"));
        while (TRY(check.step())) {
            std::string const said{check.bytes(0)};
            if (said != "ok") found({Errc::corrupt, path.string() + ": " + said}, restore_backup);
        }
        tails_ = TRY(read_trimmed(database_));
        TRY(walk(database_));
        return look_at_cursors(database_);
    }

    Status walk(Database& database) {
        constexpr std::uint64_t rows_at_once = 1024;  // a server's WAL is held no longer than this
        auto rows =
            TRY(database.prepare("SELECT position, region, first_event, bytes FROM record "
                                 "WHERE position>? ORDER BY position LIMIT ?"));
        while (true) {
            Position const before = last_;
            rows.bind(last_, rows_at_once);
            while (TRY(rows.step())) {
                last_ = static_cast<Position>(rows.integer(0));
                look_at(record_of(rows), RegionId{static_cast<std::uint16_t>(rows.integer(1))});
            }
            if (last_ == before) break;
        }
        for (auto const& [region, tail] : tails_)
            report_.regions.push_back(region);
        return Unit{};
    }

    void look_at(Result<Stored> const& record, RegionId region) {
        ++report_.record_count;
        if (!record.ok()) {
            found(record.error());
            broken_.push_back(region);
            return;
        }
        auto const& stored = record.value();
        report_.event_count += stored.event_count;
        auto const broken = std::find(broken_.begin(), broken_.end(), region);
        if (broken == broken_.end()) {
            auto const chained = check_chain(tails_[region], stored);
            if (!chained.ok() && !was_trimmed_to(stored)) found(chained.error(), restore_backup);
        } else {
            broken_.erase(broken);  // told already; the chain is followed again from here
        }
        tails_[region] = tail_of(stored);
    }

    /// A server may trim while we read: what came before is then gone, and the mark says so.
    bool was_trimmed_to(Stored const& stored) {
        auto const trimmed = read_trimmed(database_);
        if (!trimmed.ok()) return false;
        auto const mark = trimmed.value().find(stored.region);
        return mark != trimmed.value().end() && check_chain(mark->second, stored).ok();
    }

    Status look_at_cursors(Database& database) {
        auto rows =
            TRY(database.prepare("SELECT follower, position FROM cursor WHERE position>"
                                 "(SELECT coalesce(max(position), 0) FROM record)"));
        while (TRY(rows.step())) {
            found(
                {Errc::corrupt,
                 fmt::format(
                     "follower {} is at position {}, but the log ends at {}",
                     rows.bytes(0),
                     rows.integer(1),
                     last_
                 )},
                "Rebuild what this follower derives, from the first record."
            );
        }
        return Unit{};
    }

    void look_at_files(RegionId region) {
        Files const files = Files::at(folder_);
        auto const snapshots = files.snapshots(region);
        if (!snapshots.ok()) return found(snapshots.error());
        auto const tails = read_tails(database_);  // after the listing: a server may go on
        if (!tails.ok() || !tails.value().contains(region)) return;  // told already
        for (auto const& file : snapshots.value()) {
            auto const snapshot = Files::load(region, file);
            if (!snapshot.ok()) {
                std::error_code failed;
                bool const replaced = !fs::exists(file.path, failed);  // by newer ones, meanwhile
                if (!replaced) found(snapshot.error(), delete_file);
            } else if (snapshot.value().event > tails.value().at(region).last_event) {
                found({Errc::corrupt, file.path.string() + ": is past the log's end"}, delete_file);
            }
        }
        auto const positions = files.load_positions(region);
        if (!positions.ok()) {
            found(positions.error(), "Delete the file; positions come back with the next fixes.");
        }
    }

    fs::path folder_;
    Database database_;
    Examination report_;
    Tails tails_;
    std::vector<RegionId> broken_;  ///< whose last record could not be read
    Position last_ = 0;
};

}  // namespace

Result<Examination> examine(fs::path const& folder) {
    TRY(check_there(folder));
    return Examiner{folder}.run();
}

}  // namespace posthaste::log
