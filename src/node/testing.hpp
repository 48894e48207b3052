// For tests of node: a shard over a log in memory, a clock that stands, and who listens to it.
//
// Gives    tell: one command and the turns until nothing is left to do, with its reply. submit and
//          turn take them apart. restart: a new writer on the same log, with the clock set on.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/memory/memory_log.hpp"
#include "node/recover.hpp"
#include "node/shard.hpp"

namespace posthaste::node::testing {

constexpr RegionId town{1};
constexpr RegionId village{2};
constexpr Instant eight_o_clock{1'779'955'200'000};

class TestClock final : public Clock {
public:
    Instant now() const override { return time; }
    Instant time = eight_o_clock;
};

/// What a follower was told, in order.
class Listener final : public Follower {
public:
    void follow(Turned const& turned) override {
        if (turned.record.entries.empty()) return;
        records.push_back(turned.record);
        sealed.emplace_back(turned.bytes);
    }
    void reset(core::State const&, core::Field const&) override { ++resets; }

    std::vector<model::Record> records;
    std::vector<std::string> sealed;
    int resets = 0;
};

model::Position place(std::int32_t east, std::int32_t north = 0);
model::CreateJob ride(model::Position from, model::Position to);
model::Envelope office();
std::string workflow_text(std::string name);
model::Envelope phone(model::AgentId agent, std::uint64_t operation);

template <class E>
std::vector<E> events_of(std::vector<model::Record> const& records) {
    std::vector<E> found;
    for (auto const& record : records) {
        for (auto const& entry : record.entries) {
            for (auto const& event : entry.events) {
                if (auto const* const it = std::get_if<E>(&event)) found.push_back(*it);
            }
        }
    }
    return found;
}

class Station {
public:
    explicit Station(
        ShardOptions options = {}, log::Log* other_log = nullptr, Follower* also = nullptr
    );

    /// The tenant, the town and the village, with a policy and the workflow of rides.
    void set_up();
    /// Gives the place of its reply in `replies`.
    std::size_t submit(RegionId region, model::Command const& command, model::Envelope who);
    std::size_t submit(RegionId region, model::Command const& command) {
        return submit(region, command, office());
    }
    Reply tell(RegionId region, model::Command const& command, model::Envelope who = office());
    void see(RegionId region, model::AgentId agent, model::Position where);
    void run();
    void restart(Millis outage = {});
    /// In the town: put, on duty and seen at home.
    model::AgentId driver(std::string const& reference, model::Position home);
    model::Offer const* offer(model::JobId job) const;
    core::State const& state(RegionId region = town) const { return shard->region(region).state; }
    /// The hash of the region's state, from the log alone.
    Digest replayed(RegionId region = town) const;
    std::vector<model::Record> records_of(RegionId region) const;
    model::CommandId new_id();

    log::MemoryLog memory;
    log::Log& log;
    TestClock clock;
    Listener listener;
    std::unique_ptr<Shard> shard;
    std::vector<std::optional<Reply>> replies;

private:
    ShardOptions options_;
    Follower* also_;
    std::uint64_t next_id_ = 0;
};

}  // namespace posthaste::node::testing
