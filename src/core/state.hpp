// The state of one region: what its log says. Changed by apply() alone.
//
// Gives    everything a decision may rest on but positions, which are seen, not decided
//          (field.hpp).
// Order    tables are looked up; whatever is iterated for a decision goes by id or by a set's
//          order.
// Threads  one writer; a second State that follows the log is another object
// Limits   jobs_max, agents_max, agenda_max and those of the model; at them: limit_reached
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/reference_index.hpp"
#include "base/table.hpp"
#include "core/catalogue.hpp"
#include "core/remembered.hpp"
#include "core/timer.hpp"
#include "model/event.hpp"
#include "model/record.hpp"
#include "workflow/machine.hpp"

namespace posthaste::core {

constexpr std::size_t jobs_max = 1'000'000;
constexpr std::size_t agents_max = 1'000'000;
constexpr std::size_t workflows_max = 1000;
constexpr std::size_t keys_max = 1'000'000;
constexpr std::size_t regions_max = 65'535;

/// One version of a workflow. Jobs keep the version they began with.
struct WorkflowVersion {
    model::WorkflowId id{};
    std::string name;
    std::string toml;
    std::uint64_t hash = 0;

    bool operator==(WorkflowVersion const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "name", self.name);
        field(3, "toml", self.toml);
        field(4, "hash", self.hash);
    }
};

struct Key {
    model::KeyId id{};
    std::string tenant;
    Digest secret;
    model::Role role = model::Role::viewer;
    model::AgentId agent{};
    Instant expires = instant_max;
    std::string label;
    bool revoked = false;

    bool operator==(Key const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "tenant", self.tenant);
        field(3, "secret", self.secret);
        field(4, "role", self.role);
        field(5, "agent", self.agent);
        field(6, "expires", self.expires);
        field(7, "label", self.label);
        field(8, "revoked", self.revoked);
    }
};

struct RegionEntry {
    std::string tenant;
    std::string name;
    model::Position centre;

    bool operator==(RegionEntry const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "tenant", self.tenant);
        field(2, "name", self.name);
        field(3, "centre", self.centre);
    }
};

/// What only the control region holds: tenants, their regions and keys.
struct Control {
    std::set<std::string> tenants;
    std::map<RegionId, RegionEntry> regions;
    Table<model::KeyId, Key> keys;

    bool operator==(Control const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "tenants", self.tenants);
        field(2, "regions", self.regions);
        field(3, "keys", self.keys);
    }
};

constexpr RegionId control_region{0};

/// A slot to match, the urgent ones first.
struct MatchItem {
    std::int32_t urgency = 0;  ///< 0 is the highest priority: priority_max - priority
    model::JobId job{};
    std::uint8_t slot = 0;

    auto operator<=>(MatchItem const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "urgency", self.urgency);
        field(2, "job", self.job);
        field(3, "slot", self.slot);
    }
};

/// What must still be done for what was decided; survives a crash like everything in the state.
struct Agenda {
    std::set<MatchItem> match;
    /// Agents who could help more than before, and the last waiting job they were held against.
    std::map<model::AgentId, model::JobId> wake;

    bool empty() const { return match.empty() && wake.empty(); }
    bool operator==(Agenda const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "match", self.match);
        field(2, "wake", self.wake);
    }
};

/// An offer or assignment that went from an agent by another's doing: what the phone does with it
/// before it hears of that is late (docs/semantics.md, "What is late").
struct Taken {
    std::uint64_t id = 0;  ///< of the offer or assignment
    model::JobId job{};
    Instant at;

    bool operator==(Taken const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "job", self.job);
        field(3, "at", self.at);
    }
};
constexpr std::size_t taken_max = 16;  ///< of an agent, the newest

struct State {
    RegionId region{};
    model::EventNumber last_event = 0;
    Instant last_at;
    std::uint64_t next_counter = 1;
    model::Policy policy;
    std::uint64_t policy_hash = 0;
    Catalogue catalogue;
    Table<model::WorkflowId, WorkflowVersion> workflows;
    std::map<std::string, model::WorkflowId> workflow_names;  ///< the newest version of each
    Table<model::ZoneId, model::Zone> zones;
    Table<model::AgentId, model::Agent> agents;
    Table<model::JobId, model::Job> jobs;
    Table<model::AssignmentId, model::Assignment> assignments;  ///< live ones
    Table<model::OfferId, model::Offer> offers;                 ///< open ones
    std::set<Timer> timers;
    Agenda agenda;
    std::set<model::JobId> waiting;  ///< jobs with a waiting slot
    Remembered remembered;
    Control control;
    std::map<model::AgentId, std::vector<Taken>> taken;                  ///< oldest first
    std::map<std::pair<model::AgentId, model::ZoneId>, Instant> dwells;  ///< due; each has a timer
    Table<model::RoadReportId, model::RoadReport> road_reports;
    model::TravelSource travel_source = model::TravelSource::great_circle;
    Table<model::BookingId, model::Booking> bookings;

    static void fields(auto& self, auto&& field) {
        field(1, "region", self.region);
        field(2, "last_event", self.last_event);
        field(3, "last_at", self.last_at);
        field(4, "next_counter", self.next_counter);
        field(5, "policy", self.policy);
        field(6, "policy_hash", self.policy_hash);
        field(7, "catalogue", self.catalogue);
        field(8, "workflows", self.workflows);
        field(9, "workflow_names", self.workflow_names);
        field(10, "zones", self.zones);
        field(11, "agents", self.agents);
        field(12, "jobs", self.jobs);
        field(13, "assignments", self.assignments);
        field(14, "offers", self.offers);
        field(15, "timers", self.timers);
        field(16, "agenda", self.agenda);
        field(17, "waiting", self.waiting);
        field(18, "remembered", self.remembered);
        field(19, "control", self.control);
        field(20, "taken", self.taken);
        field(21, "dwells", self.dwells);
        field(22, "road_reports", self.road_reports);
        field(23, "travel_source", self.travel_source);
        field(24, "bookings", self.bookings);
    }

    // Derived from the above by index(); not in the bytes.
    ReferenceIndex<model::AgentId> agent_references;
    ReferenceIndex<model::JobId> job_references;
    std::map<model::WorkflowId, workflow::Machine> machines;

    /// Rebuilds what is derived.
    void index();

    std::optional<model::AgentId> agent_named(std::string_view reference) const;
    std::optional<model::JobId> job_named(std::string_view reference) const;
    /// Requires: the job's workflow is known, which every job in the state has.
    workflow::Machine const& machine_of(model::Job const& job) const;
    model::Phase phase_of(model::Job const& job) const;
    model::Phase phase_of(model::Assignment const& assignment) const;
    /// The state a person sees: the job's own, or its first live assignment's.
    std::uint8_t shown_state(model::Job const& job) const;
};

/// Everything a restart must bring back, as bytes; and from them. Errors: corrupt.
std::string snapshot(State const& state);
Result<State> restore(std::string_view bytes);

/// Equal for equal states, whatever their history.
Digest hash_of(State const& state);

}  // namespace posthaste::core
