// A loopback connection and who speaks on it: one thread sends prepared bytes as fast as they are
// taken, one throws the replies away. The measured side reads and answers on the caller's thread.
//
// Errors   a socket call that fails ends the program with the system's words: it is a benchmark.
// Threads  one object; the caller's thread uses read() and write()
#pragma once

#include <cstddef>
#include <string_view>
#include <thread>

namespace posthaste::bench {

class Wire {
public:
    /// Starts sending. Requires: the bytes outlive the wire.
    explicit Wire(std::string_view bytes);
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;
    ~Wire();

    /// At most `size` bytes; 0 at the end.
    std::size_t read(char* into, std::size_t size) const;
    void write(std::string_view bytes) const;

private:
    int client_ = -1;
    int server_ = -1;
    std::thread sender_;
    std::thread drain_;
};

}  // namespace posthaste::bench
