#include "log/sqlite/examine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "log/sqlite/files.hpp"
#include "log/sqlite/schema.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view restore_backup =
    "Keep a copy of the folder, then restore the newest backup into an empty one.";
constexpr std::string_view delete_file =
    "Delete the file; the log replays from an older snapshot, or from the first record.";

class Examiner {
public:
    explicit Examiner(fs::path folder) : folder_{std::move(folder)} {}

    Examination run() {
        look_at_database();
        for (auto const region : report_.regions)
            look_at_files(region);
        return std::move(report_);
    }

private:
    void found(Error const& error, std::string_view way_out) {
        if (report_.findings.size() + 1 == findings_max) {
            report_.findings.push_back(
                {error.code, "There is more than is listed here.", std::string{way_out}}
            );
        }
        if (report_.findings.size() >= findings_max) return;
        report_.findings.push_back({error.code, error.detail, std::string{way_out}});
    }

    void look_at_database() {
        auto const done = try_database();
        if (done.ok()) return;
        bool const newer = done.error().code == Errc::too_new;
        found(
            done.error(),
            newer
                ? "Start the version that wrote it, or a newer one; an older one must not touch it."
                : restore_backup
        );
    }

    Status try_database() {
        fs::path const path = folder_ / database_name;
        auto database = TRY(Database::open(path, OpenMode::existing, {}));
        // What a crash left in the WAL stays there for the server to find.
        sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        TRY(database.run("PRAGMA query_only=1"));
        TRY(check_version(database, path));
        auto check = TRY(database.prepare("PRAGMA quick_check(10)"));
        while (TRY(check.step())) {
            std::string const said{check.bytes(0)};
            if (said != "ok") found({Errc::corrupt, path.string() + ": " + said}, restore_backup);
        }
        tails_ = TRY(read_trimmed(database));
        TRY(walk(database));
        return look_at_cursors(database);
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
            found(record.error(), restore_backup);
            broken_.push_back(region);
            return;
        }
        auto const& stored = record.value();
        report_.event_count += stored.event_count;
        auto const broken = std::find(broken_.begin(), broken_.end(), region);
        if (broken == broken_.end()) {
            auto const chained = check_chain(tails_[region], stored);
            if (!chained.ok()) found(chained.error(), restore_backup);
        } else {
            broken_.erase(broken);  // told already; the chain is followed again from here
        }
        tails_[region] = tail_of(stored);
    }

    Status look_at_cursors(Database& database) {
        auto rows = TRY(database.prepare("SELECT follower, position FROM cursor WHERE position>?"));
        rows.bind(last_);
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
        if (!snapshots.ok()) return found(snapshots.error(), delete_file);
        for (auto const& file : snapshots.value()) {
            auto const snapshot = Files::load(region, file);
            if (!snapshot.ok()) {
                found(snapshot.error(), delete_file);
            } else if (snapshot.value().event > tails_[region].last_event) {
                found({Errc::corrupt, file.path.string() + ": is past the log's end"}, delete_file);
            }
        }
        auto const positions = files.load_positions(region);
        if (!positions.ok()) {
            found(positions.error(), "Delete the file; positions come back with the next fixes.");
        }
    }

    fs::path folder_;
    Examination report_;
    Tails tails_;
    std::vector<RegionId> broken_;  ///< whose last record could not be read
    Position last_ = 0;
};

}  // namespace

Result<Examination> examine(fs::path const& folder) {
    std::error_code failed;
    if (!fs::exists(folder / database_name, failed)) {
        return Error{Errc::not_found, "there is no log in " + folder.string()};
    }
    return Examiner{folder}.run();
}

}  // namespace posthaste::log
