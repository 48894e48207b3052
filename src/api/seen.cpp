#include "api/seen.hpp"

namespace posthaste::api {

void Seen::asked(std::string const& traceparent, std::int64_t at_micros) {
    std::lock_guard const lock{mutex_};
    if (order_.size() == requests_kept) {
        asked_.erase(order_.front());
        order_.pop_front();
    }
    if (asked_.emplace(traceparent, at_micros).second) order_.push_back(traceparent);
}

StampPtr Seen::stamp_of(views::Message const& message) {
    bool const says_who =
        (message.name == "offer" || message.name == "job") && !message.agents.empty();
    if (!says_who || message.traceparent.empty()) return nullptr;
    std::lock_guard const lock{mutex_};
    auto const found = asked_.find(message.traceparent);
    if (found == asked_.end()) return nullptr;
    auto stamp = std::make_shared<Stamp>([tell = tell_, begun = found->second] {
        tell(steady_micros() - begun);
    });
    asked_.erase(found);
    return stamp;
}

}  // namespace posthaste::api
