// What is carried, in up to four dimensions that the operator names (parcels, kilograms, seats,
// ...).
#pragma once

#include <array>
#include <cstdint>

namespace posthaste::model {

constexpr std::size_t load_dimensions = 4;
/// Keeps sums over a whole route far from overflow.
constexpr std::int32_t load_max = 1'000'000;

struct Load {
    std::array<std::int32_t, load_dimensions> amount{};

    bool operator==(Load const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "amount", self.amount); }

    constexpr bool is_zero() const { return *this == Load{}; }
    constexpr bool fits_in(Load const& capacity) const {
        for (std::size_t i = 0; i < load_dimensions; ++i) {
            if (amount[i] > capacity.amount[i]) return false;
        }
        return true;
    }
    constexpr Load& operator+=(Load const& other) {
        for (std::size_t i = 0; i < load_dimensions; ++i)
            amount[i] += other.amount[i];
        return *this;
    }
    constexpr Load& operator-=(Load const& other) {
        for (std::size_t i = 0; i < load_dimensions; ++i)
            amount[i] -= other.amount[i];
        return *this;
    }
};

}  // namespace posthaste::model
