// What fields() says of a struct, walked: a sample with every field set, its text, its schema.
//
// Gives    Sampler: values that differ from their defaults, the same at every run. text_of: only
//          the fields that differ from their defaults, so that a field added later changes no old
//          text. schema_of: a line for each field and each name of an enum, with its number on the
//          wire.
// Threads  pure
#pragma once

#include <array>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/codec.hpp"

namespace posthaste::golden {

template <class T>
struct Element;
template <class T>
struct Element<std::vector<T>> {
    using Type = T;
};
template <class T>
struct Element<std::optional<T>> {
    using Type = T;
};
template <class T, std::size_t n>
struct Element<std::array<T, n>> {
    using Type = T;
};

template <class T>
concept Holder = requires { typename Element<T>::Type; };
template <class T>
concept Counted = requires(T const& value) { value.count(); } && !Holder<T>;

class Sampler {
public:
    explicit Sampler(std::uint64_t first) : next_{first} {}

    template <class T>
    T make() {
        T value{};
        fill(value);
        return value;
    }

private:
    template <class T>
    void fill(T& value) {
        if constexpr (Described<T>) {
            T::fields(value, [&](unsigned, char const*, auto& field) { fill(field); });
        } else if constexpr (NamedEnum<T>) {
            value = static_cast<T>(1 + next_++ % (names_of(T{}).size() - 1));
        } else if constexpr (std::is_same_v<T, bool>) {
            value = true;
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(next_++);
        } else if constexpr (std::is_signed_v<T>) {
            value = static_cast<T>(-static_cast<std::int64_t>(next_++ % 100) - 1);
        } else if constexpr (std::is_integral_v<T>) {
            value = static_cast<T>(1 + next_++ % 200);
        } else if constexpr (std::is_same_v<T, Instant>) {
            value = Instant{1'700'000'000'000 + static_cast<std::int64_t>(next_++)};
        } else if constexpr (Counted<T>) {
            value = T{static_cast<std::int64_t>(next_++)};
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = "text " + std::to_string(next_++);
        } else if constexpr (std::is_same_v<T, Digest>) {
            value = digest(std::to_string(next_++));
        } else {
            fill_holder(value);
        }
    }
    template <class T>
    void fill_holder(std::vector<T>& values) {
        for (int i = 0; i < 2; ++i)
            values.push_back(make<T>());
    }
    template <class T>
    void fill_holder(std::optional<T>& value) {
        value = make<T>();
    }
    template <class T, std::size_t n>
    void fill_holder(std::array<T, n>& values) {
        for (auto& value : values)
            fill(value);
    }

    std::uint64_t next_;
};

template <class T>
void text_of(std::string& out, std::string const& name, T const& value) {
    auto const line = [&](std::string const& text) { out += name + " = " + text + "\n"; };
    if constexpr (Described<T>) {
        static T const empty{};
        std::vector<void const*> defaults;
        T::fields(empty, [&](unsigned, char const*, auto const& field) {
            defaults.push_back(&field);
        });
        std::size_t i = 0;
        T::fields(value, [&]<class F>(unsigned, char const* field_name, F const& field) {
            if (field == *static_cast<F const*>(defaults[i++])) return;
            text_of(out, name + "." + field_name, field);
        });
    } else if constexpr (NamedEnum<T>) {
        line(std::string{name_of(value)});
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
        line(std::to_string(+static_cast<std::int64_t>(value)));
    } else if constexpr (std::is_same_v<T, Instant>) {
        line(std::to_string(value.millis()));
    } else if constexpr (Counted<T>) {
        line(std::to_string(value.count()));
    } else if constexpr (std::is_same_v<T, std::string>) {
        line('"' + value + '"');
    } else if constexpr (std::is_same_v<T, Digest>) {
        line(value.hex());
    } else if constexpr (requires { value.has_value(); }) {
        if (value) text_of(out, name, *value);
    } else {
        std::size_t i = 0;
        for (auto const& each : value)
            text_of(out, name + "[" + std::to_string(i++) + "]", each);
    }
}

template <class T>
constexpr std::string_view kind_of() {
    if constexpr (Described<T>)
        return "struct";
    else if constexpr (NamedEnum<T>)
        return "enum";
    else if constexpr (std::is_same_v<T, bool>)
        return "bool";
    else if constexpr (std::is_enum_v<T>)
        return "id";
    else if constexpr (std::is_same_v<T, Instant>)
        return "instant";
    else if constexpr (std::is_same_v<T, std::string>)
        return "text";
    else if constexpr (std::is_same_v<T, Digest>)
        return "digest";
    else if constexpr (requires(T const& value) { value.has_value(); })
        return "optional";
    else if constexpr (Holder<T>)
        return "list";
    else if constexpr (Counted<T> || std::is_signed_v<T>)
        return "signed";
    else
        return "unsigned";
}

template <class T>
void schema_of(std::vector<std::string>& lines, std::string const& path) {
    if constexpr (Described<T>) {
        T value{};
        T::fields(value, [&]<class F>(unsigned number, char const* name, F const&) {
            auto const inner = path + " " + std::to_string(number) + "." + name;
            lines.push_back(inner + ": " + std::string{kind_of<F>()});
            schema_of<F>(lines, inner);
        });
    } else if constexpr (NamedEnum<T>) {
        auto const names = names_of(T{});
        for (std::size_t i = 0; i < names.size(); ++i) {
            lines.push_back(path + " = " + std::to_string(i) + " " + std::string{names[i]});
        }
    } else if constexpr (Holder<T>) {
        using E = typename Element<T>::Type;
        if constexpr (!Described<E>) lines.push_back(path + " of: " + std::string{kind_of<E>()});
        schema_of<E>(lines, path);
    }
}

}  // namespace posthaste::golden
