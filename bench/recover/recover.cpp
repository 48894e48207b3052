// Starting again: a region of 1M events and 100,000 live jobs, from its log and from its snapshot.
//
// `replay` opens the SQLite log and applies every record, checked; its rival is bare SQLite that
// reads the same rows and looks at none. `snapshot` is the same start from a snapshot of the last
// event; its rival is our own replay. The states of both must have the same hash, which is printed.
// The files are in the page cache for both. The best of three.
#include "node/recover.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include "bench/rivals/bare_sqlite.hpp"
#include "bench/support/bench.hpp"
#include "bench/support/city.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "log/testing.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t rounds = 3;
constexpr std::size_t inputs_at_once = 4;  ///< a turn of a city that is busy, not swamped
constexpr std::size_t read_bytes = std::size_t{4} << 20U;

struct Size {
    std::size_t agents = 50'000;
    std::size_t jobs = 100'000;
    model::EventNumber events = 1'000'000;
};

std::unique_ptr<log::SqliteLog> open(
    std::filesystem::path const& folder, log::Sync sync = log::Sync::full
) {
    auto opened = log::SqliteLog::open(folder, {.vfs = {}, .sync = sync});
    ASSERT(opened.ok());
    return std::move(opened).value();
}

/// Decides until the log is as long as is asked.
void fill(std::filesystem::path const& folder, Size const& size) {
    auto const log = open(folder, log::Sync::off);  // only to be read again
    City city{*log};
    city.add_agents(size.agents);
    auto const run = [&](auto&& make) {
        std::vector<node::Submission> inputs;
        for (std::size_t i = 0; i < inputs_at_once; ++i)
            inputs.push_back(make());
        city.run(std::move(inputs));
    };
    while (city.live_count() < size.jobs)
        run([&] { return city.new_job(); });
    while (city.region().state.last_event < size.events)
        run([&] { return city.next_of_lives(); });
}

void copy_rows(log::Log const& log, rivals::BareSqlite& bare) {
    for (model::EventNumber next = 1;;) {
        auto const records = log.read(city_region, next, read_bytes);
        ASSERT(records.ok());
        if (records.value().empty()) return;
        std::vector<std::string_view> rows;
        for (auto const& record : records.value())
            rows.emplace_back(record.bytes);
        bare.commit(rows);
        next = records.value().back().last_event() + 1;
    }
}

std::int64_t scan_nanos(rivals::BareSqlite& bare) {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (std::size_t round = 0; round < rounds; ++round) {
        std::size_t bytes = 0;
        Stopwatch const watch;
        bare.scan([&](std::string_view row) { bytes += row.size(); });
        best = std::min(best, watch.nanos());
        ASSERT(bytes > 0);
    }
    return best;
}

struct Start {
    std::int64_t nanos = std::numeric_limits<std::int64_t>::max();
    node::Recovered recovered;
};

Start start(std::filesystem::path const& folder) {
    Start best;
    for (std::size_t round = 0; round < rounds; ++round) {
        best.recovered = {};
        Stopwatch const watch;
        auto const log = open(folder);
        auto recovered = node::recover(*log, city_region);
        best.nanos = std::min(best.nanos, watch.nanos());
        ASSERT(recovered.ok());
        best.recovered = std::move(recovered).value();
        ASSERT(best.recovered.refused.empty());
    }
    return best;
}

void run(Options const& options) {
    Size const size = options.quick ? Size{10'000, 20'000, 200'000} : Size{};
    log::testing::TempFolder const folder;
    auto const ours = folder.path() / "ours";
    fill(ours, size);
    rivals::BareSqlite bare{folder.path() / "bare.db"};
    copy_rows(*open(ours), bare);

    auto const theirs_nanos = scan_nanos(bare);
    auto const replayed = start(ours);
    auto const events = static_cast<double>(replayed.recovered.state.last_event);
    auto const state = core::hash_of(replayed.recovered.state);
    ResultHash hash;
    for (auto const byte : state.bytes)
        hash.add(byte);
    if (options.wants("replay")) {
        print(
            {.bench = "recover",
             .metric = "replay",
             .value = events * 1e9 / static_cast<double>(replayed.nanos),
             .unit = "events/s",
             .rival = "bare SQLite SELECT",
             .rival_value = events * 1e9 / static_cast<double>(theirs_nanos),
             .hash = hash.value()}
        );
    }
    if (!options.wants("snapshot")) return;
    auto const saved =
        open(ours)->save_snapshot(city_region, node::snapshot_of(replayed.recovered));
    ASSERT(saved.ok());
    auto const restored = start(ours);
    ASSERT(restored.recovered.snapshot == replayed.recovered.state.last_event);
    ASSERT(core::hash_of(restored.recovered.state) == state);
    print(
        {.bench = "recover",
         .metric = "snapshot",
         .value = static_cast<double>(restored.nanos) / 1e6,
         .unit = "ms",
         .better = Better::lower,
         .rival = "our replay",
         .rival_value = static_cast<double>(replayed.nanos) / 1e6,
         .hash = hash.value()}
    );
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    posthaste::bench::run(posthaste::bench::read_options(argc, argv));
    return 0;
}
