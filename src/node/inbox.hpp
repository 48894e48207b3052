// What came in for one region and was not decided yet: lanes, each with a bound and a quota a turn.
//
// Takes    commands with where their reply goes, questions, and fixes, from any thread.
// Gives    batches to the writer: from each lane at most its quota, so that no kind of traffic
//          starves another; within a lane first in, first out.
// Errors   submit: limit_exceeded when the lane is full; io_failed once it is closed. Nothing was
//          kept, the caller says 503.
// Limits   lane_max commands a lane; questions_max questions; fixes_max fixes. When fixes stand in
//          line an agent's older fix gives way to its newer one, and is counted as coalesced.
// Threads  any may put, one takes
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/decide.hpp"
#include "core/input.hpp"
#include "core/remembered.hpp"

namespace posthaste::node {

/// What the sender of a command hears, once: after its events are durable, or that they are not.
struct Reply {
    RegionId region{};
    Result<core::Answer> answer;
    bool repeated = false;
};
using ReplyTo = std::function<void(Reply const&)>;

struct Submission {
    model::Envelope envelope;  ///< `at` is the writer's to fill
    model::Command command;
    ReplyTo reply_to;
    /// What tells it from another command under the same id, where that is not the whole command:
    /// ids of what was stored aside, and secrets, are new in each retry. 0: body_hash_of(command).
    std::uint64_t body_hash = 0;
};

/// Asks a region as it is, and changes nothing; called once, in the writer's thread. Null: the
/// shard stopped before.
using Question = std::function<void(core::Region const* region, Instant now)>;

enum class Lane : std::uint8_t { control, status, job, plan };
constexpr std::size_t lane_count = 4;
Lane lane_of(model::Command const& command);

constexpr std::size_t lane_max = 65'536;
constexpr std::size_t fixes_max = 262'144;
constexpr std::size_t questions_max = 1024;

struct Batch {
    std::vector<Submission> commands;  ///< by lane
    std::vector<model::Fix> fixes;

    bool empty() const { return commands.empty() && fixes.empty(); }
};

/// How much of each a turn takes.
struct Quotas {
    std::array<std::size_t, lane_count> commands{64, 1024, 1024, 4};
    std::size_t fixes = 16'384;
    std::size_t questions = 4;  ///< the dearest takes some 30 ms
};

struct InboxCounts {
    std::uint64_t refused = 0;    ///< commands, for a full lane
    std::uint64_t coalesced = 0;  ///< fixes that gave way to a newer one
    std::uint64_t shed = 0;       ///< fixes refused: full even after coalescing
};

class Inbox {
public:
    Status submit(Submission submission);
    /// Errors: as submit's.
    Status ask(Question question);
    std::vector<Question> take_questions(std::size_t most);
    /// Gives how many were taken in; the rest was shed.
    std::size_t add(std::vector<model::Fix> const& fixes);

    Batch take(Quotas const& quotas);
    /// Puts back what a turn took and could not decide, in front and in order.
    void put_back(std::vector<Submission> commands, std::vector<model::Fix> fixes);
    /// Takes out all that waits; from here on submit answers io_failed.
    std::vector<Submission> close();
    bool empty() const;
    InboxCounts counts() const;

private:
    bool add_one(model::Fix const& fix);

    mutable std::mutex mutex_;
    std::array<std::deque<Submission>, lane_count> lanes_;
    std::deque<Question> questions_;
    std::deque<model::Fix> fixes_;
    std::uint64_t first_fix_ = 0;  ///< the number of fixes_.front()
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> newest_;  ///< agent -> fix number
    InboxCounts counts_;
    bool closed_ = false;
};

}  // namespace posthaste::node
