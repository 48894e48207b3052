#include "api/problem.hpp"

#include "base/assert.hpp"
#include "base/fields.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {
namespace {

std::string_view code_of(int status) {
    switch (status) {
        case 400:
            return "bad_request";
        case 401:
            return "unauthenticated";
        case 403:
            return "forbidden";
        case 404:
            return "not_found";
        case 405:
            return "method_not_allowed";
        case 408:
            return "request_too_slow";
        case 409:
            return "conflict";
        case 412:
            return "precondition_failed";
        case 413:
            return "body_too_large";
        case 415:
            return "unsupported_media_type";
        case 422:
            return "invalid";
        case 426:
            return "upgrade_required";
        case 429:
            return "too_many_requests";
        case 431:
            return "header_too_large";
        case 503:
            return "unavailable";
        default:
            return "internal_error";
    }
}

std::string name_of(Problem const& problem) {
    return problem.code.empty() ? std::string{code_of(problem.status)} : problem.code;
}

}  // namespace

std::string to_json(Problem const& problem) {
    auto const code = name_of(problem);
    views::JsonText out;
    out.open('{');
    out.key("type");
    out.string("/problems/" + code);
    out.key("title");
    out.string(reason_phrase(problem.status));
    out.key("status");
    out.integer(problem.status);
    out.key("code");
    out.string(code);
    if (!problem.detail.empty()) {
        out.key("detail");
        out.string(problem.detail);
    }
    if (problem.errors.size() == 1) {
        out.key("field");
        out.string(problem.errors.front().field);
    }
    if (!problem.errors.empty()) {
        out.key("errors");
        out.open('[');
        for (auto const& error : problem.errors) {
            out.open('{');
            out.key("field");
            out.string(error.field);
            out.key("detail");
            out.string(error.detail);
            out.close('}');
        }
        out.close(']');
    }
    out.close('}');
    return std::move(out).text();
}

Response to_response(Problem const& problem) {
    Response response{
        .status = problem.status,
        .headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}},
        .body = to_json(problem),
        .refusal = name_of(problem)};
    if (problem.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    if (problem.retry_after > Millis{0}) {
        auto const seconds = (problem.retry_after.count() + 999) / 1000;
        response.headers.push_back({"Retry-After", std::to_string(seconds)});
    }
    return response;
}

Problem problem_of(model::Rejection rejection, std::string_view detail) {
    ASSERT(rejection != model::Rejection::none);
    auto const text = model::text_of(rejection);
    Problem problem{
        .status = text.http_status,
        .code = std::string{posthaste::name_of(rejection)},
        .detail = std::string{text.sentence}};
    if (!detail.empty()) problem.detail += " " + std::string{detail};
    if (text.http_status == 503) problem.retry_after = Millis{1000};
    return problem;
}

Problem problem_of(Error const& error) {
    constexpr Millis soon{1000};
    switch (error.code) {
        case Errc::malformed:
            return {.status = 400, .code = "malformed", .detail = error.detail};
        case Errc::not_found:
            return {.status = 404, .detail = error.detail};
        case Errc::limit_exceeded:
            return {
                .status = 503,
                .code = "limit_exceeded",
                .detail = error.detail,
                .retry_after = soon};
        case Errc::io_failed:
        case Errc::in_use:
        case Errc::fenced:
            return {
                .status = 503,
                .detail = "The region cannot answer at the moment.",
                .retry_after = soon};
        case Errc::corrupt:
        case Errc::too_new:
            return {.status = 500, .detail = "Stored data cannot be read; the operator was told."};
    }
    ASSERT(false);
}

}  // namespace posthaste::api
