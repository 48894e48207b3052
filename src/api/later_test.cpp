#include "api/later.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <vector>

namespace posthaste::api {
namespace {

constexpr Millis day{86'400'000};

/// Everything that was given to it before is done.
void drain(Later& later) {
    std::promise<void> done;
    REQUIRE(later.run([&] { done.set_value(); }));
    done.get_future().wait();
}

TEST_CASE("tasks are done in their order") {
    Later later;
    std::vector<int> seen;
    for (int i = 0; i < 100; ++i)
        REQUIRE(later.run([&seen, i] { seen.push_back(i); }));
    drain(later);
    REQUIRE(seen.size() == 100);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("what is due is done by itself, what is cancelled or far off is not") {
    Later later;
    std::promise<void> due;
    std::atomic<int> wrong = 0;
    auto const cancelled = later.at(day, [&] { ++wrong; });
    REQUIRE(cancelled);
    REQUIRE(later.at(day, [&] { ++wrong; }));
    later.cancel(*cancelled);
    later.cancel(*cancelled);
    REQUIRE(later.at(Millis{1}, [&] { due.set_value(); }));
    due.get_future().wait();
    CHECK(wrong == 0);
}

TEST_CASE("a full queue takes no more, and goes on when there is room") {
    Later later;
    std::promise<void> gate;
    std::promise<void> busy;
    REQUIRE(later.run([&] {
        busy.set_value();
        gate.get_future().wait();
    }));
    busy.get_future().wait();
    for (std::size_t i = 0; i < Later::tasks_max; ++i)
        REQUIRE(later.run([] {}));
    CHECK_FALSE(later.run([] {}));
    for (std::size_t i = 0; i < Later::tasks_max; ++i)
        REQUIRE(later.at(day, [] {}));
    CHECK_FALSE(later.at(day, [] {}).has_value());
    gate.set_value();
    while (!later.run([] {})) {
    }
    drain(later);
}

TEST_CASE("once stopped it takes nothing") {
    Later later;
    later.stop();
    later.stop();
    CHECK_FALSE(later.run([] {}));
    CHECK_FALSE(later.at(day, [] {}).has_value());
}

}  // namespace
}  // namespace posthaste::api
