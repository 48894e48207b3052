#include "base/digest.hpp"

#include <sodium.h>

#include "base/assert.hpp"

namespace posthaste {

namespace {

unsigned char const* bytes_of(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

std::optional<unsigned> hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10U;
    return std::nullopt;
}

}  // namespace

std::uint64_t Digest::head() const {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(number); ++i)
        number = (number << 8U) | bytes[i];
    return number;
}

std::string Digest::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto const byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::optional<Digest> Digest::from_hex(std::string_view text) {
    Digest result;
    if (text.size() != result.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < result.bytes.size(); ++i) {
        auto const high = hex_value(text[2 * i]);
        auto const low = hex_value(text[2 * i + 1]);
        if (!high || !low) return std::nullopt;
        result.bytes[i] = static_cast<std::uint8_t>((*high << 4U) | *low);
    }
    return result;
}

Digest digest(std::string_view bytes) {
    return digest(bytes, {});
}

Digest digest(std::string_view bytes, std::string_view key) {
    ASSERT(key.size() <= crypto_generichash_KEYBYTES_MAX);
    Digest result;
    int const failed = crypto_generichash(
        result.bytes.data(),
        result.bytes.size(),
        bytes_of(bytes),
        bytes.size(),
        key.empty() ? nullptr : bytes_of(key),
        key.size()
    );
    ASSERT(failed == 0);
    return result;
}

}  // namespace posthaste
