// The door of the network: any bytes on a connection must leave the server answering others.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "api/server.hpp"
#include "base/assert.hpp"

namespace {

posthaste::api::Server& server() {
    static auto started = posthaste::api::Server::start(
        {.header_bytes_max = 1024, .body_bytes_max = 1024},
        [](posthaste::api::Request request, posthaste::api::Responder responder) {
            responder.send({.body = std::move(request.body)});
        }
    );
    static auto running = std::move(started).value();
    return running;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, unsigned long size) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server().port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const client = ::socket(AF_INET, SOCK_STREAM, 0);
    ASSERT(::connect(client, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
    ::send(client, data, size, MSG_NOSIGNAL);
    ::shutdown(client, SHUT_WR);
    std::string answer(4096, '\0');
    while (::recv(client, answer.data(), answer.size(), 0) > 0) {
    }
    ::close(client);
    return 0;
}
