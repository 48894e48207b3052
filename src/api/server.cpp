#include "api/server.hpp"

#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>

#include "api/problem.hpp"
#include "api/transport.hpp"

namespace posthaste::api {

namespace asio = boost::asio;
using detail::Executor;
using detail::Socket;
using detail::Tcp;
using detail::Worker;
using ErrorCode = boost::system::error_code;

namespace {
constexpr int backlog = 4096;
constexpr std::chrono::milliseconds accept_pause{100};
}  // namespace

/// The listening socket, which lives on the first worker, and the threads.
class ServerState {
public:
    ServerState(ServerOptions options, Handler handler)
        : shared_{std::make_shared<detail::Shared>()} {
        shared_->options = std::move(options);
        shared_->handler = std::move(handler);
        for (unsigned i = 0; i < shared_->options.io_threads; ++i)
            workers_.push_back(std::make_shared<Worker>(shared_));
        acceptor_ = std::make_unique<Acceptor>(workers_.front()->context());
        pause_ = std::make_unique<Timer>(workers_.front()->context());
    }

    Status listen() {
        auto const& options = shared_->options;
        ErrorCode error;
        auto const address = asio::ip::make_address(options.address, error);
        if (error) return failed("not an address", error);
        Tcp::endpoint const endpoint{address, options.port};
        acceptor_->open(endpoint.protocol(), error);
        if (error) return failed("cannot open a socket", error);
        acceptor_->set_option(asio::socket_base::reuse_address{true}, error);
        if (error) return failed("cannot reuse the address", error);
        acceptor_->bind(endpoint, error);
        if (error) return failed("cannot bind", error);
        acceptor_->listen(backlog, error);
        if (error) return failed("cannot listen", error);
        port_ = acceptor_->local_endpoint(error).port();
        return Unit{};
    }

    void run() {
        workers_.front()->post([this] { accept(); });
        for (auto const& worker : workers_)
            threads_.emplace_back([worker] { worker->run(); });
    }

    void stop() {
        if (threads_.empty()) return;
        workers_.front()->post([this] {
            ErrorCode ignored;
            acceptor_->close(ignored);
            pause_->cancel();
        });
        for (auto const& worker : workers_)
            worker->begin_stop();
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
        for (auto const& worker : workers_)
            worker->drain();
    }

    std::uint16_t port() const { return port_; }
    detail::Counters const& counters() const { return shared_->counters; }

private:
    using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
    using Timer = asio::basic_waitable_timer<
        std::chrono::steady_clock,
        asio::wait_traits<std::chrono::steady_clock>,
        Executor>;

    Error failed(std::string_view what, ErrorCode const& error) const {
        return {
            Errc::io_failed,
            shared_->options.address + ":" + std::to_string(shared_->options.port) + ": " +
                std::string{what} + ": " + error.message()};
    }

    void accept() {
        auto const& worker = workers_[next_++ % workers_.size()];
        auto const step = &ServerState::on_accept;
        acceptor_->async_accept(
            worker->executor(),
            [this, step, worker](ErrorCode const& error, Socket socket) {
                (this->*step)(worker, error, std::move(socket));
            }
        );
    }

    void on_accept(std::shared_ptr<Worker> const& worker, ErrorCode const& error, Socket socket) {
        if (!acceptor_->is_open()) return;
        if (error) return accept_later();
        if (shared_->counters.connections >= shared_->options.connections_max) {
            turn_away(socket);
        } else {
            hand_over(worker, std::move(socket));
        }
        accept();
    }

    // Out of file descriptors, most likely: when some are closed it will work again.
    void accept_later() {
        pause_->expires_after(accept_pause);
        auto const step = &ServerState::accept;
        pause_->async_wait([this, step](ErrorCode const& error) {
            if (!error) (this->*step)();
        });
    }

    static void hand_over(std::shared_ptr<Worker> const& worker, Socket socket) {
        worker->post([worker, socket = std::move(socket)]() mutable {
            detail::start_connection(worker, std::move(socket));
        });
    }

    void turn_away(Socket& socket) {
        ++shared_->counters.refused_connections;
        auto response = to_response(Problem{
            .status = 503, .detail = "Too many connections.", .retry_after = Millis{1000}});
        auto const text =
            detail::head_of(response, {.keep_alive = false, .date = workers_.front()->date()}) +
            response.body;
        ErrorCode ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(text), ignored);
        socket.shutdown(asio::socket_base::shutdown_send, ignored);
    }

    std::shared_ptr<detail::Shared> shared_;
    std::vector<std::shared_ptr<Worker>> workers_;
    std::unique_ptr<Acceptor> acceptor_;
    std::unique_ptr<Timer> pause_;
    std::vector<std::thread> threads_;
    std::size_t next_ = 0;
    std::uint16_t port_ = 0;
};

Server::Server(std::unique_ptr<ServerState> state) : state_{std::move(state)} {}
Server::Server(Server&&) noexcept = default;
// NOLINTNEXTLINE(bugprone-exception-escape): joins our own running threads
Server::~Server() {
    if (state_) state_->stop();
}

Result<Server> Server::start(ServerOptions options, Handler handler) {
    ASSERT(options.io_threads > 0);
    ASSERT(handler != nullptr);
    auto state = std::make_unique<ServerState>(std::move(options), std::move(handler));
    TRY(state->listen());
    state->run();
    return Server{std::move(state)};
}

std::uint16_t Server::port() const {
    return state_->port();
}

ServerStats Server::stats() const {
    auto const& counters = state_->counters();
    return {
        .connections = counters.connections,
        .requests = counters.requests,
        .refused_connections = counters.refused_connections,
        .malformed = counters.malformed,
        .header_too_large = counters.header_too_large,
        .body_too_large = counters.body_too_large,
        .request_too_slow = counters.request_too_slow,
        .answer_too_late = counters.answer_too_late,
        .subscribers_cut = counters.subscribers_cut,
    };
}

void Server::stop() {
    state_->stop();
}

}  // namespace posthaste::api
