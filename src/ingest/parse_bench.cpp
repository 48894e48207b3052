// Micro: NDJSON and OsmAnd bytes -> fixes -> track filter, on one core, no socket and no index.
// The hash is of the filter's verdicts.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"
#include "ingest/ndjson.hpp"
#include "ingest/osmand.hpp"
#include "ingest/track_filter.hpp"

namespace posthaste::ingest {

namespace {

constexpr Instant start{1'750'000'000'000};
constexpr std::size_t batch_lines = 1000;

struct Sample {
    std::vector<std::string> batches;  ///< batch_lines lines of NDJSON each
    std::vector<std::string> queries;
    std::size_t agents = 0;
};

Sample sample_of(std::size_t agents, std::size_t rounds) {
    Prng random{bench::seed};
    Sample sample{.batches = {}, .queries = {}, .agents = agents};
    std::vector<double> north(agents, 57.7);
    std::array<char, 256> line{};
    std::size_t lines = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t agent = 0; agent < agents; ++agent, ++lines) {
            north[agent] += static_cast<double>(random.between(0, 800)) * 1e-6;
            auto const millis = start.millis() + static_cast<std::int64_t>(round) * 4000;
            if (lines % batch_lines == 0) sample.batches.emplace_back();
            std::snprintf(
                line.data(),
                line.size(),
                R"({"agent":"T-%zu","lat":%.7f,"lon":11.9745712,"time":%lld,"accuracy":5,)"
                R"("speed":8.3,"heading":270})",
                agent,
                north[agent],
                static_cast<long long>(millis)
            );
            sample.batches.back().append(line.data()).append("\n");
            std::snprintf(
                line.data(),
                line.size(),
                "id=T-%zu&lat=%.7f&lon=11.9745712&timestamp=%lld&accuracy=5&speed=16.1&bearing=270",
                agent,
                north[agent],
                static_cast<long long>(millis)
            );
            sample.queries.emplace_back(line.data());
        }
    }
    return sample;
}

/// "T-17" is agent 18: the lookup of a device is the caller's, and not measured here.
model::AgentId agent_of(std::string const& device) {
    std::uint64_t number = 0;
    for (char const c : std::string_view{device}.substr(2))
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return model::AgentId{number + 1};
}

class Judge {
public:
    void take(Batch const& batch) {
        for (RawFix const& fix : batch.fixes) {
            auto const verdict = filter_.check(agent_of(fix.device), fix, fix.time);
            hash_.add(static_cast<std::uint64_t>(verdict.reason));
            hash_.add(static_cast<std::uint32_t>(verdict.fix.place.lat));
            ++count_;
        }
    }
    std::size_t count() const { return count_; }
    std::uint64_t hash() const { return hash_.value(); }

private:
    TrackFilter filter_{{}};
    std::size_t count_ = 0;
    bench::ResultHash hash_;
};

template <class Body>
void report(std::string_view metric, std::size_t expected, Body&& body) {
    Judge judge;
    bench::Stopwatch const watch;
    body(judge);
    auto const nanos = static_cast<double>(watch.nanos());
    ASSERT(judge.count() == expected);
    bench::print(
        {.bench = "parse",
         .metric = metric,
         .value = static_cast<double>(judge.count()) * 1e9 / nanos,
         .unit = "fixes/s",
         .hash = judge.hash()}
    );
}

void run(std::size_t agents, std::size_t rounds) {
    Sample const sample = sample_of(agents, rounds);
    std::size_t const lines = agents * rounds;
    JsonScratch scratch;
    report("ndjson_parse_filter", lines, [&](Judge& judge) {
        for (std::string const& batch : sample.batches) {
            auto const parsed = parse_ndjson(scratch, batch);
            ASSERT(parsed.ok());
            judge.take(parsed.value());
        }
    });
    report("osmand_parse_filter", lines, [&](Judge& judge) {
        for (std::string const& query : sample.queries) {
            auto const parsed = parse_osmand_query(query, start);
            ASSERT(parsed.ok());
            judge.take(parsed.value());
        }
    });
}

}  // namespace

}  // namespace posthaste::ingest

int main(int argc, char** argv) {
    bool const quick = posthaste::bench::read_options(argc, argv).quick;
    posthaste::ingest::run(quick ? 100 : 50'000, quick ? 50 : 20);
}
