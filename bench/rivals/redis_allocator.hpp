// The rival of `allocate`: a dispatcher as it is often written on Redis, one Lua script a job.
//
// Takes    agents with a place and what makes them eligible, as hashes beside one geo set; jobs.
// Gives    allocate(): the script searches with a growing radius until it has `candidates` eligible
//          agents, scores them by arrival, load and idleness, and claims the best: all in one
//          atomic step, so none is given twice. It writes no reasons down.
// Errors   as RedisServer
// Durable  appendonly, fsync every second: what Redis' documentation advises.
// Threads  one
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/rivals/redis_server.hpp"
#include "model/place.hpp"

namespace posthaste::bench {

class RedisAllocator {
public:
    /// `folder` is for its append-only file.
    static std::optional<RedisAllocator> start(std::filesystem::path const& folder);

    struct Agent {
        std::uint64_t id = 0;
        model::Position place;
        std::uint64_t skill = 0;
        std::uint64_t kind = 0;
        bool on_duty = true;
    };
    void load(std::span<Agent const> agents);

    struct Job {
        std::uint64_t id = 0;
        model::Position place;
        std::uint64_t skill = 0;
        std::uint64_t kind = 0;
    };
    /// Gives each job's agent; 0: nobody. `depth` jobs are on their way at once.
    std::vector<std::uint64_t> allocate(std::span<Job const> jobs, std::size_t depth);
    /// The jobs are over.
    void end(std::span<Job const> jobs);

private:
    RedisAllocator(RedisServer server, std::string script)
        : server_{std::move(server)}, script_{std::move(script)} {}

    RedisServer server_;
    std::string script_;  ///< its SHA1
};

}  // namespace posthaste::bench
