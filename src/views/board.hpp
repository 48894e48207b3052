// The board: every job and agent of a shard's regions as they are now, read from any thread.
//
// Takes    the shard's turns (follow); each is on the board before its replies leave.
// Gives    immutable views, single or searched; a region's snapshot as of one event; the newest
//          decisions; who may come in (the control region). After each turn a Change, handed to
//          whoever publishes it.
// Errors   a thing that is not there is a null or an empty optional. decisions(): what unseal says.
// Order    jobs by id; agents by id, or around a place by (distance, id); an inbox by offer.
// Cost     follow: O(what the turn touched). Reads by id: O(log n). A page of jobs, and a search of
//          agents: a scan, 1 ms for each 100,000 looked at, a short lock for each scan_chunk.
// Threads  follow, reset: the writer's. All else: any. Locks are held to copy pointers, and a
//          writer that waits is let in before new readers.
// Limits   page_max results; waiters_max readers at once in wait_for, waiting_max of when().
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "geo/fleet_index.hpp"
#include "views/decisions.hpp"
#include "views/follower.hpp"
#include "views/kpis.hpp"
#include "views/view.hpp"

namespace posthaste::views {

constexpr std::size_t page_max = 1000;
constexpr std::size_t scan_chunk = 2048;
constexpr std::size_t waiters_max = 64;
constexpr std::size_t waiting_max = 4096;

/// What a region is set up with.
struct Settings {
    model::Policy policy;
    std::uint64_t policy_hash = 0;
    std::map<model::ZoneId, std::shared_ptr<model::Zone const>> zones;
    std::map<model::RoadReportId, model::RoadReport> road_reports;
    model::TravelSource travel_source = model::TravelSource::great_circle;
    std::map<std::string, model::WorkflowId> workflow_names;  ///< the newest version of each
    Shared shared;
};

struct JobQuery {
    model::JobId after{};  ///< the page begins past this one
    std::size_t limit = 100;
    std::optional<model::Phase> phase;
    std::string state;       ///< the shown state's name; empty: any
    model::AgentId agent{};  ///< has it, or is asked; zero: any
    bool waiting_only = false;
};

struct JobPage {
    std::vector<std::shared_ptr<JobView const>> jobs;
    std::optional<model::JobId> next;  ///< `after` of the next page; none: this was the last
};

struct Around {
    model::Position place;
    Metres radius;
};

struct AgentQuery {
    model::AgentId after{};  ///< of a search that is not around a place
    std::size_t limit = 100;
    std::optional<Around> around;
    std::optional<geo::Rectangle> area;
    std::optional<AgentStatus> status;
};

struct AgentPage {
    std::vector<AgentSeen> agents;
    bool truncated = false;  ///< there are more
};

struct RegionSnapshot {
    RegionId region{};
    model::EventNumber number = 0;
    Instant at;
    std::shared_ptr<Settings const> settings;
    std::vector<std::shared_ptr<JobView const>> jobs;
    std::vector<AgentSeen> agents;
};

/// What one turn changed on the board, for those who publish it.
struct Change {
    RegionId region{};
    model::EventNumber number = 0;  ///< of the region's last event
    Instant at;
    bool reset = false;                         ///< everything may have changed; the rest is empty
    std::shared_ptr<std::string const> record;  ///< sealed; null when nothing was decided
    std::vector<std::shared_ptr<JobView const>> jobs;
    std::vector<std::shared_ptr<JobView const>> jobs_gone;  ///< as they were last
    std::vector<std::shared_ptr<AgentView const>> agents;
    std::vector<model::AgentId> agents_gone;
    std::vector<model::Offer> offers_closed;
    std::vector<model::Fix> fixes;
    std::shared_ptr<Settings const> settings;
};

enum class Reached : std::uint8_t { yes, not_yet };

class Board final : public Follower {
public:
    using OnChange = std::function<void(std::shared_ptr<Change const>)>;

    /// `on_change` is called in the turn and must not wait for anybody.
    explicit Board(OnChange on_change = {});
    ~Board() override;

    void follow(Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    std::vector<RegionId> regions() const;
    bool has(RegionId region) const { return find(region) != nullptr; }
    /// The last event on the board; 0 for a region that is not there.
    model::EventNumber number(RegionId region) const;
    /// Waits until `number` is on the board. At once not_yet past waiters_max.
    Reached wait_for(RegionId region, model::EventNumber number, Millis most) const;
    /// The same for threads that must not wait: `then` is called once, at once or in the turn that
    /// reaches the number, unless the ticket is cancelled before. None, and never called: full.
    std::optional<std::uint64_t> when(
        RegionId region, model::EventNumber number, std::function<void()> then
    );
    /// False: it was called already, or is just now.
    bool cancel(std::uint64_t ticket);

    std::shared_ptr<JobView const> job(model::JobId id) const;
    std::shared_ptr<JobView const> job_named(RegionId region, std::string_view reference) const;
    JobPage jobs(RegionId region, JobQuery const& query) const;

    std::optional<AgentSeen> agent(model::AgentId id) const;
    std::optional<AgentSeen> agent_named(RegionId region, std::string_view reference) const;
    AgentPage agents(RegionId region, AgentQuery const& query) const;

    std::optional<OfferView> offer(model::OfferId id) const;
    /// The agent's open offers.
    std::vector<OfferView> inbox(model::AgentId agent) const;

    /// Null for a region that is not there.
    std::shared_ptr<Settings const> settings(RegionId region) const;
    RegionSnapshot snapshot(RegionId region) const;
    Kpis kpis(RegionId region) const;
    /// The newest of the job, oldest first.
    Result<std::vector<model::Decision>> decisions(model::JobId job) const;

    // Of the control region.
    std::optional<core::Key> key_of(Digest const& secret) const;
    std::vector<core::Key> keys() const;  ///< by id
    std::vector<std::string> tenants() const;
    std::map<RegionId, core::RegionEntry> region_entries() const;
    std::optional<core::RegionEntry> region_entry(RegionId region) const;
    std::vector<RegionId> regions_of(std::string_view tenant) const;

private:
    struct Region;
    struct Refresh;
    class Reading;

    Region* find(RegionId id) const;
    Region& seat(RegionId id);
    void take_control(core::State const& state, model::Record const& record);
    void take_regions(core::Control const& control);
    void tell(RegionId region, model::EventNumber number);

    OnChange on_change_;
    mutable std::shared_mutex regions_mutex_;
    std::map<RegionId, std::unique_ptr<Region>> regions_;
    Decisions decisions_;

    mutable std::shared_mutex control_mutex_;
    std::map<Digest, core::Key> keys_;  ///< by secret
    std::vector<std::string> tenants_;
    std::map<RegionId, core::RegionEntry> entries_;
    std::map<std::string, std::vector<RegionId>, std::less<>> regions_of_;  ///< by tenant

    mutable std::mutex wait_mutex_;
    mutable std::condition_variable waited_;
    mutable std::size_t waiters_ = 0;
    struct Waiting {
        RegionId region{};
        model::EventNumber number = 0;
        std::function<void()> then;
    };
    std::map<std::uint64_t, Waiting> waiting_;  ///< by ticket
    std::uint64_t next_ticket_ = 1;
};

}  // namespace posthaste::views
