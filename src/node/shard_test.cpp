// architecture.md, Semantics: Turn, Record, Envelope, Time, Reads. Each test bears its sentence.
#include "node/testing.hpp"

namespace posthaste::node::testing {

using model::Rejection;

TEST_CASE("Turn: one input at a time, so the next input of the batch sees its events") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto const made = station.tell(town, ride(place(100), place(900)));
    model::JobId const job{made.answer.value().subject};
    auto const offer = *station.offer(job);
    model::AcceptOffer const accept{offer.id, offer.attempt};
    auto const first = station.submit(town, accept, phone(driver, 1));
    auto const second = station.submit(town, accept, phone(driver, 2));
    auto const before = station.listener.records.size();
    station.run();
    CHECK(station.replies[first]->answer.value().rejection == Rejection::none);
    CHECK(station.replies[second]->answer.value().rejection == Rejection::offer_closed);
    CHECK(station.listener.records.size() == before + 1);
    CHECK(station.state().assignments.size() == 1);
}

TEST_CASE("Question: answered at a turn's beginning, from what is durable, and changes nothing") {
    Station station;
    station.set_up();
    auto const before = core::hash_of(station.state());
    std::vector<std::size_t> seen;
    auto const question = [&](core::Region const* region, Instant now) {
        REQUIRE(region != nullptr);
        CHECK(now == station.clock.time);
        seen.push_back(region->state.jobs.size());
    };
    auto const job = station.submit(town, ride(place(0), place(900)));
    REQUIRE(station.shard->ask(town, question).ok());
    station.run();
    CHECK(station.replies[job]->answer.ok());
    CHECK(seen == std::vector<std::size_t>{0});  // asked in the same turn, not of its outcome
    auto const after = core::hash_of(station.state());
    CHECK(after != before);
    REQUIRE(station.shard->ask(town, question).ok());
    station.run();
    CHECK(seen.back() == 1);
    CHECK(core::hash_of(station.state()) == after);
    CHECK(station.shard->ask(RegionId{99}, question).error().code == Errc::not_found);
}

TEST_CASE("Question: so many a turn, and so many wait; who asks more is told") {
    Station station;
    station.set_up();
    std::size_t answered = 0;
    auto const question = [&](core::Region const*, Instant) { ++answered; };
    for (std::size_t i = 0; i < questions_max; ++i)
        REQUIRE(station.shard->ask(town, question).ok());
    CHECK(station.shard->ask(town, question).error().code == Errc::limit_exceeded);
    REQUIRE(station.shard->turn().ok());
    CHECK(answered == Quotas{}.questions);
    for (std::size_t i = 0; i < questions_max; ++i)
        REQUIRE(station.shard->turn().ok());
    CHECK(answered == questions_max);
}

TEST_CASE("Record: a turn's events are ONE record, chained and numbered without gaps") {
    Station station;
    station.set_up();
    station.driver("D", place(0));
    for (int i = 0; i < 10; ++i)
        station.submit(town, ride(place(i), place(900)));
    auto const before = station.records_of(town).size();
    station.run();
    auto const records = station.records_of(town);
    CHECK(records.size() == before + 1);
    model::EventNumber next = 1;
    Digest previous;
    auto const stored = station.log.read(town, 1, std::size_t{1} << 24U).value();
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(records[i].header.region == town);
        CHECK(records[i].header.first_event == next);
        CHECK(records[i].header.previous == previous);
        next += records[i].header.event_count;
        previous = stored[i].checksum;
    }
    CHECK(next == station.state().last_event + 1);
    CHECK(station.replayed() == core::hash_of(station.state()));
}

TEST_CASE("Record: at most 512 KiB; a turn that nears it leaves the rest for the next") {
    Station station;
    station.set_up();
    for (int i = 0; i < 4000; ++i) {
        auto create = ride(place(i), place(900));
        create.reference = std::to_string(i) + std::string(100, 'r');
        station.submit(town, create);
    }
    auto const before = station.records_of(town).size();
    station.run();
    for (auto const& reply : station.replies)
        CHECK(reply.has_value());
    CHECK(station.state().jobs.size() == 4000);
    CHECK(station.records_of(town).size() > before + 1);
    for (auto const& bytes : station.listener.sealed)
        CHECK(bytes.size() <= model::record_bytes_max);
}

TEST_CASE("Record: event numbers belong to the region, positions to the log; one commit a turn") {
    Station station;
    station.set_up();
    auto const appends = station.memory.append_count();
    auto const town_next = station.state(town).last_event + 1;
    auto const village_next = station.state(village).last_event + 1;
    station.submit(town, ride(place(0), place(900)));
    station.submit(village, ride(place(0), place(900)));
    REQUIRE(station.shard->turn().ok());
    CHECK(station.memory.append_count() == appends + 1);
    auto const of_town = station.records_of(town).back();
    auto const of_village = station.records_of(village).back();
    CHECK(of_town.header.first_event == town_next);
    CHECK(of_village.header.first_event == village_next);
    auto const all = station.log.read_from(1, std::size_t{1} << 24U).value();
    for (std::size_t i = 1; i < all.size(); ++i)
        CHECK(all[i].position > all[i - 1].position);
    CHECK(all[all.size() - 2].region == town);
    CHECK(all[all.size() - 1].region == village);
}

TEST_CASE("Turn: replies and streams see only the durable prefix, and replies carry their number") {
    Station station;
    station.set_up();
    bool told = false;
    std::size_t followed = 0;
    auto who = office();
    who.command = station.new_id();
    auto const submitted =
        station.shard->submit(town, {who, ride(place(0), place(900)), [&](Reply const& reply) {
                                         told = true;
                                         followed = station.listener.records.size();
                                         auto const tail = station.log.tail(town).value();
                                         REQUIRE(tail.has_value());
                                         CHECK(tail->last_event >= reply.answer.value().number);
                                         CHECK(reply.answer.value().number > 0);
                                     }});
    REQUIRE(submitted.ok());
    CHECK_FALSE(told);
    station.run();
    CHECK(told);
    CHECK(followed == 1);  // the board has it when the caller hears of it
}

TEST_CASE("Envelope: actor, key, device and its time, server instant, cause, id and policy") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    auto who = phone(driver, 1);
    who.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    station.clock.time = station.clock.time + Millis{5000};
    station.tell(town, model::SetAvailability{driver, model::Availability::paused}, who);
    auto const entry = station.records_of(town).back().entries.front();
    CHECK(entry.envelope.role == model::Role::agent);
    CHECK(entry.envelope.key == who.key);
    CHECK(entry.envelope.agent == driver);
    CHECK(entry.envelope.device == "phone");
    CHECK(entry.envelope.operation == 1);
    CHECK(entry.envelope.device_time == eight_o_clock);
    CHECK(entry.envelope.at == station.clock.time);
    CHECK(entry.envelope.traceparent == who.traceparent);
    CHECK(entry.envelope.policy_hash == station.state().policy_hash);
    CHECK(entry.envelope.policy_hash != 0);
    CHECK(entry.envelope.workflow_hash == 0);  // about no job

    auto const created = station.tell(town, ride(place(0), place(900)));
    auto const followed = station.records_of(town).back().entries[1];
    CHECK(followed.envelope.role == model::Role::engine);
    CHECK(followed.envelope.cause == created.answer.value().number);
}

TEST_CASE("Time: now = max(clock, last logged instant)") {
    Station station;
    station.set_up();
    station.clock.time = eight_o_clock + Millis{10'000};
    station.tell(town, ride(place(0), place(900)));
    station.clock.time = eight_o_clock - Millis{3'600'000};
    station.tell(town, ride(place(1), place(900)));
    CHECK(station.state().last_at == eight_o_clock + Millis{10'000});
    station.restart();
    station.tell(town, ride(place(2), place(900)));
    CHECK(station.state().last_at == eight_o_clock + Millis{10'000});
}

TEST_CASE("Time: timers fire within a bound per turn, and the rest in the next") {
    ShardOptions options;
    options.timers_per_turn = 2;
    Station station{options};
    station.set_up();
    for (int i = 0; i < 5; ++i) {
        auto create = ride(place(i), place(900));
        create.release = eight_o_clock + Millis{1000};
        station.tell(town, create);
    }
    station.listener.records.clear();
    station.clock.time = eight_o_clock + Millis{2000};
    station.run();
    std::vector<std::size_t> fired;
    for (auto const& record : station.listener.records) {
        auto const lapsed = events_of<model::TimerLapsed>({record});
        CHECK(std::is_sorted(lapsed.begin(), lapsed.end(), [](auto const& a, auto const& b) {
            return std::pair{a.due, a.id} < std::pair{b.due, b.id};
        }));
        fired.push_back(lapsed.size());
    }
    CHECK(fired == std::vector<std::size_t>{2, 2, 1});
}

TEST_CASE("a region created at run time takes commands at once, and is there after a restart") {
    Station station;
    station.set_up();
    RegionId const hamlet{3};
    auto const early = station.tell(hamlet, model::SetPolicy{});
    REQUIRE(!early.answer.ok());
    CHECK(early.answer.error().code == Errc::not_found);
    station.tell(core::control_region, model::CreateRegion{hamlet, "acme", "hamlet", place(0)});
    CHECK(station.tell(hamlet, model::SetPolicy{}).answer.value().rejection == Rejection::none);
    station.restart();
    CHECK(station.shard->regions().size() == 4);
    CHECK(station.state(hamlet).policy_hash != 0);
}

TEST_CASE("Configuration: tenants and keys live in a control region with the same log") {
    Station station;
    station.set_up();
    auto const made = station.tell(
        core::control_region,
        model::CreateKey{.tenant = "acme", .secret = digest("s"), .role = model::Role::dispatcher}
    );
    station.restart();
    auto const& control = station.state(core::control_region).control;
    CHECK(control.tenants.contains("acme"));
    CHECK(control.keys.at(model::KeyId{made.answer.value().subject}).secret == digest("s"));
    CHECK(
        station.replayed(core::control_region) == core::hash_of(station.state(core::control_region))
    );
}

TEST_CASE("a slot edited while it stands on a full agenda is matched once") {
    ShardOptions options;
    options.agenda_per_turn = 0;
    Station station{options};
    station.set_up();
    auto const created = station.submit(town, ride(place(0), place(900)));
    REQUIRE(station.shard->turn().ok());
    model::JobId const job{station.replies[created]->answer.value().subject};
    CHECK(station.state().agenda.match.size() == 1);
    station.submit(town, model::UpdateJob{.job = job, .priority = 40});
    REQUIRE(station.shard->turn().ok());
    REQUIRE(station.state().agenda.match.size() == 1);
    CHECK(station.state().agenda.match.begin()->urgency == model::priority_max - 40);
    CHECK(station.state().jobs.at(job).slots[0].status == model::SlotStatus::wanting);
}

TEST_CASE("a waiting job is matched in the turn in which an agent is first seen") {
    Station station;
    station.set_up();
    auto const made = station.tell(town, ride(place(0), place(900)));
    model::JobId const job{made.answer.value().subject};
    auto const put = station.tell(
        town, model::PutAgent{.reference = "D", .home = place(90'000), .capacity = {{4, 0, 0, 0}}}
    );
    model::AgentId const driver{put.answer.value().subject};
    station.tell(town, model::SetAvailability{driver, model::Availability::on_duty});
    CHECK(station.offer(job) == nullptr);
    station.see(town, driver, place(100));
    CHECK(station.offer(job) != nullptr);
}

}  // namespace posthaste::node::testing
