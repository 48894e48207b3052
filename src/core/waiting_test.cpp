// Jobs that wait: what would help them is looked for far enough, and none is passed over for ever.
#include "core/testing.hpp"
#include "match/check.hpp"

namespace posthaste::core::testing {

namespace {

model::Decision decision_of(City const& city, model::JobId job) {
    model::Decision last;
    for (auto const& entry : city.entries) {
        for (auto const& decision : entry.decisions) {
            if (decision.job == job) last = decision;
        }
    }
    return last;
}

}  // namespace

TEST_CASE("Waiting: the record says which radius would do, and the checker agrees") {
    City city;
    city.driver("far", place(25'000));
    auto const near = city.driver("near", place(12'000));
    city.driver("out of reach", place(45'000));
    auto const job = city.ride(place(0), place(1000));
    auto decision = decision_of(city, job);
    CHECK(decision.verdict == model::Verdict::waits);
    REQUIRE(decision.would_help.size() == 1);
    CHECK(decision.would_help[0].agent == near);
    CHECK(decision.would_help[0].rule == model::Rule::too_far);
    CHECK(decision.candidates.size() == 2);
    CHECK(decision.failed_counts[static_cast<std::size_t>(model::Rule::too_far)] == 2);
    CHECK(match::complaint_of(decision).value_or("") == "");
    // What it says is so: that radius does, and a metre less does not.
    auto policy = straight_policy();
    policy.radius = policy.radius + Metres{decision.would_help[0].amount - 1};
    city.use(policy);
    CHECK(city.offer(job) == nullptr);
    policy.radius = policy.radius + Metres{1};
    city.use(policy);
    REQUIRE(city.offer(job) != nullptr);
    CHECK(city.offer(job)->agent == near);
    ++decision.would_help[0].amount;
    CHECK(match::complaint_of(decision).has_value());
}

TEST_CASE("Waiting: beyond the radius only who could take it is named; near by, what they lack") {
    City city;
    city.driver("too late", place(12'000));
    city.tell(model::SetAvailability{city.driver("off", place(13'000)), model::Availability::off});
    auto const paused = city.driver("paused", place(500));
    city.tell(model::SetAvailability{paused, model::Availability::paused});
    auto const job = city.ride(place(0), place(1000), [](auto& create) {
        create.stops[0].window.latest = eight_o_clock + Millis{600'000};
    });
    auto const decision = decision_of(city, job);
    REQUIRE(decision.would_help.size() == 1);
    CHECK(decision.would_help[0].agent == paused);
    CHECK(decision.would_help[0].rule == model::Rule::off_duty);
    CHECK(match::complaint_of(decision).value_or("") == "");
}

TEST_CASE("Waiting: where too many wait, an agent comes to each of them in the end") {
    City city;
    constexpr std::int32_t crowd = 200;
    for (std::int32_t i = 0; i < crowd; ++i) {
        city.parcel(place(i), place(1000), [](auto& create) {
            create.slots = {{.skills = {"crane"}}};
        });
    }
    auto const plain = city.parcel(place(3000), place(1000));
    for (std::int32_t i = 0; i < crowd; ++i) {
        city.parcel(place(i), place(1000), [](auto& create) {
            create.slots = {{.skills = {"crane"}}};
        });
    }
    REQUIRE(city.state().waiting.size() == 2 * crowd + 1);
    // On duty far away, so that only coming near can help.
    auto const driver = city.driver("D", place(100'000));
    REQUIRE(city.assignment(plain) == nullptr);
    std::size_t fixes = 0;
    while (city.assignment(plain) == nullptr && fixes < 100) {
        city.pass(Millis{4000});
        city.see(driver, place(0));
        ++fixes;
    }
    REQUIRE(city.assignment(plain) != nullptr);
    CHECK(fixes > 1);                              // the nearest are others
    CHECK(fixes <= 2 + 2 * crowd / lap_jobs + 1);  // one lap
}

}  // namespace posthaste::core::testing
