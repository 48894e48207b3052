// HTTP as the load tool speaks it: lanes of keep-alive connections, and one event stream.
//
// Takes    an io_context, on whose one thread all of this runs.
// Gives    Lane::send(): the answer to a request, over the first free connection of the lane, in
//          the order of sending. A connection that breaks, and an answer of 429 or 503, are tried
//          again with the same Idempotency-Key after a growing, jittered pause (or what
//          Retry-After says); `retries` counts them.
//          EventStream: events as they come; a stream that breaks is resumed after its last id.
// Errors   Answer::status 0: given up after tries_max. send(): false when the queue is full.
// Units    microseconds of a steady clock.
// Threads  one
// Limits   queue_max waiting requests a lane, answer_bytes_max an answer, event_bytes_max an event.
// Source   Boost.Beast and Boost.Asio (only client.cpp and stream.cpp see Beast).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace posthaste::load {

constexpr std::size_t queue_max = 100'000;
constexpr std::size_t answer_bytes_max = std::size_t{256} * 1024 * 1024;
constexpr std::size_t event_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr unsigned tries_max = 6;

std::int64_t now_micros();

/// Of an answer: the same may be accepted later.
bool is_worth_retrying(int status);

/// Where the server is and who asks.
struct Target {
    std::string host;
    std::string port;
    std::string key;
};

/// http://HOST[:PORT][/]. Errors: malformed.
Result<Target> parse_url(std::string_view url);

enum class Verb : std::uint8_t { get, put, post, erase };

struct Ask {
    Verb verb = Verb::get;
    std::string path;  ///< with its query
    std::string body = {};
    std::string_view type = "application/json";
    std::string idempotency = {};
    std::string key = {};  ///< instead of the target's
};

struct Answer {
    int status = 0;
    std::string body;
    std::string code;              ///< of a problem
    std::string traceparent;       ///< of its header
    std::int64_t sent_micros = 0;  ///< of the last try
    std::int64_t micros = 0;       ///< from there to the last byte
    unsigned retries = 0;

    bool ok() const { return status >= 200 && status < 300; }
};

using Then = std::function<void(Answer const&)>;

class Lane {
public:
    /// Requires: connections > 0.
    Lane(boost::asio::io_context& io, Target target, std::size_t connections);
    ~Lane();
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;

    bool send(Ask ask, Then then);
    /// Waiting and under way.
    std::size_t pending() const;
    std::uint64_t sent() const;
    std::uint64_t retries() const;
    /// Drops what waits; what is under way ends without an answer.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

struct StreamEvent {
    std::string_view name;
    std::string_view data;
    std::string_view traceparent;
    std::int64_t seen_micros = 0;
};

class EventStream {
public:
    EventStream(
        boost::asio::io_context& io,
        Target target,
        std::string path,
        std::function<void(StreamEvent const&)> on_event
    );
    ~EventStream();
    EventStream(EventStream const&) = delete;
    EventStream& operator=(EventStream const&) = delete;

    void start();
    void stop();
    bool is_open() const;
    std::uint64_t reconnects() const;
    /// The first refusal, or empty.
    std::string const& refusal() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace posthaste::load
