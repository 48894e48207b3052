// Commands: whatever changes a promise. One struct each, as the API and the devices send them.
//
// Skills, vehicle kinds and features are by name here; the region gives each name a bit.
// Order    the place in the variant is the number on the wire: append only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/agent.hpp"
#include "model/booking.hpp"
#include "model/job.hpp"
#include "model/policy.hpp"
#include "model/road_report.hpp"
#include "model/zone.hpp"

namespace posthaste::model {

constexpr std::size_t workflow_bytes_max = 65'536;
constexpr std::size_t names_per_need_max = 16;

struct SetPolicy {
    Policy policy;
    bool operator==(SetPolicy const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "policy", self.policy); }
};

struct SetWorkflow {
    std::string name;
    std::string toml;
    bool operator==(SetWorkflow const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "name", self.name);
        field(2, "toml", self.toml);
    }
};

struct SetZone {
    Zone zone;  ///< id zero: a new one
    std::optional<EventNumber> if_version;
    bool operator==(SetZone const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "zone", self.zone);
        field(2, "if_version", self.if_version);
    }
};

/// Strict, as RemoveAgent: with if_version only what was not changed since is removed.
struct RemoveZone {
    ZoneId zone{};
    std::optional<EventNumber> if_version;
    bool operator==(RemoveZone const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "zone", self.zone);
        field(2, "if_version", self.if_version);
    }
};

struct NeedDraft {
    std::vector<std::string> skills;
    std::vector<std::string> kinds;
    std::vector<std::string> features;
    bool operator==(NeedDraft const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "skills", self.skills);
        field(2, "kinds", self.kinds);
        field(3, "features", self.features);
    }
};

struct CreateJob {
    std::string reference;
    std::string workflow;
    std::string state;  ///< the workflow's initial one when empty
    std::int32_t priority = 0;
    Instant release;
    Instant deadline = instant_max;
    SubjectId contact{};
    Digest notes;
    std::vector<Stop> stops;
    std::vector<NeedDraft> slots;  ///< empty: one slot that wants nothing special
    BookingId booking{};           ///< the windows are those held, and the slot is with its agent
    bool operator==(CreateJob const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "reference", self.reference);
        field(2, "workflow", self.workflow);
        field(3, "state", self.state);
        field(4, "priority", self.priority);
        field(5, "release", self.release);
        field(6, "deadline", self.deadline);
        field(7, "contact", self.contact);
        field(8, "notes", self.notes);
        field(9, "stops", self.stops);
        field(10, "slots", self.slots);
        field(11, "booking", self.booking);
    }
};

/// Only what is given changes. The version is the If-Match: a group that moved since is a conflict.
struct UpdateJob {
    JobId job{};
    std::optional<EventNumber> if_version;
    std::optional<std::int32_t> priority;         // details
    std::optional<SubjectId> contact;             // details
    std::optional<std::vector<Stop>> stops;       // window: places, windows, loads
    std::optional<Instant> release;               // window
    std::optional<Instant> deadline;              // window
    std::optional<std::vector<NeedDraft>> slots;  // requirements
    std::optional<Digest> notes;                  // notes
    bool operator==(UpdateJob const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "if_version", self.if_version);
        field(3, "priority", self.priority);
        field(4, "contact", self.contact);
        field(5, "stops", self.stops);
        field(6, "release", self.release);
        field(7, "deadline", self.deadline);
        field(8, "slots", self.slots);
        field(9, "notes", self.notes);
    }
};

/// One step of the workflow: of the assignment when it is given, else of the job.
struct TransitionJob {
    JobId job{};
    AssignmentId assignment{};
    std::string to;  ///< the state's name
    std::optional<EventNumber> if_version;
    std::optional<std::uint8_t> stop;  ///< the stop it happened at: arrived, done
    std::string reason;
    bool operator==(TransitionJob const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "assignment", self.assignment);
        field(3, "to", self.to);
        field(4, "if_version", self.if_version);
        field(5, "stop", self.stop);
        field(6, "reason", self.reason);
    }
};

/// The agent made a stop (picked up, dropped off) without the whole assignment changing state.
struct FinishStop {
    AssignmentId assignment{};
    std::uint8_t stop = 0;
    bool operator==(FinishStop const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "stop", self.stop);
    }
};

struct ProposeQuote {
    JobId job{};
    Cents amount;
    std::string currency;
    bool operator==(ProposeQuote const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "amount", self.amount);
        field(3, "currency", self.currency);
    }
};

struct DecideQuote {
    JobId job{};
    bool approve = false;
    bool operator==(DecideQuote const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "approve", self.approve);
    }
};

struct AttachToJob {
    JobId job{};
    Attachment attachment;
    bool operator==(AttachToJob const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "attachment", self.attachment);
    }
};

struct ResolveConflict {
    JobId job{};
    EventNumber conflict = 0;
    bool operator==(ResolveConflict const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "conflict", self.conflict);
    }
};

/// Creates the agent, or replaces the profile of the one with this reference.
struct PutAgent {
    std::string reference;
    SubjectId person{};
    Position home;
    Shift shift;
    std::vector<std::string> skills;
    std::string vehicle_label;
    std::string vehicle_kind;
    std::vector<std::string> features;
    Load capacity;
    std::vector<ZoneId> zones;
    std::int32_t weight = weight_one;
    std::optional<EventNumber> if_version;
    bool operator==(PutAgent const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "reference", self.reference);
        field(2, "person", self.person);
        field(3, "home", self.home);
        field(4, "shift", self.shift);
        field(5, "skills", self.skills);
        field(6, "vehicle_label", self.vehicle_label);
        field(7, "vehicle_kind", self.vehicle_kind);
        field(8, "features", self.features);
        field(9, "capacity", self.capacity);
        field(10, "zones", self.zones);
        field(11, "weight", self.weight);
        field(12, "if_version", self.if_version);
    }
};

struct SetAvailability {
    AgentId agent{};
    Availability availability = Availability::off;
    bool operator==(SetAvailability const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "availability", self.availability);
    }
};

struct RemoveAgent {
    AgentId agent{};
    std::optional<EventNumber> if_version;
    bool operator==(RemoveAgent const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "if_version", self.if_version);
    }
};

/// A person decides. Rules that protect people and promises still hold; the score does not matter.
struct AssignJob {
    JobId job{};
    std::uint8_t slot = 0;
    AgentId agent{};
    bool force = false;  ///< though a window cannot be kept; then `reason` says why
    std::string reason;
    bool operator==(AssignJob const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
        field(3, "agent", self.agent);
        field(4, "force", self.force);
        field(5, "reason", self.reason);
    }
};

/// The agent drops it, or a dispatcher takes it back; the slot is matched again at once.
struct ReleaseAssignment {
    AssignmentId assignment{};
    std::string reason;
    bool operator==(ReleaseAssignment const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "reason", self.reason);
    }
};

struct ReceiveOffer {
    OfferId offer{};
    bool operator==(ReceiveOffer const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "offer", self.offer); }
};

struct AcceptOffer {
    OfferId offer{};
    EventNumber attempt = 0;  ///< the token the offer came with
    bool operator==(AcceptOffer const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "offer", self.offer);
        field(2, "attempt", self.attempt);
    }
};

struct DeclineOffer {
    OfferId offer{};
    EventNumber attempt = 0;
    std::string reason;
    bool operator==(DeclineOffer const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "offer", self.offer);
        field(2, "attempt", self.attempt);
        field(3, "reason", self.reason);
    }
};

struct PlannedStop {
    AssignmentId assignment{};
    std::uint8_t stop = 0;
    bool operator==(PlannedStop const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "stop", self.stop);
    }
};

/// The route a planner wants one agent to have, and the version of the one it read.
struct PlannedRoute {
    AgentId agent{};
    EventNumber route_version = 0;
    std::vector<PlannedStop> stops;
    bool operator==(PlannedRoute const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "route_version", self.route_version);
        field(3, "stops", self.stops);
    }
};

/// Why the planner gives an assignment to another agent; kept in the log.
struct PlannedMove {
    AssignmentId assignment{};
    std::string why;
    bool operator==(PlannedMove const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "why", self.why);
    }
};

/// Agents that exchange an assignment form a component, adopted whole or not at all.
struct AdoptPlan {
    std::vector<PlannedRoute> routes;
    std::vector<PlannedMove> moves;  ///< those that have a reason
    bool operator==(AdoptPlan const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "routes", self.routes);
        field(2, "moves", self.moves);
    }
};

constexpr std::size_t plan_routes_max = 1000;

struct CreateTenant {
    std::string name;
    bool operator==(CreateTenant const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "name", self.name); }
};

struct CreateRegion {
    RegionId region{};
    std::string tenant;
    std::string name;
    Position centre;
    bool operator==(CreateRegion const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "region", self.region);
        field(2, "tenant", self.tenant);
        field(3, "name", self.name);
        field(4, "centre", self.centre);
    }
};

/// Keys are stored as the digest of their secret; the secret is shown once, by who made it.
struct CreateKey {
    std::string tenant;
    Digest secret;
    Role role = Role::viewer;
    AgentId agent{};  ///< for the role agent: as whom it speaks
    Instant expires = instant_max;
    std::string label;
    bool operator==(CreateKey const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "tenant", self.tenant);
        field(2, "secret", self.secret);
        field(3, "role", self.role);
        field(4, "agent", self.agent);
        field(5, "expires", self.expires);
        field(6, "label", self.label);
    }
};

struct RevokeKey {
    KeyId key{};
    bool operator==(RevokeKey const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "key", self.key); }
};

struct PostRoadReport {
    RoadReport report;  ///< its id is zero: it is given one
    bool operator==(PostRoadReport const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "report", self.report); }
};

struct LiftRoadReport {
    RoadReportId report{};
    bool operator==(LiftRoadReport const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "report", self.report); }
};

/// Keeps a slot on the agent's route for a while, for a job that may be created with it.
struct HoldBooking {
    AgentId agent{};
    std::vector<Stop> stops;
    NeedDraft need;
    Millis span = booking_span_usual;
    bool operator==(HoldBooking const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "stops", self.stops);
        field(3, "need", self.need);
        field(4, "span", self.span);
    }
};

struct ReleaseBooking {
    BookingId booking{};
    bool operator==(ReleaseBooking const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "booking", self.booking); }
};

/// Replaces all that was said of when the agent is busy.
struct SetBusy {
    AgentId agent{};
    std::vector<BusyTime> busy;  ///< in any order; they may overlap
    bool operator==(SetBusy const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "busy", self.busy);
    }
};

using Command = std::variant<
    SetPolicy,
    SetWorkflow,
    SetZone,
    RemoveZone,
    CreateJob,
    UpdateJob,
    TransitionJob,
    FinishStop,
    ProposeQuote,
    DecideQuote,
    AttachToJob,
    ResolveConflict,
    PutAgent,
    SetAvailability,
    RemoveAgent,
    AssignJob,
    ReleaseAssignment,
    ReceiveOffer,
    AcceptOffer,
    DeclineOffer,
    AdoptPlan,
    CreateTenant,
    CreateRegion,
    CreateKey,
    RevokeKey,
    PostRoadReport,
    LiftRoadReport,
    HoldBooking,
    ReleaseBooking,
    SetBusy>;

constexpr auto command_names = std::to_array<std::string_view>(
    {"SetPolicy",      "SetWorkflow",       "SetZone",      "RemoveZone",      "CreateJob",
     "UpdateJob",      "TransitionJob",     "FinishStop",   "ProposeQuote",    "DecideQuote",
     "AttachToJob",    "ResolveConflict",   "PutAgent",     "SetAvailability", "RemoveAgent",
     "AssignJob",      "ReleaseAssignment", "ReceiveOffer", "AcceptOffer",     "DeclineOffer",
     "AdoptPlan",      "CreateTenant",      "CreateRegion", "CreateKey",       "RevokeKey",
     "PostRoadReport", "LiftRoadReport",    "HoldBooking",  "ReleaseBooking",  "SetBusy"}
);
static_assert(command_names.size() == std::variant_size_v<Command>);

}  // namespace posthaste::model
