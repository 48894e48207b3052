// A policy: how a region matches. Imported whole, named by its hash in every record decided by it.
//
// Units    weights are points: a candidate's term (see match/score.hpp) times its weight, summed;
//          the lowest sum wins.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/quantity.hpp"

namespace posthaste::model {

constexpr std::size_t vehicle_kinds_max = 16;
constexpr std::int32_t candidates_limit = 64;

struct Weights {
    std::int32_t arrival = 100;   ///< points a second until the first stop
    std::int32_t slack = 0;       ///< points a second past the window's or the deadline's start
    std::int32_t load = 3000;     ///< points for each live job, over the agent's weight
    std::int32_t fairness = 500;  ///< points for each job had in this shift, over the weight
    std::int32_t idle = 2;        ///< points off for each second idle
    std::int32_t vehicle = 0;     ///< points for a vehicle that can more than is needed
    std::int32_t detour = 50;     ///< points a second added to the jobs the agent already has

    bool operator==(Weights const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "arrival", self.arrival);
        field(2, "slack", self.slack);
        field(3, "load", self.load);
        field(4, "fairness", self.fairness);
        field(5, "idle", self.idle);
        field(6, "vehicle", self.vehicle);
        field(7, "detour", self.detour);
    }
};

/// What the track filter believes (ingest/track_filter.hpp).
struct TrackRules {
    Metres accuracy_max{200};              ///< a wider circle says nothing of use; 0 said: let in
    std::int32_t speed_mm_s_max = 70'000;  ///< 252 km/h between two accepted fixes
    Metres jitter{50};                     ///< on top of both fixes' accuracies, before it is speed
    std::uint8_t consistent_fixes = 3;     ///< this many elsewhere in a row are believed
    Millis future_tolerance{30'000};       ///< clocks differ
    std::uint8_t skew_fixes = 3;           ///< this many equally far ahead are a wrong clock
    Millis skew_agreement{5000};           ///< equally: within this
    Millis ancient_after{std::int64_t{7} * 86'400'000};  ///< no backlog is this old
    bool accept_mock = false;                            ///< for demonstrations and test phones

    bool operator==(TrackRules const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "accuracy_max", self.accuracy_max);
        field(2, "speed_mm_s_max", self.speed_mm_s_max);
        field(3, "jitter", self.jitter);
        field(4, "consistent_fixes", self.consistent_fixes);
        field(5, "future_tolerance", self.future_tolerance);
        field(6, "skew_fixes", self.skew_fixes);
        field(7, "skew_agreement", self.skew_agreement);
        field(8, "ancient_after", self.ancient_after);
        field(9, "accept_mock", self.accept_mock);
    }
};

struct Policy {
    std::string name = "default";
    Weights weights;
    Metres radius{10'000};  ///< nobody farther from the first stop is asked
    std::int32_t candidates_max = 20;
    std::int32_t stack_max = 4;  ///< live jobs and open offers of one agent
    Millis offer_expires{30'000};
    Millis offer_receipt{8000};
    Millis stale_after{60'000};
    Millis lost_after{600'000};
    Millis slip_tolerance{120'000};        ///< past the window before a slip is told
    Metres arrival_radius{75};             ///< this near a stop is at it
    Metres fence_hysteresis{30};           ///< this far past an edge before a crossing counts
    Millis report_moving{4000};            ///< next fix asked of an agent on a job
    Millis report_idle{15'000};            ///< of one without
    Millis report_offered{2000};           ///< of one who is asked
    Millis keep_over{86'400'000};          ///< a job that is over stays on the board this long
    std::int32_t detour_per_mille = 1300;  ///< roads are this much longer than the great circle
    std::array<std::int32_t, vehicle_kinds_max> speed_mm_s{
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000,
        10'000};  ///< by vehicle kind
    TrackRules track;
    Millis eta_tolerance{60'000};  ///< an arrival that moved by less is not told again
    /// So long after what may call for another plan one is looked for; 0: never.
    Millis replan_after;
    Millis replan_deadline{500};  ///< how long is searched
    /// The driving that every job on another agent has to save where nobody is served sooner.
    Millis replan_gain{240'000};

    bool operator==(Policy const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "name", self.name);
        field(2, "weights", self.weights);
        field(3, "radius", self.radius);
        field(4, "candidates_max", self.candidates_max);
        field(5, "stack_max", self.stack_max);
        field(6, "offer_expires", self.offer_expires);
        field(7, "offer_receipt", self.offer_receipt);
        field(8, "stale_after", self.stale_after);
        field(9, "lost_after", self.lost_after);
        field(10, "slip_tolerance", self.slip_tolerance);
        field(11, "arrival_radius", self.arrival_radius);
        field(12, "fence_hysteresis", self.fence_hysteresis);
        field(13, "report_moving", self.report_moving);
        field(14, "report_idle", self.report_idle);
        field(15, "report_offered", self.report_offered);
        field(16, "keep_over", self.keep_over);
        field(17, "detour_per_mille", self.detour_per_mille);
        field(18, "speed_mm_s", self.speed_mm_s);
        field(19, "track", self.track);
        field(20, "eta_tolerance", self.eta_tolerance);
        field(21, "replan_after", self.replan_after);
        field(22, "replan_deadline", self.replan_deadline);
        field(23, "replan_gain", self.replan_gain);
    }
};

}  // namespace posthaste::model
