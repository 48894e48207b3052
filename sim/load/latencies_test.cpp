#include "load/latencies.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "base/prng.hpp"

using posthaste::Prng;
using posthaste::load::Latencies;

TEST_CASE("Without samples every answer is zero") {
    Latencies const none;
    CHECK(none.count() == 0);
    CHECK(none.mean() == 0);
    CHECK(none.percentile(9990) == 0);
}

TEST_CASE("Small samples are exact: of 1 to 100, half are not above 50") {
    Latencies latencies;
    for (std::int64_t i = 1; i <= 100; ++i)
        latencies.add(i);
    CHECK(latencies.percentile(5000) == 50);
    CHECK(latencies.percentile(9900) == 99);
    CHECK(latencies.percentile(9901) == 100);
    CHECK(latencies.percentile(1) == 1);
    CHECK(latencies.mean() == 50);  // 50.5 cut
    CHECK(latencies.max() == 100);
}

TEST_CASE("A percentile is at most 0.1 % below the sample that sorting gives") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Prng prng{seed};
        Latencies latencies;
        std::vector<std::int64_t> samples;
        for (int i = 0; i < 500; ++i) {
            auto const bits = prng.between(1, 39);
            samples.push_back(prng.between(0, (std::int64_t{1} << bits) - 1));
            latencies.add(samples.back());
        }
        std::ranges::sort(samples);
        for (std::uint64_t const part : {1U, 5000U, 9000U, 9500U, 9900U, 9990U, 10'000U}) {
            auto const sample = samples[(samples.size() * part + 9999) / 10'000 - 1];
            auto const answer = latencies.percentile(part);
            CHECK(answer <= sample);
            CHECK(answer * 1024 >= sample * 1023);
        }
    }
}

TEST_CASE("Samples out of range count at its ends") {
    Latencies latencies;
    latencies.add(-5);
    latencies.add(posthaste::load::micros_max * 4);
    CHECK(latencies.percentile(5000) == 0);
    CHECK(latencies.max() == posthaste::load::micros_max);
}
