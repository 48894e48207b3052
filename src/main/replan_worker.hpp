// The thread in which the server plans again.
//
// Threads  start, stop: the owner's.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/replan.hpp"

namespace posthaste::main {

class ReplanWorker {
public:
    /// Requires: all outlive the worker.
    ReplanWorker(node::Replan& replan, node::Shard& shard, node::Clock const& clock)
        : replan_{replan}, shard_{shard}, clock_{clock} {}
    ~ReplanWorker() { stop(); }
    ReplanWorker(ReplanWorker const&) = delete;
    ReplanWorker& operator=(ReplanWorker const&) = delete;
    ReplanWorker(ReplanWorker&&) = delete;
    ReplanWorker& operator=(ReplanWorker&&) = delete;

    void start();
    void stop();

private:
    void run();

    node::Replan& replan_;
    node::Shard& shard_;
    node::Clock const& clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::main
