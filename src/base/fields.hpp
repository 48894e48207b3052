// One description of a struct: a number and a name for each of its fields.
//
// A struct that goes to the log or the wire has
//     static void fields(auto& self, auto&& field) { field(1, "place", self.place); ... }
// and from that one function come its bytes (base/codec.hpp), its JSON (api), the published schema
// and its hash. A number is for ever: it is never reused and never renumbered.
//
// An enum whose values have names on the wire has, beside it, found by argument-dependent lookup,
//     constexpr auto names_of(E) { return std::to_array<std::string_view>({...}); }   // by value
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace posthaste {

namespace detail {
struct NoVisitor {
    void operator()(unsigned, char const*, auto&) const {}
};
}  // namespace detail

template <class T>
concept Described = requires(T& value) { T::fields(value, detail::NoVisitor{}); };

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) { names_of(value); };

/// The name on the wire, or "?" for a value that has none.
template <NamedEnum E>
constexpr std::string_view name_of(E value) {
    auto const names = names_of(value);
    auto const index = static_cast<std::size_t>(value);
    return index < names.size() ? names[index] : std::string_view{"?"};
}

template <NamedEnum E>
constexpr std::optional<E> from_name(std::string_view name) {
    auto const names = names_of(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<E>(i);
    }
    return std::nullopt;
}

}  // namespace posthaste
