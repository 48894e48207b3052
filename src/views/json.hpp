// JSON of described structs (base/fields.hpp), written: what streams and answers are made of.
// Reading the same text is api/json.hpp's.
//
// Shapes   - ids and unsigned 64-bit numbers: decimal strings, since a browser's numbers end at
//            2^53. Other integers, spans and distances: numbers.
//          - instants: 2026-11-21T08:00:00.000Z, or "never" for no limit; enums: their names;
//            digests: hex; command ids: UUIDs; positions: {"lat": 57.7, "lon": 11.97}, exact;
//            loads: [1, 20]; a variant: the struct's fields and "type".
//          - left out, where that is the default: absent optionals, empty strings, zero ids and
//            digests, instants.
// Order    fields in the order of their description, so the same value has the same text.
// Threads  pure
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/fields.hpp"
#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "model/command.hpp"
#include "model/event.hpp"
#include "model/load.hpp"
#include "model/place.hpp"
#include "views/json_text.hpp"

namespace posthaste::views {

/// The names of a variant's alternatives on the wire, in its order.
template <class Variant>
struct AlternativeNames;
template <>
struct AlternativeNames<model::Command> {
    static constexpr auto const& all = model::command_names;
};
template <>
struct AlternativeNames<model::Event> {
    static constexpr auto const& all = model::event_names;
};
constexpr std::string_view tag_name = "type";

namespace detail {

template <class T>
concept Variant = requires(T value) { value.index(); };

template <class T>
concept Span = requires(T value) { value.count(); };
template <class T>
concept List = requires(T const& value) {
    value.begin();
    value.size();
} && !std::same_as<T, std::string>;

template <class T>
bool is_absent(T const& value, T const& usual) {
    if constexpr (Id<T>) {
        return raw(value) == 0;
    } else if constexpr (std::same_as<T, Instant>) {
        return value == usual;
    } else if constexpr (std::same_as<T, Digest> || std::same_as<T, model::CommandId>) {
        return value.is_zero();
    } else if constexpr (std::same_as<T, std::string>) {
        return value.empty() && usual.empty();
    } else if constexpr (requires { value.has_value(); }) {
        return !value.has_value();
    } else {
        return false;
    }
}

}  // namespace detail

template <class T>
void write_json(JsonText& out, T const& value);

/// The fields without the braces around them.
template <Described T>
void write_json_fields(JsonText& out, T const& value) {
    static T const usual{};
    std::array<void const*, 64> defaults{};
    std::size_t count = 0;
    T::fields(usual, [&](unsigned, char const*, auto const& field) { defaults[count++] = &field; });
    count = 0;
    T::fields(value, [&]<class F>(unsigned, char const* name, F const& field) {
        if (detail::is_absent(field, *static_cast<F const*>(defaults[count++]))) return;
        out.key(name);
        write_json(out, field);
    });
}

template <class T>
void write_json(JsonText& out, T const& value) {
    if constexpr (std::same_as<T, bool>) {
        out.boolean(value);
    } else if constexpr (Id<T> || std::same_as<T, std::uint64_t>) {
        out.big(static_cast<std::uint64_t>(value));
    } else if constexpr (NamedEnum<T>) {
        out.string(name_of(value));
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
        out.integer(static_cast<std::int64_t>(value));
    } else if constexpr (std::same_as<T, Instant>) {
        out.instant(value);
    } else if constexpr (detail::Span<T>) {
        out.integer(value.count());
    } else if constexpr (std::same_as<T, std::string>) {
        out.string(value);
    } else if constexpr (std::same_as<T, Digest>) {
        out.string(value.hex());
    } else if constexpr (std::same_as<T, model::CommandId>) {
        out.string(uuid_text(value));
    } else if constexpr (std::same_as<T, model::Position>) {
        out.open('{');
        out.key("lat");
        out.degrees(value.lat);
        out.key("lon");
        out.degrees(value.lon);
        out.close('}');
    } else if constexpr (std::same_as<T, model::Load>) {
        write_json(out, value.amount);
    } else if constexpr (requires { value.has_value(); }) {
        write_json(out, *value);
    } else if constexpr (detail::List<T>) {
        out.open('[');
        for (auto const& element : value)
            write_json(out, element);
        out.close(']');
    } else if constexpr (detail::Variant<T>) {
        out.open('{');
        out.key(tag_name);
        out.string(AlternativeNames<T>::all[value.index()]);
        std::visit([&](auto const& it) { write_json_fields(out, it); }, value);
        out.close('}');
    } else {
        out.open('{');
        write_json_fields(out, value);
        out.close('}');
    }
}

template <class T>
std::string write_json(T const& value) {
    JsonText out;
    write_json(out, value);
    return std::move(out).text();
}

template <class T>
void write_member(JsonText& out, std::string_view name, T const& value) {
    out.key(name);
    write_json(out, value);
}

}  // namespace posthaste::views
