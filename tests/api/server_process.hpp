// The real binary in a test: a folder of its own, a free port, and requests over a socket.
//
// Gives    run(): any subcommand, its exit code and what it said. Server: `serve` until the object
//          ends, or kill(). Nothing outlives the test.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/test_client.hpp"

namespace posthaste::testing {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() {
        auto name = (fs::temp_directory_path() / "posthaste-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() { fs::remove_all(path_); }

    fs::path path() const { return path_; }
    std::string data() const { return (path_ / "data").string(); }

private:
    fs::path path_;
};

inline std::string text_of(fs::path const& file) {
    std::ifstream in{file};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Gives its process id. Both outputs go to `out`.
inline pid_t spawn(std::vector<std::string> arguments, fs::path const& out) {
    arguments.insert(arguments.begin(), POSTHASTE_BINARY);
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    auto const child = ::fork();
    if (child != 0) return child;
    int const file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
}

struct Ran {
    int code = 0;
    std::string said;
};
inline Ran run(Folder const& folder, std::vector<std::string> arguments) {
    auto const out = folder.path() / "said";
    auto const child = spawn(std::move(arguments), out);
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of(out)};
}

inline std::string make_key(Folder const& folder, std::string const& role) {
    auto const ran = run(folder, {"keys", "create", "--data", folder.data(), "--role", role});
    REQUIRE(ran.code == 0);
    return ran.said.substr(0, ran.said.find('\n'));
}

struct Answer {
    int status = 0;
    std::string head;
    std::string body;

    /// A string or number of the JSON body by its name; "" when it is not there.
    std::string member(std::string const& name) const {
        auto const at = body.find("\"" + name + "\":");
        if (at == body.npos) return {};
        auto const begin = at + name.size() + 3;
        bool const quoted = body[begin] == '"';
        auto const end = body.find_first_of(quoted ? "\"" : ",}", begin + (quoted ? 1 : 0));
        return body.substr(begin + (quoted ? 1 : 0), end - begin - (quoted ? 1 : 0));
    }
};

class Server {
public:
    explicit Server(
        Folder const& folder, std::vector<std::string> const& more = {}, std::uint16_t port = 0
    )
        : folder_{folder} {
        auto const port_file = folder.path() / "port";
        fs::remove(port_file);
        std::vector<std::string> arguments{
            "serve",
            "--data",
            folder.data(),
            "--port",
            std::to_string(port),
            "--port-file",
            port_file.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        process_ = spawn(std::move(arguments), folder.path() / "log");
        for (int i = 0; i < 600 && !fs::exists(port_file); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        INFO(text_of(folder.path() / "log"));
        REQUIRE(fs::exists(port_file));
        port_ = static_cast<std::uint16_t>(std::stoi(text_of(port_file)));
    }
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;
    ~Server() { end(SIGKILL); }

    /// Its exit code, or 128 and the signal.
    int end(int signal) {
        if (process_ == 0) return 0;
        ::kill(process_, signal);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::uint16_t port() const { return port_; }

    /// `more`: headers, each with its line end. Status 0: no answer came.
    Answer ask(
        std::string const& method,
        std::string const& path,
        std::string const& key,
        std::string const& body = {},
        std::string const& more = {}
    ) const {
        api::TestClient client{port_};
        std::string request = method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + more;
        if (!key.empty()) request += "Authorization: Bearer " + key + "\r\n";
        if (!body.empty()) request += "Content-Type: application/json\r\n";
        request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        auto const text = client.ask(request);
        auto const split = text.find("\r\n\r\n");
        if (split == text.npos || text.size() < 12) return {};
        return {std::stoi(text.substr(9, 3)), text.substr(0, split), text.substr(split + 4)};
    }

private:
    Folder const& folder_;
    pid_t process_ = 0;
    std::uint16_t port_ = 0;
};

/// A time-ordered id for an Idempotency-Key; `number` tells those of one test apart.
inline std::string uuid(std::uint64_t number) {
    auto const since = std::chrono::system_clock::now().time_since_epoch();
    auto const millis = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    std::array<char, 64> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%08llx-%04llx-7000-8000-%012llx",
        static_cast<unsigned long long>(millis) >> 16U,
        static_cast<unsigned long long>(millis) & 0xffffU,
        static_cast<unsigned long long>(number)
    );
    return text.data();
}

inline std::string ride(std::string const& reference) {
    return R"({"workflow":"ride","reference":")" + reference +
           R"(","stops":[{"place":{"lat":57.7,"lon":11.97}},{"place":{"lat":57.71,"lon":11.98}}]})";
}

}  // namespace posthaste::testing
