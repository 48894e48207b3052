#include "load/document.hpp"

#include <doctest/doctest.h>

using posthaste::Errc;
using posthaste::Millis;
using posthaste::load::Reader;

namespace model = posthaste::model;

namespace {

constexpr char const* job_text =
    R"({"id":"281474976710657","reference":"load-1-7","workflow":"parcel","state":"to_pickup",)"
    R"("phase":"en_route","stops":[{"place":{"lat":57.7012345,"lon":-0.0000001},"service":30000,)"
    R"("pickup":[0,1,4,0],"dropoff":[0,0,0,0]},{"place":{"lat":57.8,"lon":11.9},"service":0,)"
    R"("pickup":[0,0,0,0],"dropoff":[0,1,4,0]}],"slots":[{"status":"assigned"}],)"
    R"("assignments":[{"id":"12","slot":0,"agent":"34","state":"to_pickup"}]})";

}  // namespace

TEST_CASE("A job is read with its exact places, loads and who has it") {
    Reader reader;
    auto const job = reader.job(job_text);
    REQUIRE(job.ok());
    CHECK(job.value().id == model::JobId{281'474'976'710'657});
    CHECK(job.value().reference == "load-1-7");
    CHECK(job.value().phase == model::Phase::en_route);
    REQUIRE(job.value().stops.size() == 2);
    CHECK(job.value().stops[0].place == model::Position{577'012'345, -1});
    CHECK(job.value().stops[0].service == Millis{30'000});
    CHECK(job.value().stops[0].pickup == model::Load{{0, 1, 4, 0}});
    REQUIRE(job.value().assignments.size() == 1);
    CHECK(job.value().assignments[0].agent == model::AgentId{34});
}

TEST_CASE("An offer is read with its attempt and its job") {
    Reader reader;
    auto const offer = reader.offer(
        R"({"id":"5","agent":"34","slot":0,"attempt":"77","received":false,"expires_in":30000,)"
        R"("job":{"id":"9","reference":"load-1-7"}})"
    );
    REQUIRE(offer.ok());
    CHECK(offer.value().attempt == 77);
    CHECK(offer.value().job == model::JobId{9});
    CHECK(offer.value().reference == "load-1-7");
}

TEST_CASE("A phone is told answers by their operation, and news with its data") {
    Reader reader;
    auto const ack = reader.message(R"({"type":"ack","operation":"7","number":"12"})");
    REQUIRE(ack.ok());
    CHECK(ack.value().type == "ack");
    CHECK(ack.value().operation == 7);
    auto const nack = reader.message(
        R"({"type":"nack","operation":"8","problem":{"status":409,"code":"offer_over"}})"
    );
    REQUIRE(nack.ok());
    CHECK(nack.value().status == 409);
    CHECK(nack.value().code == "offer_over");
    auto const job = reader.message(R"({"type":"job","data":)" + std::string{job_text} + "}");
    REQUIRE(job.ok());
    CHECK(job.value().operation == 0);
    REQUIRE(job.value().job);
    CHECK(job.value().job->reference == "load-1-7");
    CHECK_FALSE(reader.message(R"({"operation":"8"})").ok());
}

TEST_CASE("A decision has the server's instant") {
    Reader reader;
    auto const decision = reader.decision(R"({"job":"9","at":"1970-01-01T00:00:01.250Z"})");
    REQUIRE(decision.ok());
    CHECK(decision.value().at == posthaste::Instant{1250});
}

TEST_CASE("Pages name the next one, and the last names none") {
    Reader reader;
    auto const jobs = reader.jobs(R"({"jobs":[{"id":"1"},{"id":"2"}],"next":"2"})");
    REQUIRE(jobs.ok());
    CHECK(jobs.value().items.size() == 2);
    CHECK(jobs.value().next == "2");
    auto const agents = reader.agents(R"({"agents":[{"id":"3","capacity":[4],"aboard":[1],)"
                                      R"("route":[{"assignment":"5","job":"9","stop":1}]}]})");
    REQUIRE(agents.ok());
    CHECK(agents.value().next.empty());
    CHECK(agents.value().items[0].capacity == model::Load{{4, 0, 0, 0}});
    CHECK(agents.value().items[0].route[0].stop == 1);
    CHECK(reader.text(R"({"job":"12"})", "job") == "12");
    CHECK(reader.text(R"({"job":12})", "job") == "12");
    CHECK(reader.text("nothing", "job").empty());
}

TEST_CASE("What is no such document is malformed") {
    Reader reader;
    for (auto const* const wrong : {"", "[]", "{", "{}", "null", R"({"id":7})"}) {
        CHECK(reader.job(wrong).error().code == Errc::malformed);
        CHECK(reader.offer(wrong).error().code == Errc::malformed);
        CHECK(reader.decision(wrong).error().code == Errc::malformed);
        CHECK(reader.jobs(wrong).error().code == Errc::malformed);
        CHECK(reader.agents(wrong).error().code == Errc::malformed);
    }
}

TEST_CASE("Of the policy, what the checker goes by") {
    Reader reader;
    auto const policy =
        reader.policy(R"({"name":"default","radius":5000,"stack_max":7,"detour_per_mille":1200,)"
                      R"("speed_mm_s":[9000,8000]})");
    REQUIRE(policy.ok());
    CHECK(policy.value().radius == posthaste::Metres{5000});
    CHECK(policy.value().stack_max == 7);
    CHECK(policy.value().speed_mm_s[1] == 8000);
    CHECK_FALSE(reader.policy(R"({"stack_max":7,"speed_mm_s":[0]})").ok());
    CHECK_FALSE(reader.policy("{}").ok());
}
