#include "main/replan_worker.hpp"

#include <chrono>

namespace posthaste::main {

namespace {

constexpr std::chrono::milliseconds work_every{100};

}  // namespace

void ReplanWorker::start() {
    thread_ = std::thread{[this] { run(); }};
}

void ReplanWorker::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void ReplanWorker::run() {
    std::unique_lock lock{mutex_};
    while (!wake_.wait_for(lock, work_every, [&] { return stopping_; })) {
        lock.unlock();
        replan_.work(shard_, clock_.now());
        lock.lock();
    }
}

}  // namespace posthaste::main
