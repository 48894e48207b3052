// Bytes that claim to be a batch of fixes: fixes and errors within the bounds, never a crash, and
// the track filter takes whatever comes out.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "ingest/ndjson.hpp"
#include "ingest/track_filter.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace ingest = posthaste::ingest;
    ingest::JsonScratch scratch;
    auto const parsed = ingest::parse_ndjson(scratch, {reinterpret_cast<char const*>(data), size});
    if (!parsed.ok()) return 0;
    ASSERT(parsed.value().fixes.size() <= ingest::batch_fixes_max);
    ingest::TrackFilter filter{{}};
    for (ingest::RawFix const& fix : parsed.value().fixes) {
        ASSERT(fix.device.size() <= ingest::device_bytes_max);
        filter.check(posthaste::model::AgentId{1}, fix, posthaste::Instant{1'750'000'000'000});
    }
    ASSERT(filter.totals().sum() == parsed.value().fixes.size());
    return 0;
}
