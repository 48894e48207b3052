#include "api/conditions.hpp"

#include <doctest/doctest.h>

#include "api/base64url.hpp"
#include "api/json.hpp"
#include "base/prng.hpp"

namespace posthaste::api {
namespace {

constexpr Instant now{1'763'712'000'000};  // 2025-11-21 08:00

Request with(std::string name, std::string value) {
    return {.headers = {{std::move(name), std::move(value)}}};
}

}  // namespace

TEST_CASE("an idempotency key is a UUID of version 7, and made when there is none") {
    auto const id_of = [](std::string text) {
        return command_id(with("idempotency-key", std::move(text)), now);
    };
    // 0x019aa594c800 is 43 minutes after `now`: less than id_ahead_max.
    auto const id = id_of("019aa594-c800-7abc-8def-0123456789ab");
    REQUIRE(std::holds_alternative<model::CommandId>(id));
    CHECK(std::get<model::CommandId>(id).high == 0x019aa594c8007abcU);
    CHECK(std::get<model::CommandId>(id).low == 0x8def0123456789abU);
    CHECK(id_of("\"019aa594-c800-7abc-8def-0123456789ab\"") == id);
    for (auto const wrong :
         {"abc",
          "019aa594-c800-4abc-8def-0123456789ab",
          "019aa594-c800-7abc-cdef-0123456789ab",
          "019aa594c8007abc8def0123456789ab",
          "ffffffff-c800-7abc-8def-0123456789ab",
          "\"\""}) {
        CAPTURE(wrong);
        CHECK(std::holds_alternative<Problem>(id_of(wrong)));
    }
    auto const made = make_command_id(now);
    CHECK((made.high >> 16U) == static_cast<std::uint64_t>(now.millis()));
    CHECK(make_command_id(now) != made);
    CHECK(std::get<model::CommandId>(id_of(uuid_text(made))) == made);
    CHECK(std::holds_alternative<model::CommandId>(command_id({}, now)));
}

TEST_CASE("versions go out as ETags and come back in If-Match") {
    auto const match = [](std::string text) { return if_match(with("if-match", std::move(text))); };
    using Version = std::optional<model::EventNumber>;
    CHECK(etag(12) == "\"12\"");
    CHECK(std::get<Version>(match(etag(12))) == 12);
    CHECK(std::get<Version>(match("*")) == std::nullopt);
    CHECK(std::get<Version>(if_match({})) == std::nullopt);
    for (auto const wrong : {"12", "W/\"12\"", "\"12\", \"13\"", "\"\"", "\"a\"", "\"-1\""})
        CHECK(std::holds_alternative<Problem>(match(wrong)));
    CHECK(is_unchanged(with("if-none-match", "\"12\""), 12));
    CHECK(is_unchanged(with("if-none-match", "W/\"12\""), 12));
    CHECK(!is_unchanged(with("if-none-match", "\"11\""), 12));
    CHECK(!is_unchanged({}, 12));
}

TEST_CASE("a preference to wait is read and capped") {
    auto const wait = [](std::string text) { return wait_of(with("prefer", std::move(text))); };
    CHECK(wait("wait=5") == Millis{5000});
    CHECK(wait("respond-async, wait=10") == Millis{10'000});
    CHECK(wait("wait=10; x=y") == Millis{10'000});
    CHECK(wait("wait=31") == wait_max);
    CHECK(wait("wait=99999999999999999999") == wait_max);
    for (auto const none : {"", "wait=", "wait=-1", "wait=5s", "waiting=5", "return=minimal"})
        CHECK(wait(none) == Millis{0});
}

TEST_CASE("a trace goes on under a span of ours, and what is no trace begins one") {
    std::string const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    auto const next = traceparent_of(with("traceparent", given));
    CHECK(next.size() == 55);
    CHECK(next.substr(0, 36) == given.substr(0, 36));
    CHECK(next.substr(36, 16) != given.substr(36, 16));
    CHECK(next.ends_with("-01"));
    CHECK(
        traceparent_of(with("traceparent", "cc" + given.substr(2) + "-what")).substr(3, 32) ==
        given.substr(3, 32)
    );
    for (std::string const& wrong : std::vector<std::string>{
             std::string{},
             given + "-x",
             "ff" + given.substr(2),
             given.substr(1),
             "00-00000000000000000000000000000000-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"}) {
        CAPTURE(wrong);
        auto const fresh = traceparent_of(with("traceparent", wrong));
        CHECK(fresh.size() == 55);
        CHECK(fresh.substr(3, 32) != given.substr(3, 32));
    }
}

TEST_CASE("base64url is undone, and only its own texts are") {
    Prng prng{42};
    for (int i = 0; i < 500; ++i) {
        std::string bytes(prng.below(20), '\0');
        for (auto& byte : bytes)
            byte = static_cast<char>(prng.next());
        REQUIRE(from_base64url(base64url(bytes)) == bytes);
    }
    CHECK(base64url("\xfb\xff\xfe") == "-__-");
    for (auto const wrong : {"A", "AB", "AA=", "A+A", "AAAAA"})
        CHECK(!from_base64url(wrong));
}

}  // namespace posthaste::api
