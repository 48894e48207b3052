#include "log/memory/memory_log.hpp"

#include <doctest/doctest.h>

#include "log/testing.hpp"

namespace posthaste::log {
namespace {

using testing::SampleChain;

constexpr RegionId region{1};
constexpr RegionId other{2};

/// A batch of two regions' records on which `fault` falls, after one batch that went well.
struct Faulty {
    explicit Faulty(Fault fault) {
        log.set_fault([fault](std::uint64_t number) { return number == 2 ? fault : Fault::none; });
        auto const first = chain.next(1, 30);
        Append const append = first.append();
        REQUIRE(log.append({&append, 1}).ok());
        before = first.tail(1);
        chain.taken(first);
        auto const second = chain.next(1, 30);
        after = second.tail(2);
        auto const third = other_chain.next(1, 30);
        std::vector<Append> const batch{second.append(), third.append()};
        auto const failed = log.append(batch);
        CHECK(failed.error().code == Errc::io_failed);
        // Until it is reopened it answers nothing.
        CHECK(log.tail(region).error().code == Errc::io_failed);
        CHECK(log.append(batch).error().code == Errc::io_failed);
        CHECK(log.read(region, 1, 1).error().code == Errc::io_failed);
        CHECK(log.save_meta("a", "b").error().code == Errc::io_failed);
        REQUIRE(log.reopen().ok());
    }

    MemoryLog log;
    SampleChain chain{region, 1};
    SampleChain other_chain{other, 2};
    Tail before;
    Tail after;
};

}  // namespace

TEST_CASE("a lost append is not there after reopening") {
    Faulty const lost{Fault::lost};
    CHECK(lost.log.tail(region).value() == lost.before);
    CHECK(lost.log.append_count() == 2);
}

TEST_CASE("an append of unknown outcome may be there after reopening") {
    Faulty const stored{Fault::stored};
    CHECK(stored.log.tail(region).value() == stored.after);
    CHECK(stored.log.tail(other).value().has_value());
}

TEST_CASE("an append stored in part is cut whole, also its records that are good") {
    Faulty torn{Fault::stored_part};
    CHECK(torn.log.tail(region).value() == torn.before);
    CHECK_FALSE(torn.log.tail(other).value().has_value());
    CHECK(torn.log.read_from(1, 1000).value().size() == 1);
    // The log goes on from there, and the positions of what was cut are used again.
    auto const next = torn.chain.next(1, 5);
    Append const append = next.append();
    REQUIRE(torn.log.append({&append, 1}).ok());
    CHECK(torn.log.tail(region).value() == next.tail(2));
    REQUIRE(torn.log.reopen().ok());
    CHECK(torn.log.tail(region).value() == next.tail(2));
}

}  // namespace posthaste::log
