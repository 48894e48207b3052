// The power goes while a snapshot or a position checkpoint is written: a name always means a whole
// file, and what was saved before is there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "log/sqlite/files.hpp"
#include "torture.hpp"
#include "volatile_folder.hpp"

namespace posthaste::torture {
namespace {

using log::Files;

constexpr RegionId region{1};

/// What has been saved, and what was being saved when the power went.
struct Promised {
    log::EventNumber snapshot = 0;
    log::EventNumber older_snapshot = 0;
    std::int64_t positions = 0;
    log::EventNumber snapshot_under_way = 0;
    std::int64_t positions_under_way = 0;
};

std::string text_of(std::uint64_t number) {
    return fmt::format("{:05}", number) + std::string(3000 + number % 100, 'x');
}

std::string wrong_with(Files const& files, Promised const& promised) {
    auto const listed = files.snapshots(region);
    if (!listed.ok()) return listed.error().detail;
    std::vector<log::EventNumber> events;
    for (auto const& file : listed.value()) {
        auto const snapshot = Files::load(region, file);
        if (!snapshot.ok()) return snapshot.error().detail;
        if (snapshot.value().bytes != text_of(file.event)) return "a snapshot of something else";
        events.push_back(file.event);
    }
    for (auto const saved : {promised.snapshot, promised.older_snapshot}) {
        bool const may_be_gone =
            saved == promised.older_snapshot && promised.snapshot_under_way > 0;
        if (saved == 0 || may_be_gone) continue;
        if (std::ranges::find(events, saved) == events.end())
            return fmt::format("snapshot {} is gone", saved);
    }
    auto const positions = files.load_positions(region);
    if (!positions.ok()) return positions.error().detail;
    auto const at = positions.value() ? positions.value()->at.millis() : 0;
    if (at != promised.positions && at != promised.positions_under_way)
        return fmt::format("positions of {}, saved were those of {}", at, promised.positions);
    bool const whole =
        at == 0 || positions.value()->bytes == text_of(static_cast<std::uint64_t>(at));
    return whole ? "" : "positions of something else";
}

/// Saves the next of one kind. False: the power went.
bool save_next(Files const& files, Promised& promised, bool snapshot) {
    if (snapshot) {
        auto const event = promised.snapshot + 1;
        promised.snapshot_under_way = event;
        if (!files.save_snapshot(region, {.event = event, .bytes = text_of(event)}).ok())
            return false;
        promised.older_snapshot = promised.snapshot;
        promised.snapshot = event;
        promised.snapshot_under_way = 0;
        return true;
    }
    auto const at = promised.positions + 1;
    promised.positions_under_way = at;
    auto const bytes = text_of(static_cast<std::uint64_t>(at));
    if (!files.save_positions(region, {.at = Instant{at}, .bytes = bytes}).ok()) return false;
    promised.positions = at;
    return true;
}

/// What is wrong after one of several cuts in one folder, or nothing.
std::string cut_repeatedly(Lies lies, std::uint64_t seed) {
    constexpr int cuts = 6;
    constexpr std::uint64_t operations_max = 60;
    Prng prng{seed};
    log::testing::TempFolder const folder;
    VolatileFolder disk{lies};
    Promised promised;
    for (int i = 0; i < cuts; ++i) {
        auto const opened = Files::open(folder.path());
        if (!opened.ok()) return opened.error().detail;
        auto const& files = opened.value();
        auto wrong = wrong_with(files, promised);
        if (!wrong.empty()) return wrong;
        // What was under way and is there is as good as saved from now on.
        promised = {};
        for (auto const& file : files.snapshots(region).value()) {
            promised.older_snapshot = promised.snapshot == 0 ? 0 : file.event;
            promised.snapshot = std::max(promised.snapshot, file.event);
        }
        auto const positions = files.load_positions(region).value();
        promised.positions = positions ? positions->at.millis() : 0;
        promised.positions_under_way = promised.positions;
        disk.cut_after(1 + prng.below(operations_max));
        while (save_next(files, promised, prng.chance(500))) {
        }
        disk.restore(prng);
    }
    return {};
}

}  // namespace

TEST_CASE("a power cut at any moment leaves whole snapshots and positions, none older than saved") {
    for (int round = 0; round < rounds() * 5; ++round) {
        CAPTURE(round);
        CHECK(cut_repeatedly(Lies::none, static_cast<std::uint64_t>(round)) == "");
    }
}

TEST_CASE("the same cuts are noticed when a sync is left out: the test can fail") {
    for (auto const lies : {Lies::file_sync, Lies::folder_sync}) {
        int noticed = 0;
        for (int round = 0; round < rounds(); ++round) {
            auto const seed = static_cast<std::uint64_t>(round);
            if (!cut_repeatedly(lies, seed).empty()) ++noticed;
        }
        MESSAGE(noticed << " of " << rounds() << " rounds lost something, as they should");
        CHECK(noticed > rounds() / 2);
    }
}

}  // namespace posthaste::torture
