#include "log/sqlite/sqlite_log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "log/sqlite/database.hpp"
#include "log/sqlite/examine.hpp"
#include "log/testing.hpp"

namespace posthaste::log {
namespace {

namespace fs = std::filesystem;
using testing::Sample;
using testing::SampleChain;
using testing::TempFolder;

constexpr std::size_t everything = std::size_t{1} << 30U;
constexpr RegionId region{3};

std::unique_ptr<SqliteLog> open_good(fs::path const& folder, Options const& options = {}) {
    auto opened = SqliteLog::open(folder, options);
    if (!opened.ok()) FAIL(opened.error().detail);
    return std::move(opened).value();
}

Status append_one(Log& log, SampleChain& chain, std::size_t bytes = 50) {
    auto const sample = chain.next(2, bytes);
    Append const append = sample.append();
    TRY(log.append({&append, 1}));
    chain.taken(sample);
    return Unit{};
}

/// A closed log of `count` records of two events each.
void fill(fs::path const& folder, int count) {
    auto const log = open_good(folder);
    SampleChain chain{region, 1};
    for (int i = 0; i < count; ++i)
        REQUIRE(append_one(*log, chain).ok());
}

void run_sql(fs::path const& folder, char const* sql) {
    auto database = Database::open(folder / "log.db", OpenMode::existing, {});
    REQUIRE(std::move(database).value().run(sql).ok());
}

std::string contents(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void overwrite(fs::path const& path, std::string const& bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

void flip_bit(fs::path const& path, std::size_t at) {
    std::string bytes = contents(path);
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 4);
    overwrite(path, bytes);
}

bool has(std::string const& text, std::string_view part) {
    bool const found = text.find(part) != std::string::npos;
    if (!found) MESSAGE(text << " lacks " << part);
    return found;
}

/// Runs `body` in a child process; its exit code.
template <class Body>
int in_child(Body body) {
    pid_t const child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The newest snapshot file, by name.
fs::path newest_snapshot(fs::path const& folder) {
    fs::path newest;
    for (auto const& entry : fs::directory_iterator{folder / "snapshots"})
        newest = std::max(newest, entry.path());
    return newest;
}

}  // namespace

TEST_CASE("a second process is told who has the folder") {
    TempFolder const folder;
    auto const log = open_good(folder.path());
    auto const own = std::to_string(::getpid());
    int const told = in_child([&] {
        auto const second = SqliteLog::open(folder.path());
        if (second.ok() || second.error().code != Errc::in_use) return 1;
        return has(second.error().detail, "process " + own) &&
                       has(second.error().detail, folder.path().string())
                   ? 0
                   : 2;
    });
    CHECK(told == 0);
    // The same process opening twice is refused too.
    CHECK(SqliteLog::open(folder.path()).error().code == Errc::in_use);
}

TEST_CASE("a folder that cannot be written in is said to be so") {
    TempFolder const folder;
    fill(folder.path(), 1);
    for (auto const& entry : fs::directory_iterator{folder.path()})
        fs::permissions(entry.path(), fs::perms::owner_read | fs::perms::others_read);
    ::chmod(folder.path().c_str(), 0555);
    int const told = in_child([&] {
        constexpr uid_t nobody = 65'534;
        if (::getuid() == 0 && ::setuid(nobody) != 0) return 1;  // root may write anywhere
        auto const opened = SqliteLog::open(folder.path());
        if (opened.ok() || opened.error().code != Errc::io_failed) return 2;
        return has(opened.error().detail, folder.path().string()) &&
                       has(opened.error().detail, "Permission denied")
                   ? 0
                   : 3;
    });
    CHECK(told == 0);
    ::chmod(folder.path().c_str(), 0755);
}

TEST_CASE("a log of a newer version is refused as newer") {
    TempFolder const folder;
    fill(folder.path(), 1);
    run_sql(folder.path(), "PRAGMA user_version=2");
    auto const opened = SqliteLog::open(folder.path());
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == Errc::too_new);
    CHECK(has(opened.error().detail, "log format 2; this version knows up to 1"));
    auto const report = examine(folder.path()).value();
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].code == Errc::too_new);
    CHECK(has(report.findings[0].way_out, "newer"));
}

TEST_CASE("a record of a newer format is refused as newer") {
    TempFolder const folder;
    REQUIRE(SqliteLog::open(folder.path()).ok());
    auto header = SampleChain{region, 1}.next(1, 10).header;
    header.format = model::record_format + 1;
    auto const sealed = model::seal({header, {}});
    {
        auto database = Database::open(folder.path() / "log.db", OpenMode::existing, {}).value();
        auto insert = database.prepare("INSERT INTO record VALUES(1, 3, 1, ?)").value();
        insert.bind(std::string_view{sealed.bytes});
        REQUIRE(insert.step().ok());
    }
    auto const opened = SqliteLog::open(folder.path());
    CHECK(opened.error().code == Errc::too_new);
    CHECK(has(opened.error().detail, "region 3, event 1, position 1"));
}

TEST_CASE("another program's database is not taken for a log") {
    TempFolder const folder;
    REQUIRE(SqliteLog::open(folder.path()).ok());
    run_sql(folder.path(), "PRAGMA application_id=7");
    CHECK(SqliteLog::open(folder.path()).error().code == Errc::corrupt);
    overwrite(folder.path() / "log.db", std::string(8192, 'x'));
    auto const opened = SqliteLog::open(folder.path());
    CHECK(opened.error().code == Errc::corrupt);
    CHECK(has(opened.error().detail, "log.db"));
}

TEST_CASE("a flipped bit in a record is found by reading, opening and examining") {
    TempFolder const folder;
    fill(folder.path(), 5);
    SUBCASE("in the middle") {
        run_sql(
            folder.path(),
            "UPDATE record SET bytes=CAST(substr(bytes,1,20)||x'ff'||substr(bytes,22) AS BLOB) "
            "WHERE position=3"
        );
        auto const log = open_good(folder.path());
        auto const read = log->read(region, 1, everything);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().code == Errc::corrupt);
        CHECK(has(read.error().detail, "region 3, event 5, position 3"));
        CHECK(log->read_from(1, everything).error().code == Errc::corrupt);
        CHECK(log->read(region, 7, everything).value().size() == 2);  // what is good stays readable
        auto const report = examine(folder.path()).value();
        REQUIRE(report.findings.size() == 1);
        CHECK(has(report.findings[0].what, "region 3, event 5, position 3"));
        CHECK(has(report.findings[0].way_out, "backup"));
        CHECK(report.record_count == 5);
    }
    SUBCASE("in the last one") {
        run_sql(folder.path(), "UPDATE record SET bytes=substr(bytes,1,70) WHERE position=5");
        auto const opened = SqliteLog::open(folder.path());
        CHECK(opened.error().code == Errc::corrupt);
        CHECK(has(opened.error().detail, "region 3, event 9, position 5"));
        CHECK(examine(folder.path()).value().findings.size() == 1);
    }
}

TEST_CASE("a lost or doubled record breaks the chain") {
    TempFolder const folder;
    fill(folder.path(), 5);
    SUBCASE("lost in the middle") {
        run_sql(folder.path(), "DELETE FROM record WHERE position=3");
        auto const log = open_good(folder.path());
        CHECK(log->read(region, 1, everything).error().code == Errc::corrupt);
    }
    SUBCASE("lost at the beginning") {
        run_sql(folder.path(), "DELETE FROM record WHERE position=1");
    }
    SUBCASE("in another's place") {
        run_sql(
            folder.path(),
            "UPDATE record SET bytes=(SELECT bytes FROM record WHERE position=2) WHERE position=4"
        );
        auto const log = open_good(folder.path());
        CHECK(log->read(region, 1, everything).error().code == Errc::corrupt);
    }
    auto const report = examine(folder.path()).value();
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].code == Errc::corrupt);
}

TEST_CASE("a database that was cut short is refused") {
    TempFolder const folder;
    fill(folder.path(), 200);
    fs::resize_file(folder.path() / "log.db", fs::file_size(folder.path() / "log.db") / 2);
    auto const opened = SqliteLog::open(folder.path());
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == Errc::corrupt);
    CHECK(has(opened.error().detail, "log.db"));
    auto const report = examine(folder.path()).value();
    REQUIRE_FALSE(report.findings.empty());
    CHECK(report.findings[0].code == Errc::corrupt);
}

TEST_CASE("a damaged snapshot is passed over, and said") {
    TempFolder const folder;
    SampleChain chain{region, 1};
    {
        auto const log = open_good(folder.path());
        for (int i = 0; i < 2; ++i) {
            REQUIRE(append_one(*log, chain).ok());
            auto const tail = *log->tail(region).value();
            REQUIRE(log->save_snapshot(
                           region,
                           {.event = tail.last_event,
                            .record = tail.checksum,
                            .bytes = std::string(500, static_cast<char>('a' + i))}
            )
                        .ok());
        }
        REQUIRE(log->save_positions(region, {Instant{1}, "positions"}).ok());
    }
    auto const newest = newest_snapshot(folder.path());
    std::size_t const bytes = contents(newest).size();
    for (std::size_t const at : {std::size_t{0}, std::size_t{9}, bytes / 2, bytes - 1}) {
        flip_bit(newest, at);
        auto const found = open_good(folder.path())->load_snapshot(region, 100).value();
        REQUIRE(found.snapshot.has_value());
        CHECK(found.snapshot->bytes == std::string(500, 'a'));
        REQUIRE(found.refused.size() == 1);
        CHECK(has(found.refused[0], newest.string()));
        flip_bit(newest, at);
    }
    CHECK(examine(folder.path()).value().findings.empty());
    fs::resize_file(newest, 10);
    flip_bit(folder.path() / "positions" / "00003.positions", 3);
    overwrite(folder.path() / "snapshots" / "half.tmp", "left by a crash");
    auto const log = open_good(folder.path());
    CHECK(log->load_snapshot(region, 100).value().snapshot->bytes == std::string(500, 'a'));
    CHECK(log->load_positions(region).error().code == Errc::corrupt);
    CHECK_FALSE(fs::exists(folder.path() / "snapshots" / "half.tmp"));
    auto const report = examine(folder.path()).value();
    REQUIRE(report.findings.size() == 2);
    CHECK(has(report.findings[0].way_out, "Delete the file"));
}

TEST_CASE("a full disk ends the term; what was acknowledged is there after it") {
    TempFolder const folder;
    auto const log = open_good(folder.path());
    SampleChain chain{region, 1};
    REQUIRE(append_one(*log, chain).ok());
    // A file may grow to 200 KB: to SQLite that is a disk with no more room.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 200'000;
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    Status failed = Unit{};
    int acked = 1;
    while (acked < 1000 && (failed = append_one(*log, chain, 1000)).ok())
        ++acked;
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == Errc::io_failed);
    CHECK(has(failed.error().detail, "log.db"));
    CHECK(has(failed.error().detail, "reopened"));
    CHECK(log->tail(region).error().code == Errc::io_failed);
    CHECK(append_one(*log, chain).error().code == Errc::io_failed);
    REQUIRE(log->reopen().ok());
    auto const tail = *log->tail(region).value();
    CHECK(tail.last_event >= static_cast<EventNumber>(2 * acked));
    chain.continue_at(tail);
    REQUIRE(append_one(*log, chain).ok());
    CHECK(examine(folder.path()).value().findings.empty());
}

TEST_CASE("the write-ahead log starts over under load") {
    TempFolder const folder;
    constexpr std::uint64_t kilobyte = 1024;
    auto const log = open_good(
        folder.path(),
        {.sync = Sync::off, .wal_bytes_checkpoint = 128 * kilobyte, .wal_bytes_max = 512 * kilobyte}
    );
    SampleChain chain{region, 1};
    std::uint64_t wal_bytes_most = 0;
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(append_one(*log, chain, 4000).ok());
        if (i % 20 == 0) {
            auto const wal = folder.path() / "log.db-wal";
            wal_bytes_most = std::max<std::uint64_t>(wal_bytes_most, fs::file_size(wal));
        }
    }
    // 4 MB went through it. One commit may pass the bound before the writer moves the pages.
    CHECK(wal_bytes_most < 600 * kilobyte);
    CHECK(log->read(region, 1, everything).value().size() == 1000);
}

TEST_CASE("followers read while the writer appends") {
    TempFolder const folder;
    auto const log = open_good(folder.path(), {.sync = Sync::off});
    constexpr Position last = 300;
    std::thread writer{[&] {
        SampleChain chain{region, 1};
        for (Position i = 0; i < last; ++i) {
            if (!append_one(*log, chain, 300).ok()) return;
        }
    }};
    Position next = 1;
    EventNumber event = 0;
    while (next <= last) {
        auto const records = log->read_from(next, 10'000).value();
        for (auto const& record : records) {
            CHECK(record.position == next++);
            CHECK(record.first_event == event + 1);
            event = record.last_event();
        }
        if (records.empty()) std::this_thread::yield();
    }
    writer.join();
    CHECK(event == 2 * last);
}

TEST_CASE("a running log is backed up, and the copy opens") {
    TempFolder const folder;
    TempFolder const copies;
    auto const log = open_good(folder.path(), {.sync = Sync::off});
    SampleChain chain{region, 1};
    SampleChain busy{RegionId{9}, 2};
    std::vector<Tail> tails;
    for (int i = 0; i < 4; ++i) {
        REQUIRE(append_one(*log, chain).ok());
        tails.push_back(*log->tail(region).value());
        REQUIRE(log->save_snapshot(
                       region,
                       {.event = tails.back().last_event,
                        .record = tails.back().checksum,
                        .bytes = "state"}
        )
                    .ok());
    }
    REQUIRE(log->save_cursor("views", 2).ok());
    REQUIRE(log->save_meta("event_kinds", "1").ok());
    REQUIRE(log->save_positions(region, {Instant{4}, "here"}).ok());
    REQUIRE(log->trim(region, 5, tails[1]).value() == 2);
    std::thread writer{[&] {
        for (int i = 0; i < 300; ++i) {
            if (!append_one(*log, busy, 20'000).ok()) return;
        }
    }};
    auto const copied = log->backup(copies.path() / "one");
    writer.join();
    REQUIRE(copied.ok());
    CHECK(copied.value() >= 4);
    CHECK(log->backup(copies.path() / "one").error().code == Errc::in_use);
    CHECK(examine(copies.path() / "one").value().findings.empty());
    auto const copy = open_good(copies.path() / "one");
    CHECK(copy->tail(region).value() == tails.back());
    CHECK(copy->read_from(1, everything).value().back().position == copied.value());
    CHECK(copy->read(region, 4, everything).error().code == Errc::not_found);
    CHECK(copy->load_snapshot(region, 100).value().snapshot->event == tails.back().last_event);
    CHECK(copy->cursors().value() == std::vector<Cursor>{{"views", 2}});
    CHECK(copy->load_meta("event_kinds").value() == "1");
    CHECK(copy->load_positions(region).value()->bytes == "here");
    REQUIRE(append_one(*copy, chain).ok());
}

TEST_CASE("a folder without a log is not examined") {
    TempFolder const folder;
    CHECK(examine(folder.path()).error().code == Errc::not_found);
    CHECK(SqliteLog::open("/proc/self/no such place").error().code == Errc::io_failed);
}

TEST_CASE("a running log is examined") {
    TempFolder const folder;
    auto const log = open_good(folder.path());
    SampleChain chain{region, 1};
    std::vector<Sample> samples;
    std::vector<Append> batch;
    for (int i = 0; i < 3000; ++i) {
        samples.push_back(chain.next(2, 10));
        chain.taken(samples.back());
    }
    for (auto const& sample : samples)
        batch.push_back(sample.append());
    REQUIRE(log->append(batch).ok());
    auto const report = examine(folder.path()).value();
    CHECK(report.findings.empty());
    CHECK(report.record_count == 3000);
    CHECK(report.event_count == 6000);
    CHECK(report.regions == std::vector{region});
    REQUIRE(append_one(*log, chain).ok());
}

}  // namespace posthaste::log
