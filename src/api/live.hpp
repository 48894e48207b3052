// Who is told what happens, as it happens: event streams for boards, one link for each agent.
//
// Takes    the publisher's messages (views/stream.hpp), in its thread; streams and links that come
//          and go.
// Gives    a frame made once for all who see the same text, handed to the server's threads by
//          broadcast(): a crowd costs as much as one subscriber here.
//          join(): what the ring has after the cursor, then the rest as it comes, each once. A
//          `gap` event where the ring does not reach: take a snapshot, the stream goes on.
//          look(): whoever has lost their key is sent away.
// Shapes   event: NAME, id: CURSOR (not for positions), traceparent: of the request it followed
//          from, data: JSON. A stream that resumes nothing begins with `ready` and its cursor.
// Errors   join: limit_exceeded past views::subscribers_max.
// Order    by cursor within a region.
// Limits   backlog_bytes_max: a longer one is a gap. links_per_agent_max: the oldest is closed.
// Threads  any; one mutex, held while handing over.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "api/kept.hpp"
#include "api/seen.hpp"
#include "views/fan_out.hpp"

namespace posthaste::api {

constexpr std::size_t backlog_bytes_max = std::size_t{512} * 1024;
constexpr std::size_t links_per_agent_max = 4;
constexpr Millis look_every{1000};  ///< how long a stream may outlive its key
constexpr std::string_view not_welcome = "the key is revoked or has expired";

/// An agent's WebSocket, as the publisher sees it.
class AgentLink {
public:
    AgentLink() = default;
    AgentLink(AgentLink const&) = delete;
    AgentLink& operator=(AgentLink const&) = delete;
    virtual ~AgentLink() = default;

    virtual void tell(
        views::Message const& message, views::Text const& text, StampPtr const& stamp
    ) = 0;
    virtual bool is_welcome(Instant now) const = 0;
    virtual void dismiss(std::string reason) = 0;
};

/// Whether a stream's key still opens it.
using Welcome = std::function<bool(Instant now)>;

struct LiveOptions {
    std::string map;  ///< what /v1/map answers: roads as GeoJSON; empty: none
    /// How long after its request a new job's agent was shown; api/seen.hpp.
    std::function<void(std::int64_t micros)> on_seen = [](std::int64_t) {};
};

class Live {
public:
    explicit Live(views::Ring const& ring, LiveOptions options = {});

    /// The publisher's OnMessages.
    void publish(std::span<views::MessagePtr const> messages);

    /// Answers with an event stream. `number`: the region's newest event on the board.
    void join(
        views::Subscription subscription,
        std::optional<views::Cursor> after,
        model::EventNumber number,
        Welcome welcome,
        Responder responder
    );
    /// Told of all that concerns the agent, from now on.
    void link(model::AgentId agent, std::shared_ptr<AgentLink> link);
    void unlink(model::AgentId agent, AgentLink const& link);

    /// Ends the streams and links whose keys were revoked or have expired.
    void look(Instant now);

    Seen& seen() { return seen_; }
    std::size_t subscribers() const { return fan_out_.size(); }
    /// Requires: nobody asks for it yet.
    void set_map(std::string map);
    /// Null: there is none.
    Kept const* map() const { return map_ ? &*map_ : nullptr; }

private:
    using FanOut = views::FanOut<Stream>;

    void send(
        std::span<std::shared_ptr<Stream> const> streams,
        views::Message const& message,
        views::Text const& text
    );
    void tell_agents(views::Message const& message);
    void leave(std::uint64_t id);
    /// Joins where the subscriber left off, or from now on behind a gap or a `ready`.
    Result<std::uint64_t> catch_up(
        views::Subscription const& subscription,
        std::optional<views::Cursor> after,
        model::EventNumber number,
        std::shared_ptr<Stream> const& stream
    );

    views::Ring const& ring_;
    Seen seen_;
    std::optional<Kept> map_;
    /// Held while publishing and while joining, so that nothing overtakes a backlog.
    std::mutex order_mutex_;
    FanOut fan_out_;
    struct LastFrame {
        views::Text text;
        views::Cursor cursor;
        Frame frame;
    };
    LastFrame last_;  ///< many small subscriptions to one message share its frame
    StampPtr stamp_;  ///< of the message that is being published
    struct Guest {
        Welcome welcome;
        std::shared_ptr<Stream> stream;
    };
    std::map<std::uint64_t, Guest> guests_;  ///< by their place in the fan-out
    std::map<model::AgentId, std::vector<std::shared_ptr<AgentLink>>> links_;
};

}  // namespace posthaste::api
