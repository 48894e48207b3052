#include "api/server.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "api/test_client.hpp"

namespace posthaste::api {
namespace {

/// Says what it was asked, so that a test sees what the server made of the bytes.
void echo(Request request, Responder responder) {
    std::string text{names_of(Method{})[static_cast<std::size_t>(request.method)]};
    text += " " + request.path;
    for (auto const& field : request.query)
        text += " " + field.name + "=" + field.value;
    text += " [" + request.body + "]";
    responder.send({.body = text});
}

Server start(ServerOptions options = {}, Handler handler = echo) {
    auto server = Server::start(std::move(options), std::move(handler));
    REQUIRE(server.ok());
    return std::move(server).value();
}

constexpr std::string_view get_x = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("a request comes to the handler decoded, and its answer goes back") {
    auto server = start();
    TestClient client{server.port()};
    auto const answer = client.ask(
        "POST /a%20b?q=one+two&near=1%2C2&empty HTTP/1.1\r\nHost: h\r\nContent-Length: "
        "4\r\n\r\nbody"
    );
    CHECK(contains(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(contains(answer, "\r\nDate: "));
    CHECK(answer.ends_with("POST /a%20b q=one two near=1,2 empty= [body]"));
    CHECK(server.stats().requests == 1);
}

TEST_CASE("a connection is kept, and a pipeline is answered in its order") {
    auto server = start();
    TestClient client{server.port()};
    REQUIRE(
        client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: "
                    "h\r\nContent-Length: 2\r\n\r\nab"
                    "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    );
    CHECK(client.read_response().ends_with("GET /1 []"));
    CHECK(client.read_response().ends_with("POST /2 [ab]"));
    auto const last = client.read_response();
    CHECK(contains(last, "Connection: close"));
    CHECK(last.ends_with("GET /3 []"));
    CHECK(client.is_closed());
}

TEST_CASE("a pipeline waits for the answer before, whoever gives it and when") {
    Awaited<Responder> first;
    auto server = start({}, [&](Request request, Responder responder) {
        if (request.path == "/first") return first.set(std::move(responder));
        responder.send({.body = "second"});
    });
    TestClient client{server.port()};
    REQUIRE(
        client.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n")
    );
    std::thread other{[&] { first.get().send({.body = "first"}); }};
    CHECK(client.read_response().ends_with("first"));
    CHECK(client.read_response().ends_with("second"));
    other.join();
}

TEST_CASE("a chunked body, a HEAD, an absolute target and HTTP/1.0 are understood") {
    auto server = start();
    TestClient client{server.port()};
    CHECK(client
              .ask("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
              .ends_with("[abcde]"));
    REQUIRE(client.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"));
    auto const head = client.read_until("\r\n\r\n");
    CHECK(contains(head, "Content-Length: 10\r\n"));
    CHECK(
        client.ask("GET http://h/abs?a=1 HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("GET /abs a=1 []")
    );
    CHECK(client.ask("GET /old HTTP/1.0\r\n\r\n").ends_with("GET /old []"));
    CHECK(client.is_closed());
}

TEST_CASE("a client that asked to continue is told to, and one that is too large is not") {
    auto server = start({.body_bytes_max = 100});
    TestClient client{server.port()};
    REQUIRE(client.send(
        "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    ));
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(client.ask("ok").ends_with("[ok]"));
    CHECK(contains(
        client.ask(
            "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n"
        ),
        "HTTP/1.1 413 "
    ));
    CHECK(client.is_closed());
}

TEST_CASE("what is not a request is refused with its own answer, counted, and closed") {
    auto server = start({.header_bytes_max = 2048, .body_bytes_max = 1000});
    struct Row {
        std::string request;
        std::string_view status;
    };
    std::string const large(10'240, 'x');
    Row const rows[] = {
        {"hello\r\n\r\n", "400"},
        {"GET /\r\n\r\n", "400"},
        {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", "400"},
        {std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}, "400"},  // TLS
        {"GET / HTTP/1.1\r\n\r\n", "400"},                                         // no Host
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n", "400"},
        {"GET nowhere HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        {"GET /?a=%zz HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        {"GET /?a=%00 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: " + large + "\r\n\r\n", "431"},
        {"GET /" + large + " HTTP/1.1\r\nHost: h\r\n\r\n", "431"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10240\r\n\r\n" + large, "413"},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" + large, "413"},
    };
    for (auto const& row : rows) {
        CAPTURE(row.request.substr(0, 80));
        TestClient client{server.port()};
        client.send(row.request);
        client.end_sending();
        auto const answer = client.read_all();
        CHECK(contains(answer, "HTTP/1.1 " + std::string{row.status} + " "));
        CHECK(contains(answer, "application/problem+json"));
        CHECK(contains(answer, "\"status\":" + std::string{row.status}));
    }
    auto const stats = server.stats();
    CHECK(stats.requests == 0);
    CHECK(stats.malformed == 14);
    CHECK(stats.header_too_large == 2);
    CHECK(stats.body_too_large == 2);
}

TEST_CASE("a client that ends its side early is answered when all was said, else told") {
    auto server = start();
    TestClient whole{server.port()};
    REQUIRE(whole.send(get_x));
    whole.end_sending();
    CHECK(whole.read_all().ends_with("GET /x []"));
    TestClient part{server.port()};
    REQUIRE(part.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"));
    part.end_sending();
    CHECK(contains(part.read_all(), "HTTP/1.1 400 "));
    TestClient silent{server.port()};
    silent.end_sending();
    CHECK(silent.read_all().empty());
}

TEST_CASE("a request that trickles is cut at its deadline, not at each byte's") {
    auto server = start({.header_time_max = Millis{300}, .body_time_max = Millis{300}});
    TestClient header{server.port()};
    REQUIRE(header.send("GET / HT"));
    CHECK(contains(header.read_all(), "HTTP/1.1 408 "));
    TestClient body{server.port()};
    REQUIRE(body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na"));
    CHECK(contains(body.read_all(), "HTTP/1.1 408 "));
    TestClient silent{server.port()};
    CHECK(silent.read_all().empty());
    CHECK(server.stats().request_too_slow == 2);
}

TEST_CASE("an idle connection is closed after its time") {
    auto server = start({.idle_time_max = Millis{200}});
    TestClient client{server.port()};
    CHECK(client.ask(get_x).ends_with("[]"));
    CHECK(client.is_closed());
}

TEST_CASE("a handler that is late or forgets does not leave its caller waiting") {
    Awaited<Responder> kept;
    auto server =
        start({.answer_time_max = Millis{200}}, [&](Request request, Responder responder) {
            if (request.path == "/late") kept.set(std::move(responder));
        });
    TestClient client{server.port()};
    auto const forgotten = client.ask("GET /forget HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(contains(forgotten, "HTTP/1.1 500 "));
    auto const late = client.ask("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(contains(late, "HTTP/1.1 503 "));
    CHECK(contains(late, "Retry-After: 1"));
    kept.get().send({.body = "too late"});
    // The late answer must not become the next request's.
    CHECK(contains(client.ask("GET /forget HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP/1.1 500 "));
    CHECK(server.stats().answer_too_late == 1);
}

TEST_CASE("above the limit of connections there is an answer, and room again when one leaves") {
    auto server = start({.connections_max = 1, .idle_time_max = Millis{200}});
    {
        TestClient first{server.port()};
        CHECK(first.ask(get_x).ends_with("[]"));
        TestClient second{server.port()};
        CHECK(contains(second.read_all(), "HTTP/1.1 503 "));
        CHECK(first.is_closed());
    }
    TestClient third{server.port()};
    CHECK(third.ask(get_x).ends_with("[]"));
    CHECK(server.stats().refused_connections == 1);
}

TEST_CASE("a header made of a caller's words cannot end its line") {
    auto server = start({}, [](Request, Responder responder) {
        responder.send({.headers = {{"Location", "/a\r\nSet-Cookie: x"}}});
    });
    TestClient client{server.port()};
    CHECK(contains(client.ask(get_x), "Location: /a  Set-Cookie: x\r\n"));
}

TEST_CASE("an address that is taken or is none is an error that names it") {
    auto server = start();
    auto const taken = Server::start({.port = server.port()}, echo);
    REQUIRE(!taken.ok());
    CHECK(contains(taken.error().detail, "127.0.0.1:" + std::to_string(server.port())));
    auto const wrong = Server::start({.address = "nowhere"}, echo);
    REQUIRE(!wrong.ok());
    CHECK(wrong.error().code == Errc::io_failed);
}

TEST_CASE("stop lets an answer under way leave, and closes what is idle") {
    Awaited<Responder> kept;
    auto server = start({.io_threads = 2}, [&](Request, Responder responder) {
        kept.set(std::move(responder));
    });
    TestClient idle{server.port()};
    TestClient busy{server.port()};
    REQUIRE(busy.send(get_x));
    Responder responder = kept.get();
    std::thread stopper{[&] { server.stop(); }};
    CHECK(idle.is_closed());
    responder.send({.body = "still answered"});
    CHECK(busy.read_response().ends_with("still answered"));
    busy.end_sending();
    stopper.join();
    CHECK(server.stats().connections == 0);
}

TEST_CASE("an answer given after the server has stopped is dropped") {
    Awaited<Responder> kept;
    std::optional<Responder> responder;
    {
        auto server = start({.stop_time_max = Millis{0}}, [&](Request, Responder given) {
            kept.set(std::move(given));
        });
        TestClient client{server.port()};
        REQUIRE(client.send(get_x));
        responder.emplace(kept.get());
    }
    responder->send({});
}

TEST_CASE("many connections on several threads each get their own answers") {
    auto server = start({.io_threads = 3});
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&, thread] {
            TestClient client{server.port()};
            for (int i = 0; i < 100; ++i) {
                auto const path = "/" + std::to_string(thread) + "/" + std::to_string(i);
                auto const answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
                if (answer.ends_with("GET " + path + " []")) ++right;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(right == 800);
}

}  // namespace posthaste::api
