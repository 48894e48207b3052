#include "api/answering.hpp"

#include <algorithm>
#include <mutex>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

constexpr Millis soon{1000};

/// The region of an id in the path; nothing when the path has none.
std::optional<RegionId> region_of_path(Call const& call) {
    constexpr auto names = std::to_array<std::string_view>(
        {"job", "offer", "assignment", "zone", "report", "subject", "booking"}
    );
    for (auto const name : names) {
        if (call.request.parameter(name).empty()) continue;
        // What is no id belongs to no region: the control region's tenant is nobody's.
        return posthaste::region_of(id_in<model::JobId>(call, name).value_or(model::JobId{}));
    }
    auto const agent = number_from<std::uint64_t>(call.request.parameter("agent"));
    if (!agent || *agent <= id_counter_max) return std::nullopt;  // a reference
    return posthaste::region_of(model::AgentId{*agent});
}

Problem bad_header(std::string_view name, std::string_view must) {
    return {
        .status = 400,
        .code = "bad_header",
        .detail = std::string{name} + " " + std::string{must} + "."};
}

}  // namespace

// --- whose ---

std::optional<RegionId> region_asked(Service const& service, Call const& call) {
    if (auto const region = region_of_path(call)) return region;
    if (auto const given = call.request.query_value("region")) {
        auto const number = number_from<std::uint16_t>(*given);
        if (!number) return std::nullopt;
        return RegionId{*number};
    }
    auto const agent = call.principal.agent;
    if (agent != model::AgentId{}) return posthaste::region_of(agent);
    auto const regions = service.board.regions_of(call.principal.tenant);
    if (regions.empty()) return std::nullopt;
    return regions.front();
}

std::optional<views::AgentSeen> agent_in(Service const& service, Call const& call) {
    auto const text = call.request.parameter("agent");
    if (auto const id = number_from<std::uint64_t>(text); id && *id > id_counter_max)
        return service.board.agent(model::AgentId{*id});
    auto const region = region_asked(service, call);
    if (!region) return std::nullopt;
    return service.board.agent_named(*region, text);
}

namespace {

model::AgentId claimed(Service const& service, Call const& call, Claim claim) {
    auto const asker = call.principal.agent;
    switch (claim) {
        case Claim::tenant:
            return {};
        case Claim::decided:
            return asker;
        case Claim::self: {
            auto const agent = agent_in(service, call);
            return agent ? agent->view->id : model::AgentId{};
        }
        case Claim::holder: {
            auto const id = id_in<model::JobId>(call, "job");
            auto const job = id ? service.board.job(*id) : nullptr;
            return job && job->concerns(asker) ? asker : model::AgentId{};
        }
    }
    return {};
}

}  // namespace

Door door(Service const& service, Permission permission, Claim claim) {
    return {
        .permission = permission,
        .whose = [&service, claim](Call const& call) -> std::optional<Resource> {
            auto const region = region_asked(service, call);
            if (!region) return std::nullopt;
            auto const entry = service.board.region_entry(*region);
            if (!entry) return std::nullopt;
            return Resource{.tenant = entry->tenant, .agent = claimed(service, call, claim)};
        }};
}

// --- commands ---

std::variant<model::Envelope, Problem> envelope_of(Call const& call) {
    auto const& request = call.request;
    model::Envelope envelope{
        .role = call.principal.role,
        .key = call.principal.key,
        .agent = call.principal.agent,
        .device = std::string{request.header("x-device")},
        .traceparent = traceparent_of(request)};
    if (!request.header("idempotency-key").empty()) {
        auto id = command_id(request, call.now);
        if (auto* const problem = std::get_if<Problem>(&id)) return std::move(*problem);
        envelope.command = std::get<model::CommandId>(id);
    }
    if (envelope.device.size() > model::device_bytes_max)
        return bad_header("X-Device", "must have at most 64 bytes");
    if (auto const operation = request.header("x-operation"); !operation.empty()) {
        auto const number = number_from<std::uint64_t>(operation);
        if (!number || *number == 0) return bad_header("X-Operation", "must count from 1");
        if (envelope.device.empty()) return bad_header("X-Operation", "needs X-Device beside it");
        envelope.operation = *number;
    }
    auto const time = request.header("x-device-time");
    if (!time.empty() &&
        (!from_text(time, envelope.device_time) || envelope.device_time == instant_max))
        return bad_header("X-Device-Time", "must be an instant such as 2026-11-21T08:00:00Z");
    return envelope;
}

namespace {

/// The field that core names at the front of a detail: "stops[0].window: why".
Problem problem_of(core::Answer const& answer) {
    auto problem = posthaste::api::problem_of(answer.rejection, answer.detail);
    if (answer.rejection == model::Rejection::malformed && !answer.detail.empty()) {
        auto const end = answer.detail.find(": ");
        auto const why =
            end == std::string::npos ? "is out of its range" : answer.detail.substr(end + 2);
        problem.errors.push_back({.field = answer.detail.substr(0, end), .detail = why});
    }
    return problem;
}

Outcome outcome_of(node::Reply const& reply) {
    Outcome outcome{.region = reply.region, .repeated = reply.repeated};
    if (!reply.answer.ok()) {
        outcome.problem = posthaste::api::problem_of(reply.answer.error());
        outcome.is_definite = false;
        return outcome;
    }
    outcome.answer = reply.answer.value();
    if (outcome.answer.rejection != model::Rejection::none)
        outcome.problem = problem_of(outcome.answer);
    return outcome;
}

}  // namespace

void submit(Service& service, Sending sending, std::function<void(Outcome const&)> then) {
    auto const region = sending.region;
    auto const sent = service.shard.submit(
        region,
        {.envelope = std::move(sending.envelope),
         .command = std::move(sending.command),
         .reply_to = [then](node::Reply const& reply) { then(outcome_of(reply)); },
         .body_hash = sending.body_hash}
    );
    if (!sent.ok()) then({.region = region, .problem = posthaste::api::problem_of(sent.error())});
}

Response response_of(Outcome const& outcome, std::string_view subject, int success) {
    Response response;
    if (outcome.problem) {
        response = to_response(*outcome.problem);
    } else {
        JsonText out;
        out.open('{');
        if (outcome.answer.subject != 0) {
            out.key(subject);
            out.big(outcome.answer.subject);
        }
        out.key("number");
        out.big(outcome.answer.number);
        out.close('}');
        response = json_response(std::move(out).text(), success);
    }
    if (outcome.answer.number != 0)
        response.headers.push_back({"X-Event-Number", std::to_string(outcome.answer.number)});
    if (outcome.repeated) response.headers.push_back({"Idempotency-Replayed", "true"});
    return response;
}

void answer(Service& service, Call const& call, Asking asking, Responder responder) {
    auto envelope = envelope_of(call);
    if (auto const* const problem = std::get_if<Problem>(&envelope))
        return responder.send(to_response(*problem));
    auto const region = asking.region ? asking.region : region_asked(service, call);
    if (!region) return responder.send(not_found("region"));
    auto& sent = std::get<model::Envelope>(envelope);
    responder.add_headers({{"traceparent", sent.traceparent}});
    auto const held = hold(std::move(responder));
    submit(
        service,
        {.region = *region,
         .envelope = std::move(sent),
         .command = std::move(asking.command),
         .body_hash = asking.body_hash},
        [held,
         subject = asking.subject,
         success = asking.success,
         finish = std::move(asking.finish)](Outcome const& outcome) {
            auto response = response_of(outcome, subject, success);
            if (finish) finish(outcome, response);
            held->send(std::move(response));
        }
    );
}

Finish with_job_version(Service& service) {
    return [&service](Outcome const& outcome, Response& response) {
        if (!outcome.ok()) return;
        auto const job = service.board.job(model::JobId{outcome.answer.subject});
        if (job) response.headers.push_back({"ETag", etag(job->job.version)});
    };
}

Finish with_agent_version(Service& service) {
    return [&service](Outcome const& outcome, Response& response) {
        if (!outcome.ok()) return;
        auto const agent = service.board.agent(model::AgentId{outcome.answer.subject});
        if (agent) response.headers.push_back({"ETag", etag(agent->view->version)});
    };
}

void do_slowly(Service& service, Held const& responder, std::function<void()> task) {
    if (service.slow->run(std::move(task))) return;
    responder->send(
        to_response({.status = 503, .detail = "Too much waits here already.", .retry_after = soon})
    );
}

// --- reads ---

namespace {

/// A wait that ends once: by the board or by the deadline.
struct Wait {
    std::mutex mutex;
    bool ended = false;
    std::optional<std::uint64_t> ticket;  ///< the board's
    std::function<void(views::Reached)> then;

    /// Whether this is the end.
    bool end() {
        std::lock_guard const lock{mutex};
        return !std::exchange(ended, true);
    }
};

}  // namespace

void when_reached(
    Service& service,
    RegionId region,
    model::EventNumber number,
    Millis most,
    std::function<void(views::Reached)> then
) {
    auto const wait = std::make_shared<Wait>();
    wait->then = std::move(then);
    auto const deadline = service.waits->at(most, [wait, &board = service.board] {
        if (!wait->end()) return;
        if (wait->ticket) board.cancel(*wait->ticket);
        wait->then(views::Reached::not_yet);
    });
    if (!deadline) return wait->then(views::Reached::not_yet);
    auto const reached = [wait, weak = std::weak_ptr{service.waits}, deadline = *deadline] {
        auto const waits = weak.lock();
        if (!waits) return;
        bool const told = waits->run([wait] {
            if (wait->end()) wait->then(views::Reached::yes);
        });
        if (told) waits->cancel(deadline);  // else the deadline answers
    };
    auto const ticket = service.board.when(region, number, reached);
    std::unique_lock lock{wait->mutex};
    if (ticket && !wait->ended) {
        wait->ticket = ticket;
        return;
    }
    lock.unlock();
    if (ticket) {
        service.board.cancel(*ticket);
    } else if (wait->end()) {
        service.waits->cancel(*deadline);
        wait->then(views::Reached::not_yet);
    }
}

model::EventNumber number_of(Service const& service, RegionId region) {
    return service.board.number(region);
}

namespace {

/// One read on its way to its answer.
struct Reading {
    Service& service;
    Call call;
    RegionId region{};
    Held responder;
    ReadHandler handler;
    Pace pace;

    void answer() const {
        // Before the board is read: what is shown is at least of this number.
        auto const number = number_of(service, region);
        auto response = handler(call, region);
        response.headers.push_back({"X-Event-Number", std::to_string(number)});
        responder->send(std::move(response));
    }
};
using ReadingPtr = std::shared_ptr<Reading const>;

void begin(ReadingPtr const& reading, views::Reached reached) {
    if (reached == views::Reached::not_yet)
        return reading->responder->send(
            to_response({.status = 503, .detail = "Min-Seq is not here yet.", .retry_after = soon})
        );
    if (reading->pace == Pace::quick) return reading->answer();
    do_slowly(reading->service, reading->responder, [reading] { reading->answer(); });
}

}  // namespace

Route read_route(Service& service, ReadRoute from, ReadHandler handler) {
    from.text.query.push_back(region_query());
    auto const read = [&service,
                       handler = std::move(handler),
                       pace = from.pace](Call call, Responder responder) {
        auto const region = region_asked(service, call);
        if (!region) return responder.send(not_found("region"));
        auto const wanted = call.request.header("min-seq");
        auto const number =
            wanted.empty() ? std::optional<std::uint64_t>{0} : number_from<std::uint64_t>(wanted);
        if (!number)
            return responder.send(to_response(bad_header("Min-Seq", "must be an event number")));
        auto const reading = std::make_shared<Reading const>(Reading{
            service, std::move(call), *region, hold(std::move(responder)), handler, pace});
        if (*number <= number_of(service, *region)) return begin(reading, views::Reached::yes);
        when_reached(service, *region, *number, min_seq_wait, std::bind_front(begin, reading));
    };
    return {
        .path = std::move(from.path),
        .door = std::move(from.door),
        .text = std::move(from.text),
        .response = std::move(from.response),
        .handler = read};
}

// --- small things ---

Response json_response(std::string body, int status) {
    return {
        .status = status,
        .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
        .body = std::move(body)};
}

Response not_found(std::string_view what) {
    return to_response({.status = 404, .detail = "There is no such " + std::string{what} + "."});
}

Problem bad_query(std::string_view name, std::string_view must) {
    return {
        .status = 400,
        .code = "bad_query",
        .detail = std::string{name} + " " + std::string{must} + ".",
        .errors = {{.field = std::string{name}, .detail = std::string{must}}}};
}

QueryParameter region_query() {
    return {"region", R"({"type":"integer"})", "The region; else the tenant's first."};
}

std::optional<Problem> take_if_match(
    Request const& request, std::optional<model::EventNumber>& if_version
) {
    if (request.header("if-match").empty()) return std::nullopt;
    auto given = if_match(request);
    if (auto* const problem = std::get_if<Problem>(&given)) return std::move(*problem);
    if_version = std::get<0>(given);
    return std::nullopt;
}

std::variant<std::uint64_t, Problem> query_number(
    Request const& request, std::string_view name, std::uint64_t usual, std::uint64_t most
) {
    auto const text = request.query_value(name);
    if (!text) return usual;
    auto const number = number_from<std::uint64_t>(*text);
    if (!number || *number > most)
        return bad_query(name, "must be a number up to " + std::to_string(most));
    return *number;
}

}  // namespace posthaste::api
