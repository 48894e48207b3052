// Latencies: a histogram that answers percentiles of any number of samples in a fixed space.
//
// Gives    percentile(): the least value of its bucket that enough samples are not above; at most
//          0.1 % below the sample it stands for. count, mean and maximum are exact.
// Units    microseconds; a sample below 0 counts as 0, one above micros_max as micros_max.
// Cost     add: O(1); 0.3 MB each.
// Threads  one thread
// Source   the bucket layout of HdrHistogram: equal steps inside each power of two.
#pragma once

#include <cstdint>
#include <vector>

namespace posthaste::load {

constexpr std::int64_t micros_max = (std::int64_t{1} << 40U) - 1;  // 12 days

class Latencies {
public:
    Latencies();

    void add(std::int64_t micros);

    std::uint64_t count() const { return count_; }
    std::int64_t max() const { return max_; }
    /// 0 without samples.
    std::int64_t mean() const;
    /// 9990 is p99.9; 0 without samples. Requires: 0 < per_ten_thousand <= 10'000.
    std::int64_t percentile(std::uint64_t per_ten_thousand) const;

private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::int64_t sum_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace posthaste::load
