#include "main/trim.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "main/doctor.hpp"

namespace posthaste::main {

namespace {

/// The event of the older of the region's two snapshots; none: there are not two yet.
Result<std::optional<log::Snapshot>> older_snapshot(log::Log const& log, RegionId region) {
    auto newest = TRY(log.load_snapshot(region));
    if (!newest.snapshot || newest.snapshot->event == 0) return std::optional<log::Snapshot>{};
    auto older = TRY(log.load_snapshot(region, newest.snapshot->event - 1));
    return std::move(older.snapshot);
}

}  // namespace

Result<Trimmed> trim(
    log::Log& log, log::Archive const& archive, RegionId region, Instant now, Millis keep
) {
    auto const older = TRY(older_snapshot(log, region));
    if (!older) return Trimmed{};
    auto const looked = TRY(replay(log, region, &archive, From::base));
    if (!looked.findings.empty()) return Error{Errc::corrupt, looked.findings.front().what};
    auto const archived = TRY(archive.extend(log, region, older->event + 1, now - keep));
    Trimmed done{.below = std::min(archived.last_event, older->event) + 1};
    if (archived.last_event == 0) return done;
    TRY(log.can_trim(region, done.below));
    TRY(archive.save_base(region, *older));
    for (std::size_t removed = log::trim_records_max; removed == log::trim_records_max;) {
        removed = TRY(log.trim(region, done.below, archived));
        done.records += removed;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});  // the writer's turn
    }
    return done;
}

}  // namespace posthaste::main
