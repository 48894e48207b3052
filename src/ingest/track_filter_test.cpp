// The filter case by case, then random tracks with injected faults against what must always hold.
#include "ingest/track_filter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/prng.hpp"

namespace posthaste::ingest {

namespace {

constexpr Instant start{1'750'000'000'000};
constexpr model::AgentId agent{7};
constexpr std::int64_t metre_e7 = 90;  // of latitude: 1 m = 89.93e-7 degree

struct Seen {
    std::int64_t second = 0;    ///< event time after start
    std::int64_t metres = 0;    ///< north of 57 degrees
    std::int64_t delay_ms = 0;  ///< until it is received
    std::int32_t accuracy_m = 5;
};

RawFix raw_at(Seen const& seen) {
    RawFix raw;
    raw.device = "T";
    raw.lat = {570'000'000 + seen.metres * metre_e7};
    raw.lon = {120'000'000};
    raw.time = start + Millis{seen.second * 1000};
    raw.accuracy_m = seen.accuracy_m;
    return raw;
}

/// The reason given to a fix received delay_ms after it was so.
Reason reason_of(TrackFilter& filter, Seen const& seen) {
    RawFix const raw = raw_at(seen);
    return filter.check(agent, raw, raw.time + Millis{seen.delay_ms}).reason;
}

}  // namespace

TEST_CASE("a plain track is accepted as it comes") {
    TrackFilter filter{{}};
    for (std::int64_t second = 0; second < 100; second += 4) {
        RawFix raw = raw_at({.second = second, .metres = second * 14});
        raw.speed_mm_s = 14'000;
        raw.heading_deg = 0;
        auto const verdict = filter.check(agent, raw, raw.time + Millis{300});
        CHECK(verdict.outcome == Outcome::accept_now);
        CHECK(verdict.reason == Reason::none);
        CHECK(verdict.fix.agent == agent);
        CHECK(verdict.fix.time == raw.time);
        CHECK(verdict.fix.received == raw.time + Millis{300});
        CHECK(
            verdict.fix.place == model::Position{static_cast<std::int32_t>(raw.lat.e7), 120'000'000}
        );
        CHECK(verdict.fix.speed_mm_s == 14'000);
    }
    CHECK(filter.counts(agent).of(Reason::none) == 25);
    CHECK(filter.counts(agent).sum() == 25);
}

TEST_CASE("each thing that a single fix can have wrong has its reason") {
    TrackFilter filter{{}};
    RawFix const good = raw_at({});
    Instant const now = good.time;
    auto const reason = [&](auto change) {
        RawFix raw = good;
        change(raw);
        auto const verdict = filter.check(agent, raw, now);
        CHECK(verdict.outcome == Outcome::reject);
        return verdict.reason;
    };
    CHECK(reason([](RawFix& raw) { raw.has_fix = false; }) == Reason::no_fix);
    CHECK(reason([](RawFix& raw) { raw.lat = {900'000'001}; }) == Reason::out_of_range);
    CHECK(reason([](RawFix& raw) { raw.lon = {-1'800'000'001}; }) == Reason::out_of_range);
    CHECK(reason([](RawFix& raw) { raw.lat = {9999}, raw.lon = {-9999}; }) == Reason::null_island);
    CHECK(reason([](RawFix& raw) { raw.is_mock = true; }) == Reason::mock);
    CHECK(reason([](RawFix& raw) { raw.time = raw.time + Millis{30'001}; }) == Reason::future);
    CHECK(reason([](RawFix& raw) { raw.time = Instant{1000}; }) == Reason::ancient);
    CHECK(reason([](RawFix& raw) { raw.accuracy_m = 201; }) == Reason::inaccurate);
    CHECK(filter.check(agent, good, now).outcome == Outcome::accept_now);
    CHECK(reason([](RawFix&) {}) == Reason::duplicate);
    CHECK(reason([](RawFix& raw) {
              raw.time = raw.time + Millis{1000};
              raw.lat.e7 += 1000 * metre_e7;
          }) == Reason::impossible_speed);
    for (auto const each :
         {Reason::no_fix,
          Reason::null_island,
          Reason::mock,
          Reason::future,
          Reason::ancient,
          Reason::inaccurate,
          Reason::duplicate,
          Reason::impossible_speed,
          Reason::none}) {
        CAPTURE(name_of(each));
        CHECK(filter.counts(agent).of(each) == 1);
        CHECK(filter.totals().of(each) == 1);
    }
    CHECK(filter.counts(agent).of(Reason::out_of_range) == 2);
}

TEST_CASE("at the bounds themselves a fix is let in") {
    TrackFilter filter{{}};
    CHECK(reason_of(filter, {.second = 0, .accuracy_m = 200}) == Reason::none);
    CHECK(reason_of(filter, {.second = 100, .delay_ms = -30'000}) == Reason::none);
    CHECK(reason_of(filter, {.second = 200, .delay_ms = 7 * 86'400'000LL}) == Reason::none);
    TrackFilter mocked{{.accept_mock = true}};
    RawFix mock = raw_at({});
    mock.is_mock = true;
    CHECK(mocked.check(agent, mock, mock.time).outcome == Outcome::accept_now);
}

TEST_CASE("a late fix is history and moves nobody") {
    TrackFilter filter{{}};
    CHECK(reason_of(filter, {.second = 10}) == Reason::none);
    RawFix const raw = raw_at({.second = 5, .metres = 3});
    auto const verdict = filter.check(agent, raw, start + Millis{11'000});
    CHECK(verdict.outcome == Outcome::history_only);
    CHECK(verdict.reason == Reason::late);
    CHECK(verdict.fix.time == raw.time);
    CHECK(filter.check(agent, raw, start + Millis{12'000}).reason == Reason::duplicate);
    CHECK(reason_of(filter, {.second = 10, .delay_ms = 9000}) == Reason::duplicate);
    CHECK(reason_of(filter, {.second = 11}) == Reason::none);
}

TEST_CASE("one jump is noise; several that agree are where the device is") {
    TrackFilter filter{{}};
    CHECK(reason_of(filter, {.second = 0}) == Reason::none);
    CHECK(reason_of(filter, {.second = 4, .metres = 50'000}) == Reason::impossible_speed);
    CHECK(reason_of(filter, {.second = 8, .metres = 40}) == Reason::none);  // it was noise
    CHECK(reason_of(filter, {.second = 12, .metres = 50'000}) == Reason::impossible_speed);
    CHECK(reason_of(filter, {.second = 16, .metres = 90'000}) == Reason::impossible_speed);
    CHECK(reason_of(filter, {.second = 20, .metres = 20'000}) == Reason::impossible_speed);
    CHECK(reason_of(filter, {.second = 24, .metres = 20'050}) == Reason::impossible_speed);
    CHECK(
        reason_of(filter, {.second = 24, .metres = 20'050}) == Reason::impossible_speed
    );  // again
    CHECK(
        reason_of(filter, {.second = 28, .metres = 20'100}) == Reason::none
    );  // the third of three
    CHECK(reason_of(filter, {.second = 32, .metres = 20'150}) == Reason::none);
}

TEST_CASE("accuracy and time make room for distance") {
    TrackFilter filter{{}};
    CHECK(reason_of(filter, {.second = 0, .metres = 0, .accuracy_m = 100}) == Reason::none);
    // 1 s at 70 m/s + 100 m + 100 m + 50 m of jitter = 320 m.
    CHECK(
        reason_of(filter, {.second = 1, .metres = 330, .accuracy_m = 100}) ==
        Reason::impossible_speed
    );
    CHECK(reason_of(filter, {.second = 1, .metres = 315, .accuracy_m = 100}) == Reason::none);
    // Five hours later it may be 1000 km away.
    CHECK(reason_of(filter, {.second = 18'001, .metres = 1'000'000}) == Reason::none);
}

TEST_CASE("the speed check knows the date line and the poles") {
    TrackFilter filter{{}};
    RawFix raw = raw_at({});
    auto const check = [&](std::int64_t second, std::int64_t lat, std::int64_t lon) {
        raw.time = start + Millis{second * 1000};
        raw.lat = {lat};
        raw.lon = {lon};
        return filter.check(agent, raw, raw.time).reason;
    };
    CHECK(check(0, 0, 1'799'999'000) == Reason::none);
    CHECK(check(4, 0, -1'799'999'000) == Reason::none);  // 22 m on
    CHECK(check(8, 0, 0 - 1'700'000'000) == Reason::impossible_speed);
    TrackFilter polar{{}};
    raw.time = start;
    raw.lat = {899'999'900};
    CHECK(polar.check(agent, raw, raw.time).reason == Reason::none);
    raw.time = start + Millis{4000};
    raw.lon = {100'000'000};
    CHECK(polar.check(agent, raw, raw.time).reason == Reason::none);
}

TEST_CASE("a clock that is steadily ahead is learned, and unlearned") {
    TrackFilter filter{{}};
    auto const check = [&](std::int64_t second, std::int64_t ahead_ms, std::int64_t delay_ms) {
        RawFix raw = raw_at({.second = second, .metres = second * 10});
        Instant const now = raw.time + Millis{delay_ms};
        raw.time = raw.time + Millis{ahead_ms};
        return filter.check(agent, raw, now);
    };
    constexpr std::int64_t hour = 3'600'000;
    CHECK(check(0, hour, 200).reason == Reason::future);
    CHECK(check(4, hour, 900).reason == Reason::future);
    auto verdict = check(8, hour, 300);
    CHECK(verdict.reason == Reason::none);
    // The least delay seen was 200 ms: that much of the lead stays in the corrected time.
    CHECK(verdict.fix.time == start + Millis{8000 + 200});
    CHECK(check(8, hour, 5000).reason == Reason::duplicate);
    verdict = check(12, hour, 60'000);  // long on its way
    CHECK(verdict.reason == Reason::none);
    CHECK(verdict.fix.time == start + Millis{12'200});
    CHECK(check(80, 2 * hour, 300).reason == Reason::future);  // another clock
    CHECK(check(84, 0, 300).reason == Reason::none);           // the clock was set right
    CHECK(check(88, hour, 300).reason == Reason::future);
    CHECK(check(92, 3 * hour, 300).reason == Reason::future);  // they do not agree
    CHECK(check(96, hour, 300).reason == Reason::future);
    CHECK(check(100, 3 * hour, 300).reason == Reason::future);
}

TEST_CASE("the rules may change while agents are followed") {
    TrackFilter filter{{}};
    model::AgentId const agent{7};
    auto const at = [](std::int64_t seconds, std::int32_t accuracy_m) {
        RawFix raw;
        raw.lat = {577'000'000};
        raw.lon = {119'700'000};
        raw.time = Instant{1'779'955'200'000 + seconds * 1000};
        raw.accuracy_m = accuracy_m;
        raw.source = Source::owntracks;
        return raw;
    };
    auto const judged = [&](RawFix const& raw) { return filter.check(agent, raw, raw.time); };
    CHECK(judged(at(0, 150)).outcome == Outcome::accept_now);
    CHECK(judged(at(1, 150)).fix.source == Source::owntracks);
    model::TrackRules strict;
    strict.accuracy_max = Metres{100};
    filter.use(strict);
    CHECK(judged(at(2, 150)).reason == Reason::inaccurate);
    CHECK(judged(at(1, 50)).reason == Reason::duplicate);  // it still knows what came before
}

TEST_CASE("agents_max tracks, and the answer beyond") {
    TrackFilter filter{{}, 2};
    RawFix const raw = raw_at({});
    CHECK(filter.check(model::AgentId{1}, raw, start).reason == Reason::none);
    CHECK(filter.check(model::AgentId{2}, raw, start).reason == Reason::none);
    auto const verdict = filter.check(model::AgentId{3}, raw, start);
    CHECK(verdict.outcome == Outcome::reject);
    CHECK(verdict.reason == Reason::no_room);
    CHECK(filter.totals().of(Reason::no_room) == 1);
    CHECK(filter.counts(model::AgentId{3}).sum() == 0);
    filter.forget(model::AgentId{1});
    filter.forget(model::AgentId{9});
    CHECK(filter.size() == 1);
    CHECK(filter.check(model::AgentId{3}, raw, start).reason == Reason::none);
}

TEST_CASE("a restored position is where the track goes on") {
    TrackFilter filter{{}};
    filter.restore({.agent = agent, .place = {570'000'000, 120'000'000}, .time = start});
    CHECK(reason_of(filter, {.second = 0}) == Reason::duplicate);
    CHECK(reason_of(filter, {.second = -1}) == Reason::late);
    CHECK(reason_of(filter, {.second = 1, .metres = 5000}) == Reason::impossible_speed);
    CHECK(reason_of(filter, {.second = 4, .metres = 40}) == Reason::none);
    filter.restore({.agent = agent, .place = {}, .time = start});  // older: changes nothing
    CHECK(reason_of(filter, {.second = 8, .metres = 80}) == Reason::none);
}

namespace {

/// A walk of several agents with everything that goes wrong, received in some other order.
struct Arrival {
    model::AgentId agent{};
    RawFix raw;
    Instant received;
};

std::vector<Arrival> random_arrivals(Prng& random) {
    std::vector<Arrival> arrivals;
    std::map<std::uint64_t, std::int64_t> north;
    for (std::int64_t step = 0; step < 400; ++step) {
        auto const who = 1 + random.below(5);
        auto& metres = north[who];
        metres += random.between(-60, 120);
        Arrival arrival{
            model::AgentId{who},
            raw_at({.second = step, .metres = metres, .accuracy_m = 5}),
            start + Millis{step * 1000 + random.between(0, 900)}};
        RawFix& raw = arrival.raw;
        if (random.chance(50)) raw.lat.e7 += random.between(-5'000'000, 5'000'000);
        if (random.chance(20)) raw.lat = {0}, raw.lon = {0};
        if (random.chance(20)) raw.lat = {random.between(-2'000'000'000, 2'000'000'000)};
        if (random.chance(20)) raw.time = raw.time + Millis{random.between(-1'000'000'000, 90'000)};
        if (random.chance(30)) raw.accuracy_m = static_cast<std::int32_t>(random.between(0, 3000));
        if (random.chance(20)) raw.is_mock = true;
        if (random.chance(20)) raw.has_fix = false;
        if (random.chance(100))
            arrival.received = arrival.received + Millis{random.between(0, 60'000)};
        arrivals.push_back(arrival);
        if (random.chance(50)) arrivals.push_back(arrival);
    }
    std::stable_sort(arrivals.begin(), arrivals.end(), [](Arrival const& a, Arrival const& b) {
        return a.received < b.received;
    });
    return arrivals;
}

}  // namespace

TEST_CASE(
    "random tracks with faults: never back in time, every fix counted once, every no has a reason"
) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Prng random{seed};
        auto const arrivals = random_arrivals(random);
        model::TrackRules const settings;
        TrackFilter filter{settings};
        TrackFilter again{settings};
        std::map<model::AgentId, model::Fix> now_at;
        std::map<model::AgentId, std::uint64_t> seen;
        std::size_t accepted = 0;
        for (Arrival const& arrival : arrivals) {
            auto const verdict = filter.check(arrival.agent, arrival.raw, arrival.received);
            auto const same = again.check(arrival.agent, arrival.raw, arrival.received);
            REQUIRE(verdict.outcome == same.outcome);
            REQUIRE(verdict.reason == same.reason);
            ++seen[arrival.agent];
            REQUIRE((verdict.outcome == Outcome::accept_now) == (verdict.reason == Reason::none));
            REQUIRE((verdict.outcome == Outcome::history_only) == (verdict.reason == Reason::late));
            if (verdict.outcome == Outcome::reject) continue;
            REQUIRE(model::is_on_earth(verdict.fix.place));
            REQUIRE(verdict.fix.accuracy_m <= settings.accuracy_max.count());
            REQUIRE(verdict.fix.time <= arrival.received + settings.future_tolerance);
            auto const before = now_at.find(arrival.agent);
            bool const is_newer = before == now_at.end() || verdict.fix.time > before->second.time;
            REQUIRE(is_newer == (verdict.outcome == Outcome::accept_now));
            if (!is_newer) continue;
            now_at[arrival.agent] = verdict.fix;
            ++accepted;
        }
        std::uint64_t sum = 0;
        for (auto const& [who, count] : seen) {
            REQUIRE(filter.counts(who).sum() == count);
            sum += count;
        }
        REQUIRE(filter.totals().sum() == sum);
        REQUIRE(accepted > arrivals.size() / 2);
    }
}

TEST_CASE("a backlog in any order ends at the same place with the same track") {
    Prng random{42};
    for (int round = 0; round < 50; ++round) {
        std::vector<RawFix> backlog;
        for (std::int64_t second = 0; second < 60; ++second)
            backlog.push_back(raw_at({.second = second, .metres = second * 10}));
        for (std::size_t i = backlog.size(); i > 1; --i)
            std::swap(backlog[i - 1], backlog[random.below(i)]);
        Instant const now = start + Millis{600'000};

        TrackFilter as_sent{{}};
        Instant newest;
        std::set<Instant> kept;
        for (RawFix const& raw : backlog) {
            auto const verdict = as_sent.check(agent, raw, now);
            REQUIRE(verdict.outcome != Outcome::reject);
            kept.insert(verdict.fix.time);
            if (verdict.outcome == Outcome::accept_now) newest = verdict.fix.time;
        }
        CHECK(kept.size() == backlog.size());
        CHECK(newest == start + Millis{59'000});

        TrackFilter in_order{{}};
        sort_by_time(backlog);
        for (RawFix const& raw : backlog)
            REQUIRE(in_order.check(agent, raw, now).outcome == Outcome::accept_now);
    }
}

}  // namespace posthaste::ingest
