// Quantity<Tag>: an integer that knows its unit. Adds to its own kind only; crosses to another only
// through a named function. No floating point, so sums are the same on every machine.
#pragma once

#include <compare>
#include <cstdint>

namespace posthaste {

template <class Tag>
class Quantity {
public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(std::int64_t count) : count_{count} {}

    constexpr std::int64_t count() const { return count_; }

    constexpr auto operator<=>(Quantity const&) const = default;
    constexpr Quantity operator+(Quantity other) const { return Quantity{count_ + other.count_}; }
    constexpr Quantity operator-(Quantity other) const { return Quantity{count_ - other.count_}; }
    constexpr Quantity operator*(std::int64_t factor) const { return Quantity{count_ * factor}; }

private:
    std::int64_t count_ = 0;
};

using Millis = Quantity<struct MillisTag>;  // a span of time, ms
using Metres = Quantity<struct MetresTag>;  // along a road or a great circle, m
using Cents = Quantity<struct CentsTag>;    // money, 1/100 of the account's currency

static_assert(sizeof(Millis) == 8);

}  // namespace posthaste
