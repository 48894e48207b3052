#include "api/later.hpp"

#include <utility>

namespace posthaste::api {

Later::Later(std::size_t most) : most_{most}, thread_{[this] { work(); }} {}

Later::~Later() {
    stop();
}

void Later::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Later::run(Task task) {
    {
        std::lock_guard const lock{mutex_};
        if (stopping_ || tasks_.size() == most_) return false;
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

std::optional<std::uint64_t> Later::at(Millis span, Task task) {
    auto const due = std::chrono::steady_clock::now() + std::chrono::milliseconds{span.count()};
    std::uint64_t ticket = 0;
    {
        std::lock_guard const lock{mutex_};
        if (stopping_ || timed_.size() == most_) return std::nullopt;
        ticket = next_ticket_++;
        timed_.emplace(std::pair{due, ticket}, std::move(task));
        tickets_.emplace(ticket, due);
    }
    wake_.notify_one();
    return ticket;
}

void Later::cancel(std::uint64_t ticket) {
    Task dropped;  // outside of the lock: what it holds may come here again
    std::lock_guard const lock{mutex_};
    auto const found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    auto const task = timed_.find({found->second, ticket});
    dropped = std::move(task->second);
    timed_.erase(task);
    tickets_.erase(found);
}

std::optional<Later::Task> Later::next() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        bool const is_due =
            !timed_.empty() && timed_.begin()->first.first <= std::chrono::steady_clock::now();
        if (is_due) {
            auto const first = timed_.begin();
            auto task = std::move(first->second);
            tickets_.erase(first->first.second);
            timed_.erase(first);
            return task;
        }
        if (!tasks_.empty()) {
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            return task;
        }
        if (timed_.empty()) {
            wake_.wait(lock);
        } else {
            auto const until = timed_.begin()->first.first;
            wake_.wait_until(lock, until);
        }
    }
    return std::nullopt;
}

void Later::work() {
    while (auto const task = next())
        (*task)();
}

}  // namespace posthaste::api
