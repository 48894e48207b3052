#include <doctest/doctest.h>

#include <string>

#include "ingest/interval.hpp"

namespace posthaste::ingest {

TEST_CASE("who is asked reports most often, who has nothing to do least") {
    model::Policy const policy;
    model::Agent agent;
    CHECK(next_interval(agent, policy) == policy.report_idle);
    agent.assignments.push_back(model::AssignmentId{1});
    CHECK(next_interval(agent, policy) == policy.report_moving);
    agent.offers.push_back(model::OfferId{2});
    CHECK(next_interval(agent, policy) == policy.report_offered);
}

TEST_CASE("each protocol's reply carries the interval in its own way") {
    CHECK(owntracks_reply(std::nullopt) == "[]");
    CHECK(
        owntracks_reply(Millis{4000}) ==
        R"([{"_type":"cmd","action":"setConfiguration","configuration":{"_type":"configuration",)"
        R"("locatorInterval":4,"moveModeLocatorInterval":4}}])"
    );
    CHECK(owntracks_reply(Millis{10}).find("\"locatorInterval\":1,") != std::string::npos);
    CHECK(osmand_reply(Millis{15'000}) == "interval=15\n");
    CHECK(osmand_reply(std::nullopt).empty());
    CHECK(
        ndjson_reply({}) ==
        R"({"accepted":0,"history":0,"rejected":0,"malformed":0,"verdicts":[],"errors":[]})"
    );
    BatchReport report{.accepted = 2, .history = 1, .rejected = 1, .next = Millis{2000}};
    report.verdicts = {{3, Reason::late}, {4, Reason::impossible_speed}};
    report.errors = {{5, {Errc::malformed, "a \"b\\\" \n"}}};
    CHECK(
        ndjson_reply(report) ==
        R"({"accepted":2,"history":1,"rejected":1,"malformed":1,"verdicts":[)"
        R"({"line":3,"reason":"late"},{"line":4,"reason":"impossible_speed"}],"errors":[)"
        R"({"line":5,"error":"a \"b\\\" \u000a"}],"next_interval_ms":2000})"
    );
}

TEST_CASE("a batch's reply names a bounded number of lines and counts all") {
    BatchReport report;
    for (std::uint32_t line = 1; line <= 1000; ++line)
        report.errors.push_back({line, {Errc::malformed, "no"}});
    std::string const reply = ndjson_reply(report);
    CHECK(reply.find("\"malformed\":1000") != std::string::npos);
    CHECK(reply.find("\"line\":100,") != std::string::npos);
    CHECK(reply.find("\"line\":101,") == std::string::npos);
}

}  // namespace posthaste::ingest
