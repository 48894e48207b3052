// architecture.md, Semantics: Turn, Record and Durable, when the log fails.
#include <array>
#include <map>

#include "base/prng.hpp"
#include "core/integrity.hpp"
#include "node/testing.hpp"

namespace posthaste::node::testing {

using log::Fault;
using model::Rejection;

namespace {

/// A log in memory whose disk may be gone for good: appends fail, and so does reading it again.
class GoneLog final : public log::Log {
public:
    bool gone = false;

    Status append(std::span<log::Append const> records) override {
        return gone ? lost() : memory_.append(records);
    }
    Status reopen() override { return gone ? lost() : memory_.reopen(); }
    Result<std::vector<log::Stored>> read(
        RegionId region, model::EventNumber from, std::size_t bytes_max
    ) const override {
        return memory_.read(region, from, bytes_max);
    }
    Result<std::vector<log::Stored>> read_from(log::Position from, std::size_t bytes_max)
        const override {
        return memory_.read_from(from, bytes_max);
    }
    Result<std::optional<log::Tail>> tail(RegionId region) const override {
        return memory_.tail(region);
    }
    Result<std::vector<RegionId>> regions() const override { return memory_.regions(); }
    Status save_snapshot(RegionId region, log::Snapshot const& snapshot) override {
        return memory_.save_snapshot(region, snapshot);
    }
    Result<log::SnapshotFound> load_snapshot(RegionId region, model::EventNumber event_max)
        const override {
        return memory_.load_snapshot(region, event_max);
    }
    Status save_positions(RegionId region, log::PositionCheckpoint const& positions) override {
        return memory_.save_positions(region, positions);
    }
    Result<std::optional<log::PositionCheckpoint>> load_positions(RegionId region) const override {
        return memory_.load_positions(region);
    }
    Status save_cursor(std::string_view follower, log::Position position) override {
        return memory_.save_cursor(follower, position);
    }
    Result<std::vector<log::Cursor>> cursors() const override { return memory_.cursors(); }
    Status drop_cursor(std::string_view follower) override { return memory_.drop_cursor(follower); }
    Status save_meta(std::string_view key, std::string_view value) override {
        return memory_.save_meta(key, value);
    }
    Result<std::optional<std::string>> load_meta(std::string_view key) const override {
        return memory_.load_meta(key);
    }
    Status can_trim(RegionId region, model::EventNumber below) const override {
        return memory_.can_trim(region, below);
    }
    Result<std::size_t> trim(RegionId region, model::EventNumber below, log::Tail const& archived)
        override {
        return memory_.trim(region, below, archived);
    }

private:
    static Error lost() { return Error{Errc::io_failed, "the disk is gone"}; }

    log::MemoryLog memory_;
};

// The next append fails like this, those after it do not.
void fail_next(Station& station, Fault fault) {
    auto const number = station.memory.append_count() + 1;
    station.memory.set_fault([fault, number](std::uint64_t append) {
        return append == number ? fault : Fault::none;
    });
}

}  // namespace

TEST_CASE("Turn: a failed append ends the term: the working state is dropped and read again") {
    for (auto const fault : {Fault::lost, Fault::stored_part}) {
        Station station;
        station.set_up();
        auto const before = core::hash_of(station.state());
        auto const resets = station.listener.resets;
        auto who = office();
        who.command = station.new_id();
        fail_next(station, fault);
        auto const in_town = station.submit(town, ride(place(0), place(900)), who);
        auto const in_village = station.submit(village, ride(place(0), place(900)));
        REQUIRE(station.shard->turn().ok());
        for (auto const index : {in_town, in_village}) {
            REQUIRE(station.replies[index].has_value());
            REQUIRE(!station.replies[index]->answer.ok());
            CHECK(station.replies[index]->answer.error().code == Errc::io_failed);
        }
        CHECK(station.listener.records.empty());  // nobody else heard of it
        CHECK(station.listener.resets == resets + 3);
        CHECK(core::hash_of(station.state()) == before);
        CHECK(station.state(village).jobs.empty());
        CHECK_FALSE(station.shard->is_stopped());

        auto const again = station.tell(town, ride(place(0), place(900)), who);
        CHECK(again.answer.value().rejection == Rejection::none);
        CHECK_FALSE(again.repeated);
        CHECK(station.state().jobs.size() == 1);
        CHECK(station.replayed() == core::hash_of(station.state()));
        CHECK(events_of<model::TermBegan>(station.records_of(town)).size() == 2);
    }
}

TEST_CASE("Record: after an unknown outcome the writer re-reads the tail before it says anything") {
    Station station;
    station.set_up();
    auto who = office();
    who.command = station.new_id();
    fail_next(station, Fault::stored);
    auto const told = station.tell(town, ride(place(0), place(900)), who);
    REQUIRE(told.answer.ok());  // it was stored, so it happened
    CHECK(station.listener.records.size() == 1);
    CHECK(station.state().jobs.size() == 1);
    auto const again = station.tell(town, ride(place(0), place(900)), who);
    CHECK(again.repeated);
    CHECK(again.answer.value().number == told.answer.value().number);
    CHECK(station.tell(town, ride(place(1), place(900))).answer.ok());
    CHECK(station.replayed() == core::hash_of(station.state()));
}

TEST_CASE("a region whose creation was stored and not told is seated all the same") {
    for (auto const fault : {Fault::lost, Fault::stored}) {
        Station station;
        station.set_up();
        fail_next(station, fault);
        station.tell(
            core::control_region, model::CreateRegion{RegionId{3}, "acme", "hamlet", place(0)}
        );
        auto const there = station.tell(RegionId{3}, model::SetPolicy{}).answer;
        CHECK(there.ok() == (fault == Fault::stored));
    }
}

TEST_CASE("Durable: if the log fails the region stops and says so, to those who wait as well") {
    GoneLog log;
    ShardOptions options;
    options.quotas.commands = {64, 1024, 1, 4};
    Station station{options, &log};
    station.set_up();
    log.gone = true;
    auto const decided = station.submit(town, ride(place(0), place(900)));
    auto const in_line = station.submit(town, ride(place(1), place(900)));
    auto const turned = station.shard->turn();
    REQUIRE(!turned.ok());
    CHECK(turned.error().code == Errc::io_failed);
    CHECK(station.shard->is_stopped());
    REQUIRE(station.replies[decided].has_value());
    CHECK(station.replies[decided]->answer.error().detail.starts_with("outcome unknown"));
    REQUIRE(station.replies[in_line].has_value());
    CHECK(station.replies[in_line]->answer.error().detail.starts_with("not decided"));
    auto const late = station.submit(town, ride(place(2), place(900)));
    REQUIRE(station.replies[late].has_value());
    CHECK(station.replies[late]->answer.error().code == Errc::io_failed);
    CHECK(station.listener.records.empty());
}

TEST_CASE("any faults: what was answered is in the log, once, and the state is what it says") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Prng prng{seed};
        Station station;
        station.set_up();
        station.memory.set_fault([&prng](std::uint64_t) {
            constexpr std::array all{Fault::lost, Fault::stored, Fault::stored_part};
            return prng.chance(300) ? all[prng.below(3)] : Fault::none;
        });
        std::map<model::CommandId, std::uint64_t> jobs;
        for (std::int32_t i = 0; i < 60; ++i) {
            auto who = office();
            who.command = station.new_id();
            station.clock.time = station.clock.time + Millis{prng.between(0, 2000)};
            // Until it is answered: as a client with one id for one order.
            for (int tries = 0; tries < 50 && !jobs.contains(who.command); ++tries) {
                auto const told = station.tell(town, ride(place(i), place(900)), who);
                if (told.answer.ok()) jobs.emplace(who.command, told.answer.value().subject);
            }
            if (prng.chance(50)) station.restart(Millis{prng.between(0, 60'000)});
        }
        CHECK(jobs.size() == 60);
        CHECK(station.state().jobs.size() == 60);
        for (auto const& [command, job] : jobs)
            CHECK(station.state().jobs.contains(model::JobId{job}));
        CHECK(station.replayed() == core::hash_of(station.state()));
        auto const fault = core::fault_in(station.state());
        CHECK_MESSAGE(!fault, fault.value_or(""));
    }
}

}  // namespace posthaste::node::testing
