// The event stream: one long answer, cut into events.
#include <chrono>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "load/client.hpp"
#include "load/events.hpp"

namespace posthaste::load {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

struct EventStream::State : std::enable_shared_from_this<EventStream::State> {
    State(
        asio::io_context& io,
        Target the_target,
        std::string the_path,
        std::function<void(StreamEvent const&)> the_on_event
    )
        : target{std::move(the_target)},
          path{std::move(the_path)},
          on_event{std::move(the_on_event)},
          resolver{io},
          socket{io},
          timer{io} {}

    void connect();
    void ask();
    void read_head();
    void take_head(std::size_t size);
    void read();
    void later();

    Target target;
    std::string path;
    std::function<void(StreamEvent const&)> on_event;
    asio::ip::tcp::resolver resolver;
    asio::ip::tcp::socket socket;
    asio::steady_timer timer;
    std::string request;
    std::string text;
    std::vector<char> chunk = std::vector<char>(256 * 1024);
    EventCutter cutter;
    std::string refusal;
    std::uint64_t reconnects = 0;
    bool open = false;
    bool stopped = false;
};

void EventStream::State::connect() {
    resolver.async_resolve(
        target.host,
        target.port,
        [self = shared_from_this()](ErrorCode error, auto const& found) {
            if (self->stopped) return;
            if (error) return self->later();
            asio::async_connect(self->socket, found, [self](ErrorCode failed, auto const&) {
                if (self->stopped) return;
                if (failed) return self->later();
                self->ask();
            });
        }
    );
}

void EventStream::State::ask() {
    request = "GET " + path + " HTTP/1.1\r\nHost: " + target.host + ":" + target.port +
              "\r\nAuthorization: Bearer " + target.key + "\r\nAccept: text/event-stream\r\n";
    if (!cutter.last_id().empty()) request += "Last-Event-ID: " + cutter.last_id() + "\r\n";
    request += "\r\n";
    auto const self = shared_from_this();
    asio::async_write(socket, asio::buffer(request), [self](ErrorCode error, std::size_t) {
        if (self->stopped) return;
        if (error) return self->later();
        self->read_head();
    });
}

void EventStream::State::read_head() {
    text.clear();
    auto const self = shared_from_this();
    asio::async_read_until(
        socket,
        asio::dynamic_buffer(text, 64 * 1024),
        "\r\n\r\n",
        [self](ErrorCode error, std::size_t size) {
            if (self->stopped) return;
            if (error) return self->later();
            self->take_head(size);
        }
    );
}

void EventStream::State::take_head(std::size_t size) {
    if (!text.starts_with("HTTP/1.1 200")) {
        refusal = text.substr(0, text.find("\r\n")) + " " + text.substr(size);
        return later();
    }
    open = true;
    cutter.begin();
    auto const rest = text.substr(size);
    cutter.add(rest, now_micros(), on_event);
    read();
}

void EventStream::State::read() {
    auto const self = shared_from_this();
    socket.async_read_some(asio::buffer(chunk), [self](ErrorCode error, std::size_t size) {
        if (self->stopped) return;
        if (error) return self->later();
        std::string_view const bytes{self->chunk.data(), size};
        if (!self->cutter.add(bytes, now_micros(), self->on_event)) return self->later();
        self->read();
    });
}

void EventStream::State::later() {
    open = false;
    ErrorCode ignored;
    socket.close(ignored);
    ++reconnects;
    timer.expires_after(std::chrono::milliseconds{300});
    timer.async_wait([self = shared_from_this()](ErrorCode error) {
        if (error || self->stopped) return;
        self->connect();
    });
}

EventStream::EventStream(
    asio::io_context& io,
    Target target,
    std::string path,
    std::function<void(StreamEvent const&)> on_event
)
    : state_{std::make_shared<State>(io, std::move(target), std::move(path), std::move(on_event))} {
}

EventStream::~EventStream() {
    stop();
}

void EventStream::start() {
    state_->connect();
}

void EventStream::stop() {
    if (state_->stopped) return;
    state_->stopped = true;
    ErrorCode ignored;
    state_->timer.cancel();
    state_->resolver.cancel();
    state_->socket.close(ignored);
}

bool EventStream::is_open() const {
    return state_->open;
}
std::uint64_t EventStream::reconnects() const {
    return state_->reconnects;
}
std::string const& EventStream::refusal() const {
    return state_->refusal;
}

}  // namespace posthaste::load
