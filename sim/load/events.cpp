#include "load/events.hpp"

namespace posthaste::load {

void EventCutter::begin() {
    rest_.clear();
    name_.clear();
    data_.clear();
    id_.clear();
    trace_.clear();
}

bool EventCutter::add(
    std::string_view bytes,
    std::int64_t now,
    std::function<void(StreamEvent const&)> const& on_event
) {
    for (;;) {
        auto const end = bytes.find('\n');
        if (end == std::string_view::npos) break;
        if (rest_.empty()) {
            line(bytes.substr(0, end), now, on_event);
        } else {
            rest_ += bytes.substr(0, end);
            line(rest_, now, on_event);
            rest_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
    rest_ += bytes;
    return rest_.size() + data_.size() <= event_bytes_max;
}

void EventCutter::line(
    std::string_view text, std::int64_t now, std::function<void(StreamEvent const&)> const& on_event
) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) {
        if (!id_.empty()) last_id_ = id_;
        if (!data_.empty())
            on_event({.name = name_, .data = data_, .traceparent = trace_, .seen_micros = now});
        name_.clear();
        data_.clear();
        id_.clear();
        trace_.clear();
        return;
    }
    auto const colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos) return;
    auto value = text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    auto const field = text.substr(0, colon);
    if (field == "event") name_ = value;
    if (field == "id") id_ = value;
    if (field == "traceparent") trace_ = value;
    if (field != "data") return;
    if (!data_.empty()) data_ += '\n';
    data_ += value;
}

}  // namespace posthaste::load
