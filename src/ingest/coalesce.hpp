// Where accepted fixes wait for the region's turn: the newest of each agent, and no more.
//
// Takes    fixes that the track filter accepted. Nothing else ever waits here, so under load only
//          positions are shed; jobs and statuses have lanes of their own.
// Gives    take(): the agents in the order in which each began to wait, one fix each, the newest.
//          take_history(): the fixes that a newer one replaced, in the order they were replaced.
// Errors   push answers `full` for an agent more than agents_max waiting: the sender is told to
//          come again. A newer fix of an agent who already waits always has room.
// Limits   agents_max fixes wait; history_max replaced ones are kept, further ones only counted
//          (shed): they were superseded before anybody could have seen them.
// Cost     O(1) a push and a fix taken.
// Threads  one thread
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/fix.hpp"

namespace posthaste::ingest {

enum class Push : std::uint8_t { queued, coalesced, full };

class FixBuffer {
public:
    FixBuffer(std::size_t agents_max, std::size_t history_max)
        : agents_max_{agents_max}, history_max_{history_max} {}

    Push push(model::Fix const& fix);
    std::vector<model::Fix> take(std::size_t count_max);
    std::vector<model::Fix> take_history();

    std::size_t waiting() const { return pending_.size(); }
    std::uint64_t coalesced() const { return coalesced_; }
    std::uint64_t shed() const { return shed_; }

private:
    void retire(model::Fix const& fix);

    std::size_t agents_max_;
    std::size_t history_max_;
    std::deque<model::Fix> pending_;
    std::uint64_t first_ = 0;  ///< number of pending_.front()
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> numbers_;  ///< agent -> its number
    std::vector<model::Fix> history_;
    std::uint64_t coalesced_ = 0;
    std::uint64_t shed_ = 0;
};

}  // namespace posthaste::ingest
