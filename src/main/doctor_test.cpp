// A doctor that finds nothing has looked at nothing: each of its checks finds a fault planted in a
// log whose bytes are whole.
#include "main/doctor.hpp"

#include <functional>

#include "node/testing.hpp"

namespace posthaste::main {
namespace {

using node::testing::phone;
using node::testing::place;
using node::testing::ride;
using node::testing::Station;
using node::testing::town;

/// A town with a ride taken and another that nobody can take.
std::vector<model::Record> records_of_a_day() {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto const made = station.tell(town, ride(place(100), place(900)));
    auto const* const offer = station.offer(model::JobId{made.answer.value().subject});
    REQUIRE(offer != nullptr);
    station.tell(town, model::AcceptOffer{offer->id, offer->attempt}, phone(driver, 1));
    auto moving = ride(place(200), place(800));
    moving.slots.push_back({.skills = {"piano"}});
    station.tell(town, moving);
    return station.records_of(town);
}

/// The same records, changed, sealed and chained again: nothing is wrong with the bytes.
void store(log::MemoryLog& log, std::vector<model::Record> records) {
    Digest previous;
    for (auto& record : records) {
        record.header.previous = previous;
        auto const sealed = model::seal(record);
        previous = sealed.checksum;
        auto const append = log::append_of(record.header, sealed);
        REQUIRE(log.append({&append, 1}).ok());
    }
}

template <class E>
E* find(std::vector<model::Record>& records, std::function<bool(E const&)> const& wanted) {
    for (auto& record : records) {
        for (auto& entry : record.entries) {
            for (auto& event : entry.events) {
                auto* const it = std::get_if<E>(&event);
                if (it != nullptr && wanted(*it)) return it;
            }
        }
    }
    return nullptr;
}

model::Decision* decision_with(std::vector<model::Record>& records, model::Verdict verdict) {
    for (auto& record : records) {
        for (auto& entry : record.entries) {
            for (auto& decision : entry.decisions) {
                if (decision.verdict == verdict) return &decision;
            }
        }
    }
    return nullptr;
}

Replay look_at(std::vector<model::Record> records) {
    log::MemoryLog log;
    store(log, std::move(records));
    auto done = replay(log, town);
    REQUIRE(done.ok());
    return std::move(done).value();
}

bool says(Replay const& replay, std::string const& words) {
    return !replay.findings.empty() && replay.findings.front().what.find(words) != words.npos;
}

}  // namespace

TEST_CASE("a log as it was written: everything is looked at, and nothing found") {
    auto const done = look_at(records_of_a_day());
    for (auto const& finding : done.findings)
        MESSAGE(finding.what);
    CHECK(done.findings.empty());
    CHECK(done.transitions > 0);
    CHECK(done.decisions > 1);
    CHECK(done.jobs == 2);
    CHECK(done.agents == 1);
}

TEST_CASE("a transition that is not what its chain says is found, with its job and event") {
    auto records = records_of_a_day();
    auto* const step = find<model::JobTransitioned>(records, [](auto const&) { return true; });
    REQUIRE(step != nullptr);
    auto const job = std::to_string(raw(step->job));
    SUBCASE("the chain itself") {
        step->chain.bytes[7] ^= 1U;
    }
    SUBCASE("what it covers: the reason") {
        step->reason = "forged";
    }
    auto const done = look_at(records);
    CHECK(says(done, "region 1, event "));
    CHECK(says(done, "job " + job + ": its chain of transitions is broken here"));
    CHECK(done.findings.front().way_out.find("restore the newest backup") != std::string::npos);
}

TEST_CASE("who did it is covered by the chain too") {
    auto records = records_of_a_day();
    for (auto& record : records) {
        for (auto& entry : record.entries) {
            for (auto const& event : entry.events) {
                if (std::holds_alternative<model::JobTransitioned>(event))
                    entry.envelope.key = model::KeyId{4711};
            }
        }
    }
    CHECK(says(look_at(records), "its chain of transitions is broken here"));
}

TEST_CASE("a decision that does not follow from what it recorded is found") {
    auto records = records_of_a_day();
    SUBCASE("another winner") {
        auto* const decision = decision_with(records, model::Verdict::offered);
        REQUIRE(decision != nullptr);
        decision->winner = model::AgentId{99};
    }
    SUBCASE("a score that its terms do not give") {
        auto* const decision = decision_with(records, model::Verdict::offered);
        REQUIRE(decision != nullptr);
        decision->candidates.front().score -= 1;
    }
    SUBCASE("a loser with another reason") {
        auto* const decision = decision_with(records, model::Verdict::waits);
        REQUIRE(decision != nullptr);
        REQUIRE(!decision->candidates.empty());
        auto& loser = decision->candidates.front();
        loser.failed = loser.failed == model::Rule::zone ? model::Rule::skills : model::Rule::zone;
    }
    auto const done = look_at(records);
    CHECK(says(done, "the decision on job "));
    CHECK(says(done, "does not follow"));
}

TEST_CASE("a snapshot whose bytes are whole but whose state is another's is found") {
    log::MemoryLog log;
    store(log, records_of_a_day());
    auto recovered = node::recover(log, town);
    REQUIRE(recovered.ok());
    auto at = std::move(recovered).value();
    REQUIRE(log.save_snapshot(town, node::snapshot_of(at)).ok());
    auto const good = replay(log, town);
    REQUIRE(good.ok());
    CHECK(good.value().snapshots == 1);
    CHECK(good.value().findings.empty());

    at.state.policy.radius = at.state.policy.radius + Metres{1};
    REQUIRE(log.save_snapshot(town, node::snapshot_of(at)).ok());
    auto const bad = replay(log, town);
    REQUIRE(bad.ok());
    CHECK(says(bad.value(), "the snapshot at this event is not the state that the records give"));
    CHECK(bad.value().findings.front().way_out.find("delete this snapshot") != std::string::npos);
}

}  // namespace posthaste::main
