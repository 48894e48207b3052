// Bytes that claim to be Traccar's forward: one fix or an Error, never a crash.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "ingest/traccar.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace ingest = posthaste::ingest;
    ingest::JsonScratch scratch;
    auto const parsed = ingest::parse_traccar(scratch, {reinterpret_cast<char const*>(data), size});
    if (parsed.ok()) {
        ASSERT(parsed.value().fixes.size() == 1);
    }
    return 0;
}
