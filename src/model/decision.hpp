// A decision record: who was considered for a slot, what was known of each, and what followed.
//
// It stands beside the events in the log's record and is skipped by apply. From it alone a checker
// (match/check.hpp) recomputes every loser's first failed rule, every score and the winner.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/agent.hpp"
#include "model/ids.hpp"
#include "model/job.hpp"
#include "model/names.hpp"
#include "model/policy.hpp"

namespace posthaste::model {

/// Why an agent cannot take a slot; in the order the rules are asked, the first that fails counts.
enum class Rule : std::uint8_t {
    none,      ///< may take it
    off_duty,  ///< paused or off
    out_of_shift,
    position_unknown,  ///< stale, lost or never seen
    load_limit,        ///< has as many jobs and offers as the policy allows
    vehicle_kind,
    vehicle_features,
    skills,
    declined,  ///< said no to this job before
    zone,      ///< no right to the zone of the first stop
    too_far,
    capacity,         ///< would carry too much somewhere on the route
    too_late,         ///< a window or the deadline would be missed, here or at a promised stop
    shift_too_short,  ///< would finish after the shift's end
};
constexpr auto names_of(Rule) {
    return std::to_array<std::string_view>(
        {"none",
         "off_duty",
         "out_of_shift",
         "position_unknown",
         "load_limit",
         "vehicle_kind",
         "vehicle_features",
         "skills",
         "declined",
         "zone",
         "too_far",
         "capacity",
         "too_late",
         "shift_too_short"}
    );
}
constexpr std::size_t rule_count = 14;

/// The slot's side of every rule.
struct Needs {
    Requirement need;
    ZoneId zone{};  ///< the service area of the first stop; zero: none
    Metres radius;
    std::int32_t stack_max = 0;
    Instant latest = instant_max;  ///< arrival at the first stop
    Instant earliest;              ///< what the slack term counts from; zero: nothing

    bool operator==(Needs const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "need", self.need);
        field(2, "zone", self.zone);
        field(3, "radius", self.radius);
        field(4, "stack_max", self.stack_max);
        field(5, "latest", self.latest);
        field(6, "earliest", self.earliest);
    }
};

/// The agent's side of every rule, as it was when it was asked.
struct Facts {
    Availability availability = Availability::off;
    bool in_shift = false;
    Freshness freshness = Freshness::unseen;
    std::int32_t stack = 0;  ///< live jobs and open offers
    std::uint8_t kind = 0;
    std::uint32_t features = 0;
    std::uint64_t skills = 0;
    bool declined = false;
    bool zone_right = false;
    Metres distance;       ///< great circle, to the first stop
    bool planned = false;  ///< the fields below were worked out: every rule above them held
    bool fits = false;     ///< the load, everywhere on the route
    Instant arrival;       ///< at the first stop
    Millis lateness;       ///< the worst past a window that this job causes; 0: none
    Instant finish;        ///< of the whole route
    Instant shift_end = instant_max;
    std::int32_t weight = weight_one;
    std::uint32_t assigned_count = 0;  ///< jobs had in this shift
    Instant idle_since;                ///< zero: not idle
    Millis delay;  ///< planned: the most that a stop of the agent's other jobs is put off

    bool operator==(Facts const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "availability", self.availability);
        field(2, "in_shift", self.in_shift);
        field(3, "freshness", self.freshness);
        field(4, "stack", self.stack);
        field(5, "kind", self.kind);
        field(6, "features", self.features);
        field(7, "skills", self.skills);
        field(8, "declined", self.declined);
        field(9, "zone_right", self.zone_right);
        field(10, "distance", self.distance);
        field(11, "planned", self.planned);
        field(12, "fits", self.fits);
        field(13, "arrival", self.arrival);
        field(14, "lateness", self.lateness);
        field(15, "finish", self.finish);
        field(16, "shift_end", self.shift_end);
        field(17, "weight", self.weight);
        field(18, "assigned_count", self.assigned_count);
        field(19, "idle_since", self.idle_since);
        field(20, "delay", self.delay);
    }
};

constexpr std::size_t term_count = 7;
/// In the order of Weights: arrival, slack, load, fairness, idle, vehicle, detour.
using Terms = std::array<std::int64_t, term_count>;

struct Candidate {
    AgentId agent{};
    Facts facts;
    Rule failed = Rule::none;  ///< none: was scored
    Terms terms{};
    std::int64_t score = 0;  ///< lower is better

    bool operator==(Candidate const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "facts", self.facts);
        field(3, "failed", self.failed);
        field(4, "terms", self.terms);
        field(5, "score", self.score);
    }
};

enum class Verdict : std::uint8_t { assigned, offered, waits };
constexpr auto names_of(Verdict) {
    return std::to_array<std::string_view>({"assigned", "offered", "waits"});
}

/// What would let the nearest agent that failed `rule` take the slot: one change to one side.
struct Counterfactual {
    AgentId agent{};
    Rule rule = Rule::none;
    std::int64_t amount = 0;  ///< metres too far, ms too late; 0 where a rule has no measure

    bool operator==(Counterfactual const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "rule", self.rule);
        field(3, "amount", self.amount);
    }
};

constexpr std::size_t losers_recorded_max = 8;

struct Decision {
    JobId job{};
    std::uint8_t slot = 0;
    EventNumber attempt = 0;
    EventNumber state_number = 0;  ///< the last event the decision had seen
    Instant at;
    std::uint64_t policy_hash = 0;
    Weights weights;
    Needs needs;
    std::vector<Candidate> candidates;  ///< scored ones by (score, agent), then those that failed
    std::array<std::uint32_t, rule_count> failed_counts{};  ///< of all that were looked at, by rule
    Verdict verdict = Verdict::waits;
    AgentId winner{};
    std::vector<Counterfactual> would_help;  ///< only when it waits
    std::uint64_t travel = 0;                ///< the hash of the travel times; 0: without roads

    bool operator==(Decision const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
        field(3, "attempt", self.attempt);
        field(4, "state_number", self.state_number);
        field(5, "at", self.at);
        field(6, "policy_hash", self.policy_hash);
        field(7, "weights", self.weights);
        field(8, "needs", self.needs);
        field(9, "candidates", self.candidates);
        field(10, "failed_counts", self.failed_counts);
        field(11, "verdict", self.verdict);
        field(12, "winner", self.winner);
        field(13, "would_help", self.would_help);
        field(14, "travel", self.travel);
    }
};

}  // namespace posthaste::model
