// Events: what was decided. An event carries all that is needed to apply it.
//
// Order    the place in the variant is the number in the log, for ever: append only, and append its
//          name to event_names. A field's number is for ever too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/agent.hpp"
#include "model/assignment.hpp"
#include "model/command.hpp"
#include "model/job.hpp"
#include "model/policy.hpp"
#include "model/rejection.hpp"
#include "model/road_report.hpp"
#include "model/travel_source.hpp"
#include "model/zone.hpp"

namespace posthaste::model {

/// A writer took over, `outage` after the last record: open offers are renewed by that much.
struct TermBegan {
    Millis outage;
    bool operator==(TermBegan const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "outage", self.outage); }
};

/// The answer to a command, kept so that a retry gets the same one. Last of its command's events.
struct CommandConcluded {
    std::uint64_t body_hash = 0;
    Rejection rejection = Rejection::none;
    std::string detail;
    std::uint64_t subject = 0;  ///< the id of what was made or changed
    bool operator==(CommandConcluded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "body_hash", self.body_hash);
        field(2, "rejection", self.rejection);
        field(3, "detail", self.detail);
        field(4, "subject", self.subject);
    }
};

struct PolicyAdopted {
    Policy policy;
    std::uint64_t hash = 0;
    bool operator==(PolicyAdopted const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "policy", self.policy);
        field(2, "hash", self.hash);
    }
};

struct WorkflowAdopted {
    WorkflowId id{};
    std::string name;
    std::string toml;
    std::uint64_t hash = 0;
    bool operator==(WorkflowAdopted const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "name", self.name);
        field(3, "toml", self.toml);
        field(4, "hash", self.hash);
    }
};

struct ZoneSet {
    Zone zone;
    bool operator==(ZoneSet const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "zone", self.zone); }
};

struct ZoneRemoved {
    ZoneId zone{};
    bool operator==(ZoneRemoved const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "zone", self.zone); }
};

enum class NameKind : std::uint8_t { skill, vehicle_kind, feature };
constexpr auto names_of(NameKind) {
    return std::to_array<std::string_view>({"skill", "vehicle_kind", "feature"});
}

/// The next free bit of that kind now means this name.
struct NameAdded {
    NameKind kind = NameKind::skill;
    std::string name;
    bool operator==(NameAdded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "kind", self.kind);
        field(2, "name", self.name);
    }
};

struct AgentPut {
    AgentId id{};
    AgentProfile profile;
    bool operator==(AgentPut const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "profile", self.profile);
    }
};

struct AvailabilityChanged {
    AgentId agent{};
    Availability availability = Availability::off;
    bool operator==(AvailabilityChanged const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "availability", self.availability);
    }
};

struct AgentRemoved {
    AgentId agent{};
    bool operator==(AgentRemoved const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "agent", self.agent); }
};

struct ShiftTurned {
    AgentId agent{};
    bool in_shift = false;
    bool operator==(ShiftTurned const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "in_shift", self.in_shift);
    }
};

struct FreshnessChanged {
    AgentId agent{};
    Freshness freshness = Freshness::unseen;
    Instant last_fix;
    bool operator==(FreshnessChanged const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "freshness", self.freshness);
        field(3, "last_fix", self.last_fix);
    }
};

struct FenceCrossed {
    AgentId agent{};
    ZoneId zone{};
    Crossing crossing = Crossing::enter;
    Instant at;  ///< by the fixes' own times
    bool operator==(FenceCrossed const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "zone", self.zone);
        field(3, "crossing", self.crossing);
        field(4, "at", self.at);
    }
};

struct JobCreated {
    Job job;
    bool operator==(JobCreated const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "job", self.job); }
};

/// Only what is given changed. Slots keep who has them; their number may grow, not shrink below.
struct JobUpdated {
    JobId job{};
    std::optional<std::int32_t> priority;
    std::optional<SubjectId> contact;
    std::optional<std::vector<Stop>> stops;
    std::optional<Instant> release;
    std::optional<Instant> deadline;
    std::optional<std::vector<Requirement>> needs;
    std::optional<Digest> notes;
    bool operator==(JobUpdated const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "priority", self.priority);
        field(3, "contact", self.contact);
        field(4, "stops", self.stops);
        field(5, "release", self.release);
        field(6, "deadline", self.deadline);
        field(7, "needs", self.needs);
        field(8, "notes", self.notes);
    }
};

/// A step of the job (assignment zero) or of one assignment. `chain` is the digest of this step
/// with the chain before it; `doctor` recomputes it (core/chain.hpp says over what).
struct JobTransitioned {
    JobId job{};
    AssignmentId assignment{};
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    std::string reason;
    Digest chain;
    bool operator==(JobTransitioned const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "assignment", self.assignment);
        field(3, "from", self.from);
        field(4, "to", self.to);
        field(5, "reason", self.reason);
        field(6, "chain", self.chain);
    }
};

struct EffectRequested {
    JobId job{};
    AssignmentId assignment{};
    Effect effect = Effect::report;
    bool operator==(EffectRequested const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "assignment", self.assignment);
        field(3, "effect", self.effect);
    }
};

enum class Want : std::uint8_t { created, released, freed, declined, woken, edited };
constexpr auto names_of(Want) {
    return std::to_array<std::string_view>(
        {"created", "released", "freed", "declined", "woken", "edited"}
    );
}

/// A new attempt begins: the slot goes on the agenda, and this event's number is its token.
struct SlotWanted {
    JobId job{};
    std::uint8_t slot = 0;
    Want why = Want::created;
    AgentId agent{};  ///< who woke, freed or declined it
    bool operator==(SlotWanted const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
        field(3, "why", self.why);
        field(4, "agent", self.agent);
    }
};

/// Nobody can take it now; the decision record beside says who was looked at and what would help.
struct SlotWaited {
    JobId job{};
    std::uint8_t slot = 0;
    bool operator==(SlotWaited const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
    }
};

/// The job is not to be matched: it went back to a draft, was paused by its workflow, or is over.
struct SlotIdled {
    JobId job{};
    std::uint8_t slot = 0;
    bool operator==(SlotIdled const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
    }
};

struct OfferMade {
    Offer offer;
    bool operator==(OfferMade const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "offer", self.offer); }
};

struct OfferReceived {
    OfferId offer{};
    bool operator==(OfferReceived const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "offer", self.offer); }
};

struct OfferClosed {
    OfferId offer{};
    OfferEnd how = OfferEnd::withdrawn;
    std::string reason;
    bool operator==(OfferClosed const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "offer", self.offer);
        field(2, "how", self.how);
        field(3, "reason", self.reason);
    }
};

/// The route is the agent's whole new one. A booking of the slot has done its work and is gone.
struct AssignmentMade {
    Assignment assignment;
    std::vector<RouteStop> route;
    std::string forced;  ///< why a person did it though a window cannot be kept; empty: it can
    bool operator==(AssignmentMade const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "route", self.route);
        field(3, "forced", self.forced);
    }
};

struct AssignmentEnded {
    AssignmentId assignment{};
    AssignmentEnd how = AssignmentEnd::done;
    std::string reason;
    bool operator==(AssignmentEnded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "how", self.how);
        field(3, "reason", self.reason);
    }
};

struct StopReached {
    AssignmentId assignment{};
    std::uint8_t stop = 0;
    Instant at;
    bool operator==(StopReached const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "stop", self.stop);
        field(3, "at", self.at);
    }
};

struct StopFinished {
    AssignmentId assignment{};
    std::uint8_t stop = 0;
    Instant at;
    bool operator==(StopFinished const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "stop", self.stop);
        field(3, "at", self.at);
    }
};

/// The agent's whole new route: another order, other times, or stops that came from another agent.
struct RouteChanged {
    AgentId agent{};
    std::vector<RouteStop> route;
    bool operator==(RouteChanged const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "route", self.route);
    }
};

/// The assignment goes to another agent; both routes follow in RouteChanged.
struct AssignmentMoved {
    AssignmentId assignment{};
    AgentId to{};
    std::string why;  ///< as the planner said it; may be empty
    bool operator==(AssignmentMoved const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "to", self.to);
        field(3, "why", self.why);
    }
};

/// It will be late by this much (0: will not be, after all).
struct SlipPredicted {
    AssignmentId assignment{};
    std::uint8_t stop = 0;
    Millis late;
    bool operator==(SlipPredicted const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "stop", self.stop);
        field(3, "late", self.late);
    }
};

struct QuoteSet {
    JobId job{};
    Quote quote;
    bool operator==(QuoteSet const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "quote", self.quote);
    }
};

struct AttachmentAdded {
    JobId job{};
    Attachment attachment;
    bool operator==(AttachmentAdded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "attachment", self.attachment);
    }
};

struct ConflictRecorded {
    JobId job{};
    Conflict conflict;
    bool operator==(ConflictRecorded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "conflict", self.conflict);
    }
};

struct ConflictResolved {
    JobId job{};
    EventNumber conflict = 0;
    bool operator==(ConflictResolved const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "conflict", self.conflict);
    }
};

/// The deadline passed and a slot had nobody.
struct DeadlineMissed {
    JobId job{};
    bool operator==(DeadlineMissed const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "job", self.job); }
};

/// A job that is over leaves the region's state; its history stays.
struct JobArchived {
    JobId job{};
    bool operator==(JobArchived const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "job", self.job); }
};

struct TenantCreated {
    std::string name;
    bool operator==(TenantCreated const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "name", self.name); }
};

struct RegionCreated {
    RegionId region{};
    std::string tenant;
    std::string name;
    Position centre;
    bool operator==(RegionCreated const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "region", self.region);
        field(2, "tenant", self.tenant);
        field(3, "name", self.name);
        field(4, "centre", self.centre);
    }
};

struct KeyCreated {
    KeyId id{};
    std::string tenant;
    Digest secret;
    Role role = Role::viewer;
    AgentId agent{};
    Instant expires = instant_max;
    std::string label;
    bool operator==(KeyCreated const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "tenant", self.tenant);
        field(3, "secret", self.secret);
        field(4, "role", self.role);
        field(5, "agent", self.agent);
        field(6, "expires", self.expires);
        field(7, "label", self.label);
    }
};

struct KeyRevoked {
    KeyId key{};
    bool operator==(KeyRevoked const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "key", self.key); }
};

/// A timer was fired and is gone; what followed from it stands beside.
struct TimerLapsed {
    Instant due;
    std::uint64_t id = 0;
    std::uint8_t kind = 0;  ///< of core/timer.hpp
    std::uint64_t extra = 0;
    bool operator==(TimerLapsed const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "due", self.due);
        field(2, "id", self.id);
        field(3, "kind", self.kind);
        field(4, "extra", self.extra);
    }
};

/// The waiting jobs up to `upto` were held against the agent (zero: against everybody); zero: all.
struct AgentWoken {
    AgentId agent{};
    JobId upto{};
    bool operator==(AgentWoken const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "upto", self.upto);
    }
};

struct RoadReportPosted {
    RoadReport report;
    bool operator==(RoadReportPosted const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "report", self.report); }
};

/// By hand, or because its time was over.
struct RoadReportLifted {
    RoadReportId report{};
    bool operator==(RoadReportLifted const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "report", self.report); }
};

/// From now on travel times come from another rung of the ladder.
struct TravelSourceChanged {
    TravelSource source = TravelSource::great_circle;
    bool operator==(TravelSourceChanged const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "source", self.source); }
};

struct BookingHeld {
    Booking booking;
    bool operator==(BookingHeld const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "booking", self.booking); }
};

/// A job was created with it: it does not expire any more.
struct BookingBound {
    BookingId booking{};
    JobId job{};
    bool operator==(BookingBound const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "booking", self.booking);
        field(2, "job", self.job);
    }
};

/// By its time or by hand. One whose job was assigned or is over goes without saying.
struct BookingEnded {
    BookingId booking{};
    BookingEnd how = BookingEnd::expired;
    bool operator==(BookingEnded const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "booking", self.booking);
        field(2, "how", self.how);
    }
};

/// The agent's busy times, whole: by start, none touching another.
struct BusySet {
    AgentId agent{};
    std::vector<BusyTime> busy;
    bool operator==(BusySet const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "busy", self.busy);
    }
};

using Event = std::variant<
    TermBegan,
    CommandConcluded,
    PolicyAdopted,
    WorkflowAdopted,
    ZoneSet,
    ZoneRemoved,
    NameAdded,
    AgentPut,
    AvailabilityChanged,
    AgentRemoved,
    ShiftTurned,
    FreshnessChanged,
    FenceCrossed,
    JobCreated,
    JobUpdated,
    JobTransitioned,
    EffectRequested,
    SlotWanted,
    SlotWaited,
    SlotIdled,
    OfferMade,
    OfferReceived,
    OfferClosed,
    AssignmentMade,
    AssignmentEnded,
    StopReached,
    StopFinished,
    RouteChanged,
    AssignmentMoved,
    SlipPredicted,
    QuoteSet,
    AttachmentAdded,
    ConflictRecorded,
    ConflictResolved,
    DeadlineMissed,
    JobArchived,
    TenantCreated,
    RegionCreated,
    KeyCreated,
    KeyRevoked,
    TimerLapsed,
    AgentWoken,
    RoadReportPosted,
    RoadReportLifted,
    TravelSourceChanged,
    BookingHeld,
    BookingBound,
    BookingEnded,
    BusySet>;

constexpr auto event_names =
    std::to_array<std::string_view>({"TermBegan",        "CommandConcluded", "PolicyAdopted",
                                     "WorkflowAdopted",  "ZoneSet",          "ZoneRemoved",
                                     "NameAdded",        "AgentPut",         "AvailabilityChanged",
                                     "AgentRemoved",     "ShiftTurned",      "FreshnessChanged",
                                     "FenceCrossed",     "JobCreated",       "JobUpdated",
                                     "JobTransitioned",  "EffectRequested",  "SlotWanted",
                                     "SlotWaited",       "SlotIdled",        "OfferMade",
                                     "OfferReceived",    "OfferClosed",      "AssignmentMade",
                                     "AssignmentEnded",  "StopReached",      "StopFinished",
                                     "RouteChanged",     "AssignmentMoved",  "SlipPredicted",
                                     "QuoteSet",         "AttachmentAdded",  "ConflictRecorded",
                                     "ConflictResolved", "DeadlineMissed",   "JobArchived",
                                     "TenantCreated",    "RegionCreated",    "KeyCreated",
                                     "KeyRevoked",       "TimerLapsed",      "AgentWoken",
                                     "RoadReportPosted", "RoadReportLifted", "TravelSourceChanged",
                                     "BookingHeld",      "BookingBound",     "BookingEnded",
                                     "BusySet"});
static_assert(event_names.size() == std::variant_size_v<Event>);

constexpr std::string_view name_of(Event const& event) {
    return event_names[event.index()];
}

}  // namespace posthaste::model
