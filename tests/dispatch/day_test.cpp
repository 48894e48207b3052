#include <doctest/doctest.h>

#include "bench/plan/gzip.hpp"
#include "plan/formats/read_problem.hpp"
#include "testing.hpp"

namespace posthaste::bench {

namespace {

// Seed 473 as NumPy 1.24.2 has it.
TEST_CASE("the numbers are NumPy's") {
    NumpyRandom whole{473};
    CHECK(whole.next() == 0xc552f511533321f7ULL);
    CHECK(whole.next() == 0x6a828f885f2c08d4ULL);
    NumpyRandom bounded{473};
    for (auto const expected : {91, 216, 104, 116, 139, 104, 17, 73, 261, 39})
        CHECK(bounded.below(281) == static_cast<std::uint32_t>(expected));
}

// How many requests each epoch of the final told, and the first three of them.
TEST_CASE("a day is the competition's, request by request") {
    auto const file = std::filesystem::path{POSTHASTE_SHARED_DATA} / "instances" / "euro-neurips" /
                      "ORTEC-VRPTW-ASYM-57977bd6-d1-n281-k17.txt.gz";
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: no " << file.string());
        return;
    }
    auto const text = text_of_gzip(file);
    REQUIRE(text.ok());
    auto const read = plan::read_problem(text.value());
    REQUIRE(read.ok());
    auto const region = region_of(read.value().problem);
    CHECK(region.first_epoch() == 0);
    CHECK(region.last_epoch() == 5);
    Day day{region, 473};
    auto const first = day.epoch();
    REQUIRE(first.open.size() == 100);
    CHECK(first.open[0].place == 92);
    CHECK(first.open[0].window == plan::Window{23'400, 30'300});
    CHECK(first.open[0].service == 900);
    CHECK(first.open[0].load == 9);
    CHECK(first.open[1].place == 217);
    CHECK(first.open[2].place == 105);
    std::uint32_t told = 0;
    for (auto const expected : {100U, 100U, 87U, 84U, 59U, 43U}) {
        REQUIRE_FALSE(day.is_over());
        auto const epoch = day.epoch();
        CHECK(epoch.open.back().id == told + expected);
        told += expected;
        RequestRoutes alone;
        for (auto const& request : epoch.open)
            alone.push_back({request.id});
        REQUIRE(day.dispatch(alone).ok());
    }
    CHECK(day.is_over());
    CHECK(told == 473);
}

TEST_CASE("nobody is late who drives there and nowhere else") {
    auto const region = line();
    auto const request = request_of(region, 3, 3, 3, 3);
    CHECK(can_leave(region, request, 11 * 3600 - 1800));
    CHECK_FALSE(can_leave(region, request, 11 * 3600 - 1799));
}

// Requests 1 to 5 at places 1, 2, 3, 4 and 1; the first two cannot wait; vehicles leave at 6.
TEST_CASE("routes cost their driving, and the first rule broken is told") {
    auto const region = line();
    auto const epoch = epoch_of(region, 5, {1, 2, 3, 4, 1}, 2);
    auto const cost = cost_of(region, epoch, {{1, 2, 3}});
    REQUIRE(cost.ok());
    CHECK(cost.value() == 3600);
    CHECK_FALSE(cost_of(region, epoch, {{1, 3}}).ok());          // 2 cannot wait
    CHECK_FALSE(cost_of(region, epoch, {{1, 2, 3, 4}}).ok());    // four on one vehicle
    CHECK_FALSE(cost_of(region, epoch, {{1, 2}, {2, 3}}).ok());  // twice
    CHECK_FALSE(cost_of(region, epoch, {{1, 2}, {}}).ok());      // nobody on a route
    CHECK_FALSE(cost_of(region, epoch, {{1, 2, 17}}).ok());      // not there
    auto const later = epoch_of(region, 7, {4, 1}, 2);           // they leave at 8
    CHECK_FALSE(cost_of(region, later, {{1, 2}}).ok());  // at place 4 until 9:01, at 1 at 9:31
    CHECK(cost_of(region, later, {{2, 1}}).ok());
}

}  // namespace

}  // namespace posthaste::bench
