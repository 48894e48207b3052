#include "node/testing.hpp"

#include <fstream>
#include <sstream>

#include "core/apply.hpp"

namespace posthaste::node::testing {

std::string workflow_text(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    std::ifstream const in{POSTHASTE_ROOT "/workflows/" + name + ".toml"};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

model::Position place(std::int32_t east, std::int32_t north) {
    return {.lat = north * 90, .lon = east * 90};
}

model::CreateJob ride(model::Position from, model::Position to) {
    return {
        .workflow = "ride",
        .stops = {
            {.place = from, .pickup = {{1, 0, 0, 0}}}, {.place = to, .dropoff = {{1, 0, 0, 0}}}}};
}

model::Envelope office() {
    return {.role = model::Role::admin, .key = model::KeyId{7}};
}

model::Envelope phone(model::AgentId agent, std::uint64_t operation) {
    return {
        .role = model::Role::agent,
        .key = model::KeyId{1000},
        .agent = agent,
        .device = "phone",
        .operation = operation,
        .device_time = eight_o_clock};
}

Station::Station(ShardOptions options, log::Log* other_log, Follower* also)
    : log{other_log == nullptr ? static_cast<log::Log&>(memory) : *other_log},
      options_{options},
      also_{also} {
    restart();
}

void Station::restart(Millis outage) {
    shard.reset();
    clock.time = clock.time + outage;
    REQUIRE(log.reopen().ok());
    std::vector<Follower*> followers{&listener};
    if (also_ != nullptr) followers.push_back(also_);
    auto opened = Shard::open(log, clock, options_, followers);
    REQUIRE(opened.ok());
    shard = std::move(opened).value();
}

model::CommandId Station::new_id() {
    return {static_cast<std::uint64_t>(clock.time.millis()) << 16U, ++next_id_};
}

void Station::set_up() {
    tell(core::control_region, model::CreateTenant{"acme"});
    for (auto const region : {town, village}) {
        tell(core::control_region, model::CreateRegion{region, "acme", "here", place(0)});
        model::Policy policy;
        policy.detour_per_mille = 1000;
        tell(region, model::SetPolicy{policy});
        tell(region, model::SetWorkflow{"ride", workflow_text("ride")});
    }
    listener.records.clear();
    listener.sealed.clear();
}

std::size_t Station::submit(RegionId region, model::Command const& command, model::Envelope who) {
    if (who.command.is_zero() && who.operation == 0) who.command = new_id();
    auto const index = replies.size();
    replies.emplace_back();
    auto const submitted = shard->submit(region, {who, command, [this, index](Reply const& reply) {
                                                      CHECK(!replies[index].has_value());
                                                      replies[index] = reply;
                                                  }});
    if (!submitted.ok()) replies[index].emplace(region, submitted.error());
    return index;
}

Reply Station::tell(RegionId region, model::Command const& command, model::Envelope who) {
    auto const index = submit(region, command, std::move(who));
    run();
    REQUIRE(replies[index].has_value());
    return *replies[index];
}

void Station::run() {
    for (;;) {
        auto const turned = shard->turn();
        REQUIRE(turned.ok());
        if (!turned.value()) return;
    }
}

void Station::see(RegionId region, model::AgentId agent, model::Position where) {
    auto const taken = shard->add_fixes(
        region, {{.agent = agent, .place = where, .time = clock.time, .received = clock.time}}
    );
    CHECK(taken == 1);
    run();
}

model::AgentId Station::driver(std::string const& reference, model::Position home) {
    auto const put = tell(
        town, model::PutAgent{.reference = reference, .home = home, .capacity = {{4, 0, 0, 0}}}
    );
    model::AgentId const id{put.answer.value().subject};
    tell(town, model::SetAvailability{id, model::Availability::on_duty});
    see(town, id, home);
    return id;
}

model::Offer const* Station::offer(model::JobId job) const {
    return state().offers.find(state().jobs.at(job).slots[0].offer);
}

Digest Station::replayed(RegionId region) const {
    core::State fresh;
    fresh.region = region;
    for (auto const& record : records_of(region))
        core::apply(fresh, record);
    return core::hash_of(fresh);
}

std::vector<model::Record> Station::records_of(RegionId region) const {
    std::vector<model::Record> records;
    model::EventNumber next = 1;
    for (;;) {
        auto const stored = log.read(region, next, std::size_t{1} << 20U);
        REQUIRE(stored.ok());
        if (stored.value().empty()) return records;
        for (auto const& each : stored.value()) {
            auto record = model::unseal(each.bytes);
            REQUIRE(record.ok());
            records.push_back(std::move(record).value());
            next = each.last_event() + 1;
        }
    }
}

}  // namespace posthaste::node::testing
