// What is seen rather than decided: where the agents are, who is heard of, and the indexes that a
// decision searches. Derived from the state and the fixes; never in the log.
//
// Takes    follow(): every applied event, so that the indexes say what the state says; observe():
//          every accepted fix, after it was decided.
// Gives    the fleet index with each agent's traits, the index of waiting jobs, the fences, the
//          travel times of the present policy, and who is overdue.
// Order    overdue(): by (due, agent).
// Threads  as the state
#pragma once

#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/apply.hpp"
#include "core/input.hpp"
#include "core/state.hpp"
#include "geo/fence_index.hpp"
#include "geo/fleet_index.hpp"
#include "match/choose.hpp"
#include "match/travel.hpp"

namespace posthaste::core {

/// Bits of geo::Traits::flags: what must be true of an agent to be asked at all.
enum AgentFlag : std::uint16_t {
    flag_on_duty = 1,
    flag_in_shift = 2,
    flag_fresh = 4,
    flag_below_stack = 8,
};
constexpr std::uint16_t flags_dispatchable = 15;

/// An agent's traits computed from the state alone. The index must hold exactly these.
geo::Traits traits_of(State const& state, model::Agent const& agent);

struct Sighting {
    model::Position place;
    Instant time;
    std::int32_t speed_mm_s = -1;
    std::int32_t heading_deg = model::unknown_heading;

    bool operator==(Sighting const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "place", self.place);
        field(2, "time", self.time);
        field(3, "speed_mm_s", self.speed_mm_s);
        field(4, "heading_deg", self.heading_deg);
    }
};

/// Waiting jobs, by id, that an agent looks at with its next fix beside those nearest: so that none
/// is passed over for ever where too many wait.
struct Lap {
    model::JobId after{};
    model::JobId upto{};
};
constexpr std::size_t lap_jobs = 16;
/// So many nearest are looked at with every fix; with no more than these there are no laps.
constexpr std::size_t nearby_max = 64;

/// Reused memory of decide(); it holds nothing between calls.
struct Scratch {
    match::Chooser chooser;
    match::Inserter inserter;
    geo::Found found;
    geo::Found beyond;                        ///< beyond the radius
    std::vector<model::Agent const*> agents;  ///< whom the search found
    std::vector<match::Asked> asked;
    std::vector<std::vector<match::Visit>> routes;
    std::vector<match::Visit> job;
};

class Field {
public:
    explicit Field(State const& state, match::MakeTravel make_travel = match::straight_lines);

    void follow(State const& state, model::Event const& event, Touched const& touched);
    void observe(State const& state, model::Fix const& fix);

    std::optional<Sighting> seen(model::AgentId agent) const;
    /// What the agent looks at next of state.waiting: after `after`, up to `upto`.
    Lap lap(model::AgentId agent) const;
    geo::FleetIndex const& agents() const { return agents_; }
    geo::FleetIndex const& waiting() const { return waiting_; }
    geo::FenceIndex const& fences() const { return fences_; }
    match::Travel const& travel() const { return *travel_; }

    /// The agent's handle in agents(); none when it has no position yet.
    std::optional<Slot> handle_of(model::AgentId agent) const;

    /// Who was not heard of for too long at `now`: at most `limit`. Nobody before `held_until`: a
    /// new writer gives everybody one reporting interval. `now` never runs back.
    std::vector<OverdueInput> overdue(State const& state, Instant now, std::size_t limit);
    /// The earliest instant at which overdue() may have something.
    Instant overdue_due() const;
    void hold_until(Instant instant) { held_until_ = instant; }

    /// Travel times changed: every route that somebody is on is to be timed again.
    void travel_changed(State const& state);
    /// Whose routes those are, at most `limit` of them, each once. By id.
    std::vector<RetimeInput> to_retime(std::size_t limit);
    bool has_to_retime() const { return !to_retime_.empty(); }

    /// The newest positions with their times, for the checkpoint beside the log; and back.
    std::string checkpoint() const;
    Status load_checkpoint(State const& state, std::string_view bytes);

private:
    struct Watch {
        Instant due;
        model::AgentId agent{};
        auto operator<=>(Watch const&) const = default;
    };

    void refresh_agent(State const& state, model::AgentId id);
    void refresh_waiting(State const& state, model::JobId id);
    void forget_agent(model::AgentId id);
    void go_on(State const& state, Slot handle);
    void watch(State const& state, model::AgentId id, Instant last_fix);
    Slot take_handle(
        boost::unordered_flat_map<std::uint64_t, Slot>& handles,
        std::vector<Slot>& spare,
        std::uint64_t id
    );

    geo::FleetIndex agents_;
    geo::FleetIndex waiting_;
    geo::FenceIndex fences_;
    void renew_travel(State const& state);

    match::MakeTravel make_travel_;
    std::unique_ptr<match::Travel> travel_;
    boost::unordered_flat_map<std::uint64_t, Slot> agent_handles_;
    std::vector<Slot> spare_agent_handles_;
    std::vector<Sighting> sightings_;  ///< by agent handle
    std::vector<Lap> laps_;            ///< by agent handle, from when too many first waited
    boost::unordered_flat_map<std::uint64_t, Slot> job_handles_;
    std::vector<Slot> spare_job_handles_;
    std::priority_queue<Watch, std::vector<Watch>, std::greater<>> watches_;
    Instant held_until_;
    std::vector<model::AgentId> to_retime_;  ///< the highest id first
};

}  // namespace posthaste::core
