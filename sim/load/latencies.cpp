#include "load/latencies.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"

namespace posthaste::load {

namespace {

constexpr unsigned step_bits = 10;  // 1024 steps inside each power of two
constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;
constexpr unsigned value_bits = 40;

// Below 2^10 each value has its own bucket; above, the ten bits after the highest choose one.
std::size_t bucket_of(std::uint64_t value) {
    if (value < steps) return value;
    auto const shift = static_cast<unsigned>(std::bit_width(value)) - step_bits - 1;
    return (shift + 1) * steps + ((value >> shift) - steps);
}

std::int64_t least_of(std::size_t bucket) {
    if (bucket < steps) return static_cast<std::int64_t>(bucket);
    auto const shift = bucket / steps - 1;
    return static_cast<std::int64_t>((bucket % steps + steps) << shift);
}

}  // namespace

Latencies::Latencies() : counts_((value_bits - step_bits + 1) * steps) {}

void Latencies::add(std::int64_t micros) {
    auto const value = std::clamp<std::int64_t>(micros, 0, micros_max);
    ++counts_[bucket_of(static_cast<std::uint64_t>(value))];
    ++count_;
    sum_ += value;
    max_ = std::max(max_, value);
}

std::int64_t Latencies::mean() const {
    return count_ == 0 ? 0 : sum_ / static_cast<std::int64_t>(count_);
}

std::int64_t Latencies::percentile(std::uint64_t per_ten_thousand) const {
    ASSERT(per_ten_thousand > 0);
    ASSERT(per_ten_thousand <= 10'000);
    if (count_ == 0) return 0;
    std::uint64_t const wanted = (count_ * per_ten_thousand + 9999) / 10'000;
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen >= wanted) return least_of(bucket);
    }
    ASSERT(false);
    return 0;
}

}  // namespace posthaste::load
