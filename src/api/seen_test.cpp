#include "api/seen.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace posthaste::api {
namespace {

views::Message message(std::string_view name, std::string trace, bool of_agent = true) {
    views::Message made;
    made.name = name;
    made.traceparent = std::move(trace);
    if (of_agent) made.agents.push_back(model::AgentId{1});
    return made;
}

}  // namespace

TEST_CASE("the first message that says who takes the job is measured, once it was sent") {
    std::vector<std::int64_t> told;
    Seen seen{[&](std::int64_t micros) { told.push_back(micros); }};
    seen.asked("a", steady_micros() - 1000);
    CHECK(seen.stamp_of(message("job", "a", false)) == nullptr);
    CHECK(seen.stamp_of(message("decision", "a")) == nullptr);
    CHECK(seen.stamp_of(message("offer", "b")) == nullptr);
    CHECK(seen.stamp_of(message("offer", "")) == nullptr);
    auto const stamp = seen.stamp_of(message("offer", "a"));
    REQUIRE(stamp != nullptr);
    CHECK(told.empty());
    stamp->sent();
    stamp->sent();
    REQUIRE(told.size() == 1);
    CHECK(told[0] >= 1000);
    CHECK(seen.stamp_of(message("job", "a")) == nullptr);
}

TEST_CASE("requests that come to nothing are forgotten, the oldest first") {
    Seen seen{[](std::int64_t) {}};
    seen.asked("first", 0);
    seen.asked("second", 0);
    for (std::size_t i = 2; i <= requests_kept; ++i)
        seen.asked(std::to_string(i), 0);
    CHECK(seen.stamp_of(message("job", "first")) == nullptr);
    CHECK(seen.stamp_of(message("job", "second")) != nullptr);
}

}  // namespace posthaste::api
