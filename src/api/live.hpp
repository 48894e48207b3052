// Who is told what happens, as it happens: event streams for boards, one link for each agent.
//
// Takes    the publisher's messages (views/stream.hpp), in its thread; streams and links that come
//          and go.
// Gives    a frame made once for all who see the same text, handed to the server's threads by
//          broadcast(): a crowd costs as much as one subscriber here.
//          join(): what the ring has after the cursor, then the rest as it comes, each once. A
//          `gap` event where the ring does not reach: take a snapshot, the stream goes on.
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
#include <span>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "views/fan_out.hpp"

namespace posthaste::api {

constexpr std::size_t backlog_bytes_max = std::size_t{512} * 1024;
constexpr std::size_t links_per_agent_max = 4;

/// An agent's WebSocket, as the publisher sees it.
class AgentLink {
public:
    AgentLink() = default;
    AgentLink(AgentLink const&) = delete;
    AgentLink& operator=(AgentLink const&) = delete;
    virtual ~AgentLink() = default;

    virtual void tell(views::Message const& message, views::Text const& text) = 0;
    virtual void replace() = 0;  ///< another link has taken its place
};

struct LiveOptions {
    std::string map;  ///< what /v1/map answers: roads as GeoJSON; empty: none
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
        Responder responder
    );
    /// Told of all that concerns the agent, from now on.
    void link(model::AgentId agent, std::shared_ptr<AgentLink> link);
    void unlink(model::AgentId agent, AgentLink const& link);

    std::size_t subscribers() const { return fan_out_.size(); }
    Frame const& map() const { return map_; }

private:
    using FanOut = views::FanOut<Stream>;

    void send(
        std::span<std::shared_ptr<Stream> const> streams,
        views::Message const& message,
        views::Text const& text
    );
    void tell_agents(views::Message const& message);
    /// Joins where the subscriber left off, or from now on behind a gap or a `ready`.
    Result<std::uint64_t> catch_up(
        views::Subscription const& subscription,
        std::optional<views::Cursor> after,
        model::EventNumber number,
        std::shared_ptr<Stream> const& stream
    );

    views::Ring const& ring_;
    Frame map_;
    /// Held while publishing and while joining, so that nothing overtakes a backlog.
    std::mutex order_mutex_;
    FanOut fan_out_;
    struct LastFrame {
        views::Text text;
        views::Cursor cursor;
        Frame frame;
    };
    LastFrame last_;  ///< many small subscriptions to one message share its frame
    std::map<model::AgentId, std::vector<std::shared_ptr<AgentLink>>> links_;
};

}  // namespace posthaste::api
