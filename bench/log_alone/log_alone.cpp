// The log alone against bare SQLite: a commit by the size of a turn, and reading all again.
//
// The same bytes in as many rows.
//
// `commit` measures the same through turn(). Records are sealed before the clock starts. On a slow
// disk it stops by the clock. The two take turns of 100 commits, so that a change of the machine's
// mood meets both. A turn of N inputs is one record of about 300 N bytes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

#include "bench/rivals/bare_sqlite.hpp"
#include "bench/support/bench.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "log/testing.hpp"

namespace posthaste::log {
namespace {

using Clock = std::chrono::steady_clock;
using testing::Sample;
using testing::SampleChain;
using testing::TempFolder;

constexpr std::size_t input_bytes = 300;
constexpr std::size_t commits_in_turn = 100;
constexpr RegionId region{1};

std::int64_t micros_since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

struct Side {
    std::vector<std::int64_t> latencies_us;

    double per_second() const {
        std::int64_t total = 0;
        for (auto const latency : latencies_us)
            total += latency;
        return static_cast<double>(latencies_us.size()) * 1e6 / static_cast<double>(total);
    }
    std::int64_t percentile(std::size_t per_mille) {
        std::sort(latencies_us.begin(), latencies_us.end());
        return latencies_us[(latencies_us.size() - 1) * per_mille / 1000];
    }
};

void print(
    std::string_view metric, double value, double rival, std::string_view unit, std::uint64_t hash
) {
    bench::print(
        {.bench = "log_alone",
         .metric = metric,
         .value = value,
         .unit = unit,
         .better = unit == "us" ? bench::Better::lower : bench::Better::higher,
         .rival = "bare SQLite FULL",
         .rival_value = rival,
         .hash = hash}
    );
}

template <class T>
void exit_unless(Result<T> const& done) {
    if (done.ok()) return;
    fmt::print(stderr, "log: {}\n", done.error().detail);
    std::exit(1);
}

/// Reads all records again, checked as a restart reads them; the rival only reads.
void scans(SqliteLog const& log, rivals::BareSqlite& bare, std::uint64_t hash) {
    constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;
    auto start = Clock::now();
    std::size_t count = 0;
    for (EventNumber next = 1;;) {
        auto const records = log.read(region, next, chunk_bytes);
        exit_unless(records);
        if (records.value().empty()) break;
        count += records.value().size();
        next = records.value().back().last_event() + 1;
    }
    auto const ours = static_cast<double>(count) * 1e6 / static_cast<double>(micros_since(start));
    start = Clock::now();
    std::size_t rows = 0;
    std::size_t bytes = 0;
    bare.scan([&](std::string_view row) {
        ++rows;
        bytes += row.size();
    });
    ASSERT(rows == count);
    ASSERT(bytes > 0);
    print(
        "read_10",
        ours,
        static_cast<double>(rows) * 1e6 / static_cast<double>(micros_since(start)),
        "1/s",
        hash
    );
}

void commits(bench::Options const& options, std::size_t inputs, std::size_t commit_count) {
    std::string const name = fmt::format("commits_{}", inputs);
    if (!options.wants(name)) return;
    std::chrono::seconds const at_most{options.quick ? 5 : 30};
    TempFolder const folder;
    std::vector<Sample> samples;
    SampleChain chain{region, 42};
    for (std::size_t i = 0; i < commit_count; ++i) {
        samples.push_back(chain.next(inputs, inputs * input_bytes));
        chain.taken(samples.back());
    }
    auto opened = SqliteLog::open(folder.path() / "ours");
    exit_unless(opened);
    auto const log = std::move(opened).value();
    rivals::BareSqlite bare{folder.path() / "bare.db"};
    Side ours;
    Side theirs;
    auto const end = Clock::now() + at_most;
    for (std::size_t first = 0; first < commit_count && Clock::now() < end;
         first += commits_in_turn) {
        for (std::size_t i = first; i < first + commits_in_turn; ++i) {
            Append const append = samples[i].append();
            auto const start = Clock::now();
            exit_unless(log->append({&append, 1}));
            ours.latencies_us.push_back(micros_since(start));
        }
        for (std::size_t i = first; i < first + commits_in_turn; ++i) {
            std::string_view const row = samples[i].sealed.bytes;
            auto const start = Clock::now();
            bare.commit({&row, 1});
            theirs.latencies_us.push_back(micros_since(start));
        }
    }
    bench::ResultHash result;
    for (auto const byte : samples.back().sealed.checksum.bytes)
        result.add(byte);
    auto const hash = result.value();
    print(name, ours.per_second(), theirs.per_second(), "1/s", hash);
    for (std::size_t const per_mille : {500U, 990U, 1000U}) {
        print(
            fmt::format("{}_p{}", name, per_mille),
            static_cast<double>(ours.percentile(per_mille)),
            static_cast<double>(theirs.percentile(per_mille)),
            "us",
            hash
        );
    }
    if (inputs == 10) scans(*log, bare, hash);
}

}  // namespace
}  // namespace posthaste::log

int main(int argc, char** argv) {
    auto const options = posthaste::bench::read_options(argc, argv);
    using posthaste::log::commits;
    commits(options, 1, 20'000);
    commits(options, 10, 20'000);
    commits(options, 100, 5000);
    commits(options, 1000, 1500);
}
