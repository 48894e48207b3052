// Our own format: one JSON object a line, or one JSON array of the same objects.
//
// Takes    {"agent":"T-17","lat":57.7,"lon":11.9,"time":"2026-11-21T23:02:42Z","accuracy":5,
//          "speed":8.3,"heading":270,"battery":80,"mock":false}; docs/formats/fixes.md.
// Gives    each line's fix or its error; a bad line spoils no other. Blank lines count as lines and
//          are nothing else. In an array the line is the element's place, from 1; a broken bracket
//          ends it with one error, the elements before it stand.
// Errors   limit_exceeded for the whole body: more than batch_bytes_max bytes or batch_fixes_max
//          lines. Per line: malformed, or limit_exceeded beyond line_bytes_max.
// Cost     see parse_bench.cpp
#pragma once

#include <string_view>

#include "ingest/json_scratch.hpp"
#include "ingest/raw_fix.hpp"

namespace posthaste::ingest {

Result<Batch> parse_ndjson(JsonScratch& scratch, std::string_view body);

}  // namespace posthaste::ingest
