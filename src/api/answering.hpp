// What every route does alike: whose a thing is, what a command is sent with, how it is answered.
//
// Gives    the region of a call, its door, its envelope; submit() and answer() for commands;
//          read() for what is read from the board, held back until Min-Seq is on it.
// Shapes   a call's region: that of the id in its path, else ?region=, else the agent's
//          own, else the tenant's first.
//          An answer to a command: {"<subject>": id, "number": event number}. Its headers:
//          X-Event-Number, ETag of a job or an agent, Idempotency-Replayed for one given before.
//          Devices: X-Device, X-Operation (their own count, from 1), X-Device-Time.
// Errors   problem+json. 503 with Retry-After: inbox full, shard stopped, Min-Seq not reached.
// Threads  handlers run on the server's threads, what follows a command's commit on the writer's:
//          there only what is short; the rest goes to service.slow.
// Limits   min_seq_wait.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/answer_schema.hpp"
#include "api/conditions.hpp"
#include "api/router.hpp"
#include "api/service.hpp"
#include "views/show.hpp"

namespace posthaste::api {

constexpr Millis min_seq_wait{1000};

// --- whose ---

/// How far an agent's own key reaches on a route; everybody else's reach is the tenant.
enum class Claim : std::uint8_t {
    tenant,   ///< not at all, unless the permission is the tenant's
    holder,   ///< jobs they have or are asked to take
    self,     ///< the agent of the path
    decided,  ///< core decides: what is over by now must still be answered
};

/// Nothing: the path or the query names no region that is there.
std::optional<RegionId> region_asked(Service const& service, Call const& call);
Door door(Service const& service, Permission permission, Claim claim);
inline views::Audience audience_of(Call const& call) {
    return views::audience_of(call.principal.role);
}

/// The path's id; nothing when it is no number.
template <Id T>
std::optional<T> id_in(Call const& call, std::string_view name) {
    T id{};
    auto const text = call.request.parameter(name);
    if (text.empty() || !detail::set_field(id, text)) return std::nullopt;
    return id;
}
/// By id or by reference.
std::optional<views::AgentSeen> agent_in(Service const& service, Call const& call);

// --- commands ---

/// Errors: 400, a header that cannot be read.
std::variant<model::Envelope, Problem> envelope_of(Call const& call);

/// How a command went.
struct Outcome {
    RegionId region{};
    std::optional<Problem> problem;  ///< a rule or the world said no
    bool is_definite = true;         ///< false: nobody knows yet whether it happened
    bool repeated = false;
    core::Answer answer;

    bool ok() const { return !problem; }
};

struct Sending {
    RegionId region{};
    model::Envelope envelope;
    model::Command command;
    std::uint64_t body_hash = 0;  ///< node::Submission's
};

/// `then` is called once, on the writer's thread, or at once when nothing could be sent.
void submit(Service& service, Sending sending, std::function<void(Outcome const&)> then);

/// What to say of an outcome: a problem, or {"<subject>": id, "number": ...}.
Response response_of(Outcome const& outcome, std::string_view subject, int success = 200);

/// Sees the response before it leaves, on the writer's thread.
using Finish = std::function<void(Outcome const&, Response&)>;

struct Asking {
    model::Command command;
    std::string_view subject;  ///< what the answer's subject is called: job, agent, ...
    int success = 200;
    Finish finish = {};
    std::uint64_t body_hash = 0;
    std::optional<RegionId> region = {};  ///< nothing: the call's
};

/// Sends the command to its region as the caller's, and answers.
void answer(Service& service, Call const& call, Asking asking, Responder responder);

/// Adds ETag and version of the job or agent that the answer is about.
Finish with_job_version(Service& service);
Finish with_agent_version(Service& service);

/// One that is shared by the ways a request can end.
using Held = std::shared_ptr<Responder>;
inline Held hold(Responder responder) {
    return std::make_shared<Responder>(std::move(responder));
}
/// On service.slow; 503 when too much waits there.
void do_slowly(Service& service, Held const& responder, std::function<void()> task);

// --- reads ---

using ReadHandler = std::function<Response(Call const&, RegionId)>;

/// Calls `then` on service.waits once the region's board has come to `number`, or at the deadline.
void when_reached(
    Service& service,
    RegionId region,
    model::EventNumber number,
    Millis most,
    std::function<void(views::Reached)> then
);

/// Where an answer is made: large ones on service.slow.
enum class Pace : std::uint8_t { quick, slow };

struct ReadRoute {
    std::string path;
    Door door;
    RouteText text;
    Body response;
    Pace pace = Pace::quick;
};

/// A GET of the board: Min-Seq is honoured and the region's event number added.
Route read_route(Service& service, ReadRoute from, ReadHandler handler);

// --- small things ---

Response json_response(std::string body, int status = 200);
Response not_found(std::string_view what);
/// A query value that cannot be used: 400 with its name as the field.
Problem bad_query(std::string_view name, std::string_view must);
QueryParameter region_query();
/// Makes a path parameter's id and If-Match the command's. Errors: 400.
std::optional<Problem> take_if_match(
    Request const& request, std::optional<model::EventNumber>& if_version
);
model::EventNumber number_of(Service const& service, RegionId region);

/// A number from the query within bounds, or `usual`.
std::variant<std::uint64_t, Problem> query_number(
    Request const& request, std::string_view name, std::uint64_t usual, std::uint64_t most
);

/// One command a route: the body is the command, but for what the path gives.
struct CommandRoute {
    Method method = Method::post;
    std::string path;
    Permission permission{};
    Claim claim = Claim::tenant;
    std::string_view subject;
    std::string summary;
    Finish finish = {};
};

template <Described C>
void add_command(Router& router, Service& service, CommandRoute from) {
    Route route{
        .method = from.method,
        .path = from.path,
        .door = door(service, from.permission, from.claim),
        .text = {.summary = from.summary, .query = {region_query()}},
        .response = answers::made(from.subject)};
    router.add<C>(
        std::move(route),
        [&service, from = std::move(from)](Call call, C command, Responder responder) {
            if constexpr (requires { command.if_version; }) {
                if (auto const problem = take_if_match(call.request, command.if_version))
                    return responder.send(to_response(*problem));
            }
            answer(
                service,
                call,
                {.command = std::move(command), .subject = from.subject, .finish = from.finish},
                std::move(responder)
            );
        }
    );
}

}  // namespace posthaste::api
