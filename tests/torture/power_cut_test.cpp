// The power goes at any write or sync: what was acknowledged is there when it is back.
#include <doctest/doctest.h>

#include "log/sqlite/sqlite_log.hpp"
#include "torture.hpp"
#include "volatile_vfs.hpp"

namespace posthaste::torture {
namespace {

/// Appends until the power goes, several times over in one folder; what is wrong after one of the
/// cuts, or nothing.
std::string cut_repeatedly(VolatileVfs& vfs, log::Sync sync, std::uint64_t seed) {
    constexpr int cuts = 4;
    constexpr std::uint64_t operations_max = 600;
    Prng prng{seed};
    log::testing::TempFolder const folder;
    // Small enough that checkpoints come often, some by the thread and some by the writer.
    log::Options const options{
        .vfs = VolatileVfs::name,
        .sync = sync,
        .wal_bytes_checkpoint = 8192 + prng.below(100'000),
        .wal_bytes_max = 50'000 + prng.below(200'000)};
    Acked acked;
    std::vector<log::testing::Sample> unacked;
    for (int i = 0; i <= cuts; ++i) {
        auto opened = log::SqliteLog::open(folder.path(), options);
        if (!opened.ok()) return opened.error().detail;
        auto log = std::move(opened).value();
        auto wrong = wrong_with(*log, acked, unacked);
        if (!wrong.empty()) return wrong;
        // What was under way and is there is as good as acknowledged from now on.
        for (auto const& sample : unacked) {
            auto const tail = log->tail(sample.header.region).value();
            if (tail && tail->checksum == sample.sealed.checksum) note(acked, {sample});
        }
        unacked.clear();
        if (i == cuts) break;
        auto chains = chains_of(*log, prng);
        vfs.cut_after(1 + prng.below(operations_max));
        while (unacked.empty()) {
            auto const batch = next_batch(chains, prng);
            if (log->append(appends_of(batch)).ok()) {
                note(acked, batch);
            } else {
                unacked = batch;
            }
        }
        vfs.cut();
        log.reset();
        vfs.restore(prng);
    }
    return {};
}

}  // namespace

TEST_CASE("a power cut at any moment loses nothing that was acknowledged") {
    VolatileVfs vfs;
    for (int round = 0; round < rounds(); ++round) {
        CAPTURE(round);
        CHECK(cut_repeatedly(vfs, log::Sync::full, static_cast<std::uint64_t>(round)) == "");
    }
    CHECK(vfs.unsynced_writes_seen() > 0);
}

TEST_CASE("without syncing the same cuts are noticed: the test can fail") {
    VolatileVfs vfs;
    int noticed = 0;
    for (int round = 0; round < rounds(); ++round) {
        auto const seed = static_cast<std::uint64_t>(round);
        if (!cut_repeatedly(vfs, log::Sync::off, seed).empty()) ++noticed;
    }
    MESSAGE(noticed << " of " << rounds() << " rounds lost something, as they should");
    CHECK(noticed > rounds() / 2);
}

}  // namespace posthaste::torture
