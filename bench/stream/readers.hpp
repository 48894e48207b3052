// Many subscribers in a process of their own, over epoll: says when the last of them has heard.
//
// Takes    the words that subscribe and those that confirm it, and a marker that each round's
//          message carries with the round's number behind it.
// Gives    for each round the monotonic clock's nanoseconds at which the last subscriber had read
//          its marker. The same readers serve both sides of a comparison.
// Errors   what fails ends the program with a sentence.
// Threads  fork() before there are any
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace posthaste::bench {

constexpr int first_round = 10;  ///< two digits, so that no number is the beginning of another

struct Subscribing {
    std::string words;
    std::string confirmed;  ///< in what comes back
    std::string marker;     ///< before the round's number
    std::size_t count = 0;
};

class Readers {
public:
    /// Forks. The readers wait for the port.
    explicit Readers(Subscribing const& subscribing);
    Readers(Readers const&) = delete;
    Readers& operator=(Readers const&) = delete;
    ~Readers() { stop(); }

    /// Returns when all have subscribed.
    void connect(std::uint16_t port);
    std::int64_t last_heard();
    /// Before what they are connected to ends.
    void stop();

private:
    pid_t child_ = 0;
    int to_child_ = -1;
    int from_child_ = -1;
};

std::int64_t monotonic_nanos();
void raise_file_limit();

}  // namespace posthaste::bench
