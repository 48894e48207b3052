#include "plan/cooling.hpp"

#include "base/assert.hpp"

namespace posthaste::plan {

namespace {

constexpr std::uint32_t draws = 1024;

// -ln((k + 1/2) / draws), times 256. By squaring: each doubling past 2 is one bit of the logarithm.
constexpr std::int64_t minus_ln(std::uint32_t k) {
    std::uint64_t mantissa = (std::uint64_t{2} * k + 1) << 20U;  // of 2 draws = 2^11: 31 bits
    std::int64_t exponent = 0;
    while (mantissa < (std::uint64_t{1} << 31U)) {
        mantissa <<= 1U;
        ++exponent;
    }
    std::int64_t log2 = 0;  // of mantissa / 2^31, in 1/65536
    for (int bit = 15; bit >= 0; --bit) {
        mantissa = (mantissa * mantissa) >> 31U;
        if (mantissa >= (std::uint64_t{1} << 32U)) {
            mantissa >>= 1U;
            log2 += std::int64_t{1} << static_cast<unsigned>(bit);
        }
    }
    constexpr std::int64_t ln2 = 45'426;  // times 65536
    return ((exponent << 16U) - log2) * ln2 / 65'536 / 256;
}

constexpr auto table = [] {
    std::array<std::int32_t, draws> logs{};
    for (std::uint32_t k = 0; k < draws; ++k)
        logs[k] = static_cast<std::int32_t>(minus_ln(k));
    return logs;
}();

static_assert(table[511] == 177);  // ln 2 = 0.693
static_assert(table[1023] == 0);
static_assert(table[0] == 1951);  // ln 2048 = 7.62

__extension__ using Wide = unsigned __int128;

Cost root(Wide square) {
    Cost low = 0;
    Cost high = Cost{1} << 55U;
    while (low < high) {
        auto const middle = low + (high - low + 1) / 2;
        if (static_cast<Wide>(middle) * static_cast<Wide>(middle) <= square) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

}  // namespace

Cooling::Cooling(Cost hot, Cost cold) {
    ASSERT(cold >= 1);
    ASSERT(hot >= cold);
    ASSERT(hot < (Cost{1} << 46U));
    by_done_.front() = hot * 256;
    by_done_.back() = cold * 256;
    for (std::size_t span = done_max; span > 1; span /= 2) {
        for (std::size_t at = 0; at < done_max; at += span) {
            auto const product =
                static_cast<Wide>(by_done_[at]) * static_cast<Wide>(by_done_[at + span]);
            by_done_[at + span / 2] = root(product);
        }
    }
    now_ = by_done_.front();
}

Cost Cooling::tolerance(Prng& prng) const {
    return now_ * table[prng.below(draws)] / (256 * 256);
}

}  // namespace posthaste::plan
