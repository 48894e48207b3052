#include "views/board.hpp"

#include <algorithm>
#include <chrono>

#include "geo/distance.hpp"
#include "views/board_parts.hpp"

namespace posthaste::views {

using model::AgentId;
using model::EventNumber;
using model::JobId;

Board::Board(OnChange on_change) : on_change_{std::move(on_change)} {}
Board::~Board() = default;

Board::Region* Board::find(RegionId id) const {
    std::shared_lock const lock{regions_mutex_};
    auto const found = regions_.find(id);
    return found == regions_.end() ? nullptr : found->second.get();
}

Board::Region& Board::seat(RegionId id) {
    std::unique_lock const lock{regions_mutex_};
    auto& place = regions_[id];
    if (!place) place = std::make_unique<Region>();
    return *place;
}

void Board::follow(Turned const& turned) {
    auto* const region = find(turned.region);
    ASSERT(region != nullptr);  // reset() comes first
    Refresh refresh{*region, turned};
    refresh.gather();
    refresh.make_settings();
    refresh.make_jobs();
    refresh.make_agents();
    refresh.put();
    take_control(turned.state, turned.record);
    auto& change = *refresh.change;
    change.region = turned.region;
    change.number = turned.state.last_event;
    change.at = turned.state.last_at;
    change.fixes.assign(turned.fixes.begin(), turned.fixes.end());
    if (!turned.bytes.empty()) {
        change.record = std::make_shared<std::string const>(turned.bytes);
        decisions_.keep(turned.record, change.record);
    }
    tell(turned.region, turned.state.last_event);
    if (on_change_) on_change_(std::move(refresh.change));
}

void Board::reset(core::State const& state, core::Field const& field) {
    auto& region = seat(state.region);
    auto settings = settings_of(state, nullptr);
    auto fresh = std::make_unique<Region>();
    for (auto const id : state.jobs.ids())
        fresh->put(view_of(state, id, settings->shared));
    for (auto const id : state.agents.ids()) {
        fresh->put(view_of(state, id, settings->shared, nullptr));
        if (auto const seen = field.seen(id)) fresh->see(id, *seen);
    }
    {
        std::scoped_lock const lock{region.door, region.mutex};
        std::swap(region.jobs, fresh->jobs);
        std::swap(region.job_references, fresh->job_references);
        std::swap(region.agents, fresh->agents);
        std::swap(region.spare_agents, fresh->spare_agents);
        std::swap(region.agent_slots, fresh->agent_slots);
        std::swap(region.agent_references, fresh->agent_references);
        std::swap(region.offers, fresh->offers);
        region.kpis.jobs_by_phase = fresh->kpis.jobs_by_phase;
        region.kpis.agents_by_status = fresh->kpis.agents_by_status;
        region.kpis.jobs_waiting = fresh->kpis.jobs_waiting;
        region.settings = settings;
        region.number = state.last_event;
        region.at = state.last_at;
    }
    if (state.region == core::control_region) {
        std::unique_lock const lock{control_mutex_};
        keys_.clear();
        for (auto const id : state.control.keys.ids()) {
            auto const& key = state.control.keys.at(id);
            keys_.insert_or_assign(key.secret, key);
        }
        take_regions(state.control);
    }
    tell(state.region, state.last_event);
    if (!on_change_) return;
    auto change = std::make_shared<Change>();
    change->region = state.region;
    change->number = state.last_event;
    change->at = state.last_at;
    change->reset = true;
    change->settings = std::move(settings);
    on_change_(std::move(change));
}

void Board::take_control(core::State const& state, model::Record const& record) {
    if (state.region != core::control_region) return;
    std::unique_lock const lock{control_mutex_};
    for (auto const& entry : record.entries) {
        for (auto const& event : entry.events) {
            model::KeyId key{};
            if (auto const* const made = std::get_if<model::KeyCreated>(&event)) key = made->id;
            if (auto const* const gone = std::get_if<model::KeyRevoked>(&event)) key = gone->key;
            auto const* const known = state.control.keys.find(key);
            if (known != nullptr) keys_.insert_or_assign(known->secret, *known);
        }
    }
    take_regions(state.control);
}

/// Requires: control_mutex_ is held.
void Board::take_regions(core::Control const& control) {
    tenants_.assign(control.tenants.begin(), control.tenants.end());
    entries_ = control.regions;
    regions_of_.clear();
    for (auto const& [id, entry] : entries_)
        regions_of_[entry.tenant].push_back(id);
}

void Board::tell(RegionId region, EventNumber number) {
    std::vector<std::function<void()>> reached;
    {
        std::lock_guard const lock{wait_mutex_};
        if (waiters_ > 0) waited_.notify_all();
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            auto& [ticket, waiting] = *at;
            if (waiting.region == region && waiting.number <= number) {
                reached.push_back(std::move(waiting.then));
                at = waiting_.erase(at);
            } else {
                ++at;
            }
        }
    }
    for (auto const& then : reached)
        then();
}

std::optional<std::uint64_t> Board::when(
    RegionId region, EventNumber wanted, std::function<void()> then
) {
    std::unique_lock lock{wait_mutex_};
    auto const ticket = next_ticket_++;
    if (number(region) >= wanted) {  // the turn tells after it has set the number
        lock.unlock();
        then();
        return ticket;
    }
    if (waiting_.size() == waiting_max) return std::nullopt;
    waiting_.emplace(ticket, Waiting{region, wanted, std::move(then)});
    return ticket;
}

bool Board::cancel(std::uint64_t ticket) {
    std::lock_guard const lock{wait_mutex_};
    return waiting_.erase(ticket) > 0;
}

std::vector<RegionId> Board::regions() const {
    std::shared_lock const lock{regions_mutex_};
    std::vector<RegionId> ids;
    for (auto const& [id, region] : regions_)
        ids.push_back(id);
    return ids;
}

EventNumber Board::number(RegionId id) const {
    auto const* const region = find(id);
    if (region == nullptr) return 0;
    Reading const reading{*region};
    return region->number;
}

Reached Board::wait_for(RegionId region, EventNumber wanted, Millis most) const {
    if (number(region) >= wanted) return Reached::yes;
    std::unique_lock lock{wait_mutex_};
    if (waiters_ == waiters_max) return Reached::not_yet;
    ++waiters_;
    bool const reached = waited_.wait_for(lock, std::chrono::milliseconds{most.count()}, [&] {
        return number(region) >= wanted;
    });
    --waiters_;
    return reached ? Reached::yes : Reached::not_yet;
}

std::shared_ptr<JobView const> Board::job(JobId id) const {
    auto const* const region = find(region_of(id));
    if (region == nullptr) return nullptr;
    Reading const reading{*region};
    return region->job(id);
}

std::shared_ptr<JobView const> Board::job_named(RegionId id, std::string_view reference) const {
    auto const* const region = find(id);
    if (region == nullptr) return nullptr;
    Reading const reading{*region};
    auto const found = region->job_named(reference);
    return found ? region->job(*found) : nullptr;
}

namespace {

bool wanted(JobView const& view, JobQuery const& query) {
    if (view.job.id <= query.after) return false;
    if (query.phase && view.phase != *query.phase) return false;
    if (!query.state.empty() && view.state().name != query.state) return false;
    if (query.agent != AgentId{} && !view.concerns(query.agent)) return false;
    return !query.waiting_only || view.is_waiting();
}

}  // namespace

JobPage Board::jobs(RegionId id, JobQuery const& query) const {
    JobPage page;
    auto const* const region = find(id);
    if (region == nullptr) return page;
    auto const limit = std::min(query.limit, page_max);
    auto after = query.after;
    std::vector<std::shared_ptr<JobView const>> chunk;
    while (true) {
        chunk.clear();
        {
            Reading const reading{*region};
            for (auto at = region->jobs.upper_bound(after); at != region->jobs.end(); ++at) {
                if (chunk.size() == scan_chunk) break;
                chunk.push_back(at->second);
            }
        }
        if (chunk.empty()) return page;
        for (auto const& view : chunk) {
            after = view->job.id;
            if (!wanted(*view, query)) continue;
            if (page.jobs.size() == limit) {
                page.next = page.jobs.empty() ? query.after : page.jobs.back()->job.id;
                return page;
            }
            page.jobs.push_back(view);
        }
    }
}

std::optional<AgentSeen> Board::agent(AgentId id) const {
    auto const* const region = find(region_of(id));
    if (region == nullptr) return std::nullopt;
    Reading const reading{*region};
    auto const* const seat = region->agent(id);
    if (seat == nullptr) return std::nullopt;
    return AgentSeen{seat->view, seat->seen, {}};
}

std::optional<AgentSeen> Board::agent_named(RegionId id, std::string_view reference) const {
    auto const* const region = find(id);
    if (region == nullptr) return std::nullopt;
    Reading const reading{*region};
    auto const found = region->agent_named(reference);
    if (!found) return std::nullopt;
    auto const* const seat = region->agent(*found);
    return AgentSeen{seat->view, seat->seen, {}};
}

namespace {

bool is_inside(geo::Rectangle const& area, model::Position place) {
    if (place.lat < area.south_west.lat || place.lat > area.north_east.lat) return false;
    bool const past_west = place.lon >= area.south_west.lon;
    bool const before_east = place.lon <= area.north_east.lon;
    bool const spans = area.south_west.lon > area.north_east.lon;
    return spans ? past_west || before_east : past_west && before_east;
}

bool wanted(AgentSeen& agent, AgentQuery const& query) {
    if (query.status && agent.view->status != *query.status) return false;
    if (query.area && !is_inside(*query.area, agent.place())) return false;
    if (!query.around) return agent.view->id > query.after;
    // A degree of latitude is 111 km: most are ruled out without the cosine.
    auto const lat = std::int64_t{agent.place().lat} - query.around->place.lat;
    if (std::abs(lat) / 95 > query.around->radius.count()) return false;
    agent.distance = geo::distance(query.around->place, agent.place());
    return agent.distance <= query.around->radius;
}

}  // namespace

AgentPage Board::agents(RegionId id, AgentQuery const& query) const {
    AgentPage page;
    auto const* const region = find(id);
    if (region == nullptr) return page;
    std::vector<AgentSeen> chunk;
    for (std::size_t begin = 0;; begin += scan_chunk) {
        chunk.clear();
        {
            Reading const reading{*region};
            auto const end = std::min(begin + scan_chunk, region->agents.size());
            if (begin >= end) break;
            for (auto i = begin; i < end; ++i) {
                auto const& seat = region->agents[i];
                if (seat.view) chunk.push_back({seat.view, seat.seen, {}});
            }
        }
        for (auto& agent : chunk) {
            if (wanted(agent, query)) page.agents.push_back(std::move(agent));
        }
    }
    auto const limit = std::min(query.limit, page_max);
    page.truncated = page.agents.size() > limit;
    auto const last =
        page.agents.begin() + static_cast<std::ptrdiff_t>(std::min(limit, page.agents.size()));
    std::partial_sort(page.agents.begin(), last, page.agents.end(), [](auto& a, auto& b) {
        return std::tuple{a.distance, a.view->id} < std::tuple{b.distance, b.view->id};
    });
    page.agents.erase(last, page.agents.end());
    return page;
}

std::optional<OfferView> Board::offer(model::OfferId id) const {
    auto const* const region = find(region_of(id));
    if (region == nullptr) return std::nullopt;
    Reading const reading{*region};
    auto const found = region->offers.find(raw(id));
    if (found == region->offers.end()) return std::nullopt;
    auto job = region->job(found->second);
    auto const offer = std::ranges::find(job->offers, id, &model::Offer::id);
    ASSERT(offer != job->offers.end());
    auto copy = *offer;
    return OfferView{copy, std::move(job)};
}

std::vector<OfferView> Board::inbox(AgentId agent) const {
    std::vector<OfferView> offers;
    auto const* const region = find(region_of(agent));
    if (region == nullptr) return offers;
    Reading const reading{*region};
    auto const* const seat = region->agent(agent);
    if (seat == nullptr) return offers;
    for (auto const id : seat->view->offers) {
        auto const found = region->offers.find(raw(id));
        if (found == region->offers.end()) continue;
        auto job = region->job(found->second);
        auto const offer = std::ranges::find(job->offers, id, &model::Offer::id);
        if (offer != job->offers.end()) offers.push_back({*offer, job});
    }
    return offers;
}

std::shared_ptr<Settings const> Board::settings(RegionId id) const {
    auto const* const region = find(id);
    if (region == nullptr) return nullptr;
    Reading const reading{*region};
    return region->settings;
}

RegionSnapshot Board::snapshot(RegionId id) const {
    RegionSnapshot all;
    all.region = id;
    auto const* const region = find(id);
    if (region == nullptr) return all;
    {
        Reading const reading{*region};
        all.number = region->number;
        all.at = region->at;
        all.settings = region->settings;
        all.jobs.reserve(region->jobs.size());
        for (auto const& [job_id, view] : region->jobs)
            all.jobs.push_back(view);
        all.agents.reserve(region->agent_slots.size());
        for (auto const& seat : region->agents) {
            if (seat.view) all.agents.push_back({seat.view, seat.seen, {}});
        }
    }
    std::ranges::sort(all.agents, {}, [](AgentSeen const& agent) { return agent.view->id; });
    return all;
}

Kpis Board::kpis(RegionId id) const {
    auto const* const region = find(id);
    if (region == nullptr) return {};
    Reading const reading{*region};
    return region->kpis;
}

Result<std::vector<model::Decision>> Board::decisions(JobId job) const {
    return decisions_.of(job);
}

std::optional<core::Key> Board::key_of(Digest const& secret) const {
    std::shared_lock const lock{control_mutex_};
    auto const found = keys_.find(secret);
    if (found == keys_.end()) return std::nullopt;
    return found->second;
}

std::vector<core::Key> Board::keys() const {
    std::vector<core::Key> all;
    {
        std::shared_lock const lock{control_mutex_};
        for (auto const& [secret, key] : keys_)
            all.push_back(key);
    }
    std::ranges::sort(all, {}, &core::Key::id);
    return all;
}

std::vector<std::string> Board::tenants() const {
    std::shared_lock const lock{control_mutex_};
    return tenants_;
}

std::map<RegionId, core::RegionEntry> Board::region_entries() const {
    std::shared_lock const lock{control_mutex_};
    return entries_;
}

std::optional<core::RegionEntry> Board::region_entry(RegionId id) const {
    std::shared_lock const lock{control_mutex_};
    auto const found = entries_.find(id);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
}

std::vector<RegionId> Board::regions_of(std::string_view tenant) const {
    std::shared_lock const lock{control_mutex_};
    auto const found = regions_of_.find(tenant);
    return found == regions_of_.end() ? std::vector<RegionId>{} : found->second;
}

}  // namespace posthaste::views
