// Ids: 16 bits of region and 48 bits of a counter from that region's log, never reused.
//
// Each kind of id is its own enum class (model/ids.hpp), so two kinds cannot be compared or
// swapped.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "base/assert.hpp"

namespace posthaste {

enum class RegionId : std::uint16_t {};

template <class T>
concept Id = std::is_enum_v<T> && std::same_as<std::underlying_type_t<T>, std::uint64_t>;

constexpr std::uint64_t id_counter_max = (std::uint64_t{1} << 48U) - 1;

/// Requires: counter <= id_counter_max.
template <Id T>
constexpr T make_id(RegionId region, std::uint64_t counter) {
    ASSERT(counter <= id_counter_max);
    return T{(static_cast<std::uint64_t>(region) << 48U) | counter};
}

template <Id T>
constexpr RegionId region_of(T id) {
    return RegionId{static_cast<std::uint16_t>(static_cast<std::uint64_t>(id) >> 48U)};
}

template <Id T>
constexpr std::uint64_t raw(T id) {
    return static_cast<std::uint64_t>(id);
}

}  // namespace posthaste
