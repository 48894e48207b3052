// GET /v1/agent: an agent's WebSocket. Everything the phone does, and everything it must know.
//
// Takes    one JSON object a message:
//          {"type": receipt | accept | decline | transition | finish_stop | availability | release,
//           "operation": "7", "device_time": "...", "traceparent": "...", and the fields of the
//           REST twin's body}
//          {"type": "fix", "operation": "8", "fixes": [{"lat": 57.7, "lon": 11.9, "time": ...}]},
//          each fix as a line of POST /v1/fixes without its agent; or the one fix's fields beside
//          the type. Operations count from 1 for each device (`device=` of the address); a
//          repeated one gets its answer again and does nothing. Fixes need none.
// Gives    at first {"type":"hello"}, then the agent, the live jobs and the open offers as they
//          are, each as a message of its kind, then {"type":"ready"}; from then on what changes:
//          {"type": agent | job | offer | offer_closed | slip | fence | conflict | ...,
//           "cursor": ..., "traceparent": ..., "data": {...}}. An offer is told at least once by
//          (offer, attempt) and again on each connect until it is closed; times to answer are
//          remaining milliseconds.
//          To each message up: {"type":"ack","operation":..,"number":..,"subject":..,
//          "traceparent":..} once it is durable (of fixes: taken in, with the batch's report), or
//          {"type":"nack","operation":..,"problem":{...}}. The trace is the caller's under a span
//          of ours, or begins here.
// Errors   a message that cannot be read is a nack and changes nothing. A key that is revoked or
//          expires closes the link within look_every, and so does a fifth link of one agent the
//          first.
// Order    answers by operation are in no order; what changes is in the region's.
// Limits   in_flight_max commands without their answer; above: nack limit_exceeded.
#pragma once

#include "api/live.hpp"
#include "api/router.hpp"
#include "api/service.hpp"

namespace posthaste::api {

constexpr std::size_t in_flight_max = 64;

struct AgentDoor {
    Service& service;
    KeyLookup const& keys;
};

/// Requires: the request wants a WebSocket, and the principal is an agent of the tenant.
void open_agent_link(std::shared_ptr<AgentDoor> door, Call const& call, Responder responder);

}  // namespace posthaste::api
