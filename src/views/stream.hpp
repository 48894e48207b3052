// What boards and phones are told: small messages made from each turn's Change, and kept a while.
//
// Takes    Changes in their order (board.hpp), on a thread of the publisher's own or of pump().
// Gives    one message for each job, agent and offer that changed in a turn, as it is after it, and
//          one for each notice that is not state (an effect, a fence crossed, a decision, ...).
//          Each has its text made once for each audience that may see it; for the others none.
//          Positions go out once a second, the newest of each agent, without a cursor: they are
//          not resumed, the next one makes up for it.
// Shapes   names: job job_gone agent agent_gone offer offer_closed effect fence deadline_missed
//          slip conflict decision zone zone_gone policy workflow positions gap.
//          After a cursor (region, event, part) comes every message with a higher one.
// Errors   a reader whose cursor the ring no longer reaches gets `gap`: take a snapshot, go on from
//          its number. The same is told to all when the publisher could not keep up.
// Order    by cursor within a region.
// Cost     about 10 us a message with its texts, none of it in the turn: that hands over a pointer.
// Threads  give: the writer's, never waits. Ring: any. The rest: the publisher's one thread.
// Limits   changes_max waiting, ring_messages_max and ring_bytes_max a region.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "geo/fence_index.hpp"
#include "views/board.hpp"
#include "views/show.hpp"

namespace posthaste::views {

constexpr std::size_t changes_max = 8192;
constexpr std::size_t ring_messages_max = 65'536;
constexpr std::size_t ring_bytes_max = std::size_t{64} * 1024 * 1024;
constexpr Millis positions_every{1000};
constexpr std::size_t topics_max = 256;

/// A place in a region's stream. Its text is opaque to clients.
struct Cursor {
    RegionId region{};
    model::EventNumber number = 0;
    std::uint32_t part = 0;

    auto operator<=>(Cursor const&) const = default;
};
constexpr std::uint32_t part_last = 0xffff'ffff;
/// The cursor of whoever has seen all up to an event: what follows a snapshot.
constexpr Cursor cursor_after(RegionId region, model::EventNumber number) {
    return {region, number, part_last};
}
std::string to_text(Cursor const& cursor);
std::optional<Cursor> cursor_from(std::string_view text);

using Text = std::shared_ptr<std::string const>;

/// One agent's newest position, with its JSON.
struct PositionItem {
    model::AgentId agent{};
    model::Position place;
    std::vector<model::ZoneId> zones;
    std::string text;
};

struct Message {
    Cursor cursor;  ///< number 0: none, not resumable
    std::string_view name;
    bool for_all = false;  ///< whatever the topics: settings, a gap
    std::vector<model::ZoneId> zones;
    std::vector<model::AgentId> agents;
    std::vector<model::JobId> jobs;
    std::vector<model::Position> places;
    std::string traceparent;                 ///< of the request it followed from; empty: none
    std::array<Text, audience_count> texts;  ///< by audience; null: not for them
    std::vector<PositionItem> positions;

    std::size_t bytes() const;
};
using MessagePtr = std::shared_ptr<Message const>;

/// What a subscriber wants, of one region: all, or whatever matches one of the topics.
struct Topics {
    bool all = false;
    std::vector<model::ZoneId> zones;
    std::vector<model::AgentId> agents;
    std::vector<model::JobId> jobs;
    std::optional<geo::Rectangle> area;
};

struct Subscription {
    RegionId region{};
    Audience audience = Audience::open;
    model::AgentId agent{};  ///< of the agent audience: hears what concerns them, nothing else
    Topics topics;
};

/// The text of the message for this subscriber; null when it is not for them.
Text text_for(Message const& message, Subscription const& subscription);

/// The newest messages of each region.
class Ring {
public:
    struct Since {
        bool gap = false;  ///< the ring does not reach back so far, or knows no such region
        Cursor last;       ///< of the newest message there is
        std::vector<MessagePtr> messages;
    };

    explicit Ring(
        std::size_t messages_max = ring_messages_max, std::size_t bytes_max = ring_bytes_max
    )
        : messages_max_{messages_max}, bytes_max_{bytes_max} {}

    void add(MessagePtr message);
    /// Nothing before `after` can be had; what comes next follows it.
    void begin(Cursor after);
    /// A cursor past the board's number is not ours either; who knows the board looks at that.
    Since since(Cursor const& after) const;

private:
    struct Region {
        Cursor floor;  ///< everything after it is here
        Cursor last;
        std::deque<MessagePtr> messages;
        std::size_t bytes = 0;
    };

    mutable std::mutex mutex_;
    std::size_t messages_max_;
    std::size_t bytes_max_;
    std::map<RegionId, Region> regions_;
};

class Publisher {
public:
    using OnMessages = std::function<void(std::span<MessagePtr const>)>;

    /// The ring outlives the publisher. `on_messages` is called after they are in the ring.
    Publisher(Ring& ring, OnMessages on_messages, std::size_t queue_max = changes_max);
    ~Publisher();
    Publisher(Publisher const&) = delete;
    Publisher& operator=(Publisher const&) = delete;
    Publisher(Publisher&&) = delete;
    Publisher& operator=(Publisher&&) = delete;

    /// Never waits; at the limit everything waiting gives way to a gap.
    void give(std::shared_ptr<Change const> change);

    /// Publishes what waits; positions when they are due. `now`: any steady milliseconds.
    void pump(Instant now);
    /// Pumps on a thread of its own until stop().
    void start();
    void stop();

    std::uint64_t gaps() const;

private:
    struct Region {
        geo::FenceIndex fences;
        std::map<model::ZoneId, std::shared_ptr<model::Zone const>> zones;
        boost::unordered_flat_map<std::uint64_t, model::Position> places;  ///< by agent
        std::map<model::AgentId, model::Fix> moved;  ///< since the last positions
    };
    /// What is left of changes that were given up.
    struct Lost {
        model::EventNumber number = 0;
        std::shared_ptr<Settings const> settings;
    };
    struct Telling;

    void publish(Change const& change, std::vector<MessagePtr>& out);
    void set_zones(Region& region, Settings const& settings);
    void tell_gap(RegionId region, model::EventNumber number, std::vector<MessagePtr>& out);
    void publish_positions(std::vector<MessagePtr>& out);

    Ring& ring_;
    OnMessages on_messages_;
    std::size_t queue_max_;
    std::map<RegionId, Region> regions_;
    Instant positions_due_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Change const>> queue_;
    std::map<RegionId, Lost> lost_;
    std::uint64_t gaps_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::views
