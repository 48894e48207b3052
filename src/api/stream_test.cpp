#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>

#include "api/server.hpp"
#include "api/test_client.hpp"

namespace posthaste::api {
namespace {

constexpr std::string_view get_stream = "GET /s HTTP/1.1\r\nHost: h\r\n\r\n";

/// A server that makes a stream of every request and keeps them.
struct Streams {
    explicit Streams(ServerOptions options = {})
        : server{Server::start(std::move(options), [this](Request, Responder responder) {
                     auto stream = responder.stream({}, [this] { ++closed; });
                     std::lock_guard const lock{mutex};
                     open.push_back(std::move(stream));
                 }).value()} {}

    std::vector<std::shared_ptr<Stream>> all() {
        std::lock_guard const lock{mutex};
        return open;
    }

    std::mutex mutex;
    std::vector<std::shared_ptr<Stream>> open;
    std::atomic<int> closed = 0;
    Server server;
};

void wait_until(auto&& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    REQUIRE(condition());
}

// What a browser sends: masked, with a mask of zeros, so that the payload is readable here.
std::string masked_frame(unsigned opcode, std::string_view payload) {
    std::string frame;
    frame += static_cast<char>(0x80U | opcode);
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80U | payload.size());
    } else {
        frame += static_cast<char>(0x80U | 126U);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xffU);
    }
    frame.append(4, '\0');
    return frame += payload;
}
std::string text_frame(std::string_view payload) {
    return masked_frame(1, payload);
}
/// As the server sends it: not masked, short.
std::string plain_frame(unsigned opcode, std::string_view payload) {
    std::string frame;
    frame += static_cast<char>(0x80U | opcode);
    frame += static_cast<char>(payload.size());
    return frame += payload;
}

constexpr std::string_view get_socket =
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A server whose sockets answer each message with the same message.
struct Sockets {
    explicit Sockets(ServerOptions options = {})
        : server{Server::start(std::move(options), [this](Request, Responder responder) {
                     opened.set(responder.upgrade({
                         .on_message = [](auto const& session, std::string message
                                       ) { session->send(make_frame(std::move(message))); },
                         .on_close = [this] { ++closed; },
                     }));
                 }).value()} {}

    Awaited<std::shared_ptr<WsSession>> opened;
    std::atomic<int> closed = 0;
    Server server;
};

}  // namespace

TEST_CASE("a stream sends its head, then what is written, in order, until it is closed") {
    Streams streams;
    TestClient client{streams.server.port()};
    REQUIRE(client.send(get_stream));
    auto const head = client.read_until("\r\n\r\n");
    CHECK(contains(head, "HTTP/1.1 200 OK"));
    CHECK(contains(head, "Content-Type: text/event-stream"));
    CHECK(!contains(head, "Content-Length"));
    auto const stream = streams.all().front();
    for (int i = 0; i < 100; ++i)
        CHECK(stream->write(make_frame("data: " + std::to_string(i) + "\n\n")));
    for (int i = 0; i < 100; ++i)
        CHECK(client.read_until("\n\n") == "data: " + std::to_string(i) + "\n\n");
    stream->close();
    CHECK(client.is_closed());
    wait_until([&] { return streams.closed == 1; });
    CHECK(!stream->write(make_frame("data: late\n\n")));
}

TEST_CASE("a stream learns that its subscriber has gone") {
    Streams streams;
    {
        TestClient client{streams.server.port()};
        REQUIRE(client.send(get_stream));
        client.read_until("\r\n\r\n");
    }
    wait_until([&] { return streams.closed == 1; });
    CHECK(streams.server.stats().connections == 0);
    CHECK(streams.server.stats().subscribers_cut == 0);
}

TEST_CASE("a silent stream gets heartbeats") {
    Streams streams{{.heartbeat = Millis{100}}};
    TestClient client{streams.server.port()};
    REQUIRE(client.send(get_stream));
    client.read_until("\r\n\r\n");
    CHECK(client.read_until("\n\n") == ":\n\n");
    CHECK(client.read_until("\n\n") == ":\n\n");
}

TEST_CASE("a subscriber who does not read is cut at the limit, and the others are not") {
    Streams streams{{.queue_bytes_max = 1'000'000}};
    TestClient slow{streams.server.port()};
    REQUIRE(slow.send(get_stream));
    slow.read_until("\r\n\r\n");
    TestClient quick{streams.server.port()};
    REQUIRE(quick.send(get_stream));
    quick.read_until("\r\n\r\n");
    auto const both = streams.all();
    auto const frame = make_frame("data: " + std::string(99'992, 'x') + "\n\n");
    std::size_t frames = 0;
    // The kernel's buffers take a few megabytes before ours fill.
    while (both[0]->write(frame) && frames < 1000) {
        CHECK(both[1]->write(frame));
        CHECK(quick.read_bytes(frame->size()) == *frame);
        ++frames;
    }
    CHECK(frames < 1000);
    wait_until([&] { return streams.closed == 1; });
    CHECK(streams.server.stats().subscribers_cut == 1);
    CHECK(both[1]->write(make_frame("data: still here\n\n")));
    CHECK(quick.read_until("\n\n") == "data: still here\n\n");
}

TEST_CASE("one frame goes to many subscribers on all threads") {
    Streams streams{{.io_threads = 3}};
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 300; ++i) {
        clients.push_back(std::make_unique<TestClient>(streams.server.port()));
        REQUIRE(clients.back()->send(get_stream));
        clients.back()->read_until("\r\n\r\n");
    }
    auto const all = streams.all();
    broadcast(all, make_frame("data: 1\n\n"));
    clients[7].reset();
    broadcast(all, make_frame("data: 2\n\n"));
    for (auto const& client : clients) {
        if (client) CHECK(client->read_bytes(18) == "data: 1\n\ndata: 2\n\n");
    }
}

TEST_CASE("streams end when the server stops") {
    Streams streams;
    TestClient client{streams.server.port()};
    REQUIRE(client.send(get_stream));
    client.read_until("\r\n\r\n");
    streams.server.stop();
    CHECK(client.is_closed());
    CHECK(streams.closed == 1);
}

TEST_CASE("a WebSocket takes messages and sends them") {
    Sockets sockets;
    TestClient client{sockets.server.port()};
    REQUIRE(client.send(get_socket));
    auto const head = client.read_until("\r\n\r\n");
    CHECK(contains(head, "101 Switching Protocols"));
    CHECK(contains(head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455, 1.3
    REQUIRE(client.send(text_frame("one") + text_frame("two")));
    CHECK(client.read_bytes(10) == plain_frame(1, "one") + plain_frame(1, "two"));
    CHECK(sockets.opened.get()->send(make_frame("three")));
    CHECK(client.read_bytes(7) == plain_frame(1, "three"));
    REQUIRE(client.send(masked_frame(9, "ping")));
    CHECK(client.read_bytes(6) == plain_frame(10, "ping"));
    REQUIRE(client.send(masked_frame(8, "\x03\xe8")));
    CHECK(client.read_bytes(4) == plain_frame(8, "\x03\xe8"));
    client.end_sending();
    wait_until([&] { return sockets.closed == 1; });
}

TEST_CASE("a WebSocket refuses what is too large, not text or not masked, by its close code") {
    struct Row {
        std::string frame;
        unsigned code;
    };
    Row const rows[] = {
        {text_frame(std::string(1001, 'x')), 1009},
        {masked_frame(2, "binary"), 1008},
        {plain_frame(1, "bare"), 1002},
        {text_frame("\xff\xfe"), 1007},
    };
    for (auto const& row : rows) {
        Sockets sockets{{.message_bytes_max = 1000, .stop_time_max = Millis{0}}};
        TestClient client{sockets.server.port()};
        REQUIRE(client.send(get_socket));
        client.read_until("\r\n\r\n");
        REQUIRE(client.send(row.frame));
        auto const answer = client.read_bytes(4);
        CAPTURE(row.code);
        REQUIRE(answer.size() == 4);
        auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(answer[i]); };
        CHECK((byte(0) & 0x0fU) == 8U);
        CHECK(byte(2) * 256U + byte(3) == row.code);
    }
}

TEST_CASE("a WebSocket is closed with a code and a reason, after what was sent before") {
    Sockets sockets;
    TestClient client{sockets.server.port()};
    REQUIRE(client.send(get_socket));
    client.read_until("\r\n\r\n");
    auto const session = sockets.opened.get();
    CHECK(session->send(make_frame("last")));
    session->close(WsClose::policy_error, "no");
    CHECK(!session->send(make_frame("later")));
    CHECK(client.read_bytes(12) == plain_frame(1, "last") + plain_frame(8, "\x03\xf0no"));
    client.send(masked_frame(8, "\x03\xf0"));
    client.end_sending();
    CHECK(client.is_closed());
    wait_until([&] { return sockets.closed == 1; });
}

TEST_CASE("a WebSocket that does not read is cut at the limit") {
    Sockets sockets{{.queue_bytes_max = 100'000}};
    TestClient client{sockets.server.port()};
    REQUIRE(client.send(get_socket));
    client.read_until("\r\n\r\n");
    auto const session = sockets.opened.get();
    auto const message = make_frame(std::string(50'000, 'x'));
    int sent = 0;
    while (session->send(message) && sent < 10'000)
        ++sent;
    CHECK(sent < 10'000);
    wait_until([&] { return sockets.closed == 1; });
    CHECK(sockets.server.stats().subscribers_cut == 1);
}

TEST_CASE("a WebSocket that answers no ping is given up") {
    Sockets sockets{{.heartbeat = Millis{100}}};
    TestClient client{sockets.server.port()};
    REQUIRE(client.send(get_socket));
    client.read_until("\r\n\r\n");
    wait_until([&] { return sockets.closed == 1; });
}

TEST_CASE("a request that wants no WebSocket is told so") {
    Sockets sockets;
    TestClient client{sockets.server.port()};
    CHECK(contains(client.ask(get_stream), "HTTP/1.1 426 "));
}

TEST_CASE("WebSockets are closed when the server stops") {
    Sockets sockets{{.stop_time_max = Millis{300}}};
    TestClient client{sockets.server.port()};
    REQUIRE(client.send(get_socket));
    client.read_until("\r\n\r\n");
    sockets.server.stop();
    CHECK(contains(client.read_all(), "the server stops"));
    CHECK(sockets.closed == 1);
}

}  // namespace posthaste::api
