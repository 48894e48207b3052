// An agent (driver, technician, courier, unit): who can be sent, and the route they follow.
//
// Raw positions are not here: they are seen, not decided (core/field.hpp).
#pragma once

#include <string>
#include <vector>

#include "model/ids.hpp"
#include "model/load.hpp"
#include "model/names.hpp"
#include "model/place.hpp"
#include "model/travel_source.hpp"

namespace posthaste::model {

/// Work in progress and promised on one agent: hub parcels need 30 and more.
constexpr std::size_t stack_limit = 64;
constexpr std::size_t zones_per_agent_max = 32;
constexpr std::int32_t weight_one = 100;
constexpr std::size_t busy_max = 256;
constexpr std::size_t bookings_per_agent_max = 32;

struct Vehicle {
    std::string label;
    std::uint8_t kind = 0;  ///< bit number in the region's catalogue
    std::uint32_t features = 0;
    Load capacity;

    bool operator==(Vehicle const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "label", self.label);
        field(2, "kind", self.kind);
        field(3, "features", self.features);
        field(4, "capacity", self.capacity);
    }
};

struct Shift {
    Instant start;
    Instant end = instant_max;

    bool operator==(Shift const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "start", self.start);
        field(2, "end", self.end);
    }
};

/// The agent does something else then, from `start` until before `end`: no work is done at a stop.
/// Where it is done is not known, so drives may fall in it.
struct BusyTime {
    Instant start;
    Instant end;

    bool operator==(BusyTime const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "start", self.start);
        field(2, "end", self.end);
    }
};

enum class Hold : std::uint8_t {
    free,      ///< a planner may move it
    promised,  ///< its time was told to somebody: may move within its window
    locked,    ///< on the way there, or a person pinned it: stays first
};
constexpr auto names_of(Hold) {
    return std::to_array<std::string_view>({"free", "promised", "locked"});
}

/// One stop still to be made. Done stops leave the route; their times stay on the assignment.
struct RouteStop {
    AssignmentId assignment{};
    JobId job{};
    std::uint8_t stop = 0;  ///< index in the job's stops
    Hold hold = Hold::free;
    TravelSource source = TravelSource::great_circle;  ///< of the times it was planned with
    std::uint8_t confidence = 0;  ///< percent: how much of them drives that were seen say
    Instant arrival;              ///< as planned: as likely later as earlier
    Instant arrival_p90;          ///< nine times of ten by then

    bool operator==(RouteStop const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "assignment", self.assignment);
        field(2, "job", self.job);
        field(3, "stop", self.stop);
        field(4, "hold", self.hold);
        field(5, "arrival", self.arrival);
        field(6, "arrival_p90", self.arrival_p90);
        field(7, "source", self.source);
        field(8, "confidence", self.confidence);
    }
};

/// What an operator says of an agent; the rest of Agent is what became of them.
struct AgentProfile {
    std::string reference;  ///< unique in the region
    SubjectId person{};     ///< name and phone, kept outside the log
    Position home;
    Shift shift;
    std::uint64_t skills = 0;
    Vehicle vehicle;
    std::vector<ZoneId> zones;         ///< may work in these, sorted; empty: everywhere
    std::int32_t weight = weight_one;  ///< a full share of work is weight_one; at least 1

    bool operator==(AgentProfile const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "reference", self.reference);
        field(2, "person", self.person);
        field(3, "home", self.home);
        field(4, "shift", self.shift);
        field(5, "skills", self.skills);
        field(6, "vehicle", self.vehicle);
        field(7, "zones", self.zones);
        field(8, "weight", self.weight);
    }
};

struct Agent {
    AgentId id{};
    AgentProfile profile;
    Availability availability = Availability::off;
    bool in_shift = false;
    Freshness freshness = Freshness::unseen;
    Load aboard;                       ///< picked up and not yet left
    std::uint32_t assigned_count = 0;  ///< in this shift, for fairness
    std::vector<RouteStop> route;
    EventNumber route_version = 0;
    std::vector<AssignmentId> assignments;  ///< live ones, sorted
    std::vector<OfferId> offers;            ///< open ones, sorted: the agent's inbox
    std::vector<ZoneId> inside;             ///< fences the agent is in, sorted
    Instant idle_since;
    EventNumber version = 0;
    std::vector<BusyTime> busy;       ///< by start; none touches another
    std::vector<BookingId> bookings;  ///< what is held of the route, sorted

    bool operator==(Agent const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "profile", self.profile);
        field(3, "availability", self.availability);
        field(4, "in_shift", self.in_shift);
        field(5, "freshness", self.freshness);
        field(6, "aboard", self.aboard);
        field(7, "route", self.route);
        field(8, "route_version", self.route_version);
        field(9, "assignments", self.assignments);
        field(10, "offers", self.offers);
        field(11, "inside", self.inside);
        field(12, "assigned_count", self.assigned_count);
        field(13, "idle_since", self.idle_since);
        field(14, "version", self.version);
        field(15, "busy", self.busy);
        field(16, "bookings", self.bookings);
    }
};

}  // namespace posthaste::model
