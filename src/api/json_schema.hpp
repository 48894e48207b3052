// JSON Schema of described structs, by the same description as their JSON (api/json.hpp).
//
// Gives    schema_of<T>(components): a schema, or a reference to one that was added to the
//          components.
// Order    fields in the order of their description; components by name.
// Source   JSON Schema 2020-12, as OpenAPI 3.1 has it.
// Threads  pure
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json.hpp"

namespace posthaste::api {

/// Schemas as JSON text, by the name of their type.
using Components = std::map<std::string, std::string>;

namespace detail {

/// "Job" for posthaste::model::Job: what both compilers write after "T = ".
template <class T>
constexpr std::string_view type_name() {
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_prefix(name.find("T = ") + 4);
    name = name.substr(0, name.find_first_of(";]"));
    return name.substr(name.rfind(':') + 1);
}

template <class T>
struct JsonSchema;

template <class T>
std::string described_schema(Components& components, Names hidden) {
    JsonText out;
    out.open('{');
    out.key("type");
    out.string("object");
    out.key("properties");
    out.open('{');
    T const empty{};
    T::fields(empty, [&]<class F>(unsigned, char const* name, F const&) {
        if (std::ranges::count(hidden, name)) return;
        out.key(name);
        out.raw(JsonSchema<F>::of(components));
    });
    out.close('}');
    out.key("additionalProperties");
    out.boolean(false);
    std::vector<std::string_view> needed;
    for (auto const name : required_fields<T>) {
        if (!std::ranges::count(hidden, name)) needed.push_back(name);
    }
    if (!needed.empty()) {
        out.key("required");
        out.open('[');
        for (auto const name : needed)
            out.string(name);
        out.close(']');
    }
    out.close('}');
    return std::move(out).text();
}

inline std::string reference_to(std::string_view name) {
    return R"({"$ref":"#/components/schemas/)" + std::string{name} + "\"}";
}

template <>
struct JsonSchema<bool> {
    static std::string of(Components&) { return R"({"type":"boolean"})"; }
};
template <BigNumber T>
struct JsonSchema<T> {
    static std::string of(Components&) { return R"({"type":"string","pattern":"^[0-9]{1,20}$"})"; }
};
template <class T>
    requires std::is_integral_v<T> && (!BigNumber<T>)
struct JsonSchema<T> {
    static std::string of(Components&) {
        if (sizeof(T) == 8) return R"({"type":"integer","format":"int64"})";
        return R"({"type":"integer","minimum":)" + std::to_string(std::numeric_limits<T>::min()) +
               R"(,"maximum":)" + std::to_string(std::numeric_limits<T>::max()) + "}";
    }
};
template <PlainEnum T>
struct JsonSchema<T> : JsonSchema<std::underlying_type_t<T>> {};
template <NamedEnum T>
struct JsonSchema<T> {
    static std::string of(Components&) {
        JsonText out;
        out.open('{');
        out.key("type");
        out.string("string");
        out.key("enum");
        out.open('[');
        for (auto const name : names_of(T{}))
            out.string(name);
        out.close(']');
        out.close('}');
        return std::move(out).text();
    }
};
template <class Tag>
struct JsonSchema<Quantity<Tag>> : JsonSchema<std::int64_t> {};
template <>
struct JsonSchema<Instant> {
    static std::string of(Components&) {
        return R"({"anyOf":[{"type":"string","format":"date-time"},{"const":"never"}]})";
    }
};
template <>
struct JsonSchema<std::string> {
    static std::string of(Components&) { return R"({"type":"string"})"; }
};
template <>
struct JsonSchema<Digest> {
    static std::string of(Components&) { return R"({"type":"string","pattern":"^[0-9a-f]{64}$"})"; }
};
template <>
struct JsonSchema<model::CommandId> {
    static std::string of(Components&) { return R"({"type":"string","format":"uuid"})"; }
};
template <class T>
struct JsonSchema<std::optional<T>> : JsonSchema<T> {};
template <class T>
struct JsonSchema<std::vector<T>> {
    static std::string of(Components& components) {
        return R"({"type":"array","items":)" + JsonSchema<T>::of(components) + "}";
    }
};
template <class T, std::size_t n>
struct JsonSchema<std::array<T, n>> {
    static std::string of(Components& components) {
        return R"({"type":"array","items":)" + JsonSchema<T>::of(components) + R"(,"maxItems":)" +
               std::to_string(n) + "}";
    }
};
template <>
struct JsonSchema<model::Load> : JsonSchema<decltype(model::Load::amount)> {};
template <>
struct JsonSchema<model::Position> {
    static std::string of(Components& components) {
        components.emplace(
            "Position",
            R"({"type":"object","properties":{"lat":{"type":"number","minimum":-90,"maximum":90},)"
            R"("lon":{"type":"number","minimum":-180,"maximum":180}},)"
            R"("additionalProperties":false,"required":["lat","lon"]})"
        );
        return reference_to("Position");
    }
};
template <Described T>
struct JsonSchema<T> {
    static std::string of(Components& components) {
        std::string const name{type_name<T>()};
        // Named before it is made: a type may hold itself.
        if (components.emplace(name, "").second)
            components[name] = described_schema<T>(components, {});
        return reference_to(name);
    }
};
template <class... Ts>
struct JsonSchema<std::variant<Ts...>> {
    static std::string of(Components& components) {
        JsonText out;
        out.open('{');
        out.key("oneOf");
        out.open('[');
        std::size_t index = 0;
        (out.raw(
             alternative<Ts>(components, views::AlternativeNames<std::variant<Ts...>>::all[index++])
         ),
         ...);
        out.close(']');
        out.close('}');
        return std::move(out).text();
    }

private:
    // The fields stand beside the tag, so the schema is the struct's with one property more.
    template <class T>
    static std::string alternative(Components& components, std::string_view name) {
        auto schema = described_schema<T>(components, {});
        constexpr std::string_view properties = R"("properties":{)";
        auto const at = schema.find(properties) + properties.size();
        std::string const comma = schema[at] == '}' ? "" : ",";
        schema.insert(at, R"("type":{"const":")" + std::string{name} + "\"}" + comma);
        return schema;
    }
};

}  // namespace detail

template <class T>
std::string schema_of(Components& components) {
    return detail::JsonSchema<T>::of(components);
}
/// Without the fields that the path gives.
template <Described T>
std::string schema_of(Components& components, detail::Names hidden) {
    if (hidden.empty()) return schema_of<T>(components);
    return detail::described_schema<T>(components, hidden);
}

}  // namespace posthaste::api
