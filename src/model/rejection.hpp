// A rejection: a rule of the domain says no. Data in the reply, remembered like any other answer.
//
// Order    by precedence: a command that breaks several rules gets the first of them. The number is
//          in the log: append only, precedence is the order of the checks in core/decide_*.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace posthaste::model {

enum class Rejection : std::uint8_t {
    none,
    id_expired,     ///< a command id older than what is remembered
    id_reused,      ///< the same id with another body
    not_allowed,    ///< the actor's role may not
    wrong_region,   ///< for the control region only, or never there
    limit_reached,  ///< a bounded part of the region is full
    malformed,      ///< a value out of its range; the detail names the field
    workflow_unknown,
    workflow_invalid,  ///< the detail has line and reason
    zone_unknown,
    zone_invalid,
    agent_unknown,
    agent_busy,  ///< has live assignments
    job_unknown,
    job_exists,  ///< the reference is taken, with other content
    job_over,
    version_conflict,    ///< a group it touches moved; the detail shows both values
    transition_unknown,  ///< the workflow has no such step from here
    guard_failed,        ///< the detail names the guard
    quote_not_open,
    attachment_exists,
    offer_unknown,
    offer_closed,  ///< taken, withdrawn, expired or of an earlier attempt
    assignment_unknown,
    slot_unknown,
    slot_taken,
    not_eligible,  ///< the detail names the rule
    plan_stale,    ///< a route or slot moved since the plan read it
    plan_invalid,
    key_unknown,
    tenant_unknown,
    region_exists,
    conflict_unknown,
    road_report_unknown,
    slot_unreachable,  ///< the detail names the stop, its neighbours and by how much it is late
    booking_unknown,
};
constexpr auto names_of(Rejection) {
    return std::to_array<std::string_view>(
        {"none",
         "id_expired",
         "id_reused",
         "not_allowed",
         "wrong_region",
         "limit_reached",
         "malformed",
         "workflow_unknown",
         "workflow_invalid",
         "zone_unknown",
         "zone_invalid",
         "agent_unknown",
         "agent_busy",
         "job_unknown",
         "job_exists",
         "job_over",
         "version_conflict",
         "transition_unknown",
         "guard_failed",
         "quote_not_open",
         "attachment_exists",
         "offer_unknown",
         "offer_closed",
         "assignment_unknown",
         "slot_unknown",
         "slot_taken",
         "not_eligible",
         "plan_stale",
         "plan_invalid",
         "key_unknown",
         "tenant_unknown",
         "region_exists",
         "conflict_unknown",
         "road_report_unknown",
         "slot_unreachable",
         "booking_unknown"}
    );
}

struct RejectionText {
    int http_status;
    std::string_view sentence;
};
/// What a person reads, and the status the API answers with.
RejectionText text_of(Rejection rejection);

}  // namespace posthaste::model
