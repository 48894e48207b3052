// Jobs: made, listed, read, edited, and waited for.
#include <algorithm>
#include <chrono>

#include "api/job_draft.hpp"
#include "api/live.hpp"
#include "api/routes_parts.hpp"
#include "views/explain.hpp"

namespace posthaste::api {

using model::JobId;
using model::SlotStatus;
using model::SubjectId;

std::string explained(Service const& service, model::Decision const& decision) {
    return views::explain_json(decision, [&](model::AgentId id) {
        auto const agent = service.board.agent(id);
        return agent ? agent->view->profile->reference : std::to_string(raw(id));
    });
}

std::string job_path(JobId job) {
    return "/v1/jobs/" + std::to_string(raw(job));
}

namespace {

SubjectId contact_of(Service const& service, JobId job) {
    auto const view = service.board.job(job);
    return view ? view->job.contact : SubjectId{};
}

// --- waiting for what becomes of a new job ---

/// A request that wants to know, and until when.
struct Following {
    Service& service;
    Held responder;
    Outcome made;
    Millis wait;
    std::chrono::steady_clock::time_point deadline;

    JobId job() const { return JobId{made.answer.subject}; }
    Millis left() const {
        auto const left = deadline - std::chrono::steady_clock::now();
        return Millis{std::chrono::duration_cast<std::chrono::milliseconds>(left).count()};
    }
};
using FollowingPtr = std::shared_ptr<Following const>;

bool is_open(model::JobSlot const& slot) {
    return slot.status == SlotStatus::wanting || slot.status == SlotStatus::offered;
}

std::string_view fate_of(views::JobView const& view) {
    auto const has = [&](SlotStatus status) {
        return std::ranges::count(view.job.slots, status, &model::JobSlot::status) > 0;
    };
    if (model::is_over(view.phase)) return "over";
    if (has(SlotStatus::waiting)) return "waits";
    if (has(SlotStatus::idle)) return "held";
    return "assigned";
}

void write_made(JsonText& out, Outcome const& made) {
    JobId const job{made.answer.subject};
    out.key("job");
    out.big(raw(job));
    out.key("href");
    out.string(job_path(job));
    out.key("number");
    out.big(made.answer.number);
}

/// 202 and where to look.
Response made_response(Service const& service, Outcome const& made) {
    auto response = response_of(made, "job", 202);
    JsonText out;
    out.open('{');
    write_made(out, made);
    out.close('}');
    response.body = std::move(out).text();
    JobId const job{made.answer.subject};
    response.headers.push_back({"Location", job_path(job)});
    if (auto const view = service.board.job(job))
        response.headers.push_back({"ETag", etag(view->job.version)});
    return response;
}

void tell(Following const& following, Response response) {
    auto const seconds = std::to_string(following.wait.count() / 1000);
    response.headers.push_back({"Preference-Applied", "wait=" + seconds});
    following.responder->send(std::move(response));
}

void tell_fate(Following const& following, views::JobView const& view) {
    auto response = made_response(following.service, following.made);
    response.status = 200;
    JsonText out;
    out.open('{');
    write_made(out, following.made);
    out.key("outcome");
    out.string(fate_of(view));
    out.key("current");
    out.raw(views::shown(view, views::Audience::full));
    out.key("decisions");
    out.open('[');
    auto const decisions = following.service.board.decisions(view.job.id);
    if (decisions.ok() && !decisions.value().empty())
        out.raw(explained(following.service, decisions.value().back()));
    out.close(']');
    out.close('}');
    response.body = std::move(out).text();
    tell(following, std::move(response));
}

void go_on(FollowingPtr const& following, views::Reached reached);

/// On service.waits.
void follow(FollowingPtr const& following) {
    auto& service = following->service;
    auto const region = following->made.region;
    auto const seen = number_of(service, region);
    auto const view = service.board.job(following->job());
    if (!view) return tell(*following, made_response(service, following->made));
    if (std::ranges::none_of(view->job.slots, is_open)) return tell_fate(*following, *view);
    auto const left = following->left();
    if (left <= Millis{}) return go_on(following, views::Reached::not_yet);
    when_reached(service, region, seen + 1, left, std::bind_front(go_on, following));
}

void go_on(FollowingPtr const& following, views::Reached reached) {
    auto& service = following->service;
    if (reached == views::Reached::not_yet)
        return tell(*following, made_response(service, following->made));
    // Not here: a job with many changes would be followed ever deeper.
    auto const again = std::bind_front(follow, following);
    if (service.waits->run(again)) return;
    tell(*following, made_response(service, following->made));
}

// --- create ---

struct Creation {
    model::Envelope envelope;
    RegionId region{};
    model::CreateJob command;
    std::uint64_t body_hash = 0;
    Millis wait;
};

void create(Service& service, Creation creation, Held const& responder) {
    auto const kept = creation.command.contact;
    auto const wait = creation.wait;
    auto const then = [&service, responder, kept, wait](Outcome const& outcome) {
        JobId const job{outcome.answer.subject};
        if (outcome.is_definite && kept != SubjectId{})
            settle_contact(service, kept, {}, contact_of(service, job));
        if (!outcome.ok()) return responder->send(response_of(outcome, "job"));
        if (wait == Millis{}) return responder->send(made_response(service, outcome));
        auto const deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds{wait.count()};
        auto const following = std::make_shared<Following const>(Following{
            service, responder, outcome, wait, deadline});
        if (!service.waits->run(std::bind_front(follow, following)))
            tell(*following, made_response(service, outcome));
    };
    submit(
        service,
        {.region = creation.region,
         .envelope = std::move(creation.envelope),
         .command = std::move(creation.command),
         .body_hash = creation.body_hash},
        then
    );
}

void post_job(Service& service, Call const& call, JobDraft const& draft, Responder responder) {
    auto envelope = envelope_of(call);
    if (auto const* const problem = std::get_if<Problem>(&envelope))
        return responder.send(to_response(*problem));
    auto const region = region_asked(service, call);
    if (!region) return responder.send(not_found("region"));
    auto& sent = std::get<model::Envelope>(envelope);
    responder.add_headers({{"traceparent", sent.traceparent}});
    service.live.seen().asked(sent.traceparent, call.request.received_micros);
    auto command = command_of(draft);
    Creation creation{
        .envelope = std::move(sent),
        .region = *region,
        .command = command,
        .body_hash = core::body_hash_of(std::move(command)),
        .wait = wait_of(call.request)};
    auto const held = hold(std::move(responder));
    if (!draft.contact) return create(service, std::move(creation), held);
    auto const task = [&service, held, creation, contact = *draft.contact] {
        auto const kept = keep_contact(service, creation.region, {}, contact);
        if (auto const* const problem = std::get_if<Problem>(&kept))
            return held->send(to_response(*problem));
        auto complete = creation;
        complete.command.contact = std::get<KeptContact>(kept).subject;
        complete.command.notes = std::get<KeptContact>(kept).notes;
        create(service, std::move(complete), held);
    };
    do_slowly(service, held, task);
}

// --- edit ---

/// A conflict shows what is there now.
Finish edit_finish(Service& service, views::Audience audience, JobId job) {
    return [&service, audience, job](Outcome const& outcome, Response& response) {
        auto const view = service.board.job(job);
        if (!view) return;
        response.headers.push_back({"ETag", etag(view->job.version)});
        if (outcome.answer.rejection != model::Rejection::version_conflict) return;
        response.body.pop_back();  // the problem's closing brace
        response.body += ",\"current\":" + views::shown(*view, audience) + "}";
    };
}

void patch_job(Service& service, Call const& call, JobEdit const& edit, Responder responder) {
    auto const id = id_in<JobId>(call, "job");
    if (!id) return responder.send(not_found("job"));
    auto command = command_of(edit, *id);
    if (auto const problem = take_if_match(call.request, command.if_version))
        return responder.send(to_response(*problem));
    auto const finish = edit_finish(service, audience_of(call), *id);
    auto const body_hash = core::body_hash_of(command);
    Asking asking{.command = command, .subject = "job", .finish = finish, .body_hash = body_hash};
    if (!edit.contact) return answer(service, call, std::move(asking), std::move(responder));
    auto const held = hold(std::move(responder));
    auto const task = [&service, held, call, asking, command, contact = *edit.contact]() mutable {
        auto const view = service.board.job(command.job);
        if (!view) return held->send(not_found("job"));
        auto const before = view->job.contact;
        auto const kept = keep_contact(service, posthaste::region_of(command.job), before, contact);
        if (auto const* const problem = std::get_if<Problem>(&kept))
            return held->send(to_response(*problem));
        auto const [subject, notes] = std::get<KeptContact>(kept);
        command.contact = subject;
        if (contact.notes) command.notes = notes;
        // The new contact rests on the one that was read, so nobody may have changed it since.
        if (!command.if_version) command.if_version = view->job.version;
        asking.command = command;
        asking.finish = [&service, subject, before, job = command.job, finish = asking.finish](
                            Outcome const& outcome, Response& response
                        ) {
            if (outcome.is_definite)
                settle_contact(service, subject, before, contact_of(service, job));
            finish(outcome, response);
        };
        answer(service, call, std::move(asking), std::move(*held));
    };
    do_slowly(service, held, task);
}

// --- read ---

template <class E>
std::optional<Problem> read_name(
    Request const& request, std::string_view name, std::optional<E>& to
) {
    auto const text = request.query_value(name);
    if (!text) return std::nullopt;
    to = from_name<E>(*text);
    if (!to) return bad_query(name, "is not known");
    return std::nullopt;
}

std::variant<views::JobQuery, Problem> job_query(Request const& request) {
    views::JobQuery query;
    auto const after = query_number(request, "after", 0, std::numeric_limits<std::int64_t>::max());
    auto const agent = query_number(request, "agent", 0, std::numeric_limits<std::int64_t>::max());
    auto const limit = query_number(request, "limit", 100, views::page_max);
    for (auto const* const read : {&after, &agent, &limit}) {
        if (auto const* const problem = std::get_if<Problem>(read)) return *problem;
    }
    if (auto problem = read_name(request, "phase", query.phase)) return std::move(*problem);
    auto const waiting = request.query_value("waiting").value_or("false");
    if (waiting != "true" && waiting != "false")
        return bad_query("waiting", "must be true or false");
    query.after = JobId{std::get<std::uint64_t>(after)};
    query.agent = model::AgentId{std::get<std::uint64_t>(agent)};
    query.limit = std::max<std::size_t>(1, std::get<std::uint64_t>(limit));
    query.state = request.query_value("state").value_or("");
    query.waiting_only = waiting == "true";
    return query;
}

std::string job_list(views::JobPage const& page, views::Audience audience) {
    JsonText out;
    out.open('{');
    out.key("jobs");
    out.open('[');
    for (auto const& job : page.jobs)
        out.raw(views::shown(*job, audience));
    out.close(']');
    if (page.next) {
        out.key("next");
        out.big(raw(*page.next));
    }
    out.close('}');
    return std::move(out).text();
}

Response list_jobs(Service const& service, Call const& call, RegionId region) {
    views::JobPage page;
    if (auto const reference = call.request.query_value("reference")) {
        if (auto job = service.board.job_named(region, *reference))
            page.jobs.push_back(std::move(job));
        return json_response(job_list(page, audience_of(call)));
    }
    auto const query = job_query(call.request);
    if (auto const* const problem = std::get_if<Problem>(&query)) return to_response(*problem);
    page = service.board.jobs(region, std::get<views::JobQuery>(query));
    return json_response(job_list(page, audience_of(call)));
}

Response get_job(Service const& service, Call const& call) {
    auto const id = id_in<JobId>(call, "job");
    auto const view = id ? service.board.job(*id) : nullptr;
    if (!view) return not_found("job");
    Response response;
    if (is_unchanged(call.request, view->job.version)) {
        response.status = 304;
    } else {
        response = json_response(views::shown(*view, audience_of(call)));
    }
    response.headers.push_back({"ETag", etag(view->job.version)});
    return response;
}

/// Of the people who work on it: an offer alone does not show who the customer is.
Response get_contact(Service& service, Call const& call) {
    auto const id = id_in<JobId>(call, "job");
    auto const view = id ? service.board.job(*id) : nullptr;
    if (!view) return not_found("job");
    auto const agent = call.principal.agent;
    bool const is_agent = call.principal.role == model::Role::agent;
    if (is_agent && std::ranges::count(view->assignments, agent, &model::Assignment::agent) == 0)
        return to_response({.status = 403, .detail = "Only who has the job sees its contact."});
    return contact_response(service, view->job.contact);
}

void add_reads(Router& router, Service& service) {
    auto const text = R"({"type":"string"})";
    router.add(read_route(
        service,
        {"/v1/jobs",
         door(service, Permission::read_board, Claim::tenant),
         {.summary = "The jobs by id, a page at a time: `next` is the next page's `after`.",
          .query =
              {{"after", text, "The page begins past this job."},
               {"limit", R"({"type":"integer"})", "Of a page, at most 1000; usually 100."},
               {"phase", text, "Only jobs in this phase."},
               {"state", text, "Only jobs in this state of their workflow."},
               {"agent", text, "Only jobs that this agent has or is asked to take."},
               {"waiting", R"({"type":"boolean"})", "Only jobs nobody can take."},
               {"reference", text, "The one of this reference."}}},
         answers::jobs()},
        [&service](Call const& call, RegionId region) { return list_jobs(service, call, region); }
    ));
    router.add(read_route(
        service,
        {"/v1/jobs/{job}",
         door(service, Permission::read_agent, Claim::holder),
         {.summary = "One job."},
         answers::job()},
        [&service](Call const& call, RegionId) { return get_job(service, call); }
    ));
    router.add(read_route(
        service,
        {"/v1/jobs/{job}/contact",
         door(service, Permission::step_job, Claim::holder),
         {.summary = "Who the job is for: for dispatchers and whoever has the job."},
         answers::contact()},
        [&service](Call const& call, RegionId) { return get_contact(service, call); }
    ));
}

}  // namespace

void add_job_routes(Router& router, Service& service) {
    router.add<JobDraft>(
        {.method = Method::post,
         .path = "/v1/jobs",
         .door = door(service, Permission::create_job, Claim::tenant),
         .text =
             {.summary = "A new job. Answers at once with where to look; with Prefer: wait=N "
                         "(seconds, at most 30) with what became of it by then.",
              .query = {region_query()},
              .success = 202},
         .response = answers::new_job()},
        [&service](Call call, JobDraft draft, Responder responder) {
            post_job(service, call, draft, std::move(responder));
        }
    );
    router.add<JobEdit>(
        {.method = Method::patch,
         .path = "/v1/jobs/{job}",
         .door = door(service, Permission::edit_job, Claim::tenant),
         .text =
             {.summary = "Changes what is given. With If-Match, only when nobody changed the same "
                         "part since that version; else 412, with the job as it is."},
         .response = answers::made("job")},
        [&service](Call call, JobEdit edit, Responder responder) {
            patch_job(service, call, edit, std::move(responder));
        }
    );
    add_reads(router, service);
    add_step_routes(router, service);
    add_attachment_routes(router, service);
    add_batch_routes(router, service);
}

}  // namespace posthaste::api
