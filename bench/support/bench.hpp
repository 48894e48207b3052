// What every benchmark shares: its seed, a stopwatch, percentiles, means, a hash of the result,
// JSON lines.
//
// Gives    one JSON object a line on standard output, as bench/PROTOCOL.md describes them.
// Units    durations in nanoseconds until they are printed; the unit stands beside each value.
// Threads  one thread
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"

namespace posthaste::bench {

constexpr std::uint64_t seed = 42;

/// What the command line asked for: --quick takes less data, --seconds less or more time where
/// a benchmark gives what it measures a time.
struct Options {
    bool quick = false;
    std::int64_t seconds = 0;          ///< 0: as the benchmark says
    std::vector<std::string> metrics;  ///< only these; empty: all

    bool names(std::string_view metric) const {
        return std::ranges::find(metrics, metric) != metrics.end();
    }
    bool wants(std::string_view metric) const { return metrics.empty() || names(metric); }
};

inline Options read_options(int argc, char const* const* argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument{argv[i]};
        if (argument == "--quick") {
            options.quick = true;
        } else if (argument == "--seconds" && i + 1 < argc) {
            options.seconds = std::atoll(argv[++i]);
        } else if (argument != "--json") {  // what all of them print anyway
            options.metrics.emplace_back(argument);
        }
    }
    return options;
}

class Stopwatch {
public:
    std::int64_t nanos() const {
        return std::chrono::nanoseconds{std::chrono::steady_clock::now() - start_}.count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The least sample that `per_mille` of a thousand are not above; 990 is p99. Sorts the samples.
/// Requires: there are samples, 0 < per_mille <= 1000.
inline std::int64_t percentile(std::vector<std::int64_t>& samples, std::size_t per_mille) {
    ASSERT(!samples.empty());
    ASSERT(per_mille > 0);
    ASSERT(per_mille <= 1000);
    std::ranges::sort(samples);
    return samples[(samples.size() * per_mille + 999) / 1000 - 1];
}

/// FNV-1a, 64 bits: shows that two runs computed the same, and keeps the compiler from dropping it.
class ResultHash {
public:
    void add(std::uint64_t value) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            hash_ ^= (value >> shift) & 0xffU;
            hash_ *= 0x100000001b3ULL;
        }
    }
    std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

enum class Better { higher, lower };

struct Line {
    std::string_view bench;
    std::string_view metric;
    double value = 0;
    std::string_view unit;
    Better better = Better::higher;
    std::string_view rival;  ///< empty: measured against nothing
    double rival_value = 0;
    std::uint64_t hash = 0;
};

/// How many times better than the rival: above 1 is better, whichever way the unit goes. Nothing
/// where what is reached leaves nothing to divide by.
inline std::optional<double> ratio_of(Line const& line) {
    bool const is_higher = line.better == Better::higher;
    double const above = is_higher ? line.value : line.rival_value;
    double const below = is_higher ? line.rival_value : line.value;
    if (line.value == line.rival_value) return 1;
    if (below == 0) return std::nullopt;
    return above / below;
}

inline void print(Line const& line) {
    std::printf(
        R"({"bench":"%.*s","metric":"%.*s","value":%.6g,"unit":"%.*s")",
        static_cast<int>(line.bench.size()),
        line.bench.data(),
        static_cast<int>(line.metric.size()),
        line.metric.data(),
        line.value,
        static_cast<int>(line.unit.size()),
        line.unit.data()
    );
    if (!line.rival.empty()) {
        std::printf(
            R"(,"rival":"%.*s","rival_value":%.6g)",
            static_cast<int>(line.rival.size()),
            line.rival.data(),
            line.rival_value
        );
        if (auto const ratio = ratio_of(line)) std::printf(R"(,"ratio":%.4g)", *ratio);
    }
    std::printf(",\"hash\":\"%016llx\"}\n", static_cast<unsigned long long>(line.hash));
    std::fflush(stdout);
}

/// Of what is small: the mean of many.
struct Means {
    std::string_view bench;
    Options options;
    std::size_t factor = 1;  ///< of all counts

    /// Calls `once` with 0, 1 and so on, each giving a number for the hash; prints the mean time.
    void measure(std::string_view metric, std::size_t count, auto&& once) const {
        if (!options.wants(metric)) return;
        ResultHash hash;
        count *= factor;
        Stopwatch const watch;
        for (std::size_t i = 0; i < count; ++i)
            hash.add(static_cast<std::uint64_t>(once(i)));
        print(
            {.bench = bench,
             .metric = metric,
             .value = static_cast<double>(watch.nanos()) / static_cast<double>(count),
             .unit = "ns",
             .better = Better::lower,
             .hash = hash.value()}
        );
    }
};

}  // namespace posthaste::bench
