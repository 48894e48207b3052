#include "main/outside/breaker.hpp"

#include <doctest/doctest.h>

namespace posthaste::main {

TEST_CASE("a breaker opens after failures in a row, for longer each time, and one success closes it"
) {
    Breaker breaker{1};
    Instant now{1'000'000};
    for (unsigned i = 1; i < Breaker::failures_max; ++i) {
        breaker.failed(now);
        CHECK(breaker.lets_ask(now));
    }
    breaker.failed(now);
    CHECK(breaker.is_open());
    CHECK_FALSE(breaker.lets_ask(now + Millis{3900}));
    CHECK(breaker.lets_ask(now + Millis{6000}));  // 5 s and a fifth at most
    now = now + Millis{6000};
    breaker.failed(now);
    CHECK_FALSE(breaker.lets_ask(now + Millis{7900}));
    CHECK(breaker.lets_ask(now + Millis{12'000}));
    for (int i = 0; i < 20; ++i)
        breaker.failed(now);
    CHECK(breaker.lets_ask(now + Millis{144'000}));  // never longer than two minutes and a fifth
    breaker.succeeded();
    CHECK(breaker.lets_ask(now));
    CHECK_FALSE(breaker.is_open());
}

TEST_CASE("failures that are not in a row open nothing") {
    Breaker breaker{1};
    for (int i = 0; i < 20; ++i) {
        breaker.failed(Instant{1});
        if (i % 3 == 2) breaker.succeeded();
    }
    CHECK(breaker.lets_ask(Instant{1}));
}

}  // namespace posthaste::main
