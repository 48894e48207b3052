#include "load/phone.hpp"

#include <chrono>
#include <deque>
#include <map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace posthaste::load {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds pause{300};

struct Unanswered {
    Say say;
    Then then;
    Answer answer;
};

std::string text_of(Say const& say, std::uint64_t operation) {
    std::string text = R"({"type":")";
    text.append(say.type).append(R"(","operation":")").append(std::to_string(operation)) += '"';
    if (!say.fields.empty()) text.append(",").append(say.fields);
    return text += '}';
}

}  // namespace

struct Phone::State : std::enable_shared_from_this<Phone::State> {
    // A link of its own each time: what a broken one still says is not heard.
    struct Link {
        explicit Link(asio::io_context& io) : socket{io} {}
        websocket::stream<beast::tcp_stream> socket;
        beast::flat_buffer incoming;
        std::deque<std::string> outgoing;  ///< the first is being written
        bool open = false;
    };
    using LinkPtr = std::shared_ptr<Link>;

    State(
        asio::io_context& the_io,
        Target the_target,
        std::string the_device,
        PhoneCounts& the_counts,
        OnMessage the_on_message
    )
        : io{the_io},
          target{std::move(the_target)},
          device{std::move(the_device)},
          counts{the_counts},
          on_message{std::move(the_on_message)},
          resolver{the_io},
          timer{the_io} {}

    bool is_old(LinkPtr const& which) const { return stopped || which != link; }

    void connect();
    void shake_hands(LinkPtr const& with);
    void opened(LinkPtr const& with);
    void read(LinkPtr const& with);
    void hear(std::string_view text);
    void answer(MessageSeen const& message);
    void try_again(std::uint64_t operation);
    void say(std::uint64_t operation, Unanswered& unanswered);
    void write(LinkPtr const& with);
    void broken(LinkPtr const& which);
    void give_up();

    asio::io_context& io;
    Target target;
    std::string device;
    PhoneCounts& counts;
    OnMessage on_message;
    asio::ip::tcp::resolver resolver;
    asio::steady_timer timer;
    LinkPtr link;
    Reader reader;
    std::map<std::uint64_t, Unanswered> unanswered;  ///< by operation
    std::uint64_t last_operation = 0;
    bool stopped = false;
};

void Phone::State::connect() {
    link = std::make_shared<Link>(io);
    resolver.async_resolve(
        target.host,
        target.port,
        [self = shared_from_this(), with = link](ErrorCode error, auto const& found) {
            if (self->is_old(with)) return;
            if (error) return self->broken(with);
            auto& stream = with->socket.next_layer();
            stream.async_connect(found, [self, with](ErrorCode failed, auto const&) {
                if (self->is_old(with)) return;
                if (failed) return self->broken(with);
                self->shake_hands(with);
            });
        }
    );
}

void Phone::State::shake_hands(LinkPtr const& with) {
    ErrorCode ignored;
    auto& socket = with->socket;
    socket.next_layer().socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket.read_message_max(event_bytes_max);
    socket.set_option(websocket::stream_base::decorator([key = target.key](auto& request) {
        request.set(beast::http::field::authorization, "Bearer " + key);
    }));
    socket.async_handshake(
        target.host + ":" + target.port,
        "/v1/agent?device=" + device,
        [self = shared_from_this(), with](ErrorCode error) {
            if (self->is_old(with)) return;
            if (error) return self->broken(with);
            self->opened(with);
        }
    );
}

void Phone::State::opened(LinkPtr const& with) {
    with->open = true;
    ++counts.links;
    for (auto& [operation, waiting] : unanswered)
        say(operation, waiting);
    read(with);
}

void Phone::State::read(LinkPtr const& with) {
    with->socket.async_read(
        with->incoming,
        [self = shared_from_this(), with](ErrorCode error, std::size_t) {
            if (self->is_old(with)) return;
            if (error) return self->broken(with);
            self->hear(beast::buffers_to_string(with->incoming.data()));
            with->incoming.consume(with->incoming.size());
            if (!self->is_old(with)) self->read(with);
        }
    );
}

void Phone::State::hear(std::string_view text) {
    auto const now = now_micros();
    auto const message = reader.message(text);
    if (!message.ok()) return;
    if (message.value().operation != 0) return answer(message.value());
    on_message(message.value(), now);
}

void Phone::State::answer(MessageSeen const& message) {
    auto const found = unanswered.find(message.operation);
    if (found == unanswered.end()) return;
    auto& given = found->second.answer;
    given.status = message.type == "ack" ? 200 : message.status;
    given.code = message.code;
    given.micros = now_micros() - given.sent_micros;
    if (is_worth_retrying(given.status) && !found->second.say.once && given.retries + 1 < tries_max)
        return try_again(message.operation);
    auto const done = std::move(found->second);
    unanswered.erase(found);
    if (done.then) done.then(done.answer);
}

void Phone::State::try_again(std::uint64_t operation) {
    auto const later = std::make_shared<asio::steady_timer>(io, pause);
    later->async_wait([self = shared_from_this(), later, operation](ErrorCode) {
        auto const found = self->unanswered.find(operation);
        if (self->stopped || found == self->unanswered.end() || !self->link->open) return;
        self->say(operation, found->second);
    });
}

void Phone::State::say(std::uint64_t operation, Unanswered& waiting) {
    auto& given = waiting.answer;
    if (given.sent_micros != 0) {
        ++given.retries;
        ++counts.retries;
    }
    given.sent_micros = now_micros();
    link->outgoing.push_back(text_of(waiting.say, operation));
    if (link->outgoing.size() == 1) write(link);
}

void Phone::State::write(LinkPtr const& with) {
    with->socket.async_write(
        asio::buffer(with->outgoing.front()),
        [self = shared_from_this(), with](ErrorCode error, std::size_t) {
            if (self->is_old(with)) return;
            if (error) return self->broken(with);
            with->outgoing.pop_front();
            if (!with->outgoing.empty()) self->write(with);
        }
    );
}

void Phone::State::broken(LinkPtr const& which) {
    ErrorCode ignored;
    which->open = false;
    which->socket.next_layer().socket().close(ignored);
    give_up();
    timer.expires_after(pause);
    timer.async_wait([self = shared_from_this()](ErrorCode error) {
        if (!error && !self->stopped) self->connect();
    });
}

// What may not be said again, or has been often enough.
void Phone::State::give_up() {
    std::vector<Unanswered> lost;
    for (auto at = unanswered.begin(); at != unanswered.end();) {
        auto& waiting = at->second;
        bool const is_over = waiting.say.once || waiting.answer.retries + 1 >= tries_max;
        if (is_over) lost.push_back(std::move(waiting));
        at = is_over ? unanswered.erase(at) : std::next(at);
    }
    for (auto& each : lost) {
        each.answer.status = 0;
        if (each.then) each.then(each.answer);
    }
}

Phone::Phone(
    asio::io_context& io,
    Target target,
    std::string device,
    PhoneCounts& counts,
    OnMessage on_message
)
    : state_{std::make_shared<State>(
          io, std::move(target), std::move(device), counts, std::move(on_message)
      )} {}

Phone::~Phone() {
    stop();
}

void Phone::start() {
    state_->connect();
}

bool Phone::send(Say say, Then then) {
    auto& state = *state_;
    bool const is_open = state.link && state.link->open;
    if (state.stopped || state.unanswered.size() >= unanswered_max) return false;
    if (say.once && !is_open) return false;
    ++state.counts.sent;
    auto const operation = ++state.last_operation;
    auto const [at, _] =
        state.unanswered.emplace(operation, Unanswered{std::move(say), std::move(then), {}});
    if (is_open) state.say(operation, at->second);
    return true;
}

std::size_t Phone::unanswered() const {
    return state_->unanswered.size();
}

void Phone::stop() {
    if (state_->stopped) return;
    state_->stopped = true;
    ErrorCode ignored;
    state_->timer.cancel();
    state_->resolver.cancel();
    if (state_->link) state_->link->socket.next_layer().socket().close(ignored);
}

}  // namespace posthaste::load
