#include "views/kpis.hpp"

#include <doctest/doctest.h>

namespace posthaste::views {
namespace {

constexpr Instant noon{1'800'000'000'000};
constexpr Millis minute{60'000};

}  // namespace

TEST_CASE("an hour's assignments are counted by the minute, and what is older is not") {
    Kpis kpis;
    for (int i = 0; i < 90; ++i)
        kpis.count_assignment(noon + Millis{i * minute.count()});
    auto const last = noon + Millis{89 * minute.count()};
    CHECK(kpis.assigned_last_hour(last) == 60);
    CHECK(kpis.assigned_last_hour(last + Millis{10 * minute.count()}) == 50);
    CHECK(kpis.assigned_last_hour(last + Millis{60 * minute.count()}) == 0);
    CHECK(kpis.assignments_made == 90);
}

TEST_CASE("the median wait is of the newest, and nothing before the first") {
    Kpis kpis;
    CHECK_FALSE(kpis.median_wait());
    kpis.count_wait(Millis{500});
    CHECK(kpis.median_wait() == Millis{500});
    for (auto const wait : {100, 300})
        kpis.count_wait(Millis{wait});
    CHECK(kpis.median_wait() == Millis{300});  // of 100, 300, 500
    for (std::size_t i = 0; i < waits_kept; ++i)
        kpis.count_wait(Millis{7});
    CHECK(kpis.median_wait() == Millis{7});
}

TEST_CASE("shares are in thousandths, and nothing of nothing") {
    Kpis kpis;
    CHECK_FALSE(kpis.service_rate());
    CHECK_FALSE(kpis.idle_share());
    kpis.jobs_by_phase[static_cast<std::size_t>(model::Phase::done)] = 2;
    kpis.jobs_by_phase[static_cast<std::size_t>(model::Phase::cancelled)] = 1;
    CHECK(kpis.service_rate() == 666);
    kpis.agents_by_status[static_cast<std::size_t>(AgentStatus::off)] = 9;
    kpis.agents_by_status[static_cast<std::size_t>(AgentStatus::idle)] = 1;
    kpis.agents_by_status[static_cast<std::size_t>(AgentStatus::working)] = 3;
    CHECK(kpis.on_duty() == 4);
    CHECK(kpis.idle_share() == 250);
}

}  // namespace posthaste::views
