// One HTTP connection: reads a request, has it answered, writes the answer, and again.
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "api/problem.hpp"
#include "api/transport.hpp"
#include "base/assert.hpp"
#include "base/fields.hpp"

namespace posthaste::api::detail {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t read_body_bytes = 65'536;
constexpr Ticks linger_time_max = 2000;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

enum class Stage {
    idle,       // between requests
    header,     // some of a request's head is here
    body,       // the head is here
    handling,   // the handler has it
    writing,    // the answer leaves
    lingering,  // said all, waits for the peer's end so that nothing said is lost
    over,
};

std::string lower(std::string_view text) {
    std::string lowered{text};
    for (char& letter : lowered) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return lowered;
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// The target's path and query; nothing when it is neither a path nor a URL with one.
bool set_target(Request& request, std::string_view target) {
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        auto const slash = target.find('/', scheme.size());
        target = slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
    }
    if (!target.starts_with('/') && target != "*") return false;
    auto const question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    auto query = parse_query(target.substr(std::min(question + 1, target.size())));
    if (!query) return false;
    request.query = std::move(*query);
    return true;
}

/// The request's head as text again: what a WebSocket is accepted by.
std::string head_text(Parser::value_type const& message) {
    std::string text{view(message.method_string())};
    text += ' ';
    text += view(message.target());
    text += " HTTP/1.1\r\n";
    for (auto const& field : message) {
        text += view(field.name_string());
        text += ": ";
        text += view(field.value());
        text += "\r\n";
    }
    text += "\r\n";
    return text;
}

class Connection final : public Exchange,
                         public Resident,
                         public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Worker> worker, Socket socket)
        : worker_{std::move(worker)}, socket_{std::move(socket)} {}

    void start() {
        worker_->move_in(shared_from_this());
        ErrorCode error;
        socket_.non_blocking(true, error);
        if (!error) socket_.set_option(Tcp::no_delay{true}, error);
        auto const peer = socket_.remote_endpoint(error);
        if (error) return finish();
        remote_ = peer.address().to_string();
        expect_request();
        enter(Stage::idle, worker_->options().header_time_max);
        read_more();
    }

    // Exchange: from any thread.
    void respond(std::uint64_t ticket, Response response) override;
    std::shared_ptr<Stream> start_stream(
        std::uint64_t ticket, Response head, std::function<void()> on_close
    ) override;
    std::shared_ptr<WsSession> upgrade(std::uint64_t ticket, WsHandlers handlers) override;

    // Resident.
    void tick(Ticks now) override;
    void wind_up() override {
        if (stage_ == Stage::idle) return finish();
        close_after_ = true;
    }
    void abandon() override {
        if (stage_ != Stage::over) finish();
    }

private:
    void enter(Stage stage, Millis time) {
        stage_ = stage;
        deadline_ = Worker::now() + time.count();
    }
    /// The step that follows an operation of the socket.
    auto then(void (Connection::*step)(ErrorCode const&, std::size_t)) {
        return [self = shared_from_this(), step](ErrorCode const& error, std::size_t size) {
            ((*self).*step)(error, size);
        };
    }
    void expect_request();
    void read_more();
    void on_read(ErrorCode const& error, std::size_t size);
    void parse();
    bool check_header();
    void hand_over();
    void refuse(Problem const& problem, std::atomic<std::uint64_t>& counter);
    void refuse_parse(ErrorCode const& error);
    void write(Response response);
    void on_written(ErrorCode const& error, std::size_t size);
    void linger();
    void finish();
    bool is_handling(std::uint64_t ticket) const {
        return stage_ == Stage::handling && ticket == ticket_;
    }

    std::shared_ptr<Worker> worker_;
    Socket socket_;
    std::string remote_;
    beast::flat_buffer buffer_;
    std::unique_ptr<Parser> parser_;
    Stage stage_ = Stage::idle;
    Ticks deadline_ = 0;
    std::uint64_t ticket_ = 0;          ///< of the request in hand
    std::int64_t received_micros_ = 0;  ///< its first byte
    bool reading_ = false;              ///< a read is under way
    bool header_checked_ = false;
    bool close_after_ = false;
    bool is_head_ = false;
    std::string head_;
    Response response_;
};

void Connection::expect_request() {
    auto const& options = worker_->options();
    parser_ = std::make_unique<Parser>();
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
    parser_->body_limit(options.body_bytes_max);
    header_checked_ = false;
    close_after_ = worker_->is_stopping();
    is_head_ = false;
}

void Connection::read_more() {
    if (reading_) return;
    reading_ = true;
    auto const space = buffer_.prepare(stage_ == Stage::body ? read_body_bytes : read_bytes);
    socket_.async_read_some(space, then(&Connection::on_read));
}

void Connection::on_read(ErrorCode const& error, std::size_t size) {
    reading_ = false;
    switch (stage_) {
        case Stage::idle:
            if (error) return finish();
            received_micros_ = steady_micros();
            enter(Stage::header, worker_->options().header_time_max);
            break;
        case Stage::header:
        case Stage::body:
            if (error == asio::error::eof) {
                return refuse(
                    {.status = 400, .detail = "The request ended before it was complete."},
                    worker_->counters().malformed
                );
            }
            if (error) return finish();
            break;
        case Stage::lingering:
            if (error) return finish();
            return read_more();  // what was read is overwritten
        case Stage::handling:
        case Stage::writing:
        case Stage::over:
            return;
    }
    buffer_.commit(size);
    parse();
}

void Connection::parse() {
    ErrorCode error;
    std::size_t const used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (error && error != http::error::need_more) return refuse_parse(error);
    if (parser_->is_header_done() && !header_checked_ && !check_header()) return;
    if (parser_->is_done()) return hand_over();
    read_more();
}

/// False: it was refused.
bool Connection::check_header() {
    header_checked_ = true;
    auto const& message = parser_->get();
    if (message.version() == 11 && message.count(http::field::host) != 1) {
        refuse(
            {.status = 400, .detail = "A request of HTTP/1.1 has exactly one Host header."},
            worker_->counters().malformed
        );
        return false;
    }
    if (parser_->is_done()) return true;
    enter(Stage::body, worker_->options().body_time_max);
    if (beast::iequals(message[http::field::expect], "100-continue")) {
        ErrorCode ignored;  // an empty send buffer takes 25 bytes, or the connection is dead
        socket_.write_some(asio::buffer(go_on), ignored);
    }
    return true;
}

void Connection::hand_over() {
    auto& message = parser_->get();
    Request request;
    request.method = from_name<Method>(view(message.method_string())).value_or(Method::other);
    is_head_ = request.method == Method::head;
    if (!set_target(request, view(message.target()))) {
        return refuse(
            {.status = 400, .detail = "The path or the query cannot be read."},
            worker_->counters().malformed
        );
    }
    for (auto const& field : message)
        request.headers.push_back(
            {lower(view(field.name_string())), std::string{view(field.value())}}
        );
    request.body = std::move(message.body());
    request.remote = remote_;
    request.received_micros = received_micros_;
    request.wants_websocket = beast::websocket::is_upgrade(message);
    if (!message.keep_alive()) close_after_ = true;

    ++worker_->counters().requests;
    ++ticket_;
    enter(Stage::handling, worker_->options().answer_time_max);
    worker_->shared().handler(std::move(request), Responder{shared_from_this(), ticket_});
}

void Connection::refuse(Problem const& problem, std::atomic<std::uint64_t>& counter) {
    ++counter;
    close_after_ = true;
    write(to_response(problem));
}

void Connection::refuse_parse(ErrorCode const& error) {
    auto& counters = worker_->counters();
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return refuse(
            {.status = 431, .detail = "The header is too large."}, counters.header_too_large
        );
    }
    if (error == http::error::body_limit) {
        return refuse({.status = 413, .detail = "The body is too large."}, counters.body_too_large);
    }
    refuse(
        {.status = 400, .detail = "This is not HTTP: " + error.message() + "."}, counters.malformed
    );
}

void Connection::write(Response response) {
    response_ = std::move(response);
    head_ = head_of(response_, {.keep_alive = !close_after_, .date = worker_->date()});
    enter(Stage::writing, worker_->options().write_time_max);
    auto const content = is_head_ ? std::string_view{} : response_.content();
    std::array<asio::const_buffer, 2> const buffers{asio::buffer(head_), asio::buffer(content)};
    auto self = shared_from_this();
    // The deadline is for each piece that leaves, so that a large answer may take its time.
    auto const progress = [self](ErrorCode const& error, std::size_t) {
        self->enter(Stage::writing, self->worker_->options().write_time_max);
        return error ? std::size_t{0} : read_body_bytes;
    };
    asio::async_write(socket_, buffers, progress, then(&Connection::on_written));
}

void Connection::on_written(ErrorCode const& error, std::size_t) {
    if (stage_ == Stage::over) return;
    if (error) return finish();
    response_ = {};
    if (close_after_ || worker_->is_stopping()) return linger();
    expect_request();
    enter(Stage::idle, worker_->options().idle_time_max);
    if (buffer_.size() == 0) return read_more();
    received_micros_ = steady_micros();
    enter(Stage::header, worker_->options().header_time_max);
    parse();
}

void Connection::linger() {
    ErrorCode ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    buffer_.consume(buffer_.size());
    enter(Stage::lingering, Millis{linger_time_max});
    read_more();
}

void Connection::finish() {
    ASSERT(stage_ != Stage::over);
    auto const self = shared_from_this();  // the worker's reference may be the last
    stage_ = Stage::over;
    ErrorCode ignored;
    socket_.close(ignored);
    worker_->move_out(*this);
}

void Connection::tick(Ticks now) {
    if (now < deadline_) return;
    auto& counters = worker_->counters();
    switch (stage_) {
        case Stage::idle:
        case Stage::writing:
        case Stage::lingering:
            return finish();
        case Stage::header:
        case Stage::body:
            return refuse(
                {.status = 408, .detail = "The request did not come in time."},
                counters.request_too_slow
            );
        case Stage::handling:
            ++counters.answer_too_late;
            return write(to_response(
                {.status = 503,
                 .detail = "The answer took too long; what was asked may still happen.",
                 .retry_after = Millis{1000}}
            ));
        case Stage::over:
            return;
    }
}

void Connection::respond(std::uint64_t ticket, Response response) {
    worker_->dispatch([self = shared_from_this(), ticket, response = std::move(response)](
                      ) mutable {
        if (self->is_handling(ticket)) self->write(std::move(response));
    });
}

std::shared_ptr<Stream> Connection::start_stream(
    std::uint64_t ticket, Response head, std::function<void()> on_close
) {
    auto link = make_stream_link(worker_, std::move(on_close));
    auto give = [self = shared_from_this(), ticket, link, head = std::move(head)]() mutable {
        if (!self->is_handling(ticket)) return link->detach();
        if (self->is_head_) {
            link->detach();
            return self->write(std::move(head));
        }
        head.headers.push_back({"Content-Type", "text/event-stream"});
        head.headers.push_back({"Cache-Control", "no-store"});
        head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx would hold events back
        HeadOptions const options{
            .keep_alive = false, .content_length = false, .date = self->worker_->date()};
        auto text = head_of(head, options);
        self->stage_ = Stage::over;
        self->worker_->move_out(*self);
        link->attach(std::move(self->socket_), std::move(text));
    };
    worker_->post(std::move(give));
    return link;
}

std::shared_ptr<WsSession> Connection::upgrade(std::uint64_t ticket, WsHandlers handlers) {
    auto link = make_ws_link(worker_, std::move(handlers));
    worker_->post([self = shared_from_this(), ticket, link] {
        if (!self->is_handling(ticket)) return link->detach();
        if (!beast::websocket::is_upgrade(self->parser_->get())) {
            link->detach();
            return self->write(to_response({.status = 426, .detail = "This is for WebSockets."}));
        }
        auto head = head_text(self->parser_->get());
        auto const rest = self->buffer_.data();
        head.append(static_cast<char const*>(rest.data()), rest.size());
        self->stage_ = Stage::over;
        self->worker_->move_out(*self);
        link->attach(std::move(self->socket_), std::move(head));
    });
    return link;
}

/// A header that somebody built from a caller's words must not end the line.
void append_clean(std::string& text, std::string_view part) {
    for (char const letter : part)
        text += letter == '\r' || letter == '\n' || letter == '\0' ? ' ' : letter;
}

}  // namespace

std::string head_of(Response const& response, HeadOptions const& options) {
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
    text += reason_phrase(response.status);
    text += "\r\nDate: ";
    text += options.date;
    text += "\r\n";
    for (auto const& field : response.headers) {
        append_clean(text, field.name);
        text += ": ";
        append_clean(text, field.value);
        text += "\r\n";
    }
    bool const has_content = response.status != 204 && response.status != 304;
    if (options.content_length && has_content) {
        text += "Content-Length: " + std::to_string(response.content().size()) + "\r\n";
    }
    if (!options.keep_alive) text += "Connection: close\r\n";
    return text += "\r\n";
}

void start_connection(std::shared_ptr<Worker> const& worker, Socket socket) {
    if (worker->is_stopping()) return;
    std::make_shared<Connection>(worker, std::move(socket))->start();
}

}  // namespace posthaste::api::detail
