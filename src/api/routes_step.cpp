// What happens to a job after it is made: its steps, its quote, who decided what, and why.
#include <algorithm>

#include "api/routes_parts.hpp"
#include "views/explain.hpp"

namespace posthaste::api {

using model::JobId;

namespace {

constexpr std::size_t decisions_shown_max = 100;

void add_steps(Router& router, Service& service) {
    auto const version = with_job_version(service);
    add_command<model::TransitionJob>(
        router,
        service,
        {.path = "/v1/jobs/{job}/transitions",
         .permission = Permission::step_job,
         .claim = Claim::decided,
         .subject = "job",
         .summary =
             "One step of the workflow: of the assignment when it is given, else of the job.",
         .finish = version}
    );
    add_command<model::AssignJob>(
        router,
        service,
        {.path = "/v1/jobs/{job}/assign",
         .permission = Permission::assign_job,
         .subject = "job",
         .summary = "A person decides who does it. Rules that protect people and promises hold.",
         .finish = version}
    );
    add_command<model::ProposeQuote>(
        router,
        service,
        {.path = "/v1/jobs/{job}/quote",
         .permission = Permission::edit_job,
         .subject = "job",
         .summary = "Proposes a price, in hundredths of the currency.",
         .finish = version}
    );
    add_command<model::DecideQuote>(
        router,
        service,
        {.path = "/v1/jobs/{job}/quote/decision",
         .permission = Permission::edit_job,
         .subject = "job",
         .summary = "Approves or rejects the quote.",
         .finish = version}
    );
    add_command<model::ResolveConflict>(
        router,
        service,
        {.path = "/v1/jobs/{job}/conflicts/{conflict}/resolve",
         .permission = Permission::edit_job,
         .subject = "job",
         .summary = "An operation that came too late has been looked after.",
         .finish = version}
    );
}

// --- cancel ---

void cancel_job(Service& service, Call const& call, Responder responder) {
    auto const id = id_in<JobId>(call, "job");
    auto const view = id ? service.board.job(*id) : nullptr;
    if (!view) return responder.send(not_found("job"));
    auto const& states = view->workflow->machine.states;
    auto const to = std::ranges::find(states, model::Phase::cancelled, &workflow::State::phase);
    if (to == states.end())
        return responder.send(to_response(
            {.status = 409, .detail = "Its workflow has no state for what is cancelled."}
        ));
    model::TransitionJob command{.job = *id, .assignment = {}, .to = to->name};
    command.reason = call.request.query_value("reason").value_or("");
    if (auto const problem = take_if_match(call.request, command.if_version))
        return responder.send(to_response(*problem));
    answer(
        service,
        call,
        {.command = std::move(command), .subject = "job", .finish = with_job_version(service)},
        std::move(responder)
    );
}

// --- why ---

/// What history has, and what it has not come to yet.
Result<std::vector<model::Decision>> all_decisions(Service const& service, JobId job) {
    auto decisions = TRY(service.history.decisions(job, Instant{}, decisions_shown_max));
    auto const known = decisions.empty() ? 0 : decisions.back().state_number;
    bool const none = decisions.empty();
    for (auto& decision : TRY(service.board.decisions(job))) {
        if (none || decision.state_number > known) decisions.push_back(std::move(decision));
    }
    return decisions;
}

Response decisions_response(Service const& service, JobId job) {
    auto const decisions = all_decisions(service, job);
    if (!decisions.ok()) return to_response(problem_of(decisions.error()));
    JsonText out;
    out.open('{');
    out.key("decisions");
    out.open('[');
    for (auto const& decision : decisions.value()) {
        out.open('{');
        out.key("decision");
        out.raw(explained(service, decision));
        out.key("text");
        out.string(views::explain_text(decision, [&](model::AgentId agent) {
            auto const seen = service.board.agent(agent);
            return seen ? seen->view->profile->reference : std::to_string(raw(agent));
        }));
        out.close('}');
    }
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

// --- who did what ---

void write_event(JsonText& out, views::HistoryEvent const& event) {
    auto const& who = event.envelope;
    out.open('{');
    out.key("number");
    out.big(event.number);
    out.key("at");
    out.instant(who.at);
    out.key("role");
    out.string(name_of(who.role));
    if (raw(who.key) != 0) {
        out.key("key");
        out.big(raw(who.key));
    }
    if (raw(event.agent) != 0) {
        out.key("agent");
        out.big(raw(event.agent));
    }
    if (!who.device.empty()) {
        out.key("device");
        out.string(who.device);
    }
    if (who.device_time != Instant{}) {
        out.key("device_time");
        out.instant(who.device_time);
    }
    if (!who.traceparent.empty()) {
        out.key("traceparent");
        out.string(who.traceparent);
    }
    out.key("event");
    write_json(out, event.event);
    out.close('}');
}

Response history_response(
    Service const& service, JobId job, std::uint64_t after, std::size_t limit
) {
    auto const events = service.history.of(job, after, limit);
    if (!events.ok()) return to_response(problem_of(events.error()));
    JsonText out;
    out.open('{');
    out.key("events");
    out.open('[');
    for (auto const& event : events.value())
        write_event(out, event);
    out.close(']');
    if (events.value().size() == limit) {
        out.key("next");
        out.big(events.value().back().number);
    }
    out.close('}');
    return json_response(std::move(out).text());
}

void get_history(Service& service, Call const& call, Responder responder) {
    auto const id = id_in<JobId>(call, "job");
    if (!id) return responder.send(not_found("job"));
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    auto const after = query_number(call.request, "after", 0, most);
    auto const limit = query_number(call.request, "limit", 100, views::history_rows_max);
    for (auto const* const read : {&after, &limit}) {
        if (auto const* const problem = std::get_if<Problem>(read))
            return responder.send(to_response(*problem));
    }
    auto const count = std::max<std::uint64_t>(1, std::get<std::uint64_t>(limit));
    auto const held = hold(std::move(responder));
    do_slowly(service, held, [&service, held, id = *id, after, count] {
        held->send(history_response(service, id, std::get<std::uint64_t>(after), count));
    });
}

void add_accounts(Router& router, Service& service) {
    router.add(
        {.path = "/v1/jobs/{job}/decisions",
         .door = door(service, Permission::read_decisions, Claim::tenant),
         .text = {.summary = "Why each was chosen, or nobody: scores, rules, what would help."},
         .response = answers::decisions(),
         .handler =
             [&service](Call call, Responder responder) {
                 auto const id = id_in<JobId>(call, "job");
                 if (!id) return responder.send(not_found("job"));
                 auto const held = hold(std::move(responder));
                 do_slowly(service, held, [&service, held, id = *id] {
                     held->send(decisions_response(service, id));
                 });
             }}
    );
    router.add(
        {.path = "/v1/jobs/{job}/history",
         .door = door(service, Permission::edit_job, Claim::tenant),
         .text =
             {.summary = "Every event of the job, who caused it and when; follows within moments.",
              .query =
                  {{"after", R"({"type":"string"})", "The page begins past this event."},
                   {"limit", R"({"type":"integer"})", "Of a page, at most 1000; usually 100."}}},
         .response = answers::history(),
         .handler = [&service](
                        Call call, Responder responder
                    ) { get_history(service, call, std::move(responder)); }}
    );
}

}  // namespace

void add_step_routes(Router& router, Service& service) {
    add_steps(router, service);
    add_accounts(router, service);
    router.add(
        {.method = Method::erase,
         .path = "/v1/jobs/{job}",
         .door = door(service, Permission::edit_job, Claim::tenant),
         .text =
             {.summary = "Cancels the job: the step to its workflow's state for that.",
              .query = {{"reason", R"({"type":"string"})", "Why; kept in its history."}}},
         .response = answers::made("job"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { cancel_job(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
