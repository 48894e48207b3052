#include "load/client.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/assert.hpp"
#include "base/prng.hpp"

namespace posthaste::load {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCode = boost::system::error_code;

bool is_worth_retrying(int status) {
    return status == 429 || status == 503;
}

std::int64_t now_micros() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

Result<Target> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    auto const wrong = [&] {
        return Error{Errc::malformed, "the URL must be http://HOST[:PORT]: " + std::string{url}};
    };
    if (!url.starts_with(scheme)) return wrong();
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    if (url.empty() || url.find_first_of("/?# @") != std::string_view::npos) return wrong();
    auto const colon = url.rfind(':');
    Target target;
    target.host = url.substr(0, colon);
    target.port = colon == std::string_view::npos ? "80" : url.substr(colon + 1);
    bool const digits =
        std::ranges::all_of(target.port, [](char c) { return c >= '0' && c <= '9'; });
    if (target.host.empty() || target.port.empty() || !digits) return wrong();
    return target;
}

namespace {

constexpr auto answer_time = std::chrono::seconds{40};  // above Prefer: wait's 30
constexpr std::int64_t pause_ms = 50;
constexpr std::int64_t pause_ms_max = 5000;

http::verb verb_of(Verb verb) {
    switch (verb) {
        case Verb::get:
            return http::verb::get;
        case Verb::put:
            return http::verb::put;
        case Verb::post:
            return http::verb::post;
        case Verb::erase:
            return http::verb::delete_;
    }
    return http::verb::get;
}

// {"type":...,"code":"x",...}: a problem's name, for the counts of refusals.
std::string code_of(std::string const& body) {
    constexpr std::string_view key = "\"code\":\"";
    auto const at = body.find(key);
    if (at == std::string::npos) return {};
    auto const from = at + key.size();
    return body.substr(from, body.find('"', from) - from);
}

struct Waiting {
    Ask ask;
    Then then;
    Answer answer;
};

}  // namespace

struct Lane::State : std::enable_shared_from_this<Lane::State> {
    class Connection;

    State(asio::io_context& the_io, Target the_target)
        : io{the_io}, target{std::move(the_target)}, prng{std::hash<std::string>{}(target.port)} {}

    void pump();
    void finish(Waiting& waiting);
    void again(Waiting waiting, std::int64_t least_ms);

    asio::io_context& io;
    Target target;
    Prng prng;
    std::deque<Waiting> queue;
    std::vector<std::shared_ptr<Connection>> idle;
    std::size_t under_way = 0;
    std::uint64_t sent = 0;
    std::uint64_t retries = 0;
    bool stopped = false;
};

// One socket, one request at a time.
class Lane::State::Connection : public std::enable_shared_from_this<Connection> {
public:
    explicit Connection(std::weak_ptr<State> lane, asio::io_context& io)
        : lane_{std::move(lane)}, resolver_{io}, stream_{io} {}

    void run(Waiting waiting) {
        waiting_ = std::move(waiting);
        stream_.expires_after(answer_time);
        if (connected_) return write();
        auto const lane = lane_.lock();
        if (!lane) return;
        resolver_.async_resolve(
            lane->target.host,
            lane->target.port,
            [self = shared_from_this()](ErrorCode error, auto const& found) {
                if (error) return self->fail();
                self->stream_.async_connect(found, [self](ErrorCode failed, auto const&) {
                    if (failed) return self->fail();
                    ErrorCode ignored;
                    self->stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
                    self->connected_ = true;
                    self->write();
                });
            }
        );
    }
    void close() {
        ErrorCode ignored;
        resolver_.cancel();
        stream_.socket().close(ignored);
        connected_ = false;
    }

private:
    void write() {
        auto const lane = lane_.lock();
        if (!lane) return;
        auto const& ask = waiting_.ask;
        request_ = {verb_of(ask.verb), ask.path, 11};
        request_.set(http::field::host, lane->target.host + ":" + lane->target.port);
        auto const& key = ask.key.empty() ? lane->target.key : ask.key;
        request_.set(http::field::authorization, "Bearer " + key);
        if (!ask.idempotency.empty()) request_.set("Idempotency-Key", ask.idempotency);
        if (ask.verb != Verb::get) {
            request_.set(http::field::content_type, {ask.type.data(), ask.type.size()});
            request_.body() = ask.body;
            request_.prepare_payload();
        }
        waiting_.answer.sent_micros = now_micros();
        http::async_write(
            stream_,
            request_,
            [self = shared_from_this()](ErrorCode error, std::size_t) {
                if (error) return self->fail();
                self->read();
            }
        );
    }
    void read() {
        parser_.emplace();
        parser_->body_limit(answer_bytes_max);
        http::async_read(
            stream_,
            buffer_,
            *parser_,
            [self = shared_from_this()](ErrorCode error, std::size_t) {
                if (error) return self->fail();
                self->take();
            }
        );
    }
    void take() {
        auto response = parser_->release();
        auto& answer = waiting_.answer;
        answer.status = static_cast<int>(response.result_int());
        answer.micros = now_micros() - answer.sent_micros;
        answer.body = std::move(response.body());
        auto const trace = response["traceparent"];
        answer.traceparent.assign(trace.data(), trace.size());
        std::int64_t least_ms = 0;
        auto const after = response.find(http::field::retry_after);
        if (after != response.end())
            least_ms = std::int64_t{1000} * std::atoi(std::string{after->value()}.c_str());
        if (!response.keep_alive()) close();
        done(is_worth_retrying(answer.status), least_ms);
    }
    void fail() {
        close();
        buffer_.clear();
        waiting_.answer.status = 0;
        done(true, 0);
    }
    void done(bool retry, std::int64_t least_ms) {
        auto const lane = lane_.lock();
        if (!lane || lane->stopped) return;
        auto waiting = std::move(waiting_);
        lane->idle.push_back(shared_from_this());
        if (retry && waiting.answer.retries + 1 < tries_max) {
            lane->again(std::move(waiting), least_ms);
        } else {
            lane->finish(waiting);
        }
        lane->pump();
    }

    std::weak_ptr<State> lane_;
    asio::ip::tcp::resolver resolver_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    std::optional<http::response_parser<http::string_body>> parser_;
    Waiting waiting_;
    bool connected_ = false;
};

void Lane::State::pump() {
    while (!stopped && !queue.empty() && !idle.empty()) {
        auto const connection = std::move(idle.back());
        idle.pop_back();
        auto waiting = std::move(queue.front());
        queue.pop_front();
        ++under_way;
        connection->run(std::move(waiting));
    }
}

void Lane::State::finish(Waiting& waiting) {
    --under_way;
    if (!waiting.answer.ok()) waiting.answer.code = code_of(waiting.answer.body);
    if (waiting.then) waiting.then(waiting.answer);
}

// The pause doubles with each try; half of it is drawn, so that clients do not come back together.
void Lane::State::again(Waiting waiting, std::int64_t least_ms) {
    ++retries;
    ++waiting.answer.retries;
    auto const whole = std::min(pause_ms << waiting.answer.retries, pause_ms_max);
    auto const drawn = whole / 2 + prng.between(0, whole / 2);
    auto const timer = std::make_shared<asio::steady_timer>(
        io, std::chrono::milliseconds{std::clamp(least_ms, drawn, pause_ms_max)}
    );
    timer->async_wait([self = shared_from_this(),
                       timer,
                       held = std::make_shared<Waiting>(std::move(waiting))](ErrorCode) {
        --self->under_way;
        self->queue.push_front(std::move(*held));
        self->pump();
    });
}

Lane::Lane(asio::io_context& io, Target target, std::size_t connections)
    : state_{std::make_shared<State>(io, std::move(target))} {
    ASSERT(connections > 0);
    for (std::size_t i = 0; i < connections; ++i)
        state_->idle.push_back(std::make_shared<State::Connection>(state_, io));
}

Lane::~Lane() {
    stop();
}

bool Lane::send(Ask ask, Then then) {
    if (state_->stopped || state_->queue.size() >= queue_max) return false;
    ++state_->sent;
    state_->queue.push_back({std::move(ask), std::move(then), {}});
    state_->pump();
    return true;
}

std::size_t Lane::pending() const {
    return state_->queue.size() + state_->under_way;
}
std::uint64_t Lane::sent() const {
    return state_->sent;
}
std::uint64_t Lane::retries() const {
    return state_->retries;
}

void Lane::stop() {
    state_->stopped = true;
    state_->queue.clear();
    for (auto const& connection : state_->idle)
        connection->close();
    state_->idle.clear();
}

}  // namespace posthaste::load
