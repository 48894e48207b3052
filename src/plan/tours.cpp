#include "plan/tours.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "plan/drive.hpp"

namespace posthaste::plan {

Tours::Tours(Instance const& instance) : instance_{instance} {
    auto const& problem = instance.problem;
    spots_.resize(instance.sites.size());
    positions_.resize(instance.sites.size());
    routes_.resize(instance.vehicle_count);
    saved_in_.assign(instance.vehicle_count, 0);
    absent_at_.resize(problem.jobs.size());
    idle_.resize(instance.class_count);
    if (instance.loads) freight_.resize(instance.sites.size());
    others_in_use_ = !problem.together.empty() || !problem.precedences.empty();
    others_.vehicle_of.assign(problem.jobs.size(), nobody);
    others_.begin.assign(problem.jobs.size(), 0);
    others_.over.assign(problem.jobs.size(), 0);
    for (std::uint32_t job = 0; job < problem.jobs.size(); ++job)
        leave_out(job);
    for (auto vehicle = instance.vehicle_count; vehicle-- > 0;) {
        idle_[instance.class_of[vehicle]].push_back(vehicle);
        refresh(vehicle);
    }
}

std::uint32_t Tours::idle_of(std::uint32_t vehicle_class) const {
    auto const& idle = idle_[vehicle_class];
    return idle.empty() ? nobody : idle.back();
}

void Tours::count_going(std::uint32_t vehicle, bool goes) {
    auto& idle = idle_[instance_.class_of[vehicle]];
    auto const at = std::ranges::lower_bound(idle, vehicle, std::ranges::greater{});
    if (goes) {
        idle.erase(at);
        ++going_count_;
    } else {
        idle.insert(at, vehicle);
        --going_count_;
    }
}

void Tours::leave_out(std::uint32_t job) {
    absent_at_[job] = static_cast<std::uint32_t>(absent_.size());
    absent_.push_back(job);
    score_.unserved += instance_.problem.jobs[job].weight;
    score_.cost += instance_.problem.jobs[job].prize;
}

void Tours::take_in(std::uint32_t job) {
    auto const at = absent_at_[job];
    ASSERT(absent_[at] == job);
    absent_[at] = absent_.back();
    absent_at_[absent_[at]] = at;
    absent_.pop_back();
    score_.unserved -= instance_.problem.jobs[job].weight;
    score_.cost -= instance_.problem.jobs[job].prize;
}

void Tours::insert(std::uint32_t job, Placement const& placement) {
    save(placement.vehicle);
    auto& visits = routes_[placement.vehicle].visits;
    if (visits.empty()) count_going(placement.vehicle, true);
    auto const first = instance_.first_of[job];
    for (std::uint32_t k = 0; k < instance_.visits_of(job); ++k) {
        auto const after = placement.after[k];
        auto at = visits.begin();
        if (after < instance_.visit_count) at = std::ranges::find(visits, after) + 1;
        visits.insert(at, first + k);
    }
    take_in(job);
    refresh(placement.vehicle);
}

void Tours::set_route(std::uint32_t vehicle, std::span<Stop const> stops) {
    ASSERT(routes_[vehicle].visits.empty());
    if (stops.empty()) return;
    save(vehicle);
    count_going(vehicle, true);
    for (auto const stop : stops) {
        routes_[vehicle].visits.push_back(instance_.first_of[stop.job] + stop.visit);
        if (stop.visit == 0) take_in(stop.job);
    }
    refresh(vehicle);
}

void Tours::remove(std::span<std::uint32_t const> jobs) {
    touched_.clear();
    for (auto const job : jobs) {
        auto const first = instance_.first_of[job];
        auto const vehicle = spots_[first].vehicle;
        save(vehicle);
        if (std::ranges::find(touched_, vehicle) == touched_.end()) touched_.push_back(vehicle);
        for (std::uint32_t k = 0; k < instance_.visits_of(job); ++k)
            spots_[first + k].vehicle = nobody;
        others_.vehicle_of[job] = nobody;
        leave_out(job);
    }
    for (auto const vehicle : touched_) {
        auto& visits = routes_[vehicle].visits;
        std::erase_if(visits, [&](Node visit) { return spots_[visit].vehicle == nobody; });
        if (visits.empty()) count_going(vehicle, false);
        refresh(vehicle);
    }
}

// The latest arrival from which a beginning at `begin` or earlier can be had.
Time Tours::latest_at(Node visit, Time begin) const {
    auto const& site = instance_.sites[visit];
    if (!instance_.several_windows || begin >= site.latest) return std::min(begin, site.latest);
    Time latest = begin;
    for (auto const& window : instance_.problem.visit(instance_.stop_of(visit)).windows) {
        if (begin >= window.earliest) latest = std::min(begin, window.latest);
    }
    return latest;
}

void Tours::refresh(std::uint32_t vehicle) {
    link(vehicle);
    run_forward(vehicle);
    run_backward(vehicle);
    if (instance_.loads) load(vehicle);
    rate(vehicle);
    if (others_in_use_) note_others(vehicle);
}

void Tours::link(std::uint32_t vehicle) {
    auto const& visits = routes_[vehicle].visits;
    auto const* const arcs = instance_.arcs(vehicle);
    auto const stride = instance_.stride();
    auto const end = instance_.end_of(vehicle);
    Node before = instance_.start_of(vehicle);
    spots_[before].vehicle = vehicle;
    spots_[end].vehicle = vehicle;
    for (std::size_t i = 0; i <= visits.size(); ++i) {
        auto const node = i < visits.size() ? visits[i] : end;
        auto const* const row = arcs + instance_.sites[before].place * stride;
        spots_[before].next = node;
        spots_[before].onward = row[instance_.sites[node].place].cost;
        spots_[node].prev = before;
        spots_[node].vehicle = vehicle;
        positions_[node] = static_cast<std::uint32_t>(i);
        before = node;
    }
}

void Tours::run_forward(std::uint32_t vehicle) {
    auto const& profile = instance_.problem.profiles[instance_.problem.vehicles[vehicle].profile];
    auto const* const arcs = instance_.arcs(vehicle);
    auto const stride = instance_.stride();
    Node before = instance_.start_of(vehicle);
    Time leave = instance_.sites[before].earliest;
    spots_[before].leave = leave;
    for (auto const node : routes_[vehicle].visits) {
        auto const& site = instance_.sites[node];
        Time const work = arcs[instance_.sites[before].place * stride + site.place].time;
        auto const arrival = instance_.traffic ? drive(profile, leave, work) : leave + work;
        leave = instance_.begin(node, arrival) + instance_.service(node, vehicle);
        spots_[node].leave = leave;
        before = node;
    }
}

void Tours::run_backward(std::uint32_t vehicle) {
    auto const& profile = instance_.problem.profiles[instance_.problem.vehicles[vehicle].profile];
    auto const* const arcs = instance_.arcs(vehicle);
    auto const stride = instance_.stride();
    auto const& visits = routes_[vehicle].visits;
    Node after = instance_.end_of(vehicle);
    Time latest = instance_.sites[after].latest;
    spots_[after].latest = latest;
    for (auto i = visits.size(); i-- > 0;) {
        auto const node = visits[i];
        auto const& site = instance_.sites[node];
        Time const work = arcs[site.place * stride + instance_.sites[after].place].time;
        auto const over = instance_.traffic ? drive_back(profile, latest, work) : latest - work;
        latest = latest_at(node, over - instance_.service(node, vehicle));
        spots_[node].latest = latest;
        after = node;
    }
    auto const start = instance_.start_of(vehicle);
    spots_[start].latest = latest;
}

void Tours::load(std::uint32_t vehicle) {
    auto const& visits = routes_[vehicle].visits;
    Amounts aboard{};
    for (auto const node : visits) {
        auto const job = instance_.sites[node].job;
        if (node != instance_.first_of[job]) continue;
        for (std::size_t d = 0; d < loads_max; ++d)
            aboard[d] += instance_.owed[job][d];
    }
    auto const start = instance_.start_of(vehicle);
    freight_[start].after = aboard;
    freight_[start].peak_before = aboard;
    Amounts peak = aboard;
    for (auto const node : visits) {
        for (std::size_t d = 0; d < loads_max; ++d) {
            aboard[d] += instance_.gains[node][d];
            peak[d] = std::max(peak[d], aboard[d]);
        }
        freight_[node].after = aboard;
        freight_[node].peak_before = peak;
    }
    peak = aboard;
    for (auto i = visits.size(); i-- > 0;) {
        auto& freight = freight_[visits[i]];
        for (std::size_t d = 0; d < loads_max; ++d)
            peak[d] = std::max(peak[d], freight.after[d]);
        freight.peak_after = peak;
    }
    for (std::size_t d = 0; d < loads_max; ++d)
        peak[d] = std::max(peak[d], freight_[start].after[d]);
    freight_[start].peak_after = peak;
    freight_[instance_.end_of(vehicle)].after = aboard;
}

// What other routes' jobs have to know of this one's. Where it does not hold, as far as it does.
void Tours::note_others(std::uint32_t vehicle) {
    auto const made = stops(vehicle);
    for (auto const& entry : timetable({instance_.problem, vehicle, made, &others_}).entries) {
        if (entry.doing != Doing::visit) continue;
        auto const job = entry.stop.job;
        others_.vehicle_of[job] = vehicle;
        if (entry.stop.visit == 0) others_.begin[job] = entry.begin;
        others_.over[job] = entry.departure;
    }
}

void Tours::set_score(Route& route, Score const& score) {
    score_ = score_ - route.score + score;
    route.score = score;
}

void Tours::rate(std::uint32_t vehicle) {
    auto& route = routes_[vehicle];
    route.checked = instance_.exact;
    Score score;
    if (!route.visits.empty()) {
        score.cost = instance_.problem.vehicles[vehicle].fixed;
        auto node = instance_.start_of(vehicle);
        score.cost += spots_[node].onward;
        for (auto const visit : route.visits)
            score.cost += spots_[visit].onward;
    }
    set_score(route, score);
    // What is put back is held against this: without the lateness, its own route would seem dear.
    if (instance_.lateness) judge(vehicle);
}

// False where the timetable says that it does not hold.
bool Tours::judge(std::uint32_t vehicle) {
    auto& route = routes_[vehicle];
    auto const made = stops(vehicle);
    auto const table = others_in_use_ ? timetable({instance_.problem, vehicle, made, &others_})
                                      : assess({instance_.problem, vehicle, made, nullptr});
    if (!table.feasible()) return false;
    set_score(route, plan::score_of(instance_.problem, table));
    route.checked = true;
    return true;
}

bool Tours::holds() {
    for (std::size_t i = 0; i < saved_count_; ++i) {
        auto const vehicle = saved_[i].vehicle;
        auto& route = routes_[vehicle];
        for (auto const visit : route.visits) {
            auto const begin = spots_[visit].leave - instance_.service(visit, vehicle);
            if (begin > spots_[visit].latest) return false;
        }
        if (route.checked) continue;
        if (!judge(vehicle)) return false;
    }
    return true;
}

void Tours::mark() {
    ++mark_;
    saved_count_ = 0;
    absent_then_ = absent_;
    score_then_ = score_;
    if (others_in_use_) others_then_ = others_;
}

void Tours::save(std::uint32_t vehicle) {
    if (saved_in_[vehicle] == mark_) return;
    saved_in_[vehicle] = mark_;
    if (saved_count_ == saved_.size()) saved_.emplace_back();
    auto& saved = saved_[saved_count_++];
    saved.vehicle = vehicle;
    saved.route = routes_[vehicle];
    saved.spots.clear();
    saved.freight.clear();
    auto const keep = [&](Node node) {
        saved.spots.push_back(spots_[node]);
        if (instance_.loads) saved.freight.push_back(freight_[node]);
    };
    keep(instance_.start_of(vehicle));
    keep(instance_.end_of(vehicle));
    for (auto const visit : saved.route.visits)
        keep(visit);
}

void Tours::restore(Saved& saved) {
    auto const vehicle = saved.vehicle;
    bool const went = !routes_[vehicle].visits.empty();
    bool const goes = !saved.route.visits.empty();
    if (went != goes) count_going(vehicle, goes);
    std::swap(routes_[vehicle], saved.route);
    std::size_t i = 0;
    auto const put = [&](Node node) {
        spots_[node] = saved.spots[i];
        if (instance_.loads) freight_[node] = saved.freight[i];
        ++i;
    };
    put(instance_.start_of(vehicle));
    put(instance_.end_of(vehicle));
    std::uint32_t position = 0;
    for (auto const visit : routes_[vehicle].visits) {
        put(visit);
        positions_[visit] = position++;
    }
}

void Tours::take_back() {
    for (std::size_t i = 0; i < saved_count_; ++i) {
        for (auto const visit : routes_[saved_[i].vehicle].visits)
            spots_[visit].vehicle = nobody;
    }
    for (std::size_t i = 0; i < saved_count_; ++i)
        restore(saved_[i]);
    absent_ = absent_then_;
    for (std::uint32_t i = 0; i < absent_.size(); ++i)
        absent_at_[absent_[i]] = i;
    score_ = score_then_;
    if (others_in_use_) others_ = others_then_;
    mark();
}

std::vector<Stop> Tours::stops(std::uint32_t vehicle) const {
    std::vector<Stop> stops;
    stops.reserve(routes_[vehicle].visits.size());
    for (auto const visit : routes_[vehicle].visits)
        stops.push_back(instance_.stop_of(visit));
    return stops;
}

void Tours::stops_with(std::uint32_t job, Placement const& placement, std::vector<Stop>& stops)
    const {
    stops.clear();
    std::uint32_t k = 0;
    auto const first = instance_.first_of[job];
    auto const count = instance_.visits_of(job);
    auto const put_behind = [&](Node node) {
        for (auto behind = node; k < count && placement.after[k] == behind; ++k) {
            stops.push_back({job, k});
            behind = first + k;
        }
    };
    put_behind(instance_.start_of(placement.vehicle));
    for (auto const visit : routes_[placement.vehicle].visits) {
        stops.push_back(instance_.stop_of(visit));
        put_behind(visit);
    }
    ASSERT(k == count);
}

Routes Tours::routes() const {
    Routes routes;
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle)
        routes.push_back(stops(vehicle));
    return routes;
}

}  // namespace posthaste::plan
