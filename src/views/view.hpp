// What the board holds of a job, an agent and a workflow: immutable, shared, whole.
//
// Gives    everything an answer about one of them needs, as of one event. A view never changes;
//          the board replaces it. Two views are equal when they would be shown alike.
// Shapes   assignments and offers of a job by id; a route in its order. Bits of a need mean the
//          names that `names` had; later catalogues only add.
// Units    a place that was never seen has time zero.
// Threads  shared immutable
// Limits   the model's: slots_max assignments, stack_limit stops.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/field.hpp"
#include "core/state.hpp"

namespace posthaste::views {

struct WorkflowView {
    core::WorkflowVersion version;
    workflow::Machine machine;
};

struct JobView {
    model::Job job;
    std::vector<model::Assignment> assignments;  ///< live ones
    std::vector<model::Offer> offers;            ///< open ones
    std::uint8_t shown_state = 0;                ///< the job's own, or its first live assignment's
    model::Phase phase = model::Phase::draft;    ///< of the shown state
    std::shared_ptr<WorkflowView const> workflow;
    std::shared_ptr<core::Catalogue const> names;

    workflow::State const& state() const { return workflow->machine.state(shown_state); }
    workflow::State const& state_of(model::Assignment const& assignment) const {
        return workflow->machine.state(assignment.state);
    }
    bool is_waiting() const;
    /// Has, or is asked to take, a slot of it.
    bool concerns(model::AgentId agent) const;
};

/// What an agent is doing, derived from availability, offers and live assignments.
enum class AgentStatus : std::uint8_t {
    off,
    paused,
    idle,
    offered,   ///< is asked, and does nothing else
    assigned,  ///< has work and is not on the way
    en_route,
    on_site,
    working,
};
constexpr auto names_of(AgentStatus) {
    return std::to_array<std::string_view>(
        {"off", "paused", "idle", "offered", "assigned", "en_route", "on_site", "working"}
    );
}

struct RouteStopView {
    model::RouteStop visit;
    model::Position place;
    bool operator==(RouteStopView const&) const = default;
};

struct AgentView {
    model::AgentId id{};
    std::shared_ptr<model::AgentProfile const> profile;
    std::shared_ptr<core::Catalogue const> names;
    model::Availability availability = model::Availability::off;
    model::Freshness freshness = model::Freshness::unseen;
    AgentStatus status = AgentStatus::off;
    bool in_shift = false;
    std::uint32_t assigned_count = 0;
    model::Load aboard;
    std::vector<RouteStopView> route;
    std::vector<model::JobId> jobs;  ///< of the live assignments, by assignment
    std::vector<model::OfferId> offers;
    std::vector<model::ZoneId> inside;
    std::vector<model::BusyTime> busy;
    std::vector<model::Booking> bookings;
    Instant idle_since;
    model::EventNumber route_version = 0;
    model::EventNumber version = 0;
};

/// An agent with where they were last seen.
struct AgentSeen {
    std::shared_ptr<AgentView const> view;
    core::Sighting seen;  ///< time zero: never
    Metres distance;      ///< of a search around a place

    bool is_seen() const { return seen.time != Instant{}; }
    /// Where they were seen last, else home.
    model::Position place() const { return is_seen() ? seen.place : view->profile->home; }
};

/// An open offer with its job: what lies in an agent's inbox.
struct OfferView {
    model::Offer offer;
    std::shared_ptr<JobView const> job;
};

bool equal(JobView const& a, JobView const& b);
bool equal(AgentView const& a, AgentView const& b);

using Workflows = std::map<model::WorkflowId, std::shared_ptr<WorkflowView const>>;

/// What many views share.
struct Shared {
    Workflows workflows;
    std::shared_ptr<core::Catalogue const> names;
};

/// Requires: the job or agent is in the state, and the job's workflow in `shared`.
std::shared_ptr<JobView const> view_of(
    core::State const& state, model::JobId id, Shared const& shared
);
/// `before`: the agent's view so far, whose profile is shared when it did not change; or none.
std::shared_ptr<AgentView const> view_of(
    core::State const& state, model::AgentId id, Shared const& shared, AgentView const* before
);

std::vector<std::string_view> names_of_bits(
    core::Catalogue const& names, model::NameKind kind, std::uint64_t bits
);

}  // namespace posthaste::views
