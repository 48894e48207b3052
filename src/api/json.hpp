// Described structs (base/fields.hpp) from JSON, as views/json.hpp writes them.
//
// Gives    read_json<T>(text) -> the value, or every field that is wrong. What write_json wrote is
//          read as the same value, for every command and event.
// Shapes   views/json.hpp's; for a number in a string a reader takes a number too. Whatever is left
//          out is read as its default.
// Errors   an unknown or hidden field, a missing required one, null, a wrong type, a number out of
//          range: each with its path, fields_wrong_max at most.
// Cost     a tree first (api/json_value.hpp)
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

#include "api/json_value.hpp"
#include "api/problem.hpp"
#include "base/codec.hpp"
#include "base/fields.hpp"
#include "base/ids.hpp"
#include "model/command.hpp"
#include "model/event.hpp"
#include "views/json.hpp"

namespace posthaste::api {

using views::from_text;
using views::JsonText;
using views::to_text;
using views::uuid_text;
using views::write_json;

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
inline constexpr auto required_fields<model::AssignJob> =
    std::to_array<std::string_view>({"agent"});
template <>
inline constexpr auto required_fields<model::HoldBooking> =
    std::to_array<std::string_view>({"agent", "stops"});
template <>
inline constexpr auto required_fields<model::BusyTime> =
    std::to_array<std::string_view>({"start", "end"});
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
    static void read(JsonIn const& in, bool& value) {
        if (!in.is(JsonValue::Kind::boolean)) return in.fail("must be true or false");
        value = in.value().truth;
    }
};

template <BigNumber T>
struct JsonCoder<T> {
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
    static void read(JsonIn const& in, T& value) {
        Number number{};
        JsonCoder<Number>::read(in, number);
        value = static_cast<T>(number);
    }
};

template <NamedEnum T>
struct JsonCoder<T> {
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
    static void read(JsonIn const& in, Quantity<Tag>& value) {
        std::int64_t count = 0;
        JsonCoder<std::int64_t>::read(in, count);
        value = Quantity<Tag>{count};
    }
};

template <>
struct JsonCoder<Instant> {
    static void read(JsonIn const& in, Instant& value) {
        if (!in.is(JsonValue::Kind::string) || !from_text(in.value().text, value))
            in.fail("must be an instant such as 2026-11-21T08:00:00Z, or never");
    }
};

template <>
struct JsonCoder<std::string> {
    static void read(JsonIn const& in, std::string& value) {
        if (!in.is(JsonValue::Kind::string)) return in.fail("must be a string");
        value = in.value().text;
    }
};

template <>
struct JsonCoder<Digest> {
    static void read(JsonIn const& in, Digest& value) {
        auto const found = Digest::from_hex(in.value().text);
        if (!in.is(JsonValue::Kind::string) || !found)
            return in.fail("must be 64 hexadecimal digits");
        value = *found;
    }
};

template <>
struct JsonCoder<model::CommandId> {
    static void read(JsonIn const& in, model::CommandId& value) {
        auto const found = parse_uuid(in.value().text);
        if (!in.is(JsonValue::Kind::string) || !found) return in.fail("must be a UUID");
        value = *found;
    }
};

template <class T>
struct JsonCoder<std::optional<T>> {
    static void read(JsonIn const& in, std::optional<T>& value) {
        JsonCoder<T>::read(in, value.emplace());
    }
};

template <class T>
struct JsonCoder<std::vector<T>> {
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
    static void read(JsonIn const& in, model::Load& value) {
        JsonCoder<Amount>::read(in, value.amount);
    }
};

template <>
struct JsonCoder<model::Position> {
    static void read(JsonIn const& in, model::Position& value);
};

using Names = std::span<std::string_view const>;

template <Described T>
struct JsonCoder<T> {
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

template <class... Ts>
struct JsonCoder<std::variant<Ts...>> {
    using Variant = std::variant<Ts...>;
    static constexpr auto const& alternative_names = views::AlternativeNames<Variant>::all;

    static void read(JsonIn const& in, Variant& value) {
        if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object");
        auto const* const tag = in.value().member(views::tag_name);
        if (tag == nullptr) return in.fail("is required", views::tag_name);
        auto const found = std::ranges::find(alternative_names, tag->text);
        if (found == alternative_names.end()) return in.fail("is not known", views::tag_name);
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
                JsonCoder<T>::read_fields(in, value.template emplace<i>(), views::tag_name, {});
        };
        (read_one.template operator()<is>(), ...);
    }
};

}  // namespace detail

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
