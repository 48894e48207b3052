// A raw socket for tests: sends any bytes, waits for what is expected, never longer than a few
// seconds.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace posthaste::api {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// A value that another thread will set.
template <class T>
class Awaited {
public:
    void set(T value) {
        std::lock_guard const lock{mutex_};
        value_.emplace(std::move(value));
        changed_.notify_all();
    }
    T get() {
        std::unique_lock lock{mutex_};
        bool const came =
            changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return value_.has_value(); });
        REQUIRE(came);
        return std::move(*value_);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<T> value_;
};

class TestClient {
public:
    explicit TestClient(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        connected_ =
            ::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    }
    TestClient(TestClient const&) = delete;
    TestClient& operator=(TestClient const&) = delete;
    ~TestClient() { ::close(socket_); }

    bool connected() const { return connected_; }
    /// False when the peer has closed before all was sent.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void end_sending() const { ::shutdown(socket_, SHUT_WR); }

    /// All until the peer closes.
    std::string read_all() {
        while (read_some()) {
        }
        return std::exchange(buffer_, {});
    }
    /// All up to and with `end`, or what came before the peer closed.
    std::string read_until(std::string_view end) {
        for (;;) {
            auto const found = buffer_.find(end);
            if (found != std::string::npos) return take(found + end.size());
            if (!read_some()) return std::exchange(buffer_, {});
        }
    }
    std::string read_bytes(std::size_t count) {
        while (buffer_.size() < count && read_some()) {
        }
        return take(std::min(count, buffer_.size()));
    }
    /// One response with Content-Length: its head and its body.
    std::string read_response() {
        auto text = read_until("\r\n\r\n");
        constexpr std::string_view name = "Content-Length: ";
        auto const found = text.find(name);
        if (found == std::string::npos) return text;
        auto const size = std::stoul(text.substr(found + name.size()));
        return text + read_bytes(size);
    }
    std::string ask(std::string_view request) {
        if (!send(request)) return "not sent";
        return read_response();
    }
    bool is_closed() { return buffer_.empty() && !read_some(); }

private:
    bool read_some() {
        char chunk[4096];
        auto const size = ::recv(socket_, chunk, sizeof chunk, 0);
        if (size <= 0) return false;
        buffer_.append(chunk, static_cast<std::size_t>(size));
        return true;
    }
    std::string take(std::size_t count) {
        auto taken = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return taken;
    }

    int socket_;
    bool connected_ = false;
    std::string buffer_;
};

}  // namespace posthaste::api
