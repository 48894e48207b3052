// Bytes of described structs (base/fields.hpp), for the log, snapshots and hashes.
//
// Gives    encode(value) -> bytes; decode<T>(bytes) -> Result<T>. The same value always has the
//          same bytes. A field that has its default value is left out; a field that a reader does
//          not know is skipped, so both older and newer readers cope with an added field.
// Shapes   struct := (key value)*, key := varint(number << 1 | is_bytes); value := varint, or
//          varint(length) bytes. Numbers are zigzag varints; lists are one field: the count, then
//          each element as a value; a variant is varint(alternative + 1) and then the struct.
// Errors   decode: corrupt when a length passes the end, a varint is too long, an enum or a list is
//          out of bounds. Decoding never reads past the end and allocates at most O(bytes).
// Limits   nesting by the types alone; lists at most as many elements as there are bytes left.
// Threads  pure
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/fields.hpp"
#include "base/instant.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"

namespace posthaste {

class Writer {
public:
    std::string const& bytes() const& { return bytes_; }
    std::string&& bytes() && { return std::move(bytes_); }
    void clear() { bytes_.clear(); }

    void varint(std::uint64_t value) {
        std::array<char, 10> bytes{};
        std::size_t count = 0;
        for (; value >= 0x80U; value >>= 7U)
            bytes[count++] = static_cast<char>(static_cast<std::uint8_t>(value | 0x80U));
        bytes[count++] = static_cast<char>(static_cast<std::uint8_t>(value));
        bytes_.append(bytes.data(), count);
    }
    void raw(std::string_view bytes) { bytes_ += bytes; }

    /// Writes what `body` writes, with its length before it.
    void sized(auto&& body) {
        std::size_t const start = bytes_.size();
        bytes_ += '\0';
        body();
        std::size_t const length = bytes_.size() - start - 1;
        if (length < 0x80U) {
            bytes_[start] = static_cast<char>(length);
            return;
        }
        Writer prefix;
        prefix.varint(length);
        bytes_.replace(start, 1, prefix.bytes_);
    }

private:
    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_{bytes} {}

    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }
    std::size_t left() const { return rest_.size(); }
    void fail() {
        ok_ = false;
        rest_ = {};
    }
    /// A part of these bytes failed, and maybe said why.
    void fail_as(Reader const& part) {
        unknown_ = part.unknown_;
        fail();
    }
    /// These bytes hold an alternative of a variant that this version does not have.
    void fail_unknown(std::uint64_t alternative) {
        unknown_ = alternative;
        fail();
    }
    /// The number of that alternative, from 1; zero: it failed for another reason, or not at all.
    std::uint64_t unknown() const { return unknown_; }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) break;
            auto const byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80U) return value;
        }
        fail();
        return 0;
    }

    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            fail();
            return {};
        }
        auto const taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

private:
    std::string_view rest_;
    std::uint64_t unknown_ = 0;
    bool ok_ = true;
};

namespace detail {

constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

template <class T>
struct Coder;

template <class T>
concept Number = std::is_integral_v<T> || std::is_enum_v<T>;

/// Not length-delimited: a bare varint.
template <class T>
concept Scalar = Number<T> || std::same_as<T, Instant> || requires { T{}.count(); };

template <Number T>
struct Coder<T> {
    static void write(Writer& out, T const& value) {
        if constexpr (std::is_signed_v<T>) {
            out.varint(zigzag(value));
        } else {
            out.varint(static_cast<std::uint64_t>(value));
        }
    }
    static void read(Reader& in, T& value) {
        std::uint64_t const number = in.varint();
        if constexpr (NamedEnum<T>) {
            if (number >= names_of(T{}).size()) return in.fail();
        }
        if constexpr (std::is_signed_v<T>) {
            value = static_cast<T>(unzigzag(number));
            if (value != unzigzag(number)) in.fail();
        } else {
            value = static_cast<T>(number);
            if (static_cast<std::uint64_t>(value) != number) in.fail();
        }
    }
};

template <class Tag>
struct Coder<Quantity<Tag>> {
    static void write(Writer& out, Quantity<Tag> value) { out.varint(zigzag(value.count())); }
    static void read(Reader& in, Quantity<Tag>& value) {
        value = Quantity<Tag>{unzigzag(in.varint())};
    }
};

template <>
struct Coder<Instant> {
    static void write(Writer& out, Instant value) { out.varint(zigzag(value.millis())); }
    static void read(Reader& in, Instant& value) { value = Instant{unzigzag(in.varint())}; }
};

template <>
struct Coder<std::string> {
    static void write(Writer& out, std::string const& value) {
        out.varint(value.size());
        out.raw(value);
    }
    static void read(Reader& in, std::string& value) { value = in.take(in.varint()); }
};

template <>
struct Coder<Digest> {
    static void write(Writer& out, Digest const& value) {
        out.varint(value.bytes.size());
        out.raw({reinterpret_cast<char const*>(value.bytes.data()), value.bytes.size()});
    }
    static void read(Reader& in, Digest& value) {
        auto const bytes = in.take(in.varint());
        if (bytes.size() != value.bytes.size()) return in.fail();
        std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
    }
};

/// The member of `of` that lies where `member` lies in `in`.
template <class T, class F>
F const& same_member(T const& of, T const& in, F const& member) {
    auto const offset = reinterpret_cast<char const*>(&member) - reinterpret_cast<char const*>(&in);
    return *reinterpret_cast<F const*>(reinterpret_cast<char const*>(&of) + offset);
}

template <Described T>
struct Coder<T> {
    static void write(Writer& out, T const& value) {
        out.sized([&] { write_fields(out, value); });
    }
    static void write_fields(Writer& out, T const& value) {
        [[maybe_unused]] static T const empty{};  // not used where there is no field
        T::fields(value, [&]<class F>(unsigned number, char const*, F const& field) {
            if (field == same_member(empty, value, field)) return;
            out.varint((number << 1U) | (Scalar<F> ? 0U : 1U));
            Coder<F>::write(out, field);
        });
    }
    static void read(Reader& in, T& value) {
        Reader body{in.take(in.varint())};
        read_fields(body, value);
        if (!body.ok()) in.fail_as(body);
    }
    /// One pass over the fields for bytes of ours, which have them in order; another for each field
    /// that comes before an earlier one or is not known.
    static void read_fields(Reader& in, T& value) {
        value = T{};
        while (!in.at_end()) {
            NextField next{in, in.varint()};
            do {
                next.is_known = false;
                T::fields(value, next);
            } while (next.is_there && next.is_known);
            if (!next.is_there) return;
            std::uint64_t const number_or_size = in.varint();
            if ((next.key & 1U) != 0) in.take(number_or_size);
        }
    }

private:
    /// Reads the field whose key is next, when it is its turn.
    struct NextField {
        Reader& in;
        std::uint64_t key = 0;
        bool is_there = true;
        bool is_known = false;

        template <class F>
        void operator()(unsigned number, char const*, F& field) {
            if (!is_there || number != key >> 1U) return;
            is_known = true;
            if (Scalar<F> == ((key & 1U) == 0)) {
                Coder<F>::read(in, field);
            } else {
                in.fail();
            }
            is_there = !in.at_end();
            if (is_there) key = in.varint();
        }
    };
};

// Everything with elements: varint(bytes) then the elements, each as a value.
template <class List, class Element>
struct ListCoder {
    static void write(Writer& out, List const& list) {
        out.sized([&] {
            out.varint(list.size());
            for (auto const& element : list)
                Coder<Element>::write(out, element);
        });
    }
    static void read_each(Reader& in, auto&& take) {
        Reader body{in.take(in.varint())};
        std::uint64_t const count = body.varint();
        if (count > body.left()) return in.fail();
        for (std::uint64_t i = 0; i < count && body.ok(); ++i) {
            Element element{};
            Coder<Element>::read(body, element);
            take(std::move(element));
        }
        if (!body.ok() || !body.at_end()) in.fail_as(body);
    }
};

template <class T>
struct Coder<std::vector<T>> : ListCoder<std::vector<T>, T> {
    static void read(Reader& in, std::vector<T>& list) {
        list.clear();
        ListCoder<std::vector<T>, T>::read_each(in, [&](T&& element) {
            list.push_back(std::move(element));
        });
    }
};

template <class T>
struct Coder<std::set<T>> : ListCoder<std::set<T>, T> {
    static void read(Reader& in, std::set<T>& set) {
        set.clear();
        ListCoder<std::set<T>, T>::read_each(in, [&](T&& element) {
            set.insert(set.end(), std::move(element));
        });
    }
};

template <class T, std::size_t n>
struct Coder<std::array<T, n>> : ListCoder<std::array<T, n>, T> {
    static void read(Reader& in, std::array<T, n>& array) {
        std::size_t count = 0;
        ListCoder<std::array<T, n>, T>::read_each(in, [&](T&& element) {
            if (count < n) array[count] = std::move(element);
            ++count;
        });
        if (count != n) in.fail();
    }
};

template <class A, class B>
struct Coder<std::pair<A, B>> {
    static void write(Writer& out, std::pair<A, B> const& pair) {
        Coder<A>::write(out, pair.first);
        Coder<B>::write(out, pair.second);
    }
    static void read(Reader& in, std::pair<A, B>& pair) {
        Coder<A>::read(in, pair.first);
        Coder<B>::read(in, pair.second);
    }
};

template <class K, class V>
struct Coder<std::map<K, V>> : ListCoder<std::map<K, V>, std::pair<K, V>> {
    static void read(Reader& in, std::map<K, V>& map) {
        map.clear();
        ListCoder<std::map<K, V>, std::pair<K, V>>::read_each(in, [&](std::pair<K, V>&& pair) {
            map.insert_or_assign(map.end(), std::move(pair.first), std::move(pair.second));
        });
    }
};

template <class T>
struct Coder<std::optional<T>> {
    static void write(Writer& out, std::optional<T> const& value) {
        out.sized([&] {
            if (value) Coder<T>::write(out, *value);
        });
    }
    static void read(Reader& in, std::optional<T>& value) {
        Reader body{in.take(in.varint())};
        value.reset();
        if (body.at_end()) return;
        Coder<T>::read(body, value.emplace());
        if (!body.ok()) in.fail_as(body);
    }
};

// The alternative's place is its number for ever: only append to a variant.
template <class... Ts>
struct Coder<std::variant<Ts...>> {
    using Variant = std::variant<Ts...>;
    static void write(Writer& out, Variant const& value) {
        out.sized([&] {
            out.varint(value.index() + 1);
            std::visit([&]<class T>(T const& it) { Coder<T>::write_fields(out, it); }, value);
        });
    }
    static void read(Reader& in, Variant& value) {
        Reader body{in.take(in.varint())};
        std::uint64_t const index = body.varint() - 1;
        if (!body.ok()) return in.fail();
        if (index >= sizeof...(Ts)) return in.fail_unknown(index + 1);
        read_alternative(body, value, index, std::index_sequence_for<Ts...>{});
        if (!body.ok()) in.fail_as(body);
    }

private:
    template <std::size_t... is>
    static void
    read_alternative(Reader& in, Variant& value, std::uint64_t index, std::index_sequence<is...>) {
        auto const read_one = [&]<std::size_t i>() {
            using T = std::variant_alternative_t<i, Variant>;
            if (i == index) Coder<T>::read_fields(in, value.template emplace<i>());
        };
        (read_one.template operator()<is>(), ...);
    }
};

}  // namespace detail

template <class T>
void encode(Writer& out, T const& value) {
    detail::Coder<T>::write(out, value);
}

template <class T>
std::string encode(T const& value) {
    Writer out;
    encode(out, value);
    return std::move(out).bytes();
}

/// Requires nothing of the bytes: whatever they are, the answer is a value or `corrupt`.
template <class T>
Result<T> decode(std::string_view bytes) {
    Reader in{bytes};
    T value{};
    detail::Coder<T>::read(in, value);
    if (!in.ok()) return Error{Errc::corrupt, "bytes end early or hold a value out of range"};
    if (!in.at_end()) return Error{Errc::corrupt, "bytes follow the end of the value"};
    return value;
}

template <class T>
Digest digest_of(T const& value) {
    return digest(encode(value));
}

}  // namespace posthaste
