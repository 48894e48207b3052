// The thread in which the server learns of the roads from its fleet.
//
// Gives    newer travel times to the shard as they come; what was learned saved to the folder now
//          and then, and at the end.
// Errors   what cannot be read or saved is told on standard error; the server goes on.
// Threads  start, stop: the owner's.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "node/traffic.hpp"

namespace posthaste::main {

class TrafficWorker {
public:
    /// Requires: all outlive the worker.
    TrafficWorker(
        node::Traffic& traffic,
        node::Shard& shard,
        node::Clock const& clock,
        std::filesystem::path folder
    )
        : traffic_{traffic}, shard_{shard}, clock_{clock}, folder_{std::move(folder)} {}
    ~TrafficWorker() { stop(); }
    TrafficWorker(TrafficWorker const&) = delete;
    TrafficWorker& operator=(TrafficWorker const&) = delete;
    TrafficWorker(TrafficWorker&&) = delete;
    TrafficWorker& operator=(TrafficWorker&&) = delete;

    void start();
    void stop();

private:
    void run();
    void save() const;

    node::Traffic& traffic_;
    node::Shard& shard_;
    node::Clock const& clock_;
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::main
