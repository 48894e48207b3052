// A set of the values of a small enum, as bits: who may do a step, which attachments there are.
//
// Limits   enums whose values are below 32; asserted.
// Threads  pure
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/assert.hpp"
#include "base/fields.hpp"

namespace posthaste::workflow {

template <NamedEnum E>
class EnumSet {
public:
    constexpr EnumSet() = default;
    constexpr EnumSet(std::initializer_list<E> values) {
        for (E const value : values)
            add(value);
    }

    constexpr void add(E value) { bits_ |= bit(value); }
    constexpr bool has(E value) const { return (bits_ & bit(value)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }

    constexpr bool operator==(EnumSet const&) const = default;

private:
    static constexpr std::uint32_t bit(E value) {
        auto const index = static_cast<std::uint32_t>(value);
        ASSERT(index < 32);
        return std::uint32_t{1} << index;
    }

    std::uint32_t bits_ = 0;
};

}  // namespace posthaste::workflow
