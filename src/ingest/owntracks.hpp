// OwnTracks over HTTP: one JSON message a request (over MQTT the payload is the same).
//
// Takes    {"_type":"location","lat":..,"lon":..,"tst":s,"acc":m,"vel":km/h,"cog":deg,"batt":%,
//          "topic":"owntracks/USER/DEVICE"}, and who sent it, by the request's headers X-Limit-U
//          and X-Limit-D, its query or its basic auth.
// Gives    the device "USER/DEVICE": the sender's names before the topic's, which anybody can
// write.
//          Other message types (transition, waypoint, lwt, status, encrypted, ...) are accepted
//          and dropped: no fix, and Batch::ignored says why. Answer 200 and a JSON array always
//          (interval.hpp): the app counts any answer as delivered and never sends it again.
// Errors   malformed with the field's name; limit_exceeded beyond message_bytes_max.
// Source   owntracks.org/booklet/tech/json and /tech/http
#pragma once

#include <string_view>

#include "ingest/json_scratch.hpp"
#include "ingest/raw_fix.hpp"

namespace posthaste::ingest {

struct OwntracksSender {
    std::string_view user;    ///< empty: not said
    std::string_view device;  ///< empty: not said
};

Result<Batch> parse_owntracks(
    JsonScratch& scratch, std::string_view body, OwntracksSender const& sender
);

}  // namespace posthaste::ingest
