// A shard: one log, one writer, one or many regions. turn() is where all stages meet.
//
// Takes    commands, questions and fixes into each region's inbox (any thread); turns, from one
//          thread.
// Gives    durable records, and only after them: the followers' calls and the replies.
// Errors   open: what the log says. turn: the log failed. Where the outcome was known or could be
//          read back the shard goes on (its state rebuilt from the log, the replies told so);
//          where not even that worked it is stopped: every submit answers io_failed until a new
//          Shard is opened.
// Order    regions in a turn by id; within a region: newer travel times, term, timers, overdue,
//          commands by lane, fixes, the agenda after each; routes to time again.
// Threads  turn, regions, state: the owner's one thread. submit, ask, add_fixes, observe: any.
// Limits   the inboxes'; a record of record_bytes_max: a turn that nears it leaves the rest for the
//          next.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/decide.hpp"
#include "log/log.hpp"
#include "node/clock.hpp"
#include "node/inbox.hpp"
#include "views/follower.hpp"

namespace posthaste::node {

using views::Follower;
using views::Turned;

/// Where a turn's time went, for the histograms. Told after each turn that did something.
struct TurnTimes {
    std::int64_t decide_us = 0;
    std::int64_t commit_us = 0;
    std::int64_t publish_us = 0;
    std::size_t inputs = 0;
    std::size_t events = 0;
};

/// Travel times that are other than before. `adopt` makes every region's Travel answer with them.
struct NewTravel {
    std::uint64_t hash = 0;
    model::TravelSource source = model::TravelSource::great_circle;
    std::function<void()> adopt;
};

/// What was fed to decide, in order, envelopes with their instant: with it, and the travel times
/// that it names by their hash, everything is decided again.
using Trace =
    std::function<void(RegionId region, model::Envelope const& envelope, core::Input const& input)>;

struct ShardOptions {
    Quotas quotas;
    std::size_t timers_per_turn = 1024;
    std::size_t agenda_per_turn = 16'384;
    Millis checkpoint_every{1000};      ///< positions; at most 2 s old with a turn's delay
    std::size_t retimes_per_turn = 64;  ///< routes, after travel times changed
    match::MakeTravel travel = match::straight_lines;  ///< of all its regions
    Trace trace;                                       ///< may be nothing
};

class Shard {
public:
    /// Reads every region of the log. The control region and those that it names are made when
    /// they are missing. `followers` outlive the shard.
    static Result<std::unique_ptr<Shard>> open(
        log::Log& log, Clock const& clock, ShardOptions options, std::vector<Follower*> followers
    );
    ~Shard();

    /// Errors: not_found (region), limit_exceeded (inbox full), io_failed (stopped).
    Status submit(RegionId region, Submission submission);
    /// Answered at the beginning of a turn: from what is durable. Errors: as submit's.
    Status ask(RegionId region, Question question);
    /// Gives how many were taken in.
    std::size_t add_fixes(RegionId region, std::vector<model::Fix> const& fixes);

    /// From the next turn on; a newer one takes its place. Called in the writer's thread: adopt().
    void observe(NewTravel travel);

    /// One turn over all regions that have something to do. Whether anything was done.
    Result<bool> turn();
    /// Sleeps until there is input, a timer is due, or `most` has passed.
    void wait(Millis most);

    std::vector<RegionId> regions() const;
    core::Region const& region(RegionId id) const;
    bool is_stopped() const { return stopped_; }
    InboxCounts inbox_counts() const;
    /// What was gone on without since this was last asked: a snapshot, positions, a failed append.
    std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }
    TurnTimes const& last_times() const { return times_; }

private:
    struct Seat;
    struct Work;

    Shard(
        log::Log& log, Clock const& clock, ShardOptions options, std::vector<Follower*> followers
    );

    Status load_regions();
    Status load(RegionId id);
    Seat* seat_of(RegionId id) const;
    void rouse();

    // turn.cpp
    void take_travel();
    void decide_travel(Seat& seat, Work& work);
    void retime(Seat& seat, Work& work);
    void decide_all(Seat& seat, Work& work);
    core::Answer decide_one(
        Seat& seat, Work& work, model::Envelope envelope, core::Input const& input
    );
    core::Answer take(
        Seat& seat, Work& work, model::Envelope const& envelope, core::Decided decided
    );
    void take_put_off(Seat& seat, Work& work);
    void decide_term(Seat& seat, Work& work);
    void decide_timers(Seat& seat, Work& work);
    void decide_commands(Seat& seat, Work& work, Batch& batch);
    void decide_fixes(Seat& seat, Work& work, Batch& batch);
    void drain_agenda(Seat& seat, Work& work);
    Status commit(std::vector<Work>& works);
    void publish(std::vector<Work>& works);
    void answer(std::vector<Work>& works);

    // shard.cpp: when an append failed
    Status settle(std::vector<Work>& works, Error const& error);
    Result<bool> was_stored(std::vector<Work> const& works);
    Status stop(std::vector<Work>& works, Error const& error);
    void seat_new_regions(std::vector<Work> const& works);
    void checkpoint_positions(Instant now);

    log::Log& log_;
    Clock const& clock_;
    ShardOptions options_;
    std::vector<Follower*> followers_;
    core::Scratch scratch_;
    std::map<RegionId, std::unique_ptr<Seat>> seats_;
    mutable std::mutex seats_mutex_;  ///< the map, for submitters; seats are never removed
    std::mutex wake_mutex_;
    std::condition_variable wake_;
    bool awake_ = false;
    std::optional<NewTravel> observed_;  ///< guarded by wake_mutex_
    std::optional<NewTravel> travel_;    ///< adopted
    std::atomic<bool> stopped_ = false;
    TurnTimes times_;
    std::vector<std::string> warnings_;
    Instant checkpointed_;
};

}  // namespace posthaste::node
