// Each message to everybody who wants it, with as few hand-overs as there are kinds of reader.
//
// Takes    the publisher's messages; subscribers, who join at a cursor and leave.
// Gives    send(sinks, message, text): all readers of one text at once. Who follows a whole region
//          is kept in a list for each audience, which is handed over as it is; only those with
//          narrower topics are asked one by one.
//          A reader gets every message after its cursor once: what the ring has with join(), the
//          rest as it comes.
// Errors   join: limit_exceeded past subscribers_max.
// Cost     publish: O(1) a message and audience for whole regions, plus 50 ns for each of the rest.
// Threads  any; one mutex, held while sending, so `send` hands over and does not wait.
#pragma once

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "views/stream.hpp"

namespace posthaste::views {

constexpr std::size_t subscribers_max = 100'000;

template <class Sink>
class FanOut {
public:
    using SinkPtr = std::shared_ptr<Sink>;
    using Send =
        std::function<void(std::span<SinkPtr const>, Message const& message, Text const& text)>;

    struct Joined {
        std::uint64_t id = 0;  ///< for leave()
        bool gap = false;      ///< take a snapshot and join again after its number
        std::vector<std::pair<MessagePtr, Text>> backlog;  ///< to be sent before anything else
    };

    FanOut(Ring const& ring, Send send) : ring_{ring}, send_{std::move(send)} {}

    /// From `after` on, or from now. With a gap nothing was joined. `sink` may be sent to before
    /// join returns only by messages past the backlog: hold them back until it is written.
    Result<Joined> join(Subscription subscription, std::optional<Cursor> after, SinkPtr sink) {
        std::lock_guard const lock{mutex_};
        if (readers_.size() == subscribers_max)
            return Error{Errc::limit_exceeded, "too many subscribers"};
        Joined joined;
        auto const start = after.value_or(cursor_after(subscription.region, 0));
        auto since = ring_.since(start);
        joined.gap = after.has_value() && since.gap;
        if (joined.gap) return joined;
        if (after) {
            for (auto const& message : since.messages) {
                if (auto text = text_for(*message, subscription))
                    joined.backlog.emplace_back(message, std::move(text));
            }
        }
        joined.id = next_id_++;
        auto const from = after ? std::max(*after, since.last) : since.last;
        readers_.emplace(joined.id, Reader{std::move(subscription), from, std::move(sink)});
        return joined;
    }

    void leave(std::uint64_t id) {
        std::lock_guard const lock{mutex_};
        if (readers_.erase(id) > 0) return;
        for (auto& [key, crowd] : crowds_) {
            auto const found = std::ranges::find(crowd.ids, id);
            if (found == crowd.ids.end()) continue;
            auto const index = found - crowd.ids.begin();
            crowd.ids.erase(found);
            crowd.sinks.erase(crowd.sinks.begin() + index);
            return;
        }
    }

    void publish(std::span<MessagePtr const> messages) {
        std::lock_guard const lock{mutex_};
        for (auto const& message : messages)
            publish(*message);
    }

    std::size_t size() const {
        std::lock_guard const lock{mutex_};
        auto count = readers_.size();
        for (auto const& [key, crowd] : crowds_)
            count += crowd.ids.size();
        return count;
    }

private:
    struct Reader {
        Subscription subscription;
        Cursor from;  ///< has everything up to it
        SinkPtr sink;
    };
    /// Everybody who follows a whole region and has caught up.
    struct Crowd {
        std::vector<std::uint64_t> ids;
        std::vector<SinkPtr> sinks;
    };
    using CrowdKey = std::pair<RegionId, Audience>;

    static bool is_whole(Subscription const& subscription) {
        return subscription.topics.all && subscription.audience != Audience::agent;
    }

    void publish(Message const& message) {
        bool const has_cursor = message.cursor.number != 0;
        for (auto at = readers_.begin(); at != readers_.end();) {
            auto& [id, reader] = *at;
            bool const is_past = has_cursor && message.cursor > reader.from;
            bool const is_theirs = reader.subscription.region == message.cursor.region;
            if (is_theirs && is_past && is_whole(reader.subscription)) {
                auto& crowd = crowds_[{reader.subscription.region, reader.subscription.audience}];
                crowd.ids.push_back(id);
                crowd.sinks.push_back(std::move(reader.sink));
                at = readers_.erase(at);
                continue;
            }
            if (is_theirs && (is_past || !has_cursor)) send_one(reader, message);
            ++at;
        }
        for (auto const audience : {Audience::full, Audience::open}) {
            auto const crowd = crowds_.find({message.cursor.region, audience});
            auto const& text = message.texts[static_cast<std::size_t>(audience)];
            if (crowd == crowds_.end() || crowd->second.sinks.empty() || !text) continue;
            send_(crowd->second.sinks, message, text);
        }
    }

    void send_one(Reader const& reader, Message const& message) {
        auto const text = text_for(message, reader.subscription);
        if (text) send_(std::span{&reader.sink, 1}, message, text);
    }

    Ring const& ring_;
    Send send_;
    mutable std::mutex mutex_;
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, Reader> readers_;  ///< with topics, or not caught up yet
    std::map<CrowdKey, Crowd> crowds_;
};

}  // namespace posthaste::views
