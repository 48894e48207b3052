// Bytes that claim to be a record of the log: reading them gives a record or an Error, never a
// crash; and a record that was read is written back as the same events.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "model/record.hpp"

namespace {

// A random checksum never fits: without this the fuzzer would see nothing behind it.
std::string with_checksum(std::string_view body) {
    auto const checksum = posthaste::digest(body).bytes;
    std::string bytes{body};
    for (auto const byte : checksum)
        bytes += static_cast<char>(byte);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    static_cast<void>(posthaste::model::unseal(input).ok());

    auto const record = posthaste::model::unseal(with_checksum(input));
    if (!record.ok()) return 0;
    auto const again = posthaste::model::unseal(posthaste::model::seal(record.value()).bytes);
    ASSERT(again.ok());
    ASSERT(again.value() == record.value());
    return 0;
}
