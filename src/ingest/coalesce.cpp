#include "ingest/coalesce.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace posthaste::ingest {

Push FixBuffer::push(model::Fix const& fix) {
    ASSERT(numbers_.size() == pending_.size());
    auto const found = numbers_.find(raw(fix.agent));
    if (found != numbers_.end()) {
        model::Fix& waiting = pending_[found->second - first_];
        ASSERT(waiting.agent == fix.agent);
        ++coalesced_;
        bool const is_newer = fix.time > waiting.time;
        retire(is_newer ? waiting : fix);
        if (is_newer) waiting = fix;
        return Push::coalesced;
    }
    if (pending_.size() >= agents_max_) return Push::full;
    numbers_.emplace(raw(fix.agent), first_ + pending_.size());
    pending_.push_back(fix);
    return Push::queued;
}

void FixBuffer::retire(model::Fix const& fix) {
    if (history_.size() < history_max_) {
        history_.push_back(fix);
    } else {
        ++shed_;
    }
}

std::vector<model::Fix> FixBuffer::take(std::size_t count_max) {
    std::vector<model::Fix> taken;
    auto const count = std::min(count_max, pending_.size());
    taken.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        taken.push_back(pending_.front());
        numbers_.erase(raw(pending_.front().agent));
        pending_.pop_front();
        ++first_;
    }
    return taken;
}

std::vector<model::Fix> FixBuffer::take_history() {
    return std::exchange(history_, {});
}

}  // namespace posthaste::ingest
