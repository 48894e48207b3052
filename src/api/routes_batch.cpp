// Many jobs in one request: a job a line, an answer a line.
//
// Limits   batch_lines_max lines of batch_line_bytes_max; past them the whole batch is refused.
#include <atomic>

#include "api/job_draft.hpp"
#include "api/routes_parts.hpp"

namespace posthaste::api {

using model::JobId;
using model::SubjectId;

namespace {

constexpr std::size_t batch_lines_max = 1000;
constexpr std::size_t batch_line_bytes_max = 65'536;
constexpr std::uint64_t id_low_mask = (std::uint64_t{1} << 62U) - 1;

/// The batch while its lines are on their way; the last one to be answered sends it.
struct Batch {
    Service& service;
    Held responder;
    model::Envelope envelope;
    RegionId region{};
    std::vector<std::string> lines;
    std::vector<std::string> answers;  ///< by line; each is written once, by one thread
    std::atomic<std::size_t> missing;

    Batch(Service& its_service, Held its_responder, std::vector<std::string> its_lines)
        : service{its_service},
          responder{std::move(its_responder)},
          lines{std::move(its_lines)},
          answers(lines.size()),
          missing{lines.size()} {}

    void set(std::size_t line, std::string text) {
        answers[line] = std::move(text);
        if (missing.fetch_sub(1) == 1) send();
    }
    void send() {
        std::string body;
        for (auto const& text : answers)
            body += text + "\n";
        responder->send(
            {.headers = {{"Content-Type", "application/x-ndjson"}, {"Cache-Control", "no-store"}},
             .body = std::move(body)}
        );
    }
};
using BatchPtr = std::shared_ptr<Batch>;

std::string line_of_problem(std::size_t line, Problem const& problem) {
    JsonText out;
    out.open('{');
    out.key("line");
    out.integer(static_cast<std::int64_t>(line) + 1);
    out.key("status");
    out.integer(problem.status);
    out.key("problem");
    out.raw(to_json(problem));
    out.close('}');
    return std::move(out).text();
}

std::string line_of(std::size_t line, Outcome const& outcome, std::string const& reference) {
    if (outcome.problem) return line_of_problem(line, *outcome.problem);
    JsonText out;
    out.open('{');
    out.key("line");
    out.integer(static_cast<std::int64_t>(line) + 1);
    out.key("status");
    out.integer(202);
    out.key("job");
    out.big(outcome.answer.subject);
    if (!reference.empty()) {
        out.key("reference");
        out.string(reference);
    }
    out.key("number");
    out.big(outcome.answer.number);
    out.close('}');
    return std::move(out).text();
}

/// One id for each line, the same in a retry of the batch.
model::CommandId id_of_line(model::CommandId batch, std::size_t line) {
    if (batch.is_zero()) return batch;
    batch.low = (batch.low & ~id_low_mask) | ((batch.low + line) & id_low_mask);
    return batch;
}

void send_line(BatchPtr const& batch, std::size_t line) {
    auto& service = batch->service;
    auto read = read_json<JobDraft>(batch->lines[line]);
    if (auto const* const problem = std::get_if<Problem>(&read))
        return batch->set(line, line_of_problem(line, *problem));
    auto const& draft = std::get<JobDraft>(read);
    auto command = command_of(draft);
    auto const body_hash = core::body_hash_of(command);
    if (draft.contact) {
        auto const kept = keep_contact(service, batch->region, {}, *draft.contact);
        if (auto const* const problem = std::get_if<Problem>(&kept))
            return batch->set(line, line_of_problem(line, *problem));
        command.contact = std::get<KeptContact>(kept).subject;
        command.notes = std::get<KeptContact>(kept).notes;
    }
    auto envelope = batch->envelope;
    envelope.command = id_of_line(envelope.command, line);
    auto const kept = command.contact;
    auto const then = [batch, line, kept, reference = draft.reference](Outcome const& outcome) {
        if (outcome.is_definite && kept != SubjectId{}) {
            auto const job = batch->service.board.job(JobId{outcome.answer.subject});
            settle_contact(batch->service, kept, {}, job ? job->job.contact : SubjectId{});
        }
        batch->set(line, line_of(line, outcome, reference));
    };
    submit(
        service,
        {.region = batch->region,
         .envelope = std::move(envelope),
         .command = std::move(command),
         .body_hash = body_hash},
        then
    );
}

/// Without empty lines. Errors: 413 past a limit.
std::variant<std::vector<std::string>, Problem> lines_of(std::string_view body) {
    std::vector<std::string> lines;
    while (!body.empty()) {
        auto line = body.substr(0, body.find('\n'));
        body.remove_prefix(std::min(line.size() + 1, body.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() > batch_line_bytes_max)
            return Problem{
                .status = 413,
                .detail = "Line " + std::to_string(lines.size() + 1) + " has more than " +
                          std::to_string(batch_line_bytes_max) + " bytes."};
        if (lines.size() == batch_lines_max)
            return Problem{
                .status = 413,
                .detail = "A batch has at most " + std::to_string(batch_lines_max) + " lines."};
        lines.emplace_back(line);
    }
    if (lines.empty()) return Problem{.status = 400, .detail = "The batch has no line."};
    return lines;
}

void post_batch(Service& service, Call const& call, Responder responder) {
    if (auto const problem = detail::check_media_type(call.request, "application/x-ndjson"))
        return responder.send(to_response(*problem));
    auto lines = lines_of(call.request.body);
    if (auto const* const problem = std::get_if<Problem>(&lines))
        return responder.send(to_response(*problem));
    auto envelope = envelope_of(call);
    if (auto const* const problem = std::get_if<Problem>(&envelope))
        return responder.send(to_response(*problem));
    auto const region = region_asked(service, call);
    if (!region) return responder.send(not_found("region"));
    auto& sent = std::get<model::Envelope>(envelope);
    if (sent.operation != 0)
        return responder.send(to_response(
            {.status = 400,
             .code = "bad_header",
             .detail = "X-Operation names one command; a batch has many."}
        ));
    responder.add_headers({{"traceparent", sent.traceparent}});
    auto const held = hold(std::move(responder));
    auto const batch = std::make_shared<Batch>(
        service, held, std::get<std::vector<std::string>>(std::move(lines))
    );
    batch->envelope = std::move(sent);
    batch->region = *region;
    // Reading a thousand jobs, and storing their contacts, would hold up other connections.
    do_slowly(service, held, [batch] {
        for (std::size_t line = 0; line < batch->lines.size(); ++line)
            send_line(batch, line);
    });
}

}  // namespace

void add_batch_routes(Router& router, Service& service) {
    router.add(
        {.method = Method::post,
         .path = "/v1/jobs/batch",
         .door = door(service, Permission::create_job, Claim::tenant),
         .text =
             {.summary = "Up to 1000 new jobs, one a line, as in POST /v1/jobs; one answer a line, "
                         "in their order. A line whose reference is known with the same work is "
                         "answered with the job there is.",
              .query = {region_query()}},
         .request = raw_body("application/x-ndjson"),
         .response = raw_body("application/x-ndjson"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { post_batch(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
