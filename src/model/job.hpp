// A job: work at one or more stops, wanting one or more agents.
//
// A job's *slots* are what it requires (one for a ride, three for a structure fire); each is filled
// by an assignment of its own. Status and times of the work live on the assignment and its stops.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "model/ids.hpp"
#include "model/load.hpp"
#include "model/names.hpp"
#include "model/place.hpp"

namespace posthaste::model {

constexpr std::size_t stops_max = 16;
constexpr std::size_t slots_max = 16;
constexpr std::size_t attachments_max = 64;
constexpr std::size_t conflicts_max = 16;
constexpr std::size_t declined_max = 64;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t reference_bytes_max = 128;
constexpr std::size_t reason_bytes_max = 256;
constexpr std::int32_t priority_max = 100;

struct Stop {
    Position place;
    std::optional<ZoneId> hub;  ///< the hub this stop is at, when it is one
    Window window;
    Millis service;
    Load pickup;
    Load dropoff;

    bool operator==(Stop const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "place", self.place);
        field(2, "hub", self.hub);
        field(3, "window", self.window);
        field(4, "service", self.service);
        field(5, "pickup", self.pickup);
        field(6, "dropoff", self.dropoff);
    }
};

/// What an agent must have to fill a slot. Bits are the region's catalogue (core/catalogue.hpp).
struct Requirement {
    std::uint64_t skills = 0;    ///< all of these
    std::uint32_t kinds = 0;     ///< a vehicle of one of these kinds; 0: any
    std::uint32_t features = 0;  ///< a vehicle with all of these (wheelchair, tail lift, ...)

    bool operator==(Requirement const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "skills", self.skills);
        field(2, "kinds", self.kinds);
        field(3, "features", self.features);
    }
};

enum class SlotStatus : std::uint8_t {
    idle,      ///< the job does not want agents now
    wanting,   ///< on the agenda: will be matched in this turn or the next
    waiting,   ///< nobody could take it; tried again when something changes that could help
    offered,   ///< somebody is asked
    assigned,  ///< has an assignment
    finished,  ///< its assignment is done
};
constexpr auto names_of(SlotStatus) {
    return std::to_array<std::string_view>(
        {"idle", "wanting", "waiting", "offered", "assigned", "finished"}
    );
}

struct JobSlot {
    Requirement need;
    SlotStatus status = SlotStatus::idle;
    /// The event that began the present attempt to fill the slot: the token of offers and plans.
    EventNumber attempt = 0;
    OfferId offer{};
    AssignmentId assignment{};
    std::vector<AgentId> declined;  ///< who said no, sorted; not asked again for this job

    bool operator==(JobSlot const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "need", self.need);
        field(2, "status", self.status);
        field(3, "attempt", self.attempt);
        field(4, "offer", self.offer);
        field(5, "assignment", self.assignment);
        field(6, "declined", self.declined);
    }
};

struct Quote {
    QuoteStatus status = QuoteStatus::none;
    Cents amount;
    std::string currency;  ///< ISO 4217
    KeyId decided_by{};
    Instant decided_at;

    bool operator==(Quote const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "status", self.status);
        field(2, "amount", self.amount);
        field(3, "currency", self.currency);
        field(4, "decided_by", self.decided_by);
        field(5, "decided_at", self.decided_at);
    }
};

struct Attachment {
    Digest content;
    AttachmentKind kind = AttachmentKind::other;
    Instant device_time;
    std::optional<Position> place;
    std::uint64_t bytes = 0;

    bool operator==(Attachment const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "content", self.content);
        field(2, "kind", self.kind);
        field(3, "device_time", self.device_time);
        field(4, "place", self.place);
        field(5, "bytes", self.bytes);
    }
};

/// An operation that came too late to apply. It is kept and shown until somebody resolves it.
struct Conflict {
    EventNumber number = 0;  ///< of the event that recorded it
    AgentId agent{};
    std::string operation;  ///< what was asked for, as its command's name
    std::string wanted;     ///< the state it asked for
    std::string found;      ///< the state it met
    Instant device_time;

    bool operator==(Conflict const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "number", self.number);
        field(2, "agent", self.agent);
        field(3, "operation", self.operation);
        field(4, "wanted", self.wanted);
        field(5, "found", self.found);
        field(6, "device_time", self.device_time);
    }
};

struct Job {
    JobId id{};
    std::string reference;  ///< the customer's own name for it; unique in the region; may be empty
    WorkflowId workflow{};
    std::uint8_t state = 0;     ///< of the workflow; see Phase for whose it is
    std::int32_t priority = 0;  ///< 0..priority_max, higher first
    Instant release;            ///< not matched before
    Instant deadline = instant_max;
    SubjectId contact{};  ///< customer, phone, address; kept outside the log
    Digest notes;         ///< of the site notes, kept outside the log; zero: none
    std::vector<Stop> stops;
    std::vector<JobSlot> slots;
    Quote quote;
    std::vector<Attachment> attachments;
    std::vector<Conflict> conflicts;
    Instant created;
    Instant over;  ///< when it came to a phase that is_over; zero before
    Digest chain;  ///< of its transitions so far: each names the one before
    EventNumber version = 0;
    std::array<EventNumber, group_count> group_versions{};
    BookingId booking{};  ///< what keeps its first slot with an agent until it is assigned; or zero

    bool operator==(Job const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "reference", self.reference);
        field(3, "workflow", self.workflow);
        field(4, "state", self.state);
        field(5, "priority", self.priority);
        field(6, "release", self.release);
        field(7, "deadline", self.deadline);
        field(8, "contact", self.contact);
        field(9, "notes", self.notes);
        field(10, "stops", self.stops);
        field(11, "slots", self.slots);
        field(12, "quote", self.quote);
        field(13, "attachments", self.attachments);
        field(14, "conflicts", self.conflicts);
        field(15, "created", self.created);
        field(16, "over", self.over);
        field(17, "chain", self.chain);
        field(18, "version", self.version);
        field(19, "group_versions", self.group_versions);
        field(20, "booking", self.booking);
    }
};

}  // namespace posthaste::model
