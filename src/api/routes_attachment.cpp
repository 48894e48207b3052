// What was photographed, signed and written at a job: named first, then sent.
#include <algorithm>

#include "api/routes_parts.hpp"

namespace posthaste::api {

using model::Attachment;
using model::JobId;

namespace {

/// Nothing: the job has no such attachment.
std::optional<Attachment> attachment_in(Service const& service, Call const& call) {
    auto const id = id_in<JobId>(call, "job");
    auto const content = Digest::from_hex(call.request.parameter("content"));
    auto const job = id && content ? service.board.job(*id) : nullptr;
    if (!job) return std::nullopt;
    auto const& known = job->job.attachments;
    auto const found = std::ranges::find(known, *content, &Attachment::content);
    if (found == known.end()) return std::nullopt;
    return *found;
}

void put_content(Service& service, Call call, Responder responder) {
    auto const attachment = attachment_in(service, call);
    if (!attachment) return responder.send(not_found("attachment of the job; name it first"));
    auto const size = call.request.body.size();
    if (attachment->bytes != 0 && attachment->bytes != size)
        return responder.send(to_response(
            {.status = 422,
             .detail = "The attachment was said to have " + std::to_string(attachment->bytes) +
                       " bytes, these are " + std::to_string(size) + "."}
        ));
    auto const held = hold(std::move(responder));
    auto const body = std::make_shared<std::string const>(std::move(call.request.body));
    do_slowly(service, held, [&service, held, body, content = attachment->content] {
        auto const put = service.blobs.put(content, *body);
        if (!put.ok()) return held->send(to_response(problem_of(put.error())));
        held->send({.status = 204});
    });
}

void get_content(Service& service, Call const& call, Responder responder) {
    auto const attachment = attachment_in(service, call);
    if (!attachment) return responder.send(not_found("attachment"));
    auto const held = hold(std::move(responder));
    do_slowly(service, held, [&service, held, content = attachment->content] {
        auto bytes = service.blobs.get(content);
        if (!bytes.ok()) return held->send(to_response(problem_of(bytes.error())));
        // Never shown as a page of ours, whatever it holds.
        held->send(
            {.headers =
                 {{"Content-Type", "application/octet-stream"},
                  {"X-Content-Type-Options", "nosniff"},
                  {"Content-Disposition", "attachment"},
                  {"Cache-Control", "private, immutable, max-age=31536000"}},
             .body = std::move(bytes).value()}
        );
    });
}

void post_attachment(
    Service& service, Call const& call, Attachment const& attachment, Responder responder
) {
    auto const id = id_in<JobId>(call, "job");
    if (!id) return responder.send(not_found("job"));
    auto const path = job_path(*id) + "/attachments/" + attachment.content.hex();
    auto const finish =
        [path, version = with_job_version(service)](Outcome const& outcome, Response& response) {
            version(outcome, response);
            if (outcome.ok()) response.headers.push_back({"Location", path});
        };
    answer(
        service,
        call,
        {.command = model::AttachToJob{*id, attachment},
         .subject = "job",
         .success = 201,
         .finish = finish},
        std::move(responder)
    );
}

}  // namespace

void add_attachment_routes(Router& router, Service& service) {
    router.add<Attachment>(
        {.method = Method::post,
         .path = "/v1/jobs/{job}/attachments",
         .door = door(service, Permission::step_job, Claim::holder),
         .text =
             {.summary = "Names an attachment by the BLAKE2b-256 digest of its content, which "
                         "follows by PUT, now or when the phone is back.",
              .success = 201},
         .response = answers::made("job")},
        [&service](Call call, Attachment attachment, Responder responder) {
            post_attachment(service, call, attachment, std::move(responder));
        }
    );
    router.add(
        {.method = Method::put,
         .path = "/v1/jobs/{job}/attachments/{content}",
         .door = door(service, Permission::step_job, Claim::holder),
         .text = {.summary = "The content of an attachment of the job.", .success = 204},
         .request = raw_body("application/octet-stream"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { put_content(service, std::move(call), std::move(responder)); }}
    );
    router.add(
        {.path = "/v1/jobs/{job}/attachments/{content}",
         .door = door(service, Permission::step_job, Claim::holder),
         .text = {.summary = "The content of an attachment of the job."},
         .response = raw_body("application/octet-stream"),
         .handler = [&service](
                        Call call, Responder responder
                    ) { get_content(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
