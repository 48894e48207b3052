// What every log must do, run on each implementation.
#include <doctest/doctest.h>

#include <functional>
#include <memory>

#include "log/memory/memory_log.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "log/testing.hpp"

namespace posthaste::log {
namespace {

using testing::Sample;
using testing::SampleChain;
using testing::TempFolder;

constexpr std::size_t everything = std::size_t{1} << 30U;
constexpr RegionId north{3};
constexpr RegionId south{700};

struct Memory {
    MemoryLog memory;
    Log& log() { return memory; }
    /// As a new process would find it.
    void restart() { REQUIRE(memory.reopen().ok()); }
};

struct Sqlite {
    TempFolder folder;
    std::unique_ptr<SqliteLog> open_log;
    Sqlite() { restart(); }
    Log& log() { return *open_log; }
    void restart() {
        open_log.reset();
        // What a power cut takes is tests/torture's matter.
        auto opened = SqliteLog::open(folder.path(), {.sync = Sync::off});
        REQUIRE(opened.ok());
        open_log = std::move(opened).value();
    }
};

Sample append_next(Log& log, SampleChain& chain, std::uint64_t events = 1) {
    auto sample = chain.next(events, 50);
    Append const append = sample.append();
    REQUIRE(log.append({&append, 1}).ok());
    chain.taken(sample);
    return sample;
}

Snapshot snapshot_after(Sample const& sample, std::string bytes) {
    return {
        .format = 4,
        .event = sample.tail(0).last_event,
        .record = sample.sealed.checksum,
        .state = digest(bytes),
        .bytes = std::move(bytes)};
}

}  // namespace

TEST_CASE_TEMPLATE("an empty log answers with nothing", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    CHECK(log.append({}).ok());
    CHECK(log.regions().value().empty());
    CHECK_FALSE(log.tail(north).value().has_value());
    CHECK(log.read(north, 1, everything).value().empty());
    CHECK(log.read_from(1, everything).value().empty());
    CHECK_FALSE(log.load_snapshot(north).value().snapshot.has_value());
    CHECK_FALSE(log.load_positions(north).value().has_value());
    CHECK_FALSE(log.load_meta("event_kinds").value().has_value());
    CHECK(log.cursors().value().empty());
}

TEST_CASE_TEMPLATE("one commit takes records of several regions", T, Memory, Sqlite) {
    T fixture;
    SampleChain north_chain{north, 1};
    SampleChain south_chain{south, 2};
    auto const first = north_chain.next(3, 10);
    north_chain.taken(first);
    auto const second = south_chain.next(2, 900);
    auto const third = north_chain.next(1, 0);
    std::vector<Append> const batch{first.append(), second.append(), third.append()};
    REQUIRE(fixture.log().append(batch).ok());
    fixture.restart();
    auto& log = fixture.log();
    CHECK(log.regions().value() == std::vector{north, south});
    CHECK(log.tail(north).value() == third.tail(3));
    CHECK(log.tail(south).value() == second.tail(2));
    auto const all = log.read_from(1, everything).value();
    REQUIRE(all.size() == 3);
    CHECK(all[1].region == south);
    CHECK(all[1].position == 2);
    CHECK(all[1].first_event == 1);
    CHECK(all[1].event_count == 2);
    CHECK(all[1].at == second.header.at);
    CHECK(all[1].bytes == second.sealed.bytes);
    CHECK(all[2].previous == first.sealed.checksum);
    CHECK(all[2].checksum == third.sealed.checksum);
}

TEST_CASE_TEMPLATE("reads begin inside a record and stop at their bytes", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    SampleChain chain{north, 1};
    SampleChain other{south, 1};
    for (int i = 0; i < 4; ++i) {
        append_next(log, chain, 3);  // events 1-3, 4-6, 7-9, 10-12
        append_next(log, other);
    }
    CHECK(log.read(north, 0, everything).value().size() == 4);
    CHECK(log.read(north, 1, everything).value().size() == 4);
    CHECK(log.read(north, 3, everything).value().size() == 4);
    CHECK(log.read(north, 4, everything).value().size() == 3);
    CHECK(log.read(north, 5, everything).value().front().first_event == 4);
    CHECK(log.read(north, 12, everything).value().size() == 1);
    CHECK(log.read(north, 13, everything).value().empty());
    CHECK(log.read(north, 5, 1).value().size() == 1);  // at least one, however small the bound
    auto const two = log.read(north, 1, everything).value();
    auto const bytes = two[0].bytes.size() + two[1].bytes.size();
    CHECK(log.read(north, 1, bytes).value().size() == 2);
    CHECK(log.read(north, 1, bytes - 1).value().size() == 1);
    CHECK(log.read_from(3, everything).value().front().position == 3);
    CHECK(log.read_from(3, 1).value().size() == 1);
    CHECK(log.read_from(9, everything).value().empty());
}

TEST_CASE_TEMPLATE("a record that does not continue its chain is fenced", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    SampleChain chain{north, 1};
    SampleChain deposed{north, 9};
    auto const stale = deposed.next(1, 20);
    auto const first = append_next(log, chain);
    Append append = stale.append();
    CHECK(log.append({&append, 1}).error().code == Errc::fenced);
    // The right number, but after another record than the one that is there.
    deposed.taken(stale);
    auto const forked = deposed.next(1, 20);
    append = forked.append();
    CHECK(log.append({&append, 1}).error().code == Errc::fenced);
    // A good record in the same batch is not stored either.
    SampleChain other{south, 1};
    auto const good = other.next(1, 20);
    std::vector<Append> const batch{good.append(), forked.append()};
    CHECK(log.append(batch).error().code == Errc::fenced);
    CHECK_FALSE(log.tail(south).value().has_value());
    CHECK(log.tail(north).value() == first.tail(1));
    append_next(log, chain);  // and the log goes on
}

TEST_CASE_TEMPLATE("what is too large is refused and nothing of it stored", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    SampleChain chain{north, 1};
    auto const large = chain.next(1, model::record_bytes_max);
    Append const append = large.append();
    CHECK(log.append({&append, 1}).error().code == Errc::limit_exceeded);
    std::vector<Append> const many(append_records_max + 1, chain.next(1, 1).append());
    CHECK(log.append(many).error().code == Errc::limit_exceeded);
    CHECK(log.save_meta("", "x").error().code == Errc::limit_exceeded);
    CHECK(
        log.save_meta(std::string(name_bytes_max + 1, 'x'), "x").error().code ==
        Errc::limit_exceeded
    );
    CHECK(
        log.save_meta("x", std::string(meta_value_bytes_max + 1, 'x')).error().code ==
        Errc::limit_exceeded
    );
    CHECK_FALSE(log.tail(north).value().has_value());
    append_next(log, chain);
}

TEST_CASE_TEMPLATE("the newest two snapshots are kept, and found by event", T, Memory, Sqlite) {
    T fixture;
    SampleChain chain{north, 1};
    std::vector<Snapshot> saved;
    for (std::size_t i = 0; i < 3; ++i) {
        append_next(fixture.log(), chain, 4);
        saved.push_back(snapshot_after(append_next(fixture.log(), chain, 4), std::string(i, 's')));
        REQUIRE(fixture.log().save_snapshot(north, saved.back()).ok());
    }
    fixture.restart();
    auto& log = fixture.log();
    CHECK(log.load_snapshot(north).value().snapshot == saved[2]);
    CHECK(log.load_snapshot(north).value().refused.empty());
    CHECK(log.load_snapshot(north, 24).value().snapshot == saved[2]);
    CHECK(log.load_snapshot(north, 23).value().snapshot == saved[1]);
    CHECK_FALSE(log.load_snapshot(north, 15).value().snapshot.has_value());
    CHECK_FALSE(log.load_snapshot(south).value().snapshot.has_value());
    auto wrong = saved[2];
    wrong.record = saved[1].record;
    CHECK(log.save_snapshot(north, wrong).error().code == Errc::not_found);
    wrong = saved[2];
    wrong.event -= 1;  // inside a record
    CHECK(log.save_snapshot(north, wrong).error().code == Errc::not_found);
}

TEST_CASE_TEMPLATE("checkpoints, cursors and meta values are replaced whole", T, Memory, Sqlite) {
    T fixture;
    SampleChain chain{north, 1};
    append_next(fixture.log(), chain);
    append_next(fixture.log(), chain);
    PositionCheckpoint const newer{.at = Instant{7}, .bytes = std::string("a\0b", 3)};
    CHECK(fixture.log().save_positions(north, {.at = Instant{5}, .bytes = "longer"}).ok());
    CHECK(fixture.log().save_positions(north, newer).ok());
    CHECK(fixture.log().save_cursor("views", 1).ok());
    CHECK(fixture.log().save_cursor("deliver", 2).ok());
    CHECK(fixture.log().save_cursor("views", 2).ok());
    CHECK(fixture.log().save_cursor("views", 3).error().code == Errc::not_found);
    CHECK(fixture.log().save_meta("event_kinds", "1,2").ok());
    CHECK(fixture.log().save_meta("event_kinds", std::string("\0", 1)).ok());
    CHECK(fixture.log().save_meta("empty", "").ok());
    fixture.restart();
    auto& log = fixture.log();
    CHECK(log.load_positions(north).value() == newer);
    CHECK(log.cursors().value() == std::vector<Cursor>{{"deliver", 2}, {"views", 2}});
    CHECK(log.drop_cursor("deliver").ok());
    CHECK(log.drop_cursor("never was").ok());
    CHECK(log.cursors().value() == std::vector<Cursor>{{"views", 2}});
    CHECK(log.load_meta("event_kinds").value() == std::string("\0", 1));
    CHECK(log.load_meta("empty").value() == "");
}

TEST_CASE_TEMPLATE("there is room for so many followers and meta keys", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    for (std::size_t i = 0; i < cursors_max; ++i) {
        REQUIRE(log.save_cursor("follower " + std::to_string(i), 0).ok());
        REQUIRE(log.save_meta("key " + std::to_string(i), "").ok());
    }
    static_assert(cursors_max == meta_keys_max);
    CHECK(log.save_cursor("one more", 0).error().code == Errc::limit_exceeded);
    CHECK(log.save_cursor("follower 7", 0).ok());
    CHECK(log.save_meta("one more", "").error().code == Errc::limit_exceeded);
    CHECK(log.save_meta("key 7", "changed").ok());
}

TEST_CASE_TEMPLATE("trim waits for two snapshots and every follower", T, Memory, Sqlite) {
    T fixture;
    auto& log = fixture.log();
    SampleChain chain{north, 1};
    SampleChain other{south, 1};
    append_next(log, other);
    append_next(log, chain, 2);                      // events 1-2, position 2
    auto const second = append_next(log, chain, 2);  // 3-4, 3
    auto const third = append_next(log, chain, 2);   // 5-6, 4
    append_next(log, chain, 2);                      // 7-8, 5
    auto const archived = second.tail(3);
    CHECK(log.can_trim(north, 5).error().code == Errc::not_found);
    REQUIRE(log.save_snapshot(north, snapshot_after(second, "two")).ok());
    CHECK(log.can_trim(north, 5).error().code == Errc::not_found);
    REQUIRE(log.save_snapshot(north, snapshot_after(third, "three")).ok());
    CHECK(log.can_trim(north, 6).error().code == Errc::not_found);  // the older one ends with 4
    REQUIRE(log.can_trim(north, 5).ok());
    REQUIRE(log.save_cursor("views", 2).ok());
    CHECK(log.trim(north, 5, archived).error().code == Errc::in_use);
    REQUIRE(log.save_cursor("views", 3).ok());
    CHECK(log.trim(north, 5, {}).error().code == Errc::not_found);  // nothing is archived
    CHECK(log.trim(north, 5, {.last_event = 2}).error().code == Errc::not_found);
    auto other_log = archived;
    other_log.checksum.bytes[0] ^= 1U;
    CHECK(log.trim(north, 5, other_log).error().code == Errc::not_found);
    CHECK(log.trim(north, 2, archived).value() == 0);  // event 1 shares a record with event 2
    CHECK(log.trim(north, 5, archived).value() == 2);
    CHECK(log.trim(north, 5, archived).value() == 0);
    fixture.restart();
    auto& again = fixture.log();
    CHECK(again.read(north, 4, everything).error().code == Errc::not_found);
    CHECK(again.read(north, 5, everything).value().size() == 2);
    CHECK(again.read_from(1, everything).value().size() == 3);
    // The older snapshot's own record is gone; the next one vouches for it.
    CHECK(again.load_snapshot(north, 5).value().snapshot->bytes == "two");
    append_next(again, chain);
    CHECK(again.tail(north).value()->position == 6);
}

TEST_CASE("memory and SQLite give the same answers to the same history") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        Memory memory;
        Sqlite sqlite;
        Prng prng{seed};
        std::vector<SampleChain> chains;
        for (std::uint16_t region = 0; region < 5; ++region)
            chains.emplace_back(RegionId{region}, prng.next());
        for (int turn = 0; turn < 40; ++turn) {
            std::vector<Sample> samples;
            for (auto& chain : chains) {
                if (prng.chance(500)) continue;
                samples.push_back(chain.next(1 + prng.below(5), prng.below(6000)));
                chain.taken(samples.back());
            }
            std::vector<Append> batch;
            for (auto const& sample : samples)
                batch.push_back(sample.append());
            REQUIRE(memory.log().append(batch).ok());
            REQUIRE(sqlite.log().append(batch).ok());
            if (prng.chance(50)) sqlite.restart();
            RegionId const region{static_cast<std::uint16_t>(prng.below(6))};
            CHECK(memory.log().tail(region).value() == sqlite.log().tail(region).value());
            auto const from = prng.below(100);
            auto const bytes = prng.below(20'000);
            auto const same = [](auto const& a, auto const& b) {
                REQUIRE(a.size() == b.size());
                for (std::size_t i = 0; i < a.size(); ++i) {
                    CHECK(a[i].position == b[i].position);
                    CHECK(a[i].first_event == b[i].first_event);
                    CHECK(a[i].bytes == b[i].bytes);
                    CHECK(a[i].checksum == b[i].checksum);
                }
            };
            same(
                memory.log().read(region, from, bytes).value(),
                sqlite.log().read(region, from, bytes).value()
            );
            same(
                memory.log().read_from(from, bytes).value(),
                sqlite.log().read_from(from, bytes).value()
            );
        }
    }
}

}  // namespace posthaste::log
