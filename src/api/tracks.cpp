#include "api/tracks.hpp"

#include <algorithm>

namespace posthaste::api {

using ingest::Outcome;
using ingest::RawFix;
using model::AgentId;

/// A batch's fixes by region, and what becomes of them.
struct Tracks::Sorted {
    struct Owned {
        AgentId agent{};
        RawFix const* raw = nullptr;
    };
    std::map<RegionId, std::vector<Owned>> by_region;
    std::vector<model::Fix> late;
    Taken taken;
};

Tracks::Tracks(node::Shard& shard, views::Board& board, views::History& history, Metrics& metrics)
    : shard_{shard}, board_{board}, history_{history}, metrics_{metrics}, thread_{[this] {
          store_all();
      }} {}

Tracks::~Tracks() {
    {
        std::lock_guard const lock{late_mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

std::optional<AgentId> Tracks::agent_of(Principal const& who, std::string_view device) const {
    auto const find = [&](std::string_view reference) -> std::optional<AgentId> {
        for (auto const region : board_.regions_of(who.tenant)) {
            if (auto const agent = board_.agent_named(region, reference)) return agent->view->id;
        }
        return std::nullopt;
    };
    auto agent = find(device);
    auto const slash = device.rfind('/');
    if (!agent && slash != std::string_view::npos) agent = find(device.substr(slash + 1));
    if (!agent) return std::nullopt;
    Resource const whose{.tenant = who.tenant, .agent = *agent};
    if (authorise(who, Permission::send_fixes, whose) == Access::deny) return std::nullopt;
    return agent;
}

std::optional<Millis> Tracks::interval_of(AgentId agent) const {
    auto const seen = board_.agent(agent);
    auto const settings = board_.settings(region_of(agent));
    if (!seen || !settings) return std::nullopt;
    model::Agent load;  // what next_interval looks at
    load.offers = seen->view->offers;
    load.assignments.resize(seen->view->jobs.size());
    return ingest::next_interval(load, settings->policy);
}

Tracks::Region& Tracks::region(RegionId id) {
    {
        std::shared_lock const lock{regions_mutex_};
        auto const found = regions_.find(id);
        if (found != regions_.end()) return *found->second;
    }
    std::unique_lock const lock{regions_mutex_};
    auto& made = regions_[id];
    if (!made) {
        made = std::make_unique<Region>();
        restore(id, made->filter);
    }
    return *made;
}

/// The places from before a restart, so that the first fix after it is judged like any other.
void Tracks::restore(RegionId id, ingest::TrackFilter& filter) const {
    views::AgentQuery query{.limit = views::page_max};
    for (bool more = true; more;) {
        auto const page = board_.agents(id, query);
        for (auto const& agent : page.agents) {
            query.after = agent.view->id;
            if (!agent.is_seen()) continue;
            filter.restore(
                {.agent = agent.view->id, .place = agent.seen.place, .time = agent.seen.time}
            );
        }
        more = page.truncated && !page.agents.empty();
    }
}

void Tracks::judge(RegionId id, Sorted& sorted, Instant now) {
    auto& seat = region(id);
    auto& report = sorted.taken.report;
    std::vector<model::Fix> fresh;
    auto const settings = board_.settings(id);
    std::lock_guard const lock{seat.mutex};
    if (settings) seat.filter.use(settings->policy.track);
    for (auto const& [agent, raw] : sorted.by_region[id]) {
        auto const verdict = seat.filter.check(agent, *raw, now);
        if (verdict.outcome == Outcome::accept_now) {
            fresh.push_back(verdict.fix);
            continue;
        }
        bool const is_late = verdict.outcome == Outcome::history_only;
        if (is_late) sorted.late.push_back(verdict.fix);
        ++(is_late ? report.history : report.rejected);
        report.verdicts.push_back({raw->line, verdict.reason});
        metrics_.refused("fix_" + std::string{name_of(verdict.reason)});
    }
    // Under the lock, so that the region gets an agent's fixes in the order they were judged.
    auto const taken = shard_.add_fixes(id, fresh);
    report.accepted += taken;
    sorted.taken.shed += fresh.size() - taken;
}

void Tracks::take(Principal const& who, ingest::Batch batch, Instant now, Done done) {
    auto const begun = steady_micros();
    Sorted sorted;
    auto& report = sorted.taken.report;
    report.errors = std::move(batch.errors);
    ingest::sort_by_time(batch.fixes);
    std::map<std::string_view, std::optional<AgentId>> devices;
    for (auto const& raw : batch.fixes) {
        auto const [known, is_new] = devices.try_emplace(raw.device);
        auto& agent = known->second;
        if (is_new) agent = agent_of(who, raw.device);
        if (agent) {
            sorted.by_region[region_of(*agent)].push_back({*agent, &raw});
            continue;
        }
        ++sorted.taken.unknown;
        report.errors.push_back({raw.line, {Errc::not_found, "no agent " + raw.device}});
        metrics_.refused("fix_unknown_device");
    }
    for (auto const& [id, owned] : sorted.by_region)
        judge(id, sorted, now);
    for (auto const& [device, agent] : devices) {
        auto const next = agent ? interval_of(*agent) : std::nullopt;
        if (next && (!report.next || *next < *report.next)) report.next = next;
    }
    metrics_.observe(Layer::ingest, steady_micros() - begun);
    if (sorted.late.empty()) return done(sorted.taken);
    store({std::move(sorted.late), std::move(sorted.taken), std::move(done)});
}

void Tracks::store(Late late) {
    {
        std::lock_guard const lock{late_mutex_};
        if (late_waiting_ + late.fixes.size() <= late_waiting_max) {
            late_waiting_ += late.fixes.size();
            late_.push_back(std::move(late));
            wake_.notify_one();
            return;
        }
    }
    late.taken.stored = Error{Errc::limit_exceeded, "too many late fixes wait for the disk"};
    late.done(late.taken);
}

void Tracks::store_all() {
    for (;;) {
        std::deque<Late> taken;
        {
            std::unique_lock lock{late_mutex_};
            wake_.wait(lock, [this] { return stopping_ || !late_.empty(); });
            if (late_.empty()) return;  // stopping, and nothing is left
            std::swap(taken, late_);
            late_waiting_ = 0;
        }
        std::vector<model::Fix> all;
        for (auto const& late : taken)
            all.insert(all.end(), late.fixes.begin(), late.fixes.end());
        auto const stored = history_.store(all);
        for (auto& late : taken) {
            if (!stored.ok()) late.taken.stored = stored.error();
            late.done(late.taken);
        }
    }
}

void Tracks::forget(AgentId agent) {
    auto& seat = region(region_of(agent));
    std::lock_guard const lock{seat.mutex};
    seat.filter.forget(agent);
}

ingest::ReasonCounts Tracks::quality(AgentId agent) {
    auto& seat = region(region_of(agent));
    std::lock_guard const lock{seat.mutex};
    return seat.filter.counts(agent);
}

}  // namespace posthaste::api
