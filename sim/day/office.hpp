// A region on a shard under a clock that stands until it is set on: what the office tells it, what
// technicians' phones do, and what came of it.
//
// Gives    tell: one command and the turns until nothing is left to do.
// Errors   none are returned: a turn that fails, and a command that must not be refused, are
//          asserted.
// Threads  one
#pragma once

#include "day/ground.hpp"
#include "log/memory/memory_log.hpp"
#include "node/shard.hpp"

namespace posthaste::day {

constexpr RegionId region_id{1};

class HandClock final : public node::Clock {
public:
    explicit HandClock(Instant now) : now_{now} {}
    Instant now() const override { return now_; }
    void set(Instant now) { now_ = now; }

private:
    Instant now_;
};

class Office {
public:
    /// `followers` outlive the office.
    Office(Instant now, Ground const& ground, std::vector<node::Follower*> followers);

    void open(model::Policy const& policy);
    core::Answer tell(model::Command command) { return call(region_id, std::move(command), {}); }
    core::Answer tap(model::AgentId agent, model::Command command) {
        return call(region_id, std::move(command), agent);
    }
    /// Asserts that it was not refused.
    std::uint64_t must(core::Answer const& answer) const;
    void see(model::AgentId agent, model::Position place);
    void turn();

    core::Region const& region() const { return shard_->region(region_id); }
    core::State const& state() const { return region().state; }
    node::Shard& shard() { return *shard_; }
    HandClock clock;

private:
    core::Answer call(RegionId region, model::Command command, model::AgentId agent);

    log::MemoryLog log_;
    std::unique_ptr<node::Shard> shard_;
    std::uint64_t command_count_ = 0;
};

}  // namespace posthaste::day
