// Planted bugs: places where the simulator may make the code wrong, to prove that it would notice.
//
// In a production build planted() is a constant false and the branch is gone. The simulator's own
// build of the pure modules (POSTHASTE_PLANTS) asks the one bug that its run was given.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace posthaste {

enum class Plant : std::uint8_t {
    none,
    ack_before_commit,           ///< replies leave before the log has the record
    timer_lost_in_snapshot,      ///< a snapshot forgets the timers
    offer_timer_lost,            ///< an offer is made without its expiry timer
    id_forgotten_in_snapshot,    ///< a snapshot forgets the command ids
    gap_forgotten_in_snapshot,   ///< a snapshot forgets which device operations are still missing
    next_id_reused,              ///< the id counter does not move with a created job
    stale_plan_adopted,          ///< the route version a plan read is not checked
    plan_component_torn,         ///< half of a plan's linked agents are adopted
    accept_doubled_in_batch,     ///< an accept does not see the accept before it in the batch
    attempt_token_ignored,       ///< a token of an earlier attempt allocates again
    capacity_ignored,            ///< the load along a route is not checked
    drop_not_rematched,          ///< a dropped job is not put on the agenda again
    decline_not_rematched,       ///< a declined slot is not put on the agenda again
    cancel_keeps_route,          ///< a cancelled job's stops stay on the agent's route
    complete_keeps_agent_busy,   ///< a finished job still counts against its agent
    rejection_not_remembered,    ///< a rejected command's id is not kept
    waiting_not_woken,           ///< nothing that changes wakes a job that waits
    unknown_outcome_assumed,     ///< after a failed append the working state is kept
    tail_not_replayed,           ///< a restart loads the snapshot and forgets the records after it
    view_misses_cancel,          ///< the board does not follow a cancellation
    late_operation_dropped,      ///< an operation that can no longer apply leaves no conflict
    clock_runs_back,             ///< now is the clock's, also when that is before the last record
    declined_agent_asked_again,  ///< a slot forgets who declined it
    offer_expired_in_outage,     ///< after an outage offers are expired, not renewed
    overfull_route_kept,         ///< taps out of order leave a route that does not fit
    wrong_tap_kept,              ///< any refused step of a phone is kept as a conflict
};

constexpr auto names_of(Plant) {
    return std::to_array<std::string_view>(
        {"none",
         "ack_before_commit",
         "timer_lost_in_snapshot",
         "offer_timer_lost",
         "id_forgotten_in_snapshot",
         "gap_forgotten_in_snapshot",
         "next_id_reused",
         "stale_plan_adopted",
         "plan_component_torn",
         "accept_doubled_in_batch",
         "attempt_token_ignored",
         "capacity_ignored",
         "drop_not_rematched",
         "decline_not_rematched",
         "cancel_keeps_route",
         "complete_keeps_agent_busy",
         "rejection_not_remembered",
         "waiting_not_woken",
         "unknown_outcome_assumed",
         "tail_not_replayed",
         "view_misses_cancel",
         "late_operation_dropped",
         "clock_runs_back",
         "declined_agent_asked_again",
         "offer_expired_in_outage",
         "overfull_route_kept",
         "wrong_tap_kept"}
    );
}

#ifdef POSTHASTE_PLANTS
/// Set once by the simulator before a run. The only mutable global, and only in its build.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
inline Plant planted_bug = Plant::none;
inline bool planted(Plant bug) {
    return planted_bug == bug;
}
#else
constexpr bool planted(Plant) {
    return false;
}
#endif

}  // namespace posthaste
