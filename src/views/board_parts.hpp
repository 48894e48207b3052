// What the board keeps of a region, and what one turn does to it. Private to views.
#pragma once

#include <mutex>
#include <set>

#include "base/reference_index.hpp"
#include "views/board.hpp"

namespace posthaste::views {

struct Board::Region {
    struct AgentSeat {
        std::shared_ptr<AgentView const> view;  ///< null: the seat is free
        core::Sighting seen;
    };

    mutable std::shared_mutex mutex;
    mutable std::mutex door;  ///< passed before the mutex is taken, so that a writer gets in

    model::EventNumber number = 0;
    Instant at;
    std::shared_ptr<Settings const> settings;
    std::map<model::JobId, std::shared_ptr<JobView const>> jobs;
    ReferenceIndex<model::JobId> job_references;
    std::vector<AgentSeat> agents;
    std::vector<Slot> spare_agents;
    boost::unordered_flat_map<std::uint64_t, Slot> agent_slots;
    ReferenceIndex<model::AgentId> agent_references;
    boost::unordered_flat_map<std::uint64_t, model::JobId> offers;
    Kpis kpis;

    std::shared_ptr<JobView const> job(model::JobId id) const {
        auto const found = jobs.find(id);
        return found == jobs.end() ? nullptr : found->second;
    }
    AgentSeat const* agent(model::AgentId id) const {
        auto const found = agent_slots.find(raw(id));
        return found == agent_slots.end() ? nullptr : &agents[found->second];
    }

    std::optional<model::JobId> job_named(std::string_view reference) const {
        return job_references.find(reference, [&](model::JobId id) -> std::string_view {
            return jobs.at(id)->job.reference;
        });
    }
    std::optional<model::AgentId> agent_named(std::string_view reference) const {
        return agent_references.find(reference, [&](model::AgentId id) -> std::string_view {
            return agent(id)->view->profile->reference;
        });
    }

    // These give what was there before, to be let go of outside the lock.
    std::shared_ptr<JobView const> put(std::shared_ptr<JobView const> view);
    std::shared_ptr<JobView const> take(model::JobId id);
    std::shared_ptr<AgentView const> put(std::shared_ptr<AgentView const> view);
    std::shared_ptr<AgentView const> take(model::AgentId id);
    void see(model::AgentId agent, core::Sighting const& sighting);

private:
    void count(JobView const& view, std::uint64_t by);
    void forget_names(JobView const& view);
};

/// A reader's hold of a region; short.
class Board::Reading {
public:
    explicit Reading(Region const& region) {
        std::lock_guard const door{region.door};
        lock_ = std::shared_lock{region.mutex};
    }

private:
    std::shared_lock<std::shared_mutex> lock_;
};

/// One turn's work: what to make anew is gathered and made first, then put in place at once.
struct Board::Refresh {
    Refresh(Region& the_region, Turned const& the_turned)
        : region{the_region}, turned{the_turned}, state{the_turned.state} {}

    Region& region;
    Turned const& turned;
    core::State const& state;
    std::shared_ptr<Change> change = std::make_shared<Change>();
    std::set<model::JobId> jobs;
    std::set<model::AgentId> agents;  ///< surely changed
    bool settings_changed = false;

    void gather();
    void gather(model::Event const& event);
    void count(model::Event const& event, Instant at);
    /// Jobs whose times moved with the route of an agent.
    void gather_routes();
    void make_settings();
    void make_jobs();
    void make_agents();
    void put();
};

std::shared_ptr<Settings const> settings_of(core::State const& state, Settings const* before);

}  // namespace posthaste::views
