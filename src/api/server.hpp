// The HTTP server: sockets in, whole checked requests out, answers, streams and WebSockets back.
//
// Takes    a handler (api/http.hpp), called on one of the server's threads; it must not block.
// Gives    HTTP/1.1 and 1.0 with keep-alive, pipelining, Expect: 100-continue and WebSocket.
// Errors   start: io_failed (address, bind, listen). A request that is refused before it reaches
//          the handler gets problem+json (400, 408, 413, 431, 503) and is counted in ServerStats.
// Cost     a connection lives on one thread and takes no lock; a stream's frame is one send(2).
// Threads  `io_threads` of its own; the functions here may be called from anywhere, stop from
//          outside the handler only.
// Limits   ServerOptions, each with its answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"

namespace posthaste::api {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any that is free
    unsigned io_threads = 1;
    std::size_t connections_max = 20'000;     ///< above: 503 and closed
    std::size_t header_bytes_max = 16'384;    ///< above: 431
    std::size_t body_bytes_max = 1'048'576;   ///< above: 413
    std::size_t queue_bytes_max = 1'048'576;  ///< of one stream or socket; above: cut
    std::size_t message_bytes_max = 65'536;   ///< of one WebSocket message; above: close 1009
    Millis header_time_max{10'000};           ///< from its first byte to its last; past: 408
    Millis body_time_max{30'000};             ///< the same; past: 408
    Millis idle_time_max{75'000};             ///< between requests; past: closed
    Millis answer_time_max{35'000};           ///< by the handler; past: 503
    Millis write_time_max{20'000};            ///< without the peer taking a byte; past: cut
    Millis heartbeat{15'000};                 ///< a silent stream or socket gets one
    Millis stop_time_max{5000};               ///< for answers under way; past: cut
};

/// All since the start, but `connections`.
struct ServerStats {
    std::uint64_t connections = 0;  ///< open now
    std::uint64_t requests = 0;
    std::uint64_t refused_connections = 0;
    std::uint64_t malformed = 0;
    std::uint64_t header_too_large = 0;
    std::uint64_t body_too_large = 0;
    std::uint64_t request_too_slow = 0;
    std::uint64_t answer_too_late = 0;
    std::uint64_t subscribers_cut = 0;
};

class ServerState;

class Server {
public:
    static Result<Server> start(ServerOptions options, Handler handler);
    Server(Server&&) noexcept;
    Server& operator=(Server&&) = delete;
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;
    /// Stops.
    ~Server();  // NOLINT(bugprone-exception-escape): joins our own running threads

    std::uint16_t port() const;
    ServerStats stats() const;

    /// Takes no more connections, lets answers under way leave, ends streams and sockets; returns
    /// when all threads are done. Answers that come later are dropped.
    void stop();

private:
    explicit Server(std::unique_ptr<ServerState> state);
    std::unique_ptr<ServerState> state_;
};

}  // namespace posthaste::api
