// The headers that make a request safe to repeat, to merge, to wait for and to follow.
//
// Gives    command ids from Idempotency-Key, versions from If-Match and to ETag, the wait of
//          Prefer, the trace.
// Errors   400 with the header's name, for what cannot be read. What RFCs say to ignore is ignored.
// Source   Idempotency-Key: draft-ietf-httpapi-idempotency-key-header; RFC 9110 (If-Match, ETag),
//          RFC 7240 (Prefer), W3C Trace Context 1.
//          We ask for UUIDs of version 7: ids are remembered for a day, and only the time within
//          tells an id that was forgotten from one that is new. A random one (version 4) would
//          be carried out again.
// Threads  pure, but for the random numbers of new ids.
// Limits   wait_max.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/http.hpp"
#include "api/problem.hpp"
#include "base/instant.hpp"
#include "model/ids.hpp"

namespace posthaste::api {

constexpr Millis wait_max{30'000};
constexpr Millis id_ahead_max{3'600'000};  ///< of our clock; above, it is no time of now

/// The request's id, or a new one when it has none (then a retry is a second command).
std::variant<model::CommandId, Problem> command_id(Request const& request, Instant now);
model::CommandId make_command_id(Instant now);

/// "12", in quotes.
std::string etag(model::EventNumber version);
/// The version the caller saw; nothing when it did not say or takes any ("*").
std::variant<std::optional<model::EventNumber>, Problem> if_match(Request const& request);
/// The caller has this version already: 304.
bool is_unchanged(Request const& request, model::EventNumber version);

/// Prefer: wait=N in seconds, at most wait_max; zero when there is none.
Millis wait_of(Request const& request);

/// The trace to go on with: the caller's trace id under a span of ours, or a new trace.
std::string traceparent_of(Request const& request);
/// The same of what a caller gave elsewhere than in a header.
std::string traceparent_after(std::string_view given);

}  // namespace posthaste::api
