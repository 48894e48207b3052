// Server-sent events out of the bytes of a stream, however they are cut.
//
// Takes    bytes as they come, after the head of the answer.
// Gives    each event with its name and data, once it is whole; the id to resume after.
// Errors   add(): false when an event is longer than event_bytes_max.
// Threads  one thread
// Source   WHATWG HTML, 9.2.6 (event stream interpretation), for lines that end in LF or CRLF.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "load/client.hpp"

namespace posthaste::load {

class EventCutter {
public:
    /// The next bytes are of a new answer; what was not whole is dropped.
    void begin();
    bool add(
        std::string_view bytes,
        std::int64_t now,
        std::function<void(StreamEvent const&)> const& on_event
    );
    /// Of the last whole event that had one.
    std::string const& last_id() const { return last_id_; }

private:
    void line(
        std::string_view text,
        std::int64_t now,
        std::function<void(StreamEvent const&)> const& on_event
    );

    std::string rest_;  ///< of a line that is not whole yet
    std::string name_;
    std::string data_;
    std::string id_;
    std::string trace_;
    std::string last_id_;
};

}  // namespace posthaste::load
