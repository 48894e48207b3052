// architecture.md, Semantics: Load. Each test bears the sentence it holds up.
#include "node/testing.hpp"

namespace posthaste::node::testing {

namespace {

Submission submission(model::Command command) {
    return {office(), std::move(command), {}};
}

model::Fix fix(std::uint64_t agent, std::int64_t second) {
    return {
        .agent = model::AgentId{agent},
        .place = place(static_cast<std::int32_t>(second)),
        .time = eight_o_clock + Millis{second * 1000}};
}

Quotas everything() {
    return {{lane_max, lane_max, lane_max, lane_max}, fixes_max};
}

}  // namespace

TEST_CASE("Load: before the ack it may be refused: a full lane says so, and the others do not") {
    Inbox inbox;
    for (std::size_t i = 0; i < lane_max; ++i)
        REQUIRE(inbox.submit(submission(model::CreateJob{})).ok());
    auto const refused = inbox.submit(submission(model::CreateJob{}));
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == Errc::limit_exceeded);
    CHECK(inbox.counts().refused == 1);
    CHECK(inbox.submit(submission(model::AcceptOffer{})).ok());
    CHECK(inbox.submit(submission(model::AdoptPlan{})).ok());
    CHECK(inbox.take(everything()).commands.size() == lane_max + 2);
    CHECK(inbox.empty());
    CHECK(inbox.submit(submission(model::CreateJob{})).ok());
}

TEST_CASE("Load: inbox lanes with a quota a turn: control, statuses and accepts, jobs, planner") {
    Inbox inbox;
    for (int i = 0; i < 10; ++i) {
        REQUIRE(inbox.submit(submission(model::AdoptPlan{})).ok());
        REQUIRE(inbox.submit(submission(model::CreateJob{})).ok());
        REQUIRE(inbox.submit(submission(model::AcceptOffer{})).ok());
        REQUIRE(inbox.submit(submission(model::SetPolicy{})).ok());
        CHECK(inbox.add({fix(static_cast<std::uint64_t>(i), 0)}) == 1);
    }
    auto const batch = inbox.take({{1, 4, 3, 2}, 5});
    std::vector<Lane> lanes;
    for (auto const& each : batch.commands)
        lanes.push_back(lane_of(each.command));
    using enum Lane;
    CHECK(lanes == std::vector{control, status, status, status, status, job, job, job, plan, plan});
    CHECK(batch.fixes.size() == 5);
    CHECK(inbox.take(everything()).commands.size() == 30);
}

TEST_CASE("Load: within a lane first in, first out, also when a turn puts some back") {
    Inbox inbox;
    for (std::int32_t i = 0; i < 6; ++i)
        REQUIRE(inbox.submit(submission(model::CreateJob{.priority = i})).ok());
    auto batch = inbox.take({{0, 0, 4, 0}, 0});
    batch.commands.erase(batch.commands.begin());  // one was decided
    inbox.put_back(std::move(batch.commands), {});
    std::vector<std::int32_t> order;
    for (auto const& each : inbox.take(everything()).commands)
        order.push_back(std::get<model::CreateJob>(each.command).priority);
    CHECK(order == std::vector<std::int32_t>{1, 2, 3, 4, 5});
}

TEST_CASE("Load: older fixes of an agent coalesced first; the newest is kept, in its place") {
    Inbox inbox;
    std::vector<model::Fix> crowd;
    for (std::uint64_t agent = 1; agent <= 1024; ++agent)
        crowd.push_back(fix(agent, 0));
    CHECK(inbox.add(crowd) == 1024);
    CHECK(inbox.counts().coalesced == 0);
    CHECK(inbox.add({fix(1, 9), fix(2, 8), fix(2, 7), fix(5000, 1)}) == 4);
    CHECK(inbox.counts().coalesced == 3);
    auto const batch = inbox.take(everything());
    REQUIRE(batch.fixes.size() == 1025);
    CHECK(batch.fixes[0] == fix(1, 9));
    CHECK(batch.fixes[1] == fix(2, 8));  // an overtaken one does not replace a newer
    CHECK(batch.fixes[2] == fix(3, 0));
    CHECK(batch.fixes[1024] == fix(5000, 1));
}

TEST_CASE("Load: coalescing finds the right fix after some were taken and some put back") {
    Inbox inbox;
    std::vector<model::Fix> crowd;
    for (std::uint64_t agent = 1; agent <= 3000; ++agent)
        crowd.push_back(fix(agent, 0));
    inbox.add(crowd);
    auto batch = inbox.take({{}, 1500});
    inbox.add({fix(2000, 5)});
    std::vector<model::Fix> rest{batch.fixes.begin() + 500, batch.fixes.end()};
    inbox.put_back({}, std::move(rest));
    inbox.add({fix(1000, 6), fix(2500, 7), fix(1, 8)});  // agent 1's first fix is decided
    auto const left = inbox.take(everything()).fixes;
    REQUIRE(left.size() == 2501);
    for (std::size_t i = 0; i < 2500; ++i) {
        auto const agent = 501 + i;
        auto const second = agent == 2000 ? 5 : agent == 1000 ? 6 : agent == 2500 ? 7 : 0;
        CHECK(left[i] == fix(agent, second));
    }
    CHECK(left[2500] == fix(1, 8));
}

TEST_CASE("Load: at fixes_max a new agent's fix is shed and counted, a known one's still coalesces"
) {
    Inbox inbox;
    std::vector<model::Fix> crowd;
    for (std::uint64_t agent = 1; agent <= fixes_max; ++agent)
        crowd.push_back(fix(agent, 0));
    CHECK(inbox.add(crowd) == fixes_max);
    CHECK(inbox.add({fix(fixes_max + 1, 1)}) == 0);
    CHECK(inbox.counts().shed == 1);
    CHECK(inbox.add({fix(1, 1)}) == 1);
    CHECK(inbox.counts().coalesced == 1);
}

}  // namespace posthaste::node::testing
