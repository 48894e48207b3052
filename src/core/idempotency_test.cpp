// architecture.md, Semantics: Idempotency. Each test bears the sentence it holds up.
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

model::CreateJob job_with_priority(std::int32_t priority) {
    return {.workflow = "ride", .priority = priority, .stops = {{.place = place(0)}}};
}

model::Envelope device(std::uint64_t operation) {
    return {
        .role = model::Role::dispatcher,
        .key = model::KeyId{7},
        .device = "tablet",
        .operation = operation};
}

}  // namespace

TEST_CASE("Idempotency: the same id again gets the same answer, never a second execution") {
    City city;
    auto who = office();
    who.command = city.new_id();
    auto const first = city.tell(job_with_priority(1), who);
    auto const number = city.state().remembered.answers.at(who.command).number;
    auto const again = city.tell(job_with_priority(1), who);
    CHECK(again.repeated);
    CHECK(again.events.empty());
    CHECK(again.answer.subject == first.answer.subject);
    CHECK(again.answer.number == number);
    CHECK(city.state().jobs.size() == 1);
}

TEST_CASE("Idempotency: Rejections are remembered too") {
    City city;
    auto who = office();
    who.command = city.new_id();
    auto const missing = model::UpdateJob{.job = make_id<model::JobId>(RegionId{1}, 4)};
    CHECK(city.tell(missing, who).rejection() == Rejection::job_unknown);
    CHECK(raw(city.ride(place(0), place(9))) == raw(missing.job));  // now there is one
    auto const again = city.tell(missing, who);
    CHECK(again.repeated);
    CHECK(again.rejection() == Rejection::job_unknown);
}

TEST_CASE("Idempotency: the same id with another body is 422") {
    City city;
    auto who = office();
    who.command = city.new_id();
    city.tell(job_with_priority(1), who);
    auto const other = city.tell(job_with_priority(2), who);
    CHECK(other.rejection() == Rejection::id_reused);
    CHECK(model::text_of(other.rejection()).http_status == 422);
    CHECK(city.state().jobs.size() == 1);
    CHECK(city.tell(job_with_priority(1), who).repeated);  // and the first answer stays
}

TEST_CASE("Idempotency: ids are kept 24 h; an older one gets 409 id_expired") {
    City city;
    auto who = office();
    who.command = city.new_id();
    city.tell(job_with_priority(1), who);
    city.pass(answers_kept);
    CHECK(city.tell(job_with_priority(1), who).repeated);  // to the millisecond
    city.pass(Millis{1});
    city.tell(job_with_priority(2));  // what is old is forgotten as something new is remembered
    auto const late = city.tell(job_with_priority(1), who);
    CHECK(late.rejection() == Rejection::id_expired);
    CHECK(model::text_of(late.rejection()).http_status == 409);
    CHECK(late.events.empty());
    CHECK(city.state().jobs.size() == 2);
}

TEST_CASE("Idempotency: bounded per region; what is pushed out is expired, not executed again") {
    Remembered remembered;
    auto const at = eight_o_clock;
    auto const name = [&](std::uint64_t low) {
        return model::Envelope{
            .at = at, .command = {static_cast<std::uint64_t>(at.millis()) << 16U, low}};
    };
    for (std::uint64_t i = 1; i <= answers_max + 1; ++i)
        remembered.remember(name(i), {.body_hash = 5});
    CHECK(remembered.answers.size() == answers_max);
    CHECK(remembered.recall(name(1), 5, at).kind == Recall::Kind::expired);
    CHECK(remembered.recall(name(2), 5, at).kind == Recall::Kind::answered);
    CHECK(remembered.recall(name(answers_max + 2), 5, at).kind == Recall::Kind::unknown);
}

TEST_CASE("Idempotency: a device has a high-water mark and a bounded set of gaps, kept for ever") {
    City city;
    for (auto const operation : {1U, 2U, 5U})
        CHECK(city.tell(job_with_priority(1), device(operation)).rejection() == Rejection::none);
    CHECK(city.state().jobs.size() == 3);
    city.pass(Millis{30 * 86'400'000LL});
    SUBCASE("what was done is answered from memory, a month later") {
        CHECK(city.tell(job_with_priority(1), device(2)).repeated);
        CHECK(city.tell(job_with_priority(9), device(2)).rejection() == Rejection::id_reused);
    }
    SUBCASE("what is missing may still come") {
        CHECK(city.tell(job_with_priority(1), device(4)).rejection() == Rejection::none);
        CHECK(city.tell(job_with_priority(1), device(4)).repeated);
        CHECK(city.tell(job_with_priority(1), device(3)).rejection() == Rejection::none);
        CHECK(city.state().jobs.size() == 5);
    }
    SUBCASE("an answer that is no longer kept is expired, never a second execution") {
        for (std::uint64_t operation = 6; operation < 6 + answers_per_device; ++operation)
            city.tell(job_with_priority(1), device(operation));
        auto const before = city.state().jobs.size();
        CHECK(city.tell(job_with_priority(1), device(1)).rejection() == Rejection::id_expired);
        CHECK(city.state().jobs.size() == before);
        CHECK(city.tell(job_with_priority(1), device(3)).rejection() == Rejection::none);
    }
    SUBCASE("256 gaps are kept, and one more is refused") {
        CHECK(
            city.tell(job_with_priority(1), device(5 + gaps_max)).rejection() ==
            Rejection::limit_reached
        );
        CHECK(
            city.tell(job_with_priority(1), device(5 + gaps_max - 1)).rejection() == Rejection::none
        );
    }
    SUBCASE("another key's device of the same name is another device") {
        auto who = device(1);
        who.key = model::KeyId{8};
        CHECK_FALSE(city.tell(job_with_priority(1), who).repeated);
    }
}

TEST_CASE("Idempotency: all of it is in the snapshot") {
    City city;
    auto who = office();
    who.command = city.new_id();
    city.tell(job_with_priority(1), who);
    city.tell(job_with_priority(1), device(3));
    auto const restored = restore(snapshot(city.state()));
    REQUIRE(restored.ok());
    CHECK(restored.value().remembered == city.state().remembered);
    CHECK(hash_of(restored.value()) == hash_of(city.state()));
}

}  // namespace posthaste::core::testing
