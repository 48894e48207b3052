// An agent's phone: a WebSocket of their own, as src/api/live_agent.hpp speaks it.
//
// Takes    an io_context, on whose one thread all of this runs; a target with the agent's own key.
// Gives    send(): what the agent says, numbered, and the answer to it. What has no answer when
//          the link breaks is said again on the next one, under the same number. Of a fix only
//          the newest matters: it is said once.
//          on_message: offers and jobs, as they are after each connect and as they change.
// Errors   Answer::status 0: given up after tries_max, or a fix that the link lost. send(): false
//          when unanswered_max wait, or a fix while there is no link.
// Units    microseconds of a steady clock.
// Threads  one
// Limits   unanswered_max a phone: half of what the server takes of one.
// Source   Boost.Beast (only phone.cpp sees its WebSocket).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "load/client.hpp"
#include "load/document.hpp"

namespace posthaste::load {

constexpr std::size_t unanswered_max = 32;

/// One message up: its type, and a command's fields without the braces.
struct Say {
    std::string_view type;
    std::string fields;
    bool once = false;  ///< not said again on a new link
};

struct PhoneCounts {
    std::uint64_t sent = 0;
    std::uint64_t retries = 0;
    std::uint64_t links = 0;  ///< made, the first and all after it
};

class Phone {
public:
    using OnMessage = std::function<void(MessageSeen const&, std::int64_t seen_micros)>;

    /// Requires: `counts` outlives the phone; many may count there.
    Phone(
        boost::asio::io_context& io,
        Target target,
        std::string device,
        PhoneCounts& counts,
        OnMessage on_message
    );
    ~Phone();
    Phone(Phone const&) = delete;
    Phone& operator=(Phone const&) = delete;

    /// Connects, and again 300 ms after each break.
    void start();
    bool send(Say say, Then then);
    std::size_t unanswered() const;
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace posthaste::load
