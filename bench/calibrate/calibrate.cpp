// How fast this machine is: integer work, and reads that miss the cache.
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"

namespace {

namespace bench = posthaste::bench;

void measure_integers(bool quick) {
    std::uint64_t const count = quick ? 100'000'000 : 1'000'000'000;
    posthaste::Prng prng{bench::seed};
    bench::ResultHash hash;
    bench::Stopwatch const watch;
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < count; ++i)
        sum += prng.next() >> 32U;
    hash.add(sum);
    double const per_second = static_cast<double>(count) * 1e9 / static_cast<double>(watch.nanos());
    bench::print(
        {.bench = "calibrate",
         .metric = "integers",
         .value = per_second,
         .unit = "draws/s",
         .hash = hash.value()}
    );
}

/// One cycle through all cells in an order no prefetcher guesses (Sattolo's shuffle).
std::vector<std::uint32_t> random_cycle(std::uint32_t count) {
    posthaste::Prng prng{bench::seed};
    std::vector<std::uint32_t> next(count);
    std::iota(next.begin(), next.end(), 0U);
    for (std::uint32_t i = count - 1; i > 0; --i)
        std::swap(next[i], next[prng.below(i)]);
    return next;
}

void measure_memory(bool quick) {
    constexpr std::uint32_t cells = std::uint32_t{1} << 25U;  // 128 MiB, beyond any cache here
    std::int64_t const steps = quick ? 4'000'000 : 40'000'000;
    auto const next = random_cycle(cells);
    bench::ResultHash hash;
    bench::Stopwatch const watch;
    std::uint32_t cell = 0;
    for (std::int64_t i = 0; i < steps; ++i)
        cell = next[cell];
    hash.add(cell);
    bench::print(
        {.bench = "calibrate",
         .metric = "memory",
         .value = static_cast<double>(watch.nanos()) / static_cast<double>(steps),
         .unit = "ns/read",
         .better = bench::Better::lower,
         .hash = hash.value()}
    );
}

}  // namespace

int main(int argc, char** argv) {
    auto const options = bench::read_options(argc, argv);
    if (options.wants("integers")) measure_integers(options.quick);
    if (options.wants("memory")) measure_memory(options.quick);
    return 0;
}
