#include "main/traffic_worker.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace posthaste::main {

namespace {

constexpr std::chrono::milliseconds work_every{200};
constexpr Millis save_every{300'000};

void warn(std::string_view what, Error const& error) {
    fmt::print(stderr, "posthaste: traffic: {}: {}\n", what, error.detail);
}

}  // namespace

void TrafficWorker::start() {
    auto const loaded = traffic_.load(folder_);
    if (!loaded.ok()) warn("learning begins again", loaded.error());
    thread_ = std::thread{[this] { run(); }};
}

void TrafficWorker::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    save();
}

void TrafficWorker::run() {
    auto saved = clock_.now();
    std::unique_lock lock{mutex_};
    while (!wake_.wait_for(lock, work_every, [&] { return stopping_; })) {
        lock.unlock();
        auto const now = clock_.now();
        if (auto newer = traffic_.work(now)) shard_.observe(std::move(*newer));
        if (now >= saved + save_every) {
            save();
            saved = now;
        }
        lock.lock();
    }
}

void TrafficWorker::save() const {
    auto const saved = traffic_.save(folder_);
    if (!saved.ok()) warn("not saved", saved.error());
}

}  // namespace posthaste::main
