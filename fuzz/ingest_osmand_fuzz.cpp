// Bytes that claim to be OsmAnd's, as a query and as a JSON body: fixes or an Error, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "ingest/osmand.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace ingest = posthaste::ingest;
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    ingest::JsonScratch scratch;
    auto const query = ingest::parse_osmand_query(input, posthaste::Instant{1});
    if (query.ok()) {
        ASSERT(query.value().fixes.size() == 1);
    }
    auto const body = ingest::parse_osmand_json(scratch, input, posthaste::Instant{1});
    if (body.ok()) {
        ASSERT(body.value().fixes.size() <= ingest::batch_fixes_max);
    }
    return 0;
}
