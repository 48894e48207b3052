// architecture.md, Semantics: Snapshots and Positions survive, over a restart.
#include "node/testing.hpp"

namespace posthaste::node::testing {

namespace {

// As the second state beside the writer: follows the log and saves what it has.
log::Snapshot save(Station& station) {
    auto recovered = recover(station.log, town);
    REQUIRE(recovered.ok());
    auto const snapshot = snapshot_of(recovered.value());
    REQUIRE(station.log.save_snapshot(town, snapshot).ok());
    return snapshot;
}

void add_jobs(Station& station, int count) {
    for (int i = 0; i < count; ++i)
        station.tell(town, ride(place(i), place(900)));
}

}  // namespace

TEST_CASE("Snapshots: written by a second state that follows the log") {
    Station station;
    station.set_up();
    auto second = recover(station.log, town);
    REQUIRE(second.ok());
    auto recovered = std::move(second).value();
    for (int i = 0; i < 5; ++i) {
        add_jobs(station, 3);
        REQUIRE(follow(station.log, recovered).ok());
        CHECK(core::hash_of(recovered.state) == core::hash_of(station.state()));
    }
}

TEST_CASE("Snapshots: disposable: a bad newest gives way to an older, that to a full replay") {
    Station station;
    station.set_up();
    station.driver("D", place(0));
    add_jobs(station, 3);
    auto const older = save(station);
    add_jobs(station, 3);
    auto const newer = save(station);
    add_jobs(station, 3);
    auto const hash = core::hash_of(station.state());

    auto const recovered_from = [&](model::EventNumber event, std::size_t refused) {
        auto const recovered = recover(station.log, town);
        REQUIRE(recovered.ok());
        CHECK(recovered.value().snapshot == event);
        CHECK(recovered.value().refused.size() == refused);
        CHECK(core::hash_of(recovered.value().state) == hash);
    };
    recovered_from(newer.event, 0);
    SUBCASE("bytes that do not decode") {
        auto bad = newer;
        bad.bytes.resize(bad.bytes.size() / 2);
        bad.state = digest(bad.bytes);
        REQUIRE(station.log.save_snapshot(town, bad).ok());
        recovered_from(older.event, 1);
    }
    SUBCASE("a state that is not the one it says") {
        auto bad = newer;
        bad.state = digest("another");
        REQUIRE(station.log.save_snapshot(town, bad).ok());
        recovered_from(older.event, 1);
        bad = older;
        bad.format = 99;  // of another version
        REQUIRE(station.log.save_snapshot(town, bad).ok());
        recovered_from(0, 1);  // saving it again dropped the one after it
    }
    station.restart();
    station.run();
    CHECK(station.state().jobs.size() == 9);
}

TEST_CASE("Snapshots: equal to a full replay, with timers, ids, idempotency and conflicts") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto create = ride(place(100), place(900));
    create.release = eight_o_clock + Millis{3'600'000};
    create.deadline = eight_o_clock + Millis{7'200'000};
    station.tell(town, create);
    auto const made = station.tell(town, ride(place(100), place(900)));
    model::JobId const job{made.answer.value().subject};
    auto const offer = *station.offer(job);
    station.tell(town, model::AcceptOffer{offer.id, offer.attempt}, phone(driver, 1));
    auto const held = station.state().assignments.ids().front();
    station.clock.time = station.clock.time + Millis{5000};  // the phone's tap is from before
    station.tell(town, model::TransitionJob{.job = job, .to = "cancelled"});
    station.tell(
        town,
        model::TransitionJob{.job = job, .assignment = held, .to = "en_route"},
        phone(driver, 3)
    );
    save(station);
    auto const before = station.state().next_counter;
    auto const hash = core::hash_of(station.state());
    auto const loaded = recover(station.log, town);
    REQUIRE(loaded.ok());
    auto const& state = loaded.value().state;
    CHECK(loaded.value().snapshot == state.last_event);
    CHECK(core::hash_of(state) == hash);
    CHECK(station.replayed() == hash);
    CHECK(state.timers.size() == 3);  // release, deadline, and the cancelled job's archiving
    CHECK(state.next_counter == before);
    CHECK(state.remembered.devices.begin()->second.gaps == std::set<std::uint64_t>{2});
    CHECK(state.jobs.at(job).conflicts.size() == 1);
}

TEST_CASE("Snapshots: a fence's sides and dwell survive") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    station.tell(
        town,
        model::SetZone{
            {.name = "depot", .centre = place(0), .radius = Metres{200}, .dwell = Millis{60'000}}}
    );
    station.clock.time = eight_o_clock + Millis{1000};
    station.see(town, driver, place(10));
    REQUIRE(station.state().agents.at(driver).inside.size() == 1);
    save(station);
    station.listener.records.clear();
    station.restart(Millis{90'000});
    station.run();
    auto const crossed = events_of<model::FenceCrossed>(station.listener.records);
    REQUIRE(crossed.size() == 1);  // no second enter, and the dwell that fell due meanwhile
    CHECK(crossed[0].crossing == model::Crossing::dwell);
}

TEST_CASE("a record that is not what its header says stops the recovery, by region and event") {
    log::MemoryLog log;
    model::Record record;
    record.header = {.region = town, .first_event = 1, .event_count = 2, .at = eight_o_clock};
    record.entries.push_back({});
    record.entries[0].events.emplace_back(model::TermBegan{});
    auto const sealed = model::seal(record);  // whole, and it lies: there is one event
    auto const append = log::append_of(record.header, sealed);
    REQUIRE(log.append({&append, 1}).ok());
    auto const recovered = recover(log, town);
    REQUIRE(!recovered.ok());
    CHECK(recovered.error().code == Errc::corrupt);
    CHECK(recovered.error().detail.starts_with("region 1, event 1: "));
}

TEST_CASE("Time: after an outage offers are renewed, not expired, and can be accepted") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto const made = station.tell(town, ride(place(100), place(900)));
    model::JobId const job{made.answer.value().subject};
    auto const offer = *station.offer(job);
    station.restart(Millis{600'000});
    station.run();
    REQUIRE(station.offer(job) != nullptr);
    CHECK(station.offer(job)->expires == offer.expires + Millis{600'000});
    CHECK(station.offer(job)->receipt_due == offer.receipt_due + Millis{600'000});
    auto const told =
        station.tell(town, model::AcceptOffer{offer.id, offer.attempt}, phone(driver, 1));
    CHECK(told.answer.value().rejection == model::Rejection::none);
}

TEST_CASE("Positions survive: a new writer has the positions with their original times") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    station.clock.time = eight_o_clock + Millis{1500};
    station.see(town, driver, place(700));
    auto const saved = station.log.load_positions(town);
    REQUIRE(saved.ok());
    REQUIRE(saved.value().has_value());
    CHECK(station.clock.time - saved.value()->at <= Millis{2000});
    station.restart(Millis{30'000});
    auto const seen = station.shard->region(town).field.seen(driver);
    REQUIRE(seen.has_value());
    CHECK(seen->place == place(700));
    CHECK(seen->time == eight_o_clock + Millis{1500});
}

TEST_CASE("Positions survive: held back lost until a first fix or one reporting interval") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto const other = station.driver("E", place(500));
    auto const policy = station.state().policy;
    station.restart(policy.lost_after * 2);
    station.run();
    CHECK(station.state().agents.at(driver).freshness == model::Freshness::fresh);
    station.clock.time = station.clock.time + policy.report_idle - Millis{1};
    station.see(town, other, place(500));
    CHECK(station.state().agents.at(driver).freshness == model::Freshness::fresh);
    station.clock.time = station.clock.time + Millis{1};
    station.run();
    CHECK(station.state().agents.at(driver).freshness == model::Freshness::lost);
    CHECK(station.state().agents.at(other).freshness == model::Freshness::fresh);
}

TEST_CASE("Positions survive: without a checkpoint nobody is asked before they are seen again") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    REQUIRE(station.log.save_positions(town, {station.clock.time, ""}).ok());
    station.restart(Millis{1000});
    auto const made = station.tell(town, ride(place(100), place(900)));
    model::JobId const job{made.answer.value().subject};
    CHECK(station.offer(job) == nullptr);
    station.see(town, driver, place(0));
    CHECK(station.offer(job) != nullptr);
}

}  // namespace posthaste::node::testing
