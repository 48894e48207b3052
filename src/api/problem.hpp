// What is said when something is refused: problem details, the same shape for every error.
//
// Gives    application/problem+json with type, title, status, detail, code, field and errors. Only
//          what a caller may know: of our own failures (500, 503) no detail of ours leaves the
//          process.
// Source   RFC 9457. `type` is a path of ours with the code's name, so that programs can branch on
//          it.
// Threads  pure
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "model/rejection.hpp"

namespace posthaste::api {

struct FieldError {
    std::string field;  ///< its path in the body: stops[2].window.latest
    std::string detail;

    bool operator==(FieldError const&) const = default;
};

struct Problem {
    int status = 400;
    std::string code = {};    ///< a program's name for it; empty: by the status
    std::string detail = {};  ///< a sentence for a person
    std::vector<FieldError> errors = {};
    Millis retry_after = {};  ///< zero: not said

    bool operator==(Problem const&) const = default;
};

std::string to_json(Problem const& problem);
Response to_response(Problem const& problem);

/// Requires: rejection is not none. The detail is what core said of it, after the sentence.
Problem problem_of(model::Rejection rejection, std::string_view detail);
/// An Error's detail is for the operator; only of `malformed`, `limit_exceeded` and `not_found`,
/// which the caller caused, it is told.
Problem problem_of(Error const& error);

}  // namespace posthaste::api
