// How long after a job was asked for somebody was shown who takes it: the last layer of /metrics.
//
// Takes    each request for a job, by the trace it began; the publisher's messages.
// Gives    a stamp for the first message that says who has, or is asked to take, the job, and that
//          followed from that request alone; its time is told when the first socket has taken it.
//          A job that is taken later, because of something else, is not measured: its wait is not
//          ours.
// Units    microseconds of the steady clock, from the request's first byte.
// Cost     a look-up for each message with a trace.
// Limits   requests_kept: the oldest is forgotten.
// Threads  any; one mutex.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "api/http.hpp"
#include "views/stream.hpp"

namespace posthaste::api {

constexpr std::size_t requests_kept = 65'536;

class Seen {
public:
    explicit Seen(std::function<void(std::int64_t micros)> tell) : tell_{std::move(tell)} {}

    void asked(std::string const& traceparent, std::int64_t at_micros);
    /// Null: nothing is measured by this message.
    StampPtr stamp_of(views::Message const& message);

private:
    std::function<void(std::int64_t micros)> tell_;
    std::mutex mutex_;
    std::map<std::string, std::int64_t, std::less<>> asked_;
    std::deque<std::string> order_;
};

}  // namespace posthaste::api
