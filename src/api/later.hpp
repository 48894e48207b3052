// A thread for what must not be done where it comes up: at a time, or soon and slowly.
//
// Takes    tasks from any thread; the writer's and the server's must not wait themselves.
// Gives    each task once, on the one thread, in order: the due ones first.
// Errors   run, at: false and nothing when full or stopped; the caller says 503.
// Limits   tasks_max waiting of each kind, or fewer if asked.
// Threads  any; what still waits when it ends is dropped.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/quantity.hpp"

namespace posthaste::api {

class Later {
public:
    using Task = std::function<void()>;
    static constexpr std::size_t tasks_max = 8192;

    explicit Later(std::size_t most = tasks_max);
    ~Later();
    Later(Later const&) = delete;
    Later& operator=(Later const&) = delete;
    Later(Later&&) = delete;
    Later& operator=(Later&&) = delete;

    [[nodiscard]] bool run(Task task);
    /// Once the span is over, unless the ticket is cancelled before.
    [[nodiscard]] std::optional<std::uint64_t> at(Millis span, Task task);
    void cancel(std::uint64_t ticket);
    /// Ends after the task that is being done; takes no more. Call it before what tasks use goes.
    void stop();

private:
    using Time = std::chrono::steady_clock::time_point;

    void work();
    /// Waits for it; nothing when it is time to end.
    std::optional<Task> next();

    std::size_t most_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Task> tasks_;
    std::map<std::pair<Time, std::uint64_t>, Task> timed_;
    std::map<std::uint64_t, Time> tickets_;
    std::uint64_t next_ticket_ = 1;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::api
