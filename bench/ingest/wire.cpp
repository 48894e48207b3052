#include "bench/ingest/wire.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace posthaste::bench {

namespace {

int checked(char const* what, long result) {
    if (result >= 0) return static_cast<int>(result);
    std::perror(what);
    std::exit(1);
}

void send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t const sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        checked("send", sent);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace

Wire::Wire(std::string_view bytes) {
    int const listener = checked("socket", socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    checked("bind", bind(listener, raw, size));
    checked("getsockname", getsockname(listener, raw, &size));
    checked("listen", listen(listener, 1));
    client_ = checked("socket", socket(AF_INET, SOCK_STREAM, 0));
    checked("connect", connect(client_, raw, size));
    server_ = checked("accept", accept(listener, nullptr, nullptr));
    close(listener);
    int const on = 1;
    checked("TCP_NODELAY", setsockopt(server_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    sender_ = std::thread{[this, bytes] {
        send_all(client_, bytes);
        shutdown(client_, SHUT_WR);
    }};
    drain_ = std::thread{[this] {
        std::array<char, 65'536> replies{};
        while (recv(client_, replies.data(), replies.size(), 0) > 0) {
        }
    }};
}

Wire::~Wire() {
    close(server_);
    sender_.join();
    drain_.join();
    close(client_);
}

std::size_t Wire::read(char* into, std::size_t size) const {
    return static_cast<std::size_t>(checked("recv", recv(server_, into, size, 0)));
}

void Wire::write(std::string_view bytes) const {
    send_all(server_, bytes);
}

}  // namespace posthaste::bench
