// Inputs made durable a second through turn(), by inputs at once, against bare SQLite.
//
// The inputs are parcels' lives: each created, fetched, documented and delivered by its agent, one
// decision with its record in six inputs. Ours decides them, seals the records, commits them to
// the SQLite log, follows them on the board and answers; the rival commits the same bytes in as
// many rows, synchronous=FULL, and nothing else. `records_N_commit` is our commit alone: sealing
// with its checksum, and the log. A thousand inputs are more than one record.
//
// Both take their turns in groups, so that a change of the machine's mood meets both. The latency
// is of one batch of N, from submit to the last reply. On a slow disk it stops by the clock.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "bench/rivals/bare_sqlite.hpp"
#include "bench/support/bench.hpp"
#include "bench/support/city.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "log/testing.hpp"
#include "views/board.hpp"

namespace posthaste::bench {

namespace {

constexpr std::size_t agent_count = 5000;
constexpr std::size_t live_count = 5000;
constexpr std::size_t batches_in_group = 50;

/// Keeps the bytes of every record, for the rival.
class Tape final : public views::Follower {
public:
    void follow(views::Turned const& turned) override {
        if (!turned.bytes.empty()) records.emplace_back(turned.bytes);
    }
    void reset(core::State const&, core::Field const&) override {}

    std::vector<std::string> records;
};

struct Side {
    std::vector<std::int64_t> nanos;

    double per_second(std::size_t inputs) const {
        auto const total = std::accumulate(nanos.begin(), nanos.end(), std::int64_t{0});
        return static_cast<double>(nanos.size() * inputs) * 1e9 / static_cast<double>(total);
    }
    double micros(std::size_t per_mille) {
        return static_cast<double>(percentile(nanos, per_mille)) / 1e3;
    }
};

std::unique_ptr<log::SqliteLog> open(std::filesystem::path const& folder) {
    auto opened = log::SqliteLog::open(folder);
    ASSERT(opened.ok());
    return std::move(opened).value();
}

class Bench {
public:
    explicit Bench(std::size_t inputs)
        : inputs_{inputs},
          log_{open(folder_.path() / "ours")},
          bare_{folder_.path() / "bare.db"},
          city_{*log_, {&board_, &tape_}} {
        city_.add_agents(agent_count);
        std::vector<node::Submission> jobs;
        for (std::size_t i = 0; i < live_count; ++i)
            jobs.push_back(city_.new_job());
        city_.run(std::move(jobs));
        // Until parcels of every age are about.
        for (std::size_t i = 0; i < 10; ++i)
            city_.run(batch(1200));
        tape_.records.clear();
    }

    void run(Options const& options, std::size_t batches) {
        std::int64_t const most = (options.quick ? 8LL : 40LL) * 1'000'000'000;
        Stopwatch const watch;
        for (std::size_t done = 0; done < batches && watch.nanos() < most;
             done += batches_in_group) {
            take_group();
        }
        tell("", ours_, "inputs/s");
        tell("_commit", commit_, "inputs/s");
        tell("_p50", ours_, "us", 500);
        tell("_p99", ours_, "us", 990);
    }

private:
    std::vector<node::Submission> batch(std::size_t count) {
        std::vector<node::Submission> inputs;
        for (std::size_t i = 0; i < count; ++i)
            inputs.push_back(city_.next_of_lives());
        return inputs;
    }

    void take_group() {
        std::vector<std::size_t> ends;
        for (std::size_t i = 0; i < batches_in_group; ++i) {
            auto inputs = batch(inputs_);
            Stopwatch const watch;
            auto const commit_us = city_.run(std::move(inputs));
            ours_.nanos.push_back(watch.nanos());
            commit_.nanos.push_back(commit_us * 1000);
            ends.push_back(tape_.records.size());
        }
        std::size_t next = 0;
        for (auto const end : ends) {
            Stopwatch const watch;
            for (; next < end; ++next) {
                std::string_view const row = tape_.records[next];
                bare_.commit({&row, 1});
            }
            theirs_.nanos.push_back(watch.nanos());
        }
        for (auto const& record : tape_.records)
            hash_.add(model::checksum_of(record).bytes[0]);
        tape_.records.clear();
    }

    /// A rate, or the latency that `per_mille` stay below.
    void tell(char const* part, Side& ours, std::string_view unit, std::size_t per_mille = 0) {
        auto const figure = [&](Side& side) {
            return per_mille == 0 ? side.per_second(inputs_) : side.micros(per_mille);
        };
        auto const name = "records_" + std::to_string(inputs_) + part;
        print(
            {.bench = "commit",
             .metric = name,
             .value = figure(ours),
             .unit = unit,
             .better = per_mille == 0 ? Better::higher : Better::lower,
             .rival = "bare SQLite FULL",
             .rival_value = figure(theirs_),
             .hash = hash_.value()}
        );
    }

    std::size_t inputs_;
    log::testing::TempFolder folder_;
    std::unique_ptr<log::SqliteLog> log_;
    rivals::BareSqlite bare_;
    views::Board board_;
    Tape tape_;
    City city_;
    Side ours_;
    Side commit_;
    Side theirs_;
    ResultHash hash_;
};

void measure(Options const& options, std::size_t inputs, std::size_t batches) {
    if (!options.wants("records_" + std::to_string(inputs))) return;
    Bench{inputs}.run(options, batches);
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    using posthaste::bench::measure;
    auto const options = posthaste::bench::read_options(argc, argv);
    measure(options, 1, 20'000);
    measure(options, 10, 10'000);
    measure(options, 100, 2000);
    measure(options, 1000, 1000);
}
