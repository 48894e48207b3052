// Micro: NDJSON and OsmAnd bytes -> fixes -> track filter, on one core, no socket and no index.
// Prints one JSON line a metric: lines per second, and a hash of the verdicts (seed 42).
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "ingest/ndjson.hpp"
#include "ingest/osmand.hpp"
#include "ingest/track_filter.hpp"

namespace posthaste::ingest {

namespace {

constexpr Instant start{1'750'000'000'000};
constexpr std::size_t batch_lines = 1000;
constexpr std::uint64_t hash_prime = 0x100000001b3;  // FNV-1a's

struct Sample {
    std::vector<std::string> batches;  ///< batch_lines lines of NDJSON each
    std::vector<std::string> queries;
    std::size_t agents = 0;
};

Sample sample_of(std::size_t agents, std::size_t rounds) {
    Prng random{42};
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
            hash_ = (hash_ ^ static_cast<std::uint64_t>(verdict.reason)) * hash_prime;
            hash_ = (hash_ ^ static_cast<std::uint32_t>(verdict.fix.place.lat)) * hash_prime;
            ++count_;
        }
    }
    std::size_t count() const { return count_; }
    std::uint64_t hash() const { return hash_; }

private:
    TrackFilter filter_{{}};
    std::size_t count_ = 0;
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

template <class Body>
void report(char const* metric, std::size_t expected, Body&& body) {
    Judge judge;
    auto const begin = std::chrono::steady_clock::now();
    body(judge);
    std::chrono::duration<double> const spent = std::chrono::steady_clock::now() - begin;
    ASSERT(judge.count() == expected);
    std::printf(
        R"({"bench":"parse","metric":"%s","value":%.0f,"unit":"fixes/s","hash":"%016llx"})"
        "\n",
        metric,
        static_cast<double>(judge.count()) / spent.count(),
        static_cast<unsigned long long>(judge.hash())
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
    bool const is_large = argc > 1 && std::strcmp(argv[1], "large") == 0;
    posthaste::ingest::run(is_large ? 50'000 : 100, is_large ? 20 : 50);
}
