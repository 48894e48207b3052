#include "bench/stream/readers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace posthaste::bench {

namespace {

void demand(bool holds, char const* what) {
    if (holds) return;
    std::perror(what);
    std::_Exit(1);
}

template <class T>
void put(int pipe, T value) {
    demand(write(pipe, &value, sizeof value) == sizeof value, "readers: pipe");
}
template <class T>
T take(int pipe) {
    T value{};
    demand(read(pipe, &value, sizeof value) == sizeof value, "readers: the other side is gone");
    return value;
}

int connect_to(std::uint16_t port) {
    int const made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    demand(made >= 0, "readers: socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto const* const raw = reinterpret_cast<sockaddr const*>(&address);
    demand(::connect(made, raw, sizeof address) == 0, "readers: connect");
    return made;
}

/// One subscriber: what it looks for, in what it has not looked through yet.
class Subscriber {
public:
    explicit Subscriber(int socket) : socket_{socket} {}

    /// Reads what is there. Whether `wanted` has come; what is before its end is dropped.
    bool reads(std::string const& wanted) {
        std::array<char, 16'384> chunk{};
        for (;;) {
            auto const size = recv(socket_, chunk.data(), chunk.size(), MSG_DONTWAIT);
            if (size < 0) break;
            demand(size > 0, "readers: a subscriber was cut");
            text_.append(chunk.data(), static_cast<std::size_t>(size));
        }
        auto const found = text_.find(wanted);
        bool const here = found != std::string::npos;
        auto const done =
            here ? found + wanted.size() : text_.size() - std::min(text_.size(), wanted.size());
        text_.erase(0, done);
        return here;
    }

private:
    int socket_;
    std::string text_;
};

/// Returns when each of the subscribers has read it.
void await(int epoll, std::vector<Subscriber>& all, std::string const& wanted) {
    std::array<epoll_event, 512> events{};
    std::vector<bool> heard(all.size());
    for (std::size_t left = all.size(); left > 0;) {
        int const ready = epoll_wait(epoll, events.data(), events.size(), 30'000);
        demand(ready > 0, "readers: nothing came for 30 s");
        for (std::size_t i = 0; i < static_cast<std::size_t>(ready); ++i) {
            auto const who = events[i].data.u32;
            if (!all[who].reads(wanted) || heard[who]) continue;
            heard[who] = true;
            --left;
        }
    }
}

[[noreturn]] void run(Subscribing const& subscribing, int in, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    raise_file_limit();
    auto const port = take<std::uint16_t>(in);
    int const epoll = epoll_create1(EPOLL_CLOEXEC);
    std::vector<Subscriber> all;
    for (std::uint32_t i = 0; i < subscribing.count; ++i) {
        int const socket = connect_to(port);
        epoll_event wish{.events = EPOLLIN, .data = {.u32 = i}};
        demand(epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &wish) == 0, "readers: epoll");
        auto const& words = subscribing.words;
        auto const size = static_cast<ssize_t>(words.size());
        demand(write(socket, words.data(), words.size()) == size, "readers: subscribe");
        all.emplace_back(socket);
    }
    await(epoll, all, subscribing.confirmed);
    put(out, monotonic_nanos());
    for (int round = first_round;; ++round) {
        await(epoll, all, subscribing.marker + std::to_string(round));
        put(out, monotonic_nanos());
    }
}

}  // namespace

Readers::Readers(Subscribing const& subscribing) {
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    demand(pipe2(down.data(), O_CLOEXEC) == 0 && pipe2(up.data(), O_CLOEXEC) == 0, "pipe");
    child_ = fork();
    demand(child_ >= 0, "fork");
    if (child_ == 0) run(subscribing, down[0], up[1]);
    close(down[0]);
    close(up[1]);
    to_child_ = down[1];
    from_child_ = up[0];
}

void Readers::stop() {
    if (child_ == 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(to_child_);
    close(from_child_);
    child_ = 0;
}

void Readers::connect(std::uint16_t port) {
    put(to_child_, port);
    last_heard();
}

std::int64_t Readers::last_heard() {
    return take<std::int64_t>(from_child_);
}

std::int64_t monotonic_nanos() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void raise_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace posthaste::bench
