#include "model/rejection.hpp"

#include "base/assert.hpp"

namespace posthaste::model {

// NOLINTNEXTLINE(readability-function-size): a table, one row for each rejection.
RejectionText text_of(Rejection rejection) {
    switch (rejection) {
        case Rejection::none:
            return {200, "Done."};
        case Rejection::id_expired:
            return {
                409, "This command id is older than what is remembered; send it with a new one."};
        case Rejection::id_reused:
            return {422, "This id was used before with another body; use a new id."};
        case Rejection::not_allowed:
            return {403, "This role may not do that."};
        case Rejection::wrong_region:
            return {422, "This command belongs to another region."};
        case Rejection::limit_reached:
            return {503, "The region is full; retry later."};
        case Rejection::malformed:
            return {422, "A value is out of its range."};
        case Rejection::workflow_unknown:
            return {422, "There is no such workflow."};
        case Rejection::workflow_invalid:
            return {422, "The workflow does not hold together."};
        case Rejection::zone_unknown:
            return {404, "There is no such zone."};
        case Rejection::zone_invalid:
            return {422, "The zone's shape is not a simple one."};
        case Rejection::agent_unknown:
            return {404, "There is no such agent."};
        case Rejection::agent_busy:
            return {409, "The agent still has work."};
        case Rejection::job_unknown:
            return {404, "There is no such job."};
        case Rejection::job_exists:
            return {409, "A job with this reference exists and is not the same."};
        case Rejection::job_over:
            return {409, "The job is over."};
        case Rejection::version_conflict:
            return {412, "Somebody changed the same part of it meanwhile; look and try again."};
        case Rejection::transition_unknown:
            return {409, "The workflow has no such step from the present state."};
        case Rejection::guard_failed:
            return {409, "Something must be true first."};
        case Rejection::quote_not_open:
            return {409, "There is no quote to decide on."};
        case Rejection::attachment_exists:
            return {409, "This content is attached already."};
        case Rejection::offer_unknown:
            return {404, "There is no such offer."};
        case Rejection::offer_closed:
            return {409, "The offer is closed."};
        case Rejection::assignment_unknown:
            return {404, "There is no such assignment."};
        case Rejection::slot_unknown:
            return {404, "The job has no such slot."};
        case Rejection::slot_taken:
            return {409, "Somebody has this slot already."};
        case Rejection::not_eligible:
            return {409, "The agent cannot take this."};
        case Rejection::plan_stale:
            return {409, "The world moved since the plan was made."};
        case Rejection::plan_invalid:
            return {422, "The plan does not hold together."};
        case Rejection::key_unknown:
            return {404, "There is no such key."};
        case Rejection::tenant_unknown:
            return {404, "There is no such tenant."};
        case Rejection::region_exists:
            return {409, "The region exists."};
        case Rejection::conflict_unknown:
            return {404, "There is no such conflict."};
        case Rejection::road_report_unknown:
            return {404, "There is no such road report; it may be over."};
        case Rejection::slot_unreachable:
            return {409, "The agent cannot be there in time; it can be forced with a reason."};
        case Rejection::booking_unknown:
            return {404, "There is no such booking; its time may be over."};
    }
    ASSERT(false);
}

}  // namespace posthaste::model
