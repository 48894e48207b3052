#include "ingest/coalesce.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/prng.hpp"

namespace posthaste::ingest {

namespace {

model::Fix fix_of(std::uint64_t agent, std::int64_t time) {
    return {.agent = model::AgentId{agent}, .place = {1, 2}, .time = Instant{time}};
}

}  // namespace

TEST_CASE("the newest of each agent waits, in the order the agents came") {
    FixBuffer buffer{10, 10};
    CHECK(buffer.push(fix_of(3, 10)) == Push::queued);
    CHECK(buffer.push(fix_of(1, 10)) == Push::queued);
    CHECK(buffer.push(fix_of(3, 20)) == Push::coalesced);
    CHECK(buffer.push(fix_of(3, 15)) == Push::coalesced);  // older than the one that waits
    CHECK(buffer.waiting() == 2);
    CHECK(buffer.coalesced() == 2);
    CHECK(buffer.take(10) == std::vector{fix_of(3, 20), fix_of(1, 10)});
    CHECK(buffer.take_history() == std::vector{fix_of(3, 10), fix_of(3, 15)});
    CHECK(buffer.take(10).empty());
    CHECK(buffer.take_history().empty());
}

TEST_CASE("at the limit a new agent is refused and one who waits is not") {
    FixBuffer buffer{2, 1};
    CHECK(buffer.push(fix_of(1, 10)) == Push::queued);
    CHECK(buffer.push(fix_of(2, 10)) == Push::queued);
    CHECK(buffer.push(fix_of(3, 10)) == Push::full);
    CHECK(buffer.push(fix_of(1, 20)) == Push::coalesced);
    CHECK(buffer.push(fix_of(1, 30)) == Push::coalesced);
    CHECK(buffer.shed() == 1);  // room for one of the two replaced
    CHECK(buffer.take_history() == std::vector{fix_of(1, 10)});
    CHECK(buffer.take(1) == std::vector{fix_of(1, 30)});
    CHECK(buffer.push(fix_of(3, 10)) == Push::queued);
    CHECK(buffer.take(5) == std::vector{fix_of(2, 10), fix_of(3, 10)});
}

namespace {

/// Takes some, and now and then the history too; how many fixes came out.
std::uint64_t take_some(
    FixBuffer& buffer, Prng& random, std::map<model::AgentId, Instant>& taken_at
) {
    auto const taken = buffer.take(1 + random.below(6));
    for (auto const& fix : taken) {
        REQUIRE(taken_at[fix.agent] < fix.time);
        taken_at[fix.agent] = fix.time;
    }
    return taken.size() + (random.chance(300) ? buffer.take_history().size() : 0);
}

}  // namespace

TEST_CASE("random pushes and takes: none lost uncounted, each agent's times only grow") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        Prng random{seed};
        FixBuffer buffer{8, 20};
        std::map<model::AgentId, Instant> taken_at;
        std::uint64_t pushed = 0;
        std::uint64_t out = 0;
        for (std::int64_t step = 1; step <= 500; ++step) {
            // As the filter gives them: an agent's times grow.
            model::Fix const fix = fix_of(1 + random.below(12), step);
            if (random.chance(200)) {
                out += take_some(buffer, random, taken_at);
            } else if (buffer.push(fix) != Push::full) {
                ++pushed;
            }
            REQUIRE(buffer.waiting() <= 8);
        }
        out += buffer.take(8).size() + buffer.take_history().size() + buffer.shed();
        REQUIRE(out == pushed);
    }
}

}  // namespace posthaste::ingest
