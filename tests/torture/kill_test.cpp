// A writer is killed (-9) at any moment: what it acknowledged is there, and the log opens by
// itself.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "log/sqlite/examine.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "torture.hpp"

namespace posthaste::torture {
namespace {

namespace fs = std::filesystem;

/// What the writer tells over the pipe after a commit; written and read whole.
struct Ack {
    std::uint64_t event = 0;
    std::array<std::uint8_t, 32> checksum{};
    std::uint64_t region = 0;
};
static_assert(sizeof(Ack) == 48);

log::Options small_wal(std::uint64_t seed) {
    Prng prng{seed};
    return {
        .wal_bytes_checkpoint = 8192 + prng.below(100'000),
        .wal_bytes_max = 50'000 + prng.below(200'000)};
}

/// Runs in the child, and never returns.
[[noreturn]] void write_until_killed(fs::path const& folder, int pipe, std::uint64_t seed) {
    Prng prng{seed};
    auto opened = log::SqliteLog::open(folder, small_wal(seed));
    if (!opened.ok()) ::_exit(1);
    auto const log = std::move(opened).value();
    auto chains = chains_of(*log, prng);
    while (true) {
        auto const batch = next_batch(chains, prng);
        if (!log->append(appends_of(batch)).ok()) ::_exit(2);
        std::vector<Ack> acks;
        for (auto const& sample : batch) {
            acks.push_back(
                {.event = sample.tail(0).last_event,
                 .checksum = sample.sealed.checksum.bytes,
                 .region = static_cast<std::uint64_t>(sample.header.region)}
            );
        }
        auto const bytes = acks.size() * sizeof(Ack);  // below PIPE_BUF: one piece or none
        if (::write(pipe, acks.data(), bytes) != static_cast<ssize_t>(bytes)) ::_exit(3);
    }
}

/// Kills the writer after so many acknowledgements, and adds them, with those still in the pipe.
void run_and_kill(fs::path const& folder, std::uint64_t seed, std::uint64_t count, Acked& acked) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(pipe[0]);
        write_until_killed(folder, pipe[1], seed);
    }
    ::close(pipe[1]);
    Ack ack;
    for (std::uint64_t received = 0; ::read(pipe[0], &ack, sizeof ack) == sizeof ack;) {
        acked[RegionId{static_cast<std::uint16_t>(ack.region)}][ack.event] = {ack.checksum};
        if (++received == count) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));  // and did not end by an error of its own
    CHECK(WTERMSIG(status) == SIGKILL);
}

/// All that is in the log, as acknowledged. Beyond `acked` there may be one commit.
std::string adopt(log::Log const& log, Acked& acked) {
    constexpr std::size_t everything = std::size_t{1} << 30U;
    for (std::uint16_t number = 0; number < region_count; ++number) {
        RegionId const region{number};
        auto const records = log.read(region, 1, everything);
        if (!records.ok()) return records.error().detail;
        auto& promised = acked[region];
        std::size_t found = 0;
        std::map<log::EventNumber, Digest> stored;
        for (auto const& record : records.value()) {
            auto const said = promised.find(record.last_event());
            if (said != promised.end() && said->second == record.checksum) ++found;
            stored[record.last_event()] = record.checksum;
        }
        if (found != promised.size()) return "an acknowledged record is not there";
        if (stored.size() > promised.size() + 1) return "more than one commit was under way";
        promised = stored;
    }
    return wrong_with(log, acked, {});
}

}  // namespace

TEST_CASE("kill -9 at any moment loses nothing that was acknowledged") {
    constexpr int rounds_in_a_folder = 10;
    for (int round = 0; round < rounds();) {
        log::testing::TempFolder const folder;
        Acked acked;
        for (int i = 0; i < rounds_in_a_folder && round < rounds(); ++i, ++round) {
            CAPTURE(round);
            auto const seed = static_cast<std::uint64_t>(round);
            run_and_kill(folder.path(), seed, 1 + Prng{seed}.below(120), acked);
            auto const opened = log::SqliteLog::open(folder.path());
            REQUIRE(opened.ok());
            REQUIRE(adopt(*opened.value(), acked) == "");
        }
        CHECK(log::examine(folder.path()).value().findings.empty());
    }
}

}  // namespace posthaste::torture
