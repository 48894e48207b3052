// An installed Traccar server as our front end: its position forward, JSON (forward.type=json).
//
// Takes    {"position":{"fixTime","latitude","longitude","speed" (knots),"course","accuracy",
//          "valid","outdated","attributes":{"batteryLevel","mock"}},"device":{"uniqueId"}}, one
//          POST per position.
// Gives    the device by its uniqueId; deviceTime where fixTime is missing. valid=false, or
//          outdated=true (Traccar repeats the last known place), is a fix with has_fix = false.
// Errors   malformed with the field's name; limit_exceeded beyond message_bytes_max.
// Source   Traccar's position model and forwarder, as their field names go over the wire
#pragma once

#include <string_view>

#include "ingest/json_scratch.hpp"
#include "ingest/raw_fix.hpp"

namespace posthaste::ingest {

Result<Batch> parse_traccar(JsonScratch& scratch, std::string_view body);

}  // namespace posthaste::ingest
