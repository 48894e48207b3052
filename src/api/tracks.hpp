// What became of each fix that a tracker sent: the way from a parsed batch to the region.
//
// Takes    batches of any protocol, with who sent them.
// Gives    each fix through its region's track filter: what is new goes to the shard, what is late
//          to the history; a Taken when all of it is where it belongs.
//          A device is its agent's reference; of OwnTracks' USER/DEVICE also DEVICE alone. A key
//          of the role agent speaks for its own agent only: others are unknown to it.
// Errors   an unknown device is an error of its line. `stored` says when history could not be
//          written; `shed` how many fixes the region had no room for: come again.
// Order    a batch by event time within an agent; batches of one region as they come.
// Cost     a look-up and a filter step a fix; late fixes cost one commit for all that wait.
// Limits   late_waiting_max late fixes wait; above, the batch's `stored` is limit_exceeded.
// Threads  any; one lock a region while its fixes are judged. `done` is called on the caller's
//          thread, or on the storing one's when there were late fixes.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "api/auth.hpp"
#include "api/metrics.hpp"
#include "ingest/interval.hpp"
#include "ingest/raw_fix.hpp"
#include "ingest/track_filter.hpp"
#include "node/shard.hpp"
#include "views/board.hpp"
#include "views/sqlite/history.hpp"

namespace posthaste::api {

constexpr std::size_t late_waiting_max = 262'144;

struct Taken {
    ingest::BatchReport report;
    std::size_t unknown = 0;  ///< devices nobody is known by; lines of report.errors too
    std::size_t shed = 0;
    std::optional<Error> stored;  ///< why late fixes are not in the history
};

class Tracks {
public:
    using Done = std::function<void(Taken const&)>;

    /// The parts outlive the tracks.
    Tracks(node::Shard& shard, views::Board& board, views::History& history, Metrics& metrics);
    Tracks(Tracks const&) = delete;
    Tracks& operator=(Tracks const&) = delete;
    ~Tracks();

    void take(Principal const& who, ingest::Batch batch, Instant now, Done done);
    /// The agent was removed: makes room for another.
    void forget(model::AgentId agent);
    /// How often each reason was given since the start.
    ingest::ReasonCounts quality(model::AgentId agent);

private:
    struct Region {
        std::mutex mutex;
        ingest::TrackFilter filter{{}};
    };
    struct Sorted;
    struct Late {
        std::vector<model::Fix> fixes;
        Taken taken;
        Done done;
    };

    std::optional<model::AgentId> agent_of(Principal const& who, std::string_view device) const;
    std::optional<Millis> interval_of(model::AgentId agent) const;
    Region& region(RegionId id);
    void restore(RegionId id, ingest::TrackFilter& filter) const;
    void judge(RegionId id, Sorted& sorted, Instant now);
    void store(Late late);
    void store_all();

    node::Shard& shard_;
    views::Board& board_;
    views::History& history_;
    Metrics& metrics_;
    std::shared_mutex regions_mutex_;
    std::map<RegionId, std::unique_ptr<Region>> regions_;

    std::mutex late_mutex_;
    std::condition_variable wake_;
    std::deque<Late> late_;
    std::size_t late_waiting_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::api
