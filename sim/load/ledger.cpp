#include "load/ledger.hpp"

#include <algorithm>
#include <charconv>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::load {

namespace {

bool has_all(std::vector<std::string> const& have, std::vector<std::string> const& wanted) {
    return std::ranges::all_of(wanted, [&](std::string const& name) {
        return std::ranges::find(have, name) != have.end();
    });
}

bool fits(Worker const& worker, model::Load load) {
    load += worker.load;
    return load.fits_in(worker.capacity);
}

}  // namespace

std::int64_t Verdict::success() const {
    auto const feasible = allocated + missed;
    if (feasible == 0) return 1'000'000;
    return static_cast<std::int64_t>(allocated * 1'000'000 / feasible);
}

bool could_take(
    Worker const& worker, Order const& order, model::Policy const& policy, Instant now
) {
    auto const& want = order.want;
    if (!worker.on_duty || worker.stack >= policy.stack_max) return false;
    if (order.declined.contains(worker.id)) return false;
    auto const& kinds = want.vehicles;
    if (!kinds.empty() && std::ranges::find(kinds, *worker.vehicle) == kinds.end()) return false;
    if (!has_all(*worker.skills, want.skills) || !has_all(*worker.features, want.features))
        return false;
    if (!fits(worker, want.load)) return false;
    if (geo::distance(worker.place, want.pickup) > policy.radius) return false;
    auto const drive_ms = geo::distance_mm(worker.free_at, want.pickup) * policy.detour_per_mille /
                          policy.speed_mm_s.front();
    return std::max(now, worker.free_from) + Millis{drive_ms} <= want.latest;
}

std::string Ledger::reference_of(std::uint64_t number) const {
    return prefix_ + std::to_string(number);
}

std::optional<std::uint64_t> Ledger::number_of(std::string_view reference) const {
    if (!reference.starts_with(prefix_)) return std::nullopt;
    auto const digits = reference.substr(prefix_.size());
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

Order* Ledger::find(std::uint64_t number) {
    auto const found = orders_.find(number);
    return found == orders_.end() ? nullptr : &found->second;
}

std::uint64_t Ledger::ask(Want want, std::int64_t due_micros) {
    auto const number = ++last_number_;
    orders_.emplace(number, Order{.want = std::move(want), .due_micros = due_micros});
    ++verdict_.asked;
    return number;
}

// Only what was created is counted: a job without its answer may yet be refused.
void Ledger::decide(Order& order, bool deciding) {
    if (order.created && order.deciding != deciding) deciding ? ++deciding_ : --deciding_;
    order.deciding = deciding;
}

void Ledger::close(std::uint64_t number) {
    if (auto* const order = find(number)) decide(*order, false);
    orders_.erase(number);
}

void Ledger::created(std::uint64_t number, model::JobId job) {
    ++verdict_.created;
    auto* const order = find(number);
    if (order == nullptr) return;
    order->created = true;
    order->job = job;
    if (order->deciding) ++deciding_;
    forget(number);
}

void Ledger::refused(std::uint64_t number) {
    ++verdict_.refused;
    auto const* const order = find(number);
    if (order != nullptr && order->created) --verdict_.created;
    close(number);
}

void Ledger::unanswered(std::uint64_t number) {
    ++verdict_.unanswered;
    close(number);
}

bool Ledger::told(std::uint64_t number, std::int64_t seen_micros) {
    auto* const order = find(number);
    if (order == nullptr || order->told_micros != 0) return false;
    order->told_micros = seen_micros;
    return true;
}

void Ledger::count_doubled(Order const& order, JobSeen const& job) {
    std::set<std::uint8_t> slots;
    for (auto const& assignment : job.assignments) {
        bool const taken = !slots.insert(assignment.slot).second;
        auto const known = order.assignments.find(assignment.id);
        bool const moved =
            known != order.assignments.end() && known->second.agent != assignment.agent;
        if (taken || moved) ++verdict_.doubled;
    }
}

std::optional<Ledger::News> Ledger::see(JobSeen const& job) {
    auto const number = number_of(job.reference);
    auto* const order = number ? find(*number) : nullptr;
    if (order == nullptr) return std::nullopt;
    count_doubled(*order, job);
    News news{.number = *number, .made = {}, .ended = {}};
    std::map<model::AssignmentId, AssignmentSeen> live;
    for (auto const& assignment : job.assignments)
        live.emplace(assignment.id, assignment);
    for (auto const& [id, assignment] : order->assignments) {
        if (!live.contains(id)) news.ended.push_back(assignment);
    }
    for (auto const& [id, assignment] : live) {
        if (!order->assignments.contains(id)) news.made.push_back(assignment);
    }
    order->assignments = std::move(live);
    order->job = job.id;
    bool const has_now = !order->assignments.empty() || job.phase == model::Phase::done ||
                         job.phase == model::Phase::closed;
    if (has_now && !order->allocated) {
        order->allocated = true;
        ++verdict_.allocated;
    }
    decide(
        *order,
        std::ranges::any_of(
            job.slots,
            [](model::SlotStatus slot) {
                return slot == model::SlotStatus::wanting || slot == model::SlotStatus::offered;
            }
        ) || job.phase == model::Phase::draft
    );
    if (model::is_over(job.phase) && !order->over) {
        order->over = true;
        ++verdict_.finished;
    }
    return news;
}

void Ledger::forget(std::uint64_t number) {
    auto* const order = find(number);
    // Before its 202 has come it stays: the answer must find it.
    if (order == nullptr || !order->over || !order->created) return;
    close(number);
}

void Ledger::read_back(JobSeen const& job) {
    auto const number = number_of(job.reference);
    if (!number) return;
    read_back_.insert(*number);
    if (!model::is_over(job.phase)) board_.insert_or_assign(job.id, job.stops);
    see(job);
    forget(*number);
}

void Ledger::read_back(AgentSeen const& agent) {
    auto aboard = agent.aboard;
    for (auto const& visit : agent.route) {
        auto const job = board_.find(visit.job);
        if (job == board_.end() || visit.stop >= job->second.size()) continue;
        aboard -= job->second[visit.stop].dropoff;
        aboard += job->second[visit.stop].pickup;
        if (aboard.fits_in(agent.capacity)) continue;
        ++verdict_.over_capacity;
        return;
    }
}

void Ledger::judge(std::span<Worker const> fleet, model::Policy const& policy, Instant now) {
    for (auto const& [number, order] : orders_) {
        if (!order.created) continue;
        if (!order.over && !read_back_.contains(number)) ++verdict_.lost;
        if (order.allocated || order.over) continue;
        bool const feasible = std::ranges::any_of(fleet, [&](Worker const& worker) {
            return could_take(worker, order, policy, now);
        });
        ++(feasible ? verdict_.missed : verdict_.infeasible);
    }
}

}  // namespace posthaste::load
