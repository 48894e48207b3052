#include <doctest/doctest.h>

#include <algorithm>

#include "bench/plan/dispatch_policy.hpp"
#include "testing.hpp"

namespace posthaste::bench {

namespace {

plan::Cost day_by(Region const& region, std::uint32_t seed) {
    Effort effort;
    effort.steps = 20;
    DispatchPolicy policy{region, effort};
    Day day{region, seed};
    plan::Cost total = 0;
    while (!day.is_over()) {
        auto const cost = day.dispatch(policy.routes_of(day.epoch()));
        REQUIRE(cost.ok());
        total += cost.value();
    }
    return total;
}

TEST_CASE("its routes are taken all day long, and are the same the second time") {
    auto const region = line();
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        auto const total = day_by(region, seed);
        CHECK(total > 0);
        CHECK(day_by(region, seed) == total);
    }
}

TEST_CASE("in the last epoch everybody goes") {
    auto const region = line();
    Effort effort;
    effort.steps = 20;
    DispatchPolicy policy{region, effort};
    auto const epoch = epoch_of(region, region.last_epoch(), {4, 4, 4, 4}, 4);
    auto const routes = policy.routes_of(epoch);
    CHECK(cost_of(region, epoch, routes).ok());
}

}  // namespace

}  // namespace posthaste::bench
