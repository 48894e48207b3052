#include "bench/rivals/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace posthaste::bench {

namespace {

int free_port() {
    int const listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    bool const bound =
        listener >= 0 && bind(listener, raw, size) == 0 && getsockname(listener, raw, &size) == 0;
    if (listener >= 0) close(listener);
    return bound ? ntohs(address.sin_port) : 0;
}

pid_t run_server(RedisServer::Command const& words) {
    pid_t const child = fork();
    if (child != 0) return child;
    int const nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    std::vector<char*> arguments;
    for (auto const& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

void stop_server(pid_t server) {
    kill(server, SIGTERM);
    waitpid(server, nullptr, 0);
}

}  // namespace

std::optional<RedisServer> RedisServer::start(Command const& options) {
    int const port = free_port();
    if (port == 0) return std::nullopt;
    Command words{"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1"};
    words.insert(words.end(), {"--save", "", "--appendonly", "no"});
    words.insert(words.end(), options.begin(), options.end());
    pid_t const server = run_server(words);
    if (server < 0) return std::nullopt;
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        if (waitpid(server, nullptr, WNOHANG) == server) return std::nullopt;
        redisContext* const context = redisConnect("127.0.0.1", port);
        if (context != nullptr && context->err == 0) return RedisServer{server, context};
        redisFree(context);
    }
    stop_server(server);
    return std::nullopt;
}

RedisServer::RedisServer(RedisServer&& other) noexcept
    : server_{std::exchange(other.server_, 0)}, context_{std::move(other.context_)} {}

RedisServer::~RedisServer() {
    context_.reset();
    if (server_ > 0) stop_server(server_);
}

void RedisServer::send(Command const& command) {
    std::vector<char const*> words;
    std::vector<std::size_t> sizes;
    for (std::string const& word : command) {
        words.push_back(word.data());
        sizes.push_back(word.size());
    }
    redisAppendCommandArgv(
        context_.get(), static_cast<int>(words.size()), words.data(), sizes.data()
    );
}

RedisServer::Reply RedisServer::receive() {
    void* raw = nullptr;
    int const status = redisGetReply(context_.get(), &raw);
    Reply reply{static_cast<redisReply*>(raw)};
    if (status != REDIS_OK || reply == nullptr) {
        std::fprintf(stderr, "redis: %s\n", context_->errstr);
        std::exit(1);
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        std::fprintf(stderr, "redis: %s\n", reply->str);
        std::exit(1);
    }
    return reply;
}

}  // namespace posthaste::bench
