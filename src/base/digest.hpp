// Digest: 32 bytes that stand for some bytes. Chains records, names contents, remembers bodies.
//
// Source   BLAKE2b-256, by libsodium's crypto_generichash (RFC 7693).
// Cost     about 1 ns a byte.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace posthaste {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};

    auto operator<=>(Digest const&) const = default;

    bool is_zero() const { return *this == Digest{}; }
    /// The first 8 bytes, big-endian: for where a number says enough.
    std::uint64_t head() const;
    std::string hex() const;
    static std::optional<Digest> from_hex(std::string_view text);
};

Digest digest(std::string_view bytes);
/// Keyed: a digest nobody without the key can make. Requires: key.size() <= 64.
Digest digest(std::string_view bytes, std::string_view key);

}  // namespace posthaste
