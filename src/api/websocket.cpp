// One WebSocket, by Beast. A file of its own because it takes half a minute to compile.
#include <deque>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "api/transport.hpp"
#include "base/assert.hpp"

namespace posthaste::api::detail {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCode = boost::system::error_code;

constexpr std::size_t reason_bytes_max = 123;  // of a close frame

class WsSocket final : public WsLink,
                       public Resident,
                       public std::enable_shared_from_this<WsSocket> {
public:
    WsSocket(std::shared_ptr<Worker> worker, WsHandlers handlers)
        : worker_{std::move(worker)}, handlers_{std::move(handlers)} {}

private:
    /// The step that follows an operation of the socket.
    auto then(void (WsSocket::*step)(ErrorCode const&)) {
        return [self = shared_from_this(), step](ErrorCode const& error, auto const&...) {
            ((*self).*step)(error);
        };
    }

public:
    // From any thread.
    bool send(Frame message, StampPtr stamp) override {
        if (!open_) return false;
        std::size_t const before = queued_bytes_.fetch_add(message->size());
        if (before > 0 && before + message->size() > worker_->options().queue_bytes_max) {
            if (open_.exchange(false)) {
                ++worker_->counters().subscribers_cut;
                worker_->post([self = shared_from_this()] { self->finish(); });
            }
            return false;
        }
        worker_->post([self = shared_from_this(), message = std::move(message), stamp]() mutable {
            self->deliver(std::move(message), std::move(stamp));
        });
        return true;
    }
    void close(WsClose code, std::string reason) override {
        open_ = false;
        worker_->post([self = shared_from_this(), code, reason = std::move(reason)]() mutable {
            self->begin_close(code, std::move(reason));
        });
    }

    // On the worker's thread from here on.
    void attach(Socket socket, std::string head) override {
        if (stage_ == Stage::over) return;
        stage_ = Stage::accepting;
        since_ = Worker::now();
        worker_->move_in(shared_from_this());
        auto const& options = worker_->options();
        websocket_ = std::make_unique<websocket::stream<Socket>>(std::move(socket));
        websocket_->set_option(websocket::stream_base::timeout{
            .handshake_timeout = std::chrono::milliseconds{options.header_time_max.count()},
            .idle_timeout = std::chrono::milliseconds{2 * options.heartbeat.count()},
            .keep_alive_pings = true});
        websocket_->read_message_max(options.message_bytes_max);
        websocket_->auto_fragment(false);
        websocket_->text(true);
        head_ = std::move(head);
        websocket_->async_accept(asio::buffer(head_), then(&WsSocket::on_accept));
    }
    void detach() override { finish(); }

    void tick(Ticks now) override {
        bool const stuck = writing_ || stage_ == Stage::closing;
        if (!stuck || now - since_ <= worker_->options().write_time_max.count()) return;
        ++worker_->counters().subscribers_cut;
        finish();
    }
    void wind_up() override { begin_close(WsClose::going_away, "the server stops"); }
    void abandon() override { finish(); }

private:
    enum class Stage { waiting, accepting, live, closing, over };

    void on_accept(ErrorCode const& error) {
        if (stage_ == Stage::over) return;
        if (error) return finish();
        head_ = {};
        stage_ = Stage::live;
        read();
        write_next();
    }

    void read() { websocket_->async_read(incoming_, then(&WsSocket::on_read)); }
    void on_read(ErrorCode const& error) {
        if (stage_ == Stage::over) return;
        if (error) return finish();  // Beast has sent the close frame that fits
        auto message = beast::buffers_to_string(incoming_.data());
        incoming_.consume(incoming_.size());
        if (!websocket_->got_text()) {
            begin_close(WsClose::policy_error, "messages are text");
        } else if (handlers_.on_message && stage_ == Stage::live) {
            handlers_.on_message(shared_from_this(), std::move(message));
        }
        if (stage_ != Stage::over) read();
    }

    void deliver(Frame message, StampPtr stamp) {
        if (stage_ == Stage::over || closing_) return;
        queue_.push_back({std::move(message), std::move(stamp)});
        if (stage_ == Stage::live) write_next();
    }
    void write_next() {
        if (writing_ || stage_ != Stage::live) return;
        if (queue_.empty()) return closing_ ? send_close(*closing_) : void();
        writing_ = true;
        since_ = Worker::now();
        websocket_->async_write(asio::buffer(*queue_.front().message), then(&WsSocket::on_written));
    }
    void on_written(ErrorCode const& error) {
        writing_ = false;
        if (stage_ == Stage::over) return;
        if (error) return finish();
        queued_bytes_ -= queue_.front().message->size();
        if (auto const& stamp = queue_.front().stamp) stamp->sent();
        queue_.pop_front();
        write_next();
    }

    void begin_close(WsClose code, std::string reason) {
        if (stage_ == Stage::over || closing_) return;
        open_ = false;
        reason.resize(std::min(reason.size(), reason_bytes_max));
        closing_ = websocket::close_reason{static_cast<websocket::close_code>(code), reason};
        write_next();
    }
    void send_close(websocket::close_reason const& reason) {
        stage_ = Stage::closing;
        since_ = Worker::now();
        websocket_->async_close(reason, then(&WsSocket::on_closed));
    }

    void on_closed(ErrorCode const&) { finish(); }

    void finish() {
        if (stage_ == Stage::over) return;
        auto const self = shared_from_this();
        bool const has_socket = websocket_ != nullptr;
        stage_ = Stage::over;
        open_ = false;
        if (has_socket) {
            ErrorCode ignored;
            websocket_->next_layer().close(ignored);
            worker_->move_out(*this);
        }
        auto const handlers = std::exchange(handlers_, {});
        if (handlers.on_close) handlers.on_close();
    }

    std::shared_ptr<Worker> worker_;
    std::unique_ptr<websocket::stream<Socket>> websocket_;  ///< none while waiting
    WsHandlers handlers_;
    std::string head_;
    beast::flat_buffer incoming_;
    std::atomic<bool> open_ = true;
    std::atomic<std::size_t> queued_bytes_ = 0;
    struct Queued {
        Frame message;
        StampPtr stamp;
    };
    std::deque<Queued> queue_;  ///< the first is being written while writing_
    std::optional<websocket::close_reason> closing_;
    Stage stage_ = Stage::waiting;
    bool writing_ = false;
    Ticks since_ = 0;  ///< the write or the close under way
};

}  // namespace

std::shared_ptr<WsLink> make_ws_link(std::shared_ptr<Worker> worker, WsHandlers handlers) {
    return std::make_shared<WsSocket>(std::move(worker), std::move(handlers));
}

}  // namespace posthaste::api::detail
