#include "api/base64url.hpp"

#include <cstdint>

namespace posthaste::api {
namespace {
constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}  // namespace

std::string base64url(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 4 / 3 + 2);
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (char const byte : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(byte);
        for (bit_count += 8; bit_count >= 6; bit_count -= 6)
            text += letters[(bits >> (bit_count - 6)) & 63U];
    }
    if (bit_count > 0) text += letters[(bits << (6 - bit_count)) & 63U];
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (char const letter : text) {
        auto const found = letters.find(letter);
        if (found == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(found);
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        bytes += static_cast<char>(static_cast<std::uint8_t>(bits >> bit_count));
    }
    if (base64url(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace posthaste::api
