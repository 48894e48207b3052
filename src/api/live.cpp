#include "api/live.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

using views::Cursor;

std::string event_text(views::Message const& message, std::string_view data) {
    std::string text = "event: ";
    text += message.name;
    if (message.cursor.number != 0) text += "\nid: " + to_text(message.cursor);
    if (!message.traceparent.empty()) text += "\ntraceparent: " + message.traceparent;
    text += "\ndata: ";
    text += data;
    return text += "\n\n";
}

/// `ready` or `gap`: from where the stream goes on.
Frame start_frame(std::string_view name, Cursor const& cursor) {
    auto const id = to_text(cursor);
    std::string text = "event: " + std::string{name} + "\nid: " + id + "\nretry: 1000\n";
    text += "data: {\"cursor\":\"" + id + "\",\"number\":\"" + std::to_string(cursor.number);
    return make_frame(text + "\"}\n\n");
}

/// One stream's place in the fan-out; the stream may end before it has one.
struct Seat {
    std::mutex mutex;
    std::uint64_t id = 0;
    bool gone = false;
};

Response stream_head() {
    return {
        .headers = {
            {"Content-Type", "text/event-stream"},
            {"Cache-Control", "no-store"},
            {"X-Accel-Buffering", "no"}}};
}

}  // namespace

Live::Live(views::Ring const& ring, LiveOptions options)
    : ring_{ring},
      seen_{std::move(options.on_seen)},
      fan_out_{ring, [this](auto streams, auto const& message, auto const& text) {
                   send(streams, message, text);
               }} {
    if (!options.map.empty()) set_map(std::move(options.map));
}

void Live::set_map(std::string map) {
    map_.emplace("application/geo+json", std::move(map));
}

void Live::send(
    std::span<std::shared_ptr<Stream> const> streams,
    views::Message const& message,
    views::Text const& text
) {
    if (last_.text != text || last_.cursor != message.cursor)
        last_ = {text, message.cursor, make_frame(event_text(message, *text))};
    broadcast(streams, last_.frame, stamp_);
}

void Live::publish(std::span<views::MessagePtr const> messages) {
    std::lock_guard const lock{order_mutex_};
    for (auto const& message : messages) {
        stamp_ = seen_.stamp_of(*message);
        fan_out_.publish({&message, 1});
        tell_agents(*message);
    }
    stamp_ = nullptr;
}

void Live::tell_agents(views::Message const& message) {
    auto const& text = message.texts[static_cast<std::size_t>(views::Audience::agent)];
    if (!text) return;
    auto const tell = [&](auto const& links) {
        for (auto const& link : links)
            link->tell(message, text, stamp_);
    };
    if (message.for_all) {
        auto const first = make_id<model::AgentId>(message.cursor.region, 0);
        for (auto at = links_.lower_bound(first); at != links_.end(); ++at) {
            if (region_of(at->first) != message.cursor.region) break;
            tell(at->second);
        }
        return;
    }
    for (auto const agent : message.agents) {
        auto const found = links_.find(agent);
        if (found != links_.end()) tell(found->second);
    }
}

Result<std::uint64_t> Live::catch_up(
    views::Subscription const& subscription,
    std::optional<Cursor> after,
    model::EventNumber number,
    std::shared_ptr<Stream> const& stream
) {
    // A number that the region has not reached is no cursor of ours.
    bool gap = after && after->number > number;
    if (after && !gap) {
        auto joined = TRY(fan_out_.join(subscription, after, stream));
        std::size_t bytes = 0;
        for (auto const& [message, text] : joined.backlog)
            bytes += text->size();
        gap = joined.gap || bytes > backlog_bytes_max;
        if (!gap) {
            for (auto const& [message, text] : joined.backlog)
                stream->write(make_frame(event_text(*message, *text)));
            return joined.id;
        }
        if (!joined.gap) fan_out_.leave(joined.id);
    }
    auto const newest = ring_.since(views::cursor_after(subscription.region, number));
    auto const from = newest.gap ? views::cursor_after(subscription.region, number) : newest.last;
    auto joined = TRY(fan_out_.join(subscription, std::nullopt, stream));
    stream->write(start_frame(gap ? "gap" : "ready", from));
    return joined.id;
}

void Live::join(
    views::Subscription subscription,
    std::optional<Cursor> after,
    model::EventNumber number,
    Welcome welcome,
    Responder responder
) {
    auto const seat = std::make_shared<Seat>();
    auto const stream = responder.stream(stream_head(), [this, seat] {
        std::lock_guard const lock{seat->mutex};
        seat->gone = true;
        if (seat->id != 0) leave(seat->id);
    });
    std::unique_lock order{order_mutex_};
    auto const joined = catch_up(subscription, after, number, stream);
    if (joined.ok()) guests_.emplace(joined.value(), Guest{std::move(welcome), stream});
    order.unlock();
    if (!joined.ok()) return stream->close();
    std::lock_guard const lock{seat->mutex};
    seat->id = joined.value();
    if (seat->gone) leave(seat->id);
}

void Live::leave(std::uint64_t id) {
    fan_out_.leave(id);
    std::lock_guard const lock{order_mutex_};
    guests_.erase(id);
}

void Live::look(Instant now) {
    std::vector<std::shared_ptr<Stream>> streams;
    std::vector<std::shared_ptr<AgentLink>> links;
    {
        std::lock_guard const lock{order_mutex_};
        for (auto const& [id, guest] : guests_) {
            if (!guest.welcome(now)) streams.push_back(guest.stream);
        }
        for (auto const& [agent, theirs] : links_) {
            for (auto const& link : theirs) {
                if (!link->is_welcome(now)) links.push_back(link);
            }
        }
    }
    for (auto const& stream : streams)
        stream->close();
    for (auto const& link : links)
        link->dismiss(std::string{not_welcome});
}

void Live::link(model::AgentId agent, std::shared_ptr<AgentLink> link) {
    std::shared_ptr<AgentLink> replaced;
    {
        std::lock_guard const lock{order_mutex_};
        auto& links = links_[agent];
        if (links.size() == links_per_agent_max) {
            replaced = std::move(links.front());
            links.erase(links.begin());
        }
        links.push_back(std::move(link));
        ASSERT(links.size() <= links_per_agent_max);
    }
    if (replaced) replaced->dismiss("another link took its place");
}

void Live::unlink(model::AgentId agent, AgentLink const& link) {
    std::lock_guard const lock{order_mutex_};
    auto const found = links_.find(agent);
    if (found == links_.end()) return;
    std::erase_if(found->second, [&](auto const& each) { return each.get() == &link; });
    if (found->second.empty()) links_.erase(found);
}

}  // namespace posthaste::api
