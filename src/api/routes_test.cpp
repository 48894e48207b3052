// Every route, with what it grants and what it refuses.
#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::Asked;
using testing::City;
using testing::header;
using testing::member;

constexpr model::Position centre{577'000'000, 119'700'000};
constexpr auto ride =
    R"({"workflow":"ride","reference":"r-1","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
    R"({"place":{"lat":57.71,"lon":11.98}}]})";

TEST_CASE("a job is taken at once and waits when there is nobody") {
    City city;
    auto const made = city.ask({Method::post, "/v1/jobs", city.dispatcher, ride});
    CHECK(made.status == 202);
    auto const job = member(made, "job");
    CHECK(header(made, "Location") == "/v1/jobs/" + job);
    auto const got = city.ask({Method::get, "/v1/jobs/" + job, city.viewer});
    CHECK(got.status == 200);
    CHECK(member(got, "reference") == "r-1");
    CHECK(header(got, "ETag") == header(made, "ETag"));
}

}  // namespace
}  // namespace posthaste::api
