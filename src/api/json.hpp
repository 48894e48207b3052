// JSON of described structs (base/fields.hpp): one description, both directions.
//
// Gives    write_json(value) -> text; read_json<T>(text) -> the value, or every field that is
// wrong.
//          What was written is read as the same value, for every command and event.
// Shapes   - ids and unsigned 64-bit numbers: decimal strings, since a browser's numbers end at
// 2^53;
//            a reader takes a number too. Other integers, spans and distances: numbers.
//          - instants: 2026-11-21T08:00:00.000Z, or "never" for no limit; enums: their names;
//            digests: hex; command ids: UUIDs; positions: {"lat": 57.7, "lon": 11.97} in degrees,
//            exact to 1e-7; loads: [1, 20]; a variant: the struct's fields and "type".
//          - left out when writing: absent optionals, empty strings, zero ids and digests,
//          instants,
//            and only where that is the default. Whatever is left out is read as its default.
// Errors   an unknown or hidden field, a missing required one, null, a wrong type, a number out of
//          range: each with its path, fields_wrong_max at most.
// Order    fields in the order of their description, so the same value has the same text.
// Cost     writing: one pass into one string. Reading: a tree first (api/json_value.hpp).
// Threads  pure
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json_text.hpp"
#include "api/json_value.hpp"
#include "api/problem.hpp"
#include "base/codec.hpp"
#include "base/fields.hpp"
#include "base/ids.hpp"
#include "model/command.hpp"
#include "model/event.hpp"

namespace posthaste::api {

constexpr std::size_t fields_wrong_max = 16;

/// What a request must give, by type: the value types' defaults are no sensible answers.
template <class T>
constexpr std::array<std::string_view, 0> required_fields{};
template <>
inline constexpr auto required_fields<model::Stop> = std::to_array<std::string_view>({"place"});
template <>
inline constexpr auto required_fields<model::CreateJob> =
    std::to_array<std::string_view>({"workflow", "stops"});
template <>
inline constexpr auto required_fields<model::TransitionJob> =
    std::to_array<std::string_view>({"to"});
template <>
inline constexpr auto required_fields<model::FinishStop> =
    std::to_array<std::string_view>({"stop"});
template <>
inline constexpr auto required_fields<model::ProposeQuote> =
    std::to_array<std::string_view>({"amount", "currency"});
template <>
inline constexpr auto required_fields<model::DecideQuote> =
    std::to_array<std::string_view>({"approve"});
template <>
inline constexpr auto required_fields<model::Attachment> =
    std::to_array<std::string_view>({"content", "kind"});
template <>
inline constexpr auto required_fields<model::PutAgent> = std::to_array<std::string_view>({"home"});
template <>
inline constexpr auto required_fields<model::SetAvailability> =
    std::to_array<std::string_view>({"availability"});
template <>
inline constexpr auto required_fields<model::AcceptOffer> =
    std::to_array<std::string_view>({"attempt"});
template <>
inline constexpr auto required_fields<model::DeclineOffer> =
    std::to_array<std::string_view>({"attempt"});

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

/// One value of a document, and where it is.
class JsonIn {
public:
    JsonIn(JsonValue const& value, std::vector<FieldError>& errors)
        : value_{value}, errors_{errors} {}

    JsonValue const& value() const { return value_; }
    bool is(JsonValue::Kind kind) const { return value_.kind == kind; }
    JsonIn member(std::size_t i) const { return {value_.elements[i], *this, value_.names[i], 0}; }
    JsonIn element(std::size_t i) const { return {value_.elements[i], *this, {}, i}; }

    /// "must be ...", about this value.
    void fail(std::string_view must) const { add(path(), must); }
    /// The same about a member that need not be there.
    void fail(std::string_view must, std::string_view name) const;

private:
    JsonIn(JsonValue const& value, JsonIn const& parent, std::string_view name, std::size_t index)
        : value_{value}, errors_{parent.errors_}, parent_{&parent}, name_{name}, index_{index} {}
    std::string path() const;
    void add(std::string path, std::string_view must) const;

    JsonValue const& value_;
    std::vector<FieldError>& errors_;
    JsonIn const* parent_ = nullptr;
    std::string_view name_ = {};
    std::size_t index_ = 0;
};

namespace detail {

/// The number at 10^scale times its value, rounded to nearest, halves away from zero; nothing when
/// it is not below 10^18 by then.
std::optional<std::int64_t> parse_scaled(std::string_view number, int scale);
std::string uuid_text(model::CommandId id);
std::optional<model::CommandId> parse_uuid(std::string_view text);
/// Its text when it is a string or a number, else nothing.
std::optional<std::string_view> digits_of(JsonValue const& value);
bool read_degrees(JsonIn const& in, std::int32_t limit, std::int32_t& number);
std::string range_text(std::int64_t low, std::int64_t high);

template <class T>
struct JsonCoder;

/// Written as a decimal string.
template <class T>
concept BigNumber = Id<T> || std::same_as<T, std::uint64_t>;
template <class T>
concept PlainEnum = std::is_enum_v<T> && !NamedEnum<T> && !Id<T>;

template <>
struct JsonCoder<bool> {
    static void write(JsonText& out, bool value) { out.boolean(value); }
    static void read(JsonIn const& in, bool& value) {
        if (!in.is(JsonValue::Kind::boolean)) return in.fail("must be true or false");
        value = in.value().truth;
    }
};

template <BigNumber T>
struct JsonCoder<T> {
    static void write(JsonText& out, T value) { out.big(static_cast<std::uint64_t>(value)); }
    static void read(JsonIn const& in, T& value) {
        auto const digits = digits_of(in.value());
        std::uint64_t number = 0;
        if (!digits) return in.fail("must be a number in a string");
        char const* const end = digits->data() + digits->size();
        auto const [stop, error] = std::from_chars(digits->data(), end, number);
        if (stop != end || error != std::errc{}) return in.fail("must be a number below 2^64");
        value = static_cast<T>(number);
    }
};

template <class T>
    requires std::is_integral_v<T> && (!BigNumber<T>)
struct JsonCoder<T> {
    static void write(JsonText& out, T value) { out.integer(value); }
    static void read(JsonIn const& in, T& value) {
        constexpr auto low = std::numeric_limits<T>::min();
        constexpr auto high = std::numeric_limits<T>::max();
        auto const& text = in.value().text;
        std::int64_t number = 0;
        char const* const end = text.data() + text.size();
        auto const [stop, error] = std::from_chars(text.data(), end, number);
        bool const is_number =
            in.is(JsonValue::Kind::number) && stop == end && error == std::errc{};
        if (!is_number || number < low || number > high) return in.fail(range_text(low, high));
        value = static_cast<T>(number);
    }
};

template <PlainEnum T>
struct JsonCoder<T> {
    using Number = std::underlying_type_t<T>;
    static void write(JsonText& out, T value) { out.integer(static_cast<Number>(value)); }
    static void read(JsonIn const& in, T& value) {
        Number number{};
        JsonCoder<Number>::read(in, number);
        value = static_cast<T>(number);
    }
};

template <NamedEnum T>
struct JsonCoder<T> {
    static void write(JsonText& out, T value) { out.string(posthaste::name_of(value)); }
    static void read(JsonIn const& in, T& value) {
        auto const found = from_name<T>(in.value().text);
        if (in.is(JsonValue::Kind::string) && found) {
            value = *found;
            return;
        }
        std::string must = "must be one of";
        for (auto const name : names_of(T{}))
            must += " " + std::string{name};
        in.fail(must);
    }
};

template <class Tag>
struct JsonCoder<Quantity<Tag>> {
    static void write(JsonText& out, Quantity<Tag> value) { out.integer(value.count()); }
    static void read(JsonIn const& in, Quantity<Tag>& value) {
        std::int64_t count = 0;
        JsonCoder<std::int64_t>::read(in, count);
        value = Quantity<Tag>{count};
    }
};

template <>
struct JsonCoder<Instant> {
    static void write(JsonText& out, Instant value) { out.instant(value); }
    static void read(JsonIn const& in, Instant& value) {
        if (!in.is(JsonValue::Kind::string) || !from_text(in.value().text, value))
            in.fail("must be an instant such as 2026-11-21T08:00:00Z, or never");
    }
};

template <>
struct JsonCoder<std::string> {
    static void write(JsonText& out, std::string const& value) { out.string(value); }
    static void read(JsonIn const& in, std::string& value) {
        if (!in.is(JsonValue::Kind::string)) return in.fail("must be a string");
        value = in.value().text;
    }
};

template <>
struct JsonCoder<Digest> {
    static void write(JsonText& out, Digest const& value) { out.raw("\"" + value.hex() + "\""); }
    static void read(JsonIn const& in, Digest& value) {
        auto const found = Digest::from_hex(in.value().text);
        if (!in.is(JsonValue::Kind::string) || !found)
            return in.fail("must be 64 hexadecimal digits");
        value = *found;
    }
};

template <>
struct JsonCoder<model::CommandId> {
    static void write(JsonText& out, model::CommandId value) {
        out.raw("\"" + uuid_text(value) + "\"");
    }
    static void read(JsonIn const& in, model::CommandId& value) {
        auto const found = parse_uuid(in.value().text);
        if (!in.is(JsonValue::Kind::string) || !found) return in.fail("must be a UUID");
        value = *found;
    }
};

template <class T>
struct JsonCoder<std::optional<T>> {
    /// Requires: it has a value; a field without one is left out.
    static void write(JsonText& out, std::optional<T> const& value) {
        JsonCoder<T>::write(out, *value);
    }
    static void read(JsonIn const& in, std::optional<T>& value) {
        JsonCoder<T>::read(in, value.emplace());
    }
};

template <class T>
struct JsonCoder<std::vector<T>> {
    static void write(JsonText& out, std::vector<T> const& list) {
        out.open('[');
        for (auto const& element : list)
            JsonCoder<T>::write(out, element);
        out.close(']');
    }
    static void read(JsonIn const& in, std::vector<T>& list) {
        if (!in.is(JsonValue::Kind::array)) return in.fail("must be a list");
        list.clear();
        list.resize(in.value().elements.size());
        for (std::size_t i = 0; i < list.size(); ++i)
            JsonCoder<T>::read(in.element(i), list[i]);
    }
};

/// A shorter list leaves the rest as it is by default.
template <class T, std::size_t n>
struct JsonCoder<std::array<T, n>> {
    static void write(JsonText& out, std::array<T, n> const& list) {
        out.open('[');
        for (auto const& element : list)
            JsonCoder<T>::write(out, element);
        out.close(']');
    }
    static void read(JsonIn const& in, std::array<T, n>& list) {
        if (!in.is(JsonValue::Kind::array) || in.value().elements.size() > n)
            return in.fail("must be a list of at most " + std::to_string(n));
        for (std::size_t i = 0; i < in.value().elements.size(); ++i)
            JsonCoder<T>::read(in.element(i), list[i]);
    }
};

template <>
struct JsonCoder<model::Load> {
    using Amount = decltype(model::Load::amount);
    static void write(JsonText& out, model::Load const& value) {
        JsonCoder<Amount>::write(out, value.amount);
    }
    static void read(JsonIn const& in, model::Load& value) {
        JsonCoder<Amount>::read(in, value.amount);
    }
};

template <>
struct JsonCoder<model::Position> {
    static void write(JsonText& out, model::Position value);
    static void read(JsonIn const& in, model::Position& value);
};

/// Nothing worth writing. `empty` is the same field of a default value.
template <class T>
bool is_absent(T const& value, T const& empty) {
    if constexpr (Id<T>) {
        return value == T{};
    } else if constexpr (std::same_as<T, Instant>) {
        return value == empty;
    } else if constexpr (std::same_as<T, Digest> || std::same_as<T, model::CommandId>) {
        return value.is_zero();
    } else if constexpr (std::same_as<T, std::string>) {
        return value.empty() && empty.empty();
    } else if constexpr (requires { value.has_value(); }) {
        return !value.has_value();
    } else {
        return false;
    }
}

using Names = std::span<std::string_view const>;

template <Described T>
struct JsonCoder<T> {
    static void write(JsonText& out, T const& value) {
        out.open('{');
        write_fields(out, value);
        out.close('}');
    }
    static void write_fields(JsonText& out, T const& value) {
        static T const empty{};
        std::array<void const*, 64> defaults{};
        std::size_t count = 0;
        T::fields(empty, [&](unsigned, char const*, auto const& field) {
            defaults[count++] = &field;
        });
        count = 0;
        T::fields(value, [&]<class F>(unsigned, char const* name, F const& field) {
            if (is_absent(field, *static_cast<F const*>(defaults[count++]))) return;
            out.key(name);
            JsonCoder<F>::write(out, field);
        });
    }
    static void read(JsonIn const& in, T& value) { read_fields(in, value, {}, {}); }
    /// `tag` is the caller's to read; `hidden` fields are not for this document to give.
    static void read_fields(JsonIn const& in, T& value, std::string_view tag, Names hidden) {
        if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object");
        auto const& names = in.value().names;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == tag) continue;
            bool known = false;
            T::fields(value, [&]<class F>(unsigned, char const* name, F& field) {
                if (known || names[i] != name) return;
                known = !std::ranges::count(hidden, names[i]);
                if (known) read_field(in.member(i), field);
            });
            if (!known) in.member(i).fail("is not a field of this");
        }
        for (auto const name : required_fields<T>) {
            if (in.value().member(name) == nullptr && !std::ranges::count(hidden, name))
                in.fail("is required", name);
        }
    }

private:
    template <class F>
    static void read_field(JsonIn const& in, F& field) {
        if (in.is(JsonValue::Kind::null)) return in.fail("must not be null; leave it out");
        JsonCoder<F>::read(in, field);
    }
};

constexpr std::string_view tag_name = "type";

template <class... Ts>
struct JsonCoder<std::variant<Ts...>> {
    using Variant = std::variant<Ts...>;
    static constexpr auto const& alternative_names = AlternativeNames<Variant>::all;

    static void write(JsonText& out, Variant const& value) {
        out.open('{');
        out.key(tag_name);
        out.string(alternative_names[value.index()]);
        std::visit([&]<class T>(T const& it) { JsonCoder<T>::write_fields(out, it); }, value);
        out.close('}');
    }
    static void read(JsonIn const& in, Variant& value) {
        if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object");
        auto const* const tag = in.value().member(tag_name);
        if (tag == nullptr) return in.fail("is required", tag_name);
        auto const found = std::ranges::find(alternative_names, tag->text);
        if (found == alternative_names.end()) return in.fail("is not known", tag_name);
        auto const index = static_cast<std::size_t>(found - alternative_names.begin());
        read_nth(in, value, index, std::index_sequence_for<Ts...>{});
    }

private:
    template <std::size_t... is>
    static void
    read_nth(JsonIn const& in, Variant& value, std::size_t index, std::index_sequence<is...>) {
        auto const read_one = [&]<std::size_t i>() {
            using T = std::variant_alternative_t<i, Variant>;
            if (i == index)
                JsonCoder<T>::read_fields(in, value.template emplace<i>(), tag_name, {});
        };
        (read_one.template operator()<is>(), ...);
    }
};

}  // namespace detail

template <class T>
void write_json(JsonText& out, T const& value) {
    detail::JsonCoder<T>::write(out, value);
}

template <class T>
std::string write_json(T const& value) {
    JsonText out;
    write_json(out, value);
    return std::move(out).text();
}

/// What was read, or why not: 400 for text that is not JSON, 422 with each field for the rest.
template <class T>
using JsonRead = std::variant<T, Problem>;

/// `hidden`: fields that the path gives, not the body.
template <class T>
JsonRead<T> read_json(std::string_view text, detail::Names hidden = {}) {
    auto const document = parse_json(text);
    if (!document.ok()) return problem_of(document.error());
    std::vector<FieldError> errors;
    T value{};
    JsonIn const in{document.value(), errors};
    if constexpr (requires { detail::JsonCoder<T>::read_fields(in, value, {}, hidden); }) {
        detail::JsonCoder<T>::read_fields(in, value, {}, hidden);
    } else {
        detail::JsonCoder<T>::read(in, value);
    }
    if (errors.empty()) return value;
    return Problem{
        .status = 422, .detail = "Fields of the body are wrong.", .errors = std::move(errors)};
}

}  // namespace posthaste::api
