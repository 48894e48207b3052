// What the parts of the server share: a thread with its sockets, and what lives on it.
//
// Private to server.cpp, connection.cpp, stream.cpp and websocket.cpp: nothing else sees Asio.
// Threads  everything of a Worker and of what lives on it belongs to the worker's thread, except
//          what says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "api/http.hpp"
#include "api/server.hpp"

namespace posthaste::api::detail {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Executor = asio::io_context::executor_type;  // a concrete one: type erasure costs a third
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Ticks = std::int64_t;  // ms of the steady clock

struct Counters {
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> refused_connections = 0;
    std::atomic<std::uint64_t> malformed = 0;
    std::atomic<std::uint64_t> header_too_large = 0;
    std::atomic<std::uint64_t> body_too_large = 0;
    std::atomic<std::uint64_t> request_too_slow = 0;
    std::atomic<std::uint64_t> answer_too_late = 0;
    std::atomic<std::uint64_t> subscribers_cut = 0;
};

/// Fixed for the life of the server, and shared by all its threads.
struct Shared {
    ServerOptions options;
    Handler handler;
    Counters counters;
};

/// Something with a socket that lives on a worker: a connection, a stream, a WebSocket.
class Resident {
public:
    Resident() = default;
    Resident(Resident const&) = delete;
    Resident& operator=(Resident const&) = delete;
    virtual ~Resident() = default;

    virtual void tick(Ticks now) = 0;  ///< a few times a second: looks at its deadlines
    virtual void wind_up() = 0;        ///< the server stops: finish soon
    virtual void abandon() = 0;        ///< at once

private:
    friend class Worker;
    std::size_t place_ = 0;  ///< in the worker's list
};

class Worker : public std::enable_shared_from_this<Worker> {
public:
    explicit Worker(std::shared_ptr<Shared> shared);

    Shared& shared() { return *shared_; }
    ServerOptions const& options() const { return shared_->options; }
    Counters& counters() { return shared_->counters; }
    asio::io_context& context() { return context_; }
    Executor executor() { return context_.get_executor(); }

    void run();
    /// From any thread.
    void begin_stop();
    /// Requires: run has returned. Lets go of what was posted late; what comes later is dropped.
    void drain();
    /// From any thread: runs the work on this worker's own, after what was posted before.
    void post(auto work) {
        if (!ended_) asio::post(context_, std::move(work));
    }
    /// The same, and at once when called there.
    void dispatch(auto work) {
        if (!ended_) asio::dispatch(context_, std::move(work));
    }
    bool is_stopping() const { return stopping_; }

    void move_in(std::shared_ptr<Resident> resident);
    /// The worker's own reference goes, which may be the last one.
    void move_out(Resident const& resident);

    static Ticks now();
    /// For the Date header; renewed with each tick.
    std::string const& date() const { return date_; }

private:
    using Timer = asio::basic_waitable_timer<
        std::chrono::steady_clock,
        asio::wait_traits<std::chrono::steady_clock>,
        Executor>;

    void arm();
    void tick();
    void end();  ///< run returns when what is under way is done

    std::shared_ptr<Shared> shared_;
    asio::io_context context_{1};
    Timer timer_{context_};
    asio::executor_work_guard<Executor> guard_;
    std::vector<std::shared_ptr<Resident>> residents_;
    std::string date_;
    std::atomic<bool> ended_ = false;
    bool stopping_ = false;
    Ticks stop_deadline_ = 0;
};

/// A subscriber's Stream; it has no socket until the connection hands over its own.
class StreamLink : public Stream {
public:
    virtual void attach(Socket socket, std::string head) = 0;
    virtual void detach() = 0;  ///< there will be no socket
};
std::shared_ptr<StreamLink> make_stream_link(
    std::shared_ptr<Worker> worker, std::function<void()> on_close
);

/// The same for WebSockets. `head` is the request as text, with whatever followed it.
class WsLink : public WsSession {
public:
    virtual void attach(Socket socket, std::string head) = 0;
    virtual void detach() = 0;
};
std::shared_ptr<WsLink> make_ws_link(std::shared_ptr<Worker> worker, WsHandlers handlers);

/// Status line and headers, with Date, Content-Length where `content_length` says so, Connection.
struct HeadOptions {
    bool keep_alive = true;
    bool content_length = true;
    std::string_view date;
};
std::string head_of(Response const& response, HeadOptions const& options);

void start_connection(std::shared_ptr<Worker> const& worker, Socket socket);

}  // namespace posthaste::api::detail
