#include "bench/rivals/redis_geo.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace posthaste::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Command = std::vector<std::string>;
constexpr std::size_t pipeline_depth = 100;

struct ReplyCloser {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyCloser>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

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

pid_t run_server(std::string const& port) {
    pid_t const child = fork();
    if (child != 0) return child;
    int const nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execlp(
        "redis-server",
        "redis-server",
        "--port",
        port.c_str(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        static_cast<char*>(nullptr)
    );
    _exit(127);
}

void stop_server(pid_t server) {
    kill(server, SIGTERM);
    waitpid(server, nullptr, 0);
}

std::string degrees(std::int32_t units) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.7f", units / 1e7);
    return text.data();
}

Command add_command(std::uint32_t member, model::Position place) {
    return {"GEOADD", "fleet", degrees(place.lon), degrees(place.lat), std::to_string(member)};
}

Command search_command(model::Position place, int radius_m) {
    return {
        "GEOSEARCH",
        "fleet",
        "FROMLONLAT",
        degrees(place.lon),
        degrees(place.lat),
        "BYRADIUS",
        std::to_string(radius_m),
        "m",
        "ASC",
        "COUNT",
        "10"};
}

void send(redisContext* context, Command const& command) {
    std::vector<char const*> words;
    std::vector<std::size_t> sizes;
    for (std::string const& word : command) {
        words.push_back(word.data());
        sizes.push_back(word.size());
    }
    redisAppendCommandArgv(context, static_cast<int>(words.size()), words.data(), sizes.data());
}

Reply receive(redisContext* context) {
    void* raw = nullptr;
    int const status = redisGetReply(context, &raw);
    Reply reply{static_cast<redisReply*>(raw)};
    if (status != REDIS_OK || reply == nullptr) {
        std::fprintf(stderr, "redis: %s\n", context->errstr);
        std::exit(1);
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        std::fprintf(stderr, "redis: %s\n", reply->str);
        std::exit(1);
    }
    return reply;
}

double pipelined_rate(redisContext* context, std::span<Command const> commands) {
    auto const start = Clock::now();
    for (std::size_t first = 0; first < commands.size(); first += pipeline_depth) {
        std::size_t const count = std::min(pipeline_depth, commands.size() - first);
        for (Command const& command : commands.subspan(first, count))
            send(context, command);
        for (std::size_t i = 0; i < count; ++i)
            receive(context);
    }
    return static_cast<double>(commands.size()) / seconds_since(start);
}

// Runs `ask(i)` for each of `count` and measures each.
Rate one_at_a_time(std::size_t count, auto&& ask) {
    std::vector<double> spans;
    spans.reserve(count);
    auto const start = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        auto const asked = Clock::now();
        ask(i);
        spans.push_back(seconds_since(asked) * 1e6);
    }
    double const per_second = static_cast<double>(count) / seconds_since(start);
    std::sort(spans.begin(), spans.end());
    return {per_second, spans[count / 2], spans[count * 99 / 100]};
}

Rate better_way(redisContext* context, std::span<Command const> commands) {
    Rate rate = one_at_a_time(commands.size(), [&](std::size_t i) {
        send(context, commands[i]);
        receive(context);
    });
    rate.per_second = std::max(rate.per_second, pipelined_rate(context, commands));
    return rate;
}

}  // namespace

void RedisGeo::Closer::operator()(redisContext* context) const {
    redisFree(context);
}

RedisGeo::RedisGeo(pid_t server, redisContext* context) : server_{server}, context_{context} {
    send(context_.get(), {"INFO", "server"});
    Reply const reply = receive(context_.get());
    std::string const info{reply->str, reply->len};
    auto const at = info.find("redis_version:");
    if (at != std::string::npos) version_ = info.substr(at + 14, info.find('\r', at) - at - 14);
}

RedisGeo::RedisGeo(RedisGeo&& other) noexcept
    : server_{std::exchange(other.server_, 0)},
      context_{std::move(other.context_)},
      version_{std::move(other.version_)} {}

RedisGeo::~RedisGeo() {
    context_.reset();
    if (server_ > 0) stop_server(server_);
}

std::optional<RedisGeo> RedisGeo::start() {
    int const port = free_port();
    pid_t const server = port == 0 ? -1 : run_server(std::to_string(port));
    if (server < 0) return std::nullopt;
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        if (waitpid(server, nullptr, WNOHANG) == server) return std::nullopt;
        redisContext* const context = redisConnect("127.0.0.1", port);
        if (context != nullptr && context->err == 0) return RedisGeo{server, context};
        redisFree(context);
    }
    stop_server(server);
    return std::nullopt;
}

void RedisGeo::load(std::span<model::Position const> members) {
    send(context_.get(), {"FLUSHALL"});
    receive(context_.get());
    std::vector<Command> commands;
    for (std::uint32_t i = 0; i < members.size(); ++i) {
        commands.push_back(add_command(i, members[i]));
        if (commands.size() < 10'000 && i + 1 < members.size()) continue;
        pipelined_rate(context_.get(), commands);
        commands.clear();
    }
}

Rate RedisGeo::move(std::span<Move const> moves) {
    std::vector<Command> commands;
    for (Move const& move : moves)
        commands.push_back(add_command(move.member, move.place));
    return better_way(context_.get(), commands);
}

Rate RedisGeo::search(std::span<model::Position const> places, int radius_m) {
    std::vector<Command> commands;
    for (model::Position const place : places)
        commands.push_back(search_command(place, radius_m));
    return better_way(context_.get(), commands);
}

// Pipelined, a whole batch is asked at once, and those with too few hits again at twice the radius.
Rate RedisGeo::search_growing(std::span<model::Position const> places, int radius_m) {
    Rate rate = one_at_a_time(places.size(), [&](std::size_t i) {
        for (int radius = radius_m;; radius *= 2) {
            send(context_.get(), search_command(places[i], radius));
            if (receive(context_.get())->elements == 10) break;
        }
    });
    auto const start = Clock::now();
    for (std::size_t first = 0; first < places.size(); first += pipeline_depth) {
        auto const batch = places.subspan(first, std::min(pipeline_depth, places.size() - first));
        std::vector<model::Position> open{batch.begin(), batch.end()};
        for (int radius = radius_m; !open.empty(); radius *= 2) {
            for (model::Position const place : open)
                send(context_.get(), search_command(place, radius));
            std::vector<model::Position> unsettled;
            for (model::Position const place : open) {
                if (receive(context_.get())->elements < 10) unsettled.push_back(place);
            }
            open = std::move(unsettled);
        }
    }
    double const pipelined = static_cast<double>(places.size()) / seconds_since(start);
    rate.per_second = std::max(rate.per_second, pipelined);
    return rate;
}

}  // namespace posthaste::bench
