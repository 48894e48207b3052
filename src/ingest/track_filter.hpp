// The track filter: which fixes may say where an agent is now, which are only history, which lie.
//
// Takes    raw fixes of known agents, one agent's in the order they came (sort_by_time first for a
//          backlog), and `now`. On by default; the bounds are the policy's TrackRules.
// Gives    accept_now      newer than everything accepted before: it is where the agent is.
//          history_only    believable but late: it moves nobody, and belongs in the track.
//          reject          with the reason; counted per agent and in total.
//          Event times of accepted fixes of an agent strictly increase. A duplicate among the
//          recent_times last event times is found here; history's key (agent, time) finds the rest.
// Order    the first reason that holds, in the order of Reason. Same inputs, same verdicts.
// Recovery impossible_speed: when `consistent_fixes` fixes in a row agree with each other on being
//          elsewhere, the device is there and the earlier place was wrong.
//          future: when `skew_fixes` fixes in a row agree on how far ahead the device's clock is,
//          that lead is taken off their times from then on, until a fix no longer comes from the
//          future. (A clock that is behind cannot be told from a slow network; it is just late.)
// Cost     one hash probe and a few dozen integer operations; parse_bench.cpp
// Threads  one object per region, one thread
// Limits   agents_max tracks of about 250 bytes; a further agent's fixes get no_room until
//          another is forgotten.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/instant.hpp"
#include "base/quantity.hpp"
#include "base/table.hpp"
#include "ingest/raw_fix.hpp"
#include "model/fix.hpp"
#include "model/policy.hpp"

namespace posthaste::ingest {

constexpr std::size_t tracks_max = 65'536;

/// In the order they are looked for.
enum class Reason : std::uint8_t {
    none,
    no_room,       ///< the filter already follows agents_max agents
    no_fix,        ///< the device says that it has none
    out_of_range,  ///< not on the earth
    null_island,   ///< 0, 0: a device that does not know where it is
    mock,
    future,
    ancient,
    inaccurate,
    duplicate,  ///< the same agent and event time as one before
    late,       ///< older than the newest accepted: history only
    impossible_speed,
};
constexpr auto names_of(Reason) {
    return std::to_array<std::string_view>(
        {"none",
         "no_room",
         "no_fix",
         "out_of_range",
         "null_island",
         "mock",
         "future",
         "ancient",
         "inaccurate",
         "duplicate",
         "late",
         "impossible_speed"}
    );
}
constexpr std::size_t reason_count = names_of(Reason{}).size();

enum class Outcome : std::uint8_t { accept_now, history_only, reject };
constexpr auto names_of(Outcome) {
    return std::to_array<std::string_view>({"accept_now", "history_only", "reject"});
}

struct Verdict {
    Outcome outcome = Outcome::reject;
    Reason reason = Reason::none;
    model::Fix fix;  ///< unless rejected
};

/// How often each reason was given; Reason::none counts the fixes accepted as now.
class ReasonCounts {
public:
    std::uint32_t of(Reason reason) const { return counts_[static_cast<std::size_t>(reason)]; }
    void add(Reason reason) { ++counts_[static_cast<std::size_t>(reason)]; }
    std::uint64_t sum() const;

private:
    std::array<std::uint32_t, reason_count> counts_{};
};

class TrackFilter {
public:
    explicit TrackFilter(model::TrackRules const& rules, std::size_t agents_max = tracks_max)
        : rules_{rules}, agents_max_{agents_max} {}

    /// From now on; what was judged stays so.
    void use(model::TrackRules const& rules) { rules_ = rules; }

    Verdict check(model::AgentId agent, RawFix const& raw, Instant now);

    /// A position from before a restart: where the agent was last accepted.
    void restore(model::Fix const& fix);
    void forget(model::AgentId agent);

    std::size_t size() const { return tracks_.size(); }
    /// All zero for an agent that was never seen.
    ReasonCounts counts(model::AgentId agent) const;
    ReasonCounts const& totals() const { return totals_; }

private:
    static constexpr std::size_t recent_times = 8;

    struct Spot {
        model::Position place;
        std::int32_t accuracy_m = 0;
        Instant time;
    };
    struct Track {
        model::AgentId id{};
        bool is_placed = false;  ///< last is set
        std::uint8_t elsewhere_count = 0;
        std::uint8_t ahead_count = 0;
        std::uint8_t recent_next = 0;
        Spot last;       ///< newest accepted
        Spot elsewhere;  ///< newest of those that cannot be reached from last
        Millis ahead;    ///< the device's clock before ours
        std::array<Instant, recent_times> recent{};
        ReasonCounts counts;
    };

    Track* track_of(model::AgentId agent);
    Reason judge(Track& track, RawFix const& raw, model::Fix& fix) const;
    Reason judge_clock(Track& track, model::Fix& fix) const;
    Reason judge_order(Track& track, model::Fix const& fix) const;
    Reason judge_speed(Track& track, model::Fix const& fix) const;
    bool is_reachable(Spot const& from, Spot const& to) const;
    static void remember(Track& track, Instant time);

    model::TrackRules rules_;
    std::size_t agents_max_;
    Table<model::AgentId, Track> tracks_;
    ReasonCounts totals_;
};

}  // namespace posthaste::ingest
