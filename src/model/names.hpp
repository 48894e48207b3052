// The closed lists that more than one module speaks, each value spelled as on the wire.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace posthaste::model {

/// What the engine knows of a workflow's state; the workflow's own names are its users'.
/// In `draft`, `open`, and from `done` on, the state is the job's; between, each assignment's.
enum class Phase : std::uint8_t {
    draft,      ///< not to be dispatched yet: a quote, a hold
    open,       ///< wants agents
    assigned,   ///< has an agent who has not said yes
    accepted,   ///< the agent said yes
    en_route,   ///< the agent is on the way (also when delayed)
    on_site,    ///< the agent has arrived
    working,    ///< work goes on
    review,     ///< work waits for somebody's approval
    done,       ///< the work is done; the agent is free
    closed,     ///< done, and settled (invoiced)
    failed,     ///< was tried, will not be done
    cancelled,  ///< is not wanted any more
};
constexpr auto names_of(Phase) {
    return std::to_array<std::string_view>(
        {"draft",
         "open",
         "assigned",
         "accepted",
         "en_route",
         "on_site",
         "working",
         "review",
         "done",
         "closed",
         "failed",
         "cancelled"}
    );
}
constexpr bool is_assigned(Phase phase) {
    return phase >= Phase::assigned && phase <= Phase::review;
}
constexpr bool is_over(Phase phase) {
    return phase >= Phase::done;
}

enum class Role : std::uint8_t {
    none,
    viewer,
    agent,
    dispatcher,
    admin,
    engine,
    calendar,  ///< reads one agent's calendar feed, and nothing else
};
constexpr auto names_of(Role) {
    return std::to_array<std::string_view>(
        {"none", "viewer", "agent", "dispatcher", "admin", "engine", "calendar"}
    );
}

enum class Availability : std::uint8_t { off, paused, on_duty };
constexpr auto names_of(Availability) {
    return std::to_array<std::string_view>({"off", "paused", "on_duty"});
}

enum class Freshness : std::uint8_t { unseen, fresh, stale, lost };
constexpr auto names_of(Freshness) {
    return std::to_array<std::string_view>({"unseen", "fresh", "stale", "lost"});
}

/// What a job's transition asks of the world; each is an event that followers act on.
enum class Effect : std::uint8_t {
    notify_customer,
    recalculate_eta,
    adjust_schedule,
    start_labour_timer,
    stop_labour_timer,
    bill,
    report,
    sync_devices,
};
constexpr auto names_of(Effect) {
    return std::to_array<std::string_view>(
        {"notify_customer",
         "recalculate_eta",
         "adjust_schedule",
         "start_labour_timer",
         "stop_labour_timer",
         "bill",
         "report",
         "sync_devices"}
    );
}

/// What must be true before a transition. A closed set, so that a phone decides as the server does.
enum class Guard : std::uint8_t {
    quote_approved,
    slot_reachable,
    has_photo_before,
    has_photo_after,
    has_signature,
    work_completed,
};
constexpr auto names_of(Guard) {
    return std::to_array<std::string_view>(
        {"quote_approved",
         "slot_reachable",
         "has_photo_before",
         "has_photo_after",
         "has_signature",
         "work_completed"}
    );
}

enum class AttachmentKind : std::uint8_t { other, photo_before, photo_after, signature, document };
constexpr auto names_of(AttachmentKind) {
    return std::to_array<std::string_view>(
        {"other", "photo_before", "photo_after", "signature", "document"}
    );
}

enum class QuoteStatus : std::uint8_t { none, proposed, approved, rejected };
constexpr auto names_of(QuoteStatus) {
    return std::to_array<std::string_view>({"none", "proposed", "approved", "rejected"});
}

/// Edits of different groups of a job merge; of the same group they conflict.
enum class Group : std::uint8_t { details, window, requirements, assignment, status, notes };
constexpr auto names_of(Group) {
    return std::to_array<std::string_view>(
        {"details", "window", "requirements", "assignment", "status", "notes"}
    );
}
constexpr std::size_t group_count = 6;

/// How a job's slots are filled.
enum class Dispatch : std::uint8_t { direct, offer };
constexpr auto names_of(Dispatch) {
    return std::to_array<std::string_view>({"direct", "offer"});
}

}  // namespace posthaste::model
