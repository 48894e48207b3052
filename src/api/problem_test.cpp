#include "api/problem.hpp"

#include <doctest/doctest.h>

#include "api/json_value.hpp"
#include "base/fields.hpp"

namespace posthaste::api {

TEST_CASE("a problem says what is wrong, with which field, and when to come back") {
    Problem const problem{
        .status = 422, .detail = "Wrong \"here\".", .errors = {{"a.b", "must be 1"}}};
    CHECK(
        to_json(problem) ==
        R"({"type":"/problems/invalid","title":"Unprocessable Content","status":422,)"
        R"("code":"invalid","detail":"Wrong \"here\".","field":"a.b",)"
        R"("errors":[{"field":"a.b","detail":"must be 1"}]})"
    );
    auto const later = to_response({.status = 429, .retry_after = Millis{1001}});
    CHECK(later.headers.back() == Field{"Retry-After", "2"});
}

TEST_CASE("every rejection has its problem, with its name as code") {
    for (std::size_t i = 1; i < names_of(model::Rejection{}).size(); ++i) {
        auto const rejection = static_cast<model::Rejection>(i);
        auto const problem = problem_of(rejection, "more");
        CHECK(problem.status >= 400);
        CHECK(problem.code == name_of(rejection));
        CHECK(problem.detail.ends_with(". more"));
        CHECK(parse_json(to_json(problem)).ok());
        CHECK((problem.status == 503) == (problem.retry_after > Millis{0}));
    }
}

TEST_CASE("what is ours to know stays inside") {
    for (auto const code :
         {Errc::io_failed, Errc::corrupt, Errc::in_use, Errc::too_new, Errc::fenced}) {
        auto const problem = problem_of(Error{code, "/var/lib/secret.db"});
        CHECK(problem.status >= 500);
        CHECK(to_json(problem).find("secret") == std::string::npos);
    }
    CHECK(problem_of(Error{Errc::malformed, "line 3"}).detail == "line 3");
    CHECK(problem_of(Error{Errc::limit_exceeded, "full"}).status == 503);
}

}  // namespace posthaste::api
