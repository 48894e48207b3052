#include "load/ledger.hpp"

#include <doctest/doctest.h>

using posthaste::Instant;
using posthaste::Metres;
using posthaste::load::AgentSeen;
using posthaste::load::AssignmentSeen;
using posthaste::load::JobSeen;
using posthaste::load::Ledger;
using posthaste::load::Order;
using posthaste::load::Want;
using posthaste::load::Worker;

namespace model = posthaste::model;

namespace {

constexpr model::Position here{577'000'000, 119'700'000};
constexpr Instant noon{43'200'000};

AssignmentSeen assignment(std::uint64_t id, std::uint64_t agent, std::uint8_t slot = 0) {
    return {
        .id = model::AssignmentId{id}, .agent = model::AgentId{agent}, .slot = slot, .state = ""};
}

JobSeen job(Ledger const& ledger, std::uint64_t number, model::Phase phase) {
    return {
        .id = model::JobId{100 + number},
        .reference = ledger.reference_of(number),
        .workflow = "parcel",
        .phase = phase,
        .stops = {},
        .slots = {},
        .assignments = {}};
}

struct Person {
    std::vector<std::string> skills{"locks"};
    std::vector<std::string> features;
    std::string vehicle = "van";

    Worker worker() const {
        return {
            .id = model::AgentId{7},
            .place = here,
            .free_at = here,
            .free_from = noon,
            .on_duty = true,
            .load = {{0, 28, 0, 0}},
            .capacity = {{0, 30, 0, 0}},
            .skills = &skills,
            .features = &features,
            .vehicle = &vehicle};
    }
};

}  // namespace

TEST_CASE("A job goes from asked to allocated to over, and is forgotten") {
    Ledger ledger{"load-1-"};
    auto const number = ledger.ask({}, 5);
    ledger.created(number, model::JobId{101});
    CHECK(ledger.deciding_count() == 1);
    auto seen = job(ledger, number, model::Phase::open);
    seen.slots = {model::SlotStatus::offered};
    CHECK(ledger.see(seen)->made.empty());
    CHECK(ledger.deciding_count() == 1);
    seen = job(ledger, number, model::Phase::assigned);
    seen.slots = {model::SlotStatus::assigned};
    seen.assignments = {assignment(1, 7)};
    auto const news = ledger.see(seen);
    REQUIRE(news);
    CHECK(news->made.size() == 1);
    CHECK(ledger.told(number, 9));
    CHECK_FALSE(ledger.told(number, 10));
    CHECK(ledger.deciding_count() == 0);
    seen.assignments.clear();
    seen.phase = model::Phase::done;
    CHECK(ledger.see(seen)->ended.size() == 1);
    ledger.forget(number);
    CHECK(ledger.live_count() == 0);
    CHECK(ledger.verdict().allocated == 1);
    CHECK(ledger.verdict().finished == 1);
    CHECK(ledger.verdict().doubled == 0);
    CHECK(ledger.verdict().success() == 1'000'000);
}

TEST_CASE("The stream may be faster than the answer: a job that is over waits for it") {
    Ledger ledger{"load-1-"};
    auto const number = ledger.ask({}, 5);
    ledger.see(job(ledger, number, model::Phase::done));
    ledger.forget(number);
    CHECK(ledger.live_count() == 1);
    ledger.created(number, model::JobId{101});
    CHECK(ledger.live_count() == 0);
    CHECK(ledger.deciding_count() == 0);
}

TEST_CASE("Two agents in one slot, or an assignment that changes hands, is doubled") {
    Ledger ledger{"load-1-"};
    auto const number = ledger.ask({}, 5);
    auto seen = job(ledger, number, model::Phase::assigned);
    seen.assignments = {assignment(1, 7), assignment(2, 8, 1)};
    ledger.see(seen);
    CHECK(ledger.verdict().doubled == 0);
    seen.assignments = {assignment(1, 7), assignment(2, 8, 0)};
    ledger.see(seen);
    CHECK(ledger.verdict().doubled == 1);
    seen.assignments = {assignment(1, 9), assignment(2, 8, 1)};
    ledger.see(seen);
    CHECK(ledger.verdict().doubled == 2);
}

TEST_CASE("Jobs of others are none of its business") {
    Ledger ledger{"load-1-"};
    ledger.ask({}, 5);
    JobSeen other;
    for (auto const* const reference : {"", "load-2-1", "load-1-x", "load-1-99", "load-1-"}) {
        other.reference = reference;
        CHECK_FALSE(ledger.see(other));
    }
}

TEST_CASE("Who could take a job is judged by skill, vehicle, room, distance and time") {
    Person const person;
    posthaste::model::Policy const policy;
    Order order;
    order.want = {
        .pickup = here,
        .latest = noon,
        .load = {{0, 2, 0, 0}},
        .skills = {"locks"},
        .vehicles = {"car", "van"},
        .features = {}};
    auto const could = [&](auto const& change) {
        auto worker = person.worker();
        auto changed = order;
        change(worker, changed);
        return could_take(worker, changed, policy, noon);
    };
    CHECK(could([](Worker&, Order&) {}));
    CHECK_FALSE(could([](Worker& worker, Order&) { worker.on_duty = false; }));
    CHECK_FALSE(could([&](Worker& worker, Order&) { worker.stack = policy.stack_max; }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.skills.emplace_back("heating"); }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.features = {"wheelchair"}; }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.vehicles = {"car"}; }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.load.amount[1] = 3; }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.declined.insert(model::AgentId{7}); }));
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.latest = noon - posthaste::Millis{1}; }));
    // A degree of latitude is some 111 km, far beyond the policy's 10.
    CHECK_FALSE(could([](Worker&, Order& it) { it.want.pickup.lat += 10'000'000; }));
    CHECK_FALSE(could([](Worker& worker, Order&) { worker.free_at.lat += 10'000'000; }));
}

TEST_CASE("At the end each created job that nobody has is missed, or was not feasible") {
    Ledger ledger{"load-1-"};
    Person const person;
    std::vector const fleet{person.worker()};
    auto const easy = ledger.ask({.pickup = here, .latest = noon}, 1);
    auto const hard = ledger.ask({.pickup = here, .latest = noon, .skills = {"heating"}}, 1);
    auto const gone = ledger.ask({.pickup = here, .latest = noon}, 1);
    auto const refused = ledger.ask({.pickup = here, .latest = noon}, 1);
    for (auto const number : {easy, hard, gone})
        ledger.created(number, model::JobId{100 + number});
    ledger.refused(refused);
    auto taken = job(ledger, gone, model::Phase::assigned);
    taken.assignments = {assignment(1, 7)};
    ledger.see(taken);
    ledger.read_back(job(ledger, easy, model::Phase::open));
    ledger.read_back(job(ledger, hard, model::Phase::open));
    ledger.judge(fleet, {}, noon);
    CHECK(ledger.verdict().missed == 1);
    CHECK(ledger.verdict().infeasible == 1);
    CHECK(ledger.verdict().lost == 1);  // acknowledged, and not on the board
    CHECK(ledger.verdict().refused == 1);
    CHECK(ledger.verdict().success() == 500'000);
}

TEST_CASE("A route is walked stop by stop against the vehicle's capacity") {
    Ledger ledger{"load-1-"};
    auto const number = ledger.ask({}, 1);
    auto seen = job(ledger, number, model::Phase::assigned);
    seen.stops = {
        {.place = here, .service = {}, .pickup = {{3}}, .dropoff = {}},
        {.place = here, .service = {}, .pickup = {}, .dropoff = {{3}}}};
    ledger.read_back(seen);
    AgentSeen agent;
    agent.capacity = {{4}};
    agent.aboard = {{1}};
    agent.route = {
        {.assignment = model::AssignmentId{1}, .job = seen.id, .stop = 0},
        {.assignment = model::AssignmentId{1}, .job = seen.id, .stop = 1}};
    ledger.read_back(agent);
    CHECK(ledger.verdict().over_capacity == 0);
    agent.aboard = {{2}};
    ledger.read_back(agent);
    CHECK(ledger.verdict().over_capacity == 1);
}

TEST_CASE("A trace of a month needs books for the jobs that are live, not for all there were") {
    constexpr std::uint64_t orders = 200'000;
    constexpr std::uint64_t live = 100;
    Ledger ledger{"load-1-"};
    for (std::uint64_t i = 1; i <= orders; ++i) {
        auto const number = ledger.ask({}, static_cast<std::int64_t>(i));
        ledger.created(number, model::JobId{100 + number});
        auto seen = job(ledger, number, model::Phase::assigned);
        seen.slots = {model::SlotStatus::assigned};
        seen.assignments = {assignment(number, 7)};
        CHECK(ledger.see(seen)->made.size() == 1);
        ledger.told(number, static_cast<std::int64_t>(i));
        if (i > live) {
            CHECK(ledger.see(job(ledger, number - live, model::Phase::done)).has_value());
            ledger.forget(number - live);
        }
        CHECK(ledger.live_count() <= live + 1);
    }
    CHECK(ledger.verdict().asked == orders);
    CHECK(ledger.verdict().finished == orders - live);
}
