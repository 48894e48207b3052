// OsmAnd / Traccar Client over HTTP: query or form parameters, and the JSON body of newer clients.
//
// Takes    query: what follows the '?', or a form body: id|deviceid, lat, lon or location=lat,lon,
//          timestamp, speed (knots), bearing|heading, accuracy, batt, valid, mock; any other
//          parameter is allowed and dropped. JSON: {"device_id":..,"location":{"timestamp":..,
//          "coords":{..},"mock":..,"battery":{..}}}; location may be an array (a backlog).
// Gives    a fix without timestamp gets the time it was received. A time without zone is UTC. A
//          request with cell or wifi and no place, or valid=false, is a fix with has_fix = false.
// Errors   malformed with the field's name; limit_exceeded beyond message_bytes_max. In a JSON
//          backlog a bad element is one of the batch's errors, as in ndjson.hpp.
// Source   traccar.org/osmand and the behaviour of Traccar's decoder. An unknown device is answered
//          400 to a query and 404 to JSON there: that is the caller's, who knows the devices.
#pragma once

#include <string_view>

#include "ingest/json_scratch.hpp"
#include "ingest/raw_fix.hpp"

namespace posthaste::ingest {

Result<Batch> parse_osmand_query(std::string_view query, Instant received);
Result<Batch> parse_osmand_json(JsonScratch& scratch, std::string_view body, Instant received);

}  // namespace posthaste::ingest
