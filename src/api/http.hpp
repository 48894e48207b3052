// HTTP as handlers see it: plain requests and responses, streams and sockets that outlive a
// request.
//
// Takes    requests that the server (api/server.hpp) has read whole, checked and bounded.
// Gives    a Responder for each: it is answered exactly once, at any time, from any thread. One
//          that is dropped answers 500; one that is late answers nothing (the server has said 503).
// Order    answers leave a connection in the order of its requests: the next request of a pipeline
//          is read when the answer before it has left.
// Threads  Request and Response are values; Responder, Stream and WsSession may be used anywhere.
#pragma once

#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posthaste::api {

enum class Method : std::uint8_t { get, head, post, put, patch, erase, options, other };
constexpr auto names_of(Method) {
    return std::to_array<std::string_view>(
        {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "?"}
    );
}
/// Asks for nothing to change.
constexpr bool is_safe(Method method) {
    return method == Method::get || method == Method::head || method == Method::options;
}

struct Field {
    std::string name;
    std::string value;

    bool operator==(Field const&) const = default;
};

struct Request {
    Method method = Method::get;
    std::string path;            ///< as sent, from the first '/', still percent-encoded
    std::vector<Field> query;    ///< decoded, in their order
    std::vector<Field> headers;  ///< names in lower case, in their order
    std::string body;
    std::string remote;                ///< the peer's address, without the port
    std::int64_t received_micros = 0;  ///< when its first byte was read, by the steady clock
    bool wants_websocket = false;      ///< the answer may be Responder::upgrade
    std::vector<Field> parameters;     ///< of the route's path template, decoded; set by the router

    /// The first of that name (lower case), or "".
    std::string_view header(std::string_view name) const;
    std::optional<std::string_view> query_value(std::string_view name) const;
    std::string_view parameter(std::string_view name) const;
};

/// Bytes that many connections send without copying them.
using Frame = std::shared_ptr<std::string const>;
inline Frame make_frame(std::string bytes) {
    return std::make_shared<std::string const>(std::move(bytes));
}

struct Response {
    int status = 200;
    std::vector<Field> headers;
    std::string body;
    Frame shared_body = nullptr;  ///< instead of body: what is served often is kept once
    std::string refusal;          ///< why not, by its name in the problem; for the counters only

    std::string_view content() const { return shared_body ? *shared_body : body; }
};

std::int64_t steady_micros();

/// Told once, when the first of all who get a frame has all of it in its socket.
class Stamp {
public:
    explicit Stamp(std::function<void()> on_sent) : on_sent_{std::move(on_sent)} {}
    void sent() {
        if (!told_.test_and_set()) on_sent_();
    }

private:
    std::function<void()> on_sent_;
    std::atomic_flag told_;
};
using StampPtr = std::shared_ptr<Stamp>;

/// One subscriber of server-sent events.
class Stream {
public:
    Stream() = default;
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;
    virtual ~Stream() = default;

    /// Queues whole events ("data: ...\n\n"). False: the subscriber is gone, or has just been cut
    /// because it reads slower than it is written to; it resumes by its cursor.
    virtual bool write(Frame frame) = 0;
    /// Sends what is queued, then ends the stream.
    virtual void close() = 0;
};

/// The same frame to many. Cost: one hand-over to each of the server's threads, not to each stream.
/// Requires: the streams came from Responder::stream.
void broadcast(
    std::span<std::shared_ptr<Stream> const> streams,
    Frame const& frame,
    StampPtr const& stamp = nullptr
);

enum class WsClose : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    policy_error = 1008,
    too_big = 1009,
    internal_error = 1011,
    try_again_later = 1013,
};

/// One WebSocket. Messages are text.
class WsSession {
public:
    WsSession() = default;
    WsSession(WsSession const&) = delete;
    WsSession& operator=(WsSession const&) = delete;
    virtual ~WsSession() = default;

    /// False: it is closed, or has just been cut because it reads too slowly.
    virtual bool send(Frame message, StampPtr stamp = nullptr) = 0;
    virtual void close(WsClose code, std::string reason) = 0;
};

/// Called on the session's own thread, one at a time.
struct WsHandlers {
    std::function<void(std::shared_ptr<WsSession> const&, std::string)> on_message;
    std::function<void()> on_close;  ///< once, after which nothing is called
};

namespace detail {
/// What a connection offers its Responder. `ticket` names the request; a stale one is ignored.
class Exchange {
public:
    Exchange() = default;
    Exchange(Exchange const&) = delete;
    Exchange& operator=(Exchange const&) = delete;
    virtual ~Exchange() = default;
    virtual void respond(std::uint64_t ticket, Response response) = 0;
    virtual std::shared_ptr<Stream> start_stream(
        std::uint64_t ticket, Response head, std::function<void()> on_close
    ) = 0;
    virtual std::shared_ptr<WsSession> upgrade(std::uint64_t ticket, WsHandlers handlers) = 0;
};
}  // namespace detail

class Responder {
public:
    Responder(std::shared_ptr<detail::Exchange> exchange, std::uint64_t ticket)
        : exchange_{std::move(exchange)}, ticket_{ticket} {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) = delete;
    Responder(Responder const&) = delete;
    Responder& operator=(Responder const&) = delete;
    ~Responder();

    /// To whatever is answered, before its own headers.
    void add_headers(std::vector<Field> headers);
    /// Sees the answer as it leaves.
    void observe(std::function<void(Response const&)> observer);

    // Each of these answers. Requires: nothing was answered before.
    void send(Response response);
    /// The head's status and headers, then whatever is written. `on_close` runs once, when the
    /// subscriber is gone for whatever reason, on a thread of the server.
    std::shared_ptr<Stream> stream(Response head, std::function<void()> on_close);
    /// Requires: the request wants_websocket.
    std::shared_ptr<WsSession> upgrade(WsHandlers handlers);

private:
    std::shared_ptr<detail::Exchange> leave(Response& response);

    std::shared_ptr<detail::Exchange> exchange_;
    std::uint64_t ticket_;
    std::vector<Field> headers_;
    std::function<void(Response const&)> observer_;
};

using Handler = std::function<void(Request, Responder)>;

/// Undoes %XX; nothing when an escape is broken or a NUL comes out.
std::optional<std::string> percent_decode(std::string_view text);
/// a=1&b=two+words. Nothing when an escape is broken or there are more than `query_fields_max`.
std::optional<std::vector<Field>> parse_query(std::string_view text);
constexpr std::size_t query_fields_max = 64;

/// Decimal digits and nothing else.
template <class T>
std::optional<T> number_from(std::string_view text) {
    T number{};
    auto const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

/// "Not Found" for 404; "" for a status without a name here.
std::string_view reason_phrase(int status);

}  // namespace posthaste::api
