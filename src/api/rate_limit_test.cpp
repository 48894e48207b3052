#include "api/rate_limit.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/prng.hpp"

namespace posthaste::api {

TEST_CASE("a burst passes, then the rate does, and the headers say where one stands") {
    RateLimiter limiter{{.per_second = 10, .burst = 20}};
    for (int i = 0; i < 20; ++i)
        CHECK(limiter.take("a", 1, Instant{0}).passes);
    auto const refused = limiter.take("a", 1, Instant{0});
    CHECK(!refused.passes);
    CHECK(refused.retry_after == Millis{100});
    CHECK(refused.until_full == Millis{2000});
    CHECK(
        limiter.headers(refused) ==
        std::vector<Field>{
            {"RateLimit-Policy", "\"key\";q=20;w=2"}, {"RateLimit", "\"key\";r=0;t=2"}}
    );
    CHECK(!limiter.take("a", 1, Instant{99}).passes);
    CHECK(limiter.take("a", 1, Instant{100}).passes);
    CHECK(limiter.take("b", 1, Instant{100}).remaining == 19);
    // A refused request costs nothing, and a clock that went back gives nothing.
    CHECK(!limiter.take("a", 20, Instant{200}).passes);
    CHECK(limiter.take("a", 1, Instant{50}).passes);
    CHECK(!limiter.take("a", 1, Instant{60}).passes);
    CHECK(limiter.take("a", 20, Instant{10'000}).passes);
}

TEST_CASE("what passes is what an exact count of tokens lets pass") {
    RateLimiter limiter{{.per_second = 7, .burst = 13}};
    struct Exact {
        std::int64_t level = 13'000;
        std::int64_t at = 0;
    };
    std::map<std::string, Exact> exact;
    Prng prng{42};
    std::int64_t now = 0;
    for (int i = 0; i < 20'000; ++i) {
        now += static_cast<std::int64_t>(prng.below(100));
        std::string const who(1, static_cast<char>('a' + prng.below(3)));
        auto const cost = prng.between(1, 4);
        auto& bucket = exact[who];
        bucket.level = std::min<std::int64_t>(13'000, bucket.level + (now - bucket.at) * 7);
        bucket.at = now;
        bool const passes = bucket.level >= cost * 1000;
        if (passes) bucket.level -= cost * 1000;
        REQUIRE(limiter.take(who, cost, Instant{now}).passes == passes);
    }
}

TEST_CASE("the table of buckets is bounded") {
    RateLimiter limiter{{.per_second = 1, .burst = 1, .buckets_max = 2}};
    CHECK(limiter.take("a", 1, Instant{0}).passes);
    CHECK(limiter.take("b", 1, Instant{0}).passes);
    CHECK(!limiter.take("a", 1, Instant{0}).passes);
    CHECK(limiter.take("c", 1, Instant{0}).passes);  // b is forgotten
    CHECK(!limiter.take("a", 1, Instant{0}).passes);
    CHECK(limiter.take("b", 1, Instant{0}).passes);
}

}  // namespace posthaste::api
