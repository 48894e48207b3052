// Bytes that claim to be OwnTracks': one fix, or a reason why not, or an Error; never a crash.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "ingest/owntracks.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace ingest = posthaste::ingest;
    ingest::JsonScratch scratch;
    auto const parsed =
        ingest::parse_owntracks(scratch, {reinterpret_cast<char const*>(data), size}, {});
    if (parsed.ok()) {
        ASSERT(parsed.value().fixes.empty() != parsed.value().ignored.empty());
    }
    return 0;
}
