#include "plan/instance.hpp"

#include <map>
#include <tuple>

#include "base/assert.hpp"

namespace posthaste::plan {

static_assert(sizeof(Arc) == sizeof(Leg));

Instance::Instance(Problem const& asked) : problem{asked} {
    vehicle_count = static_cast<std::uint32_t>(problem.vehicles.size());
    has_anywhere_ = std::ranges::any_of(problem.vehicles, [](Vehicle const& vehicle) {
        return !vehicle.start || !vehicle.end;
    });
    stride_ = std::size_t{problem.place_count} + (has_anywhere_ ? 1 : 0);
    lay_out_sites();
    lay_out_loads();
    tables_.reserve(problem.vehicles.size());
    for (auto const& vehicle : problem.vehicles)
        table_of_.push_back(table_for(vehicle));
    classify_vehicles();
    find_features();
    near_.resize(visit_count);
}

void Instance::lay_out_sites() {
    for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
        first_of.push_back(static_cast<std::uint32_t>(sites.size()));
        for (auto const& visit : problem.jobs[job].visits) {
            auto const& by_class = visit.service_by_class;
            auto const service = by_class.empty() ? visit.service : by_class.front();
            Site site{visit.place, job, -time_max, time_max, service};
            if (!visit.windows.empty()) {
                site.earliest = visit.windows.front().earliest;
                site.latest = visit.windows.back().latest;
            }
            sites.push_back(site);
        }
    }
    visit_count = static_cast<std::uint32_t>(sites.size());
    for (auto const& vehicle : problem.vehicles) {
        auto const place = vehicle.start.value_or(problem.place_count);
        sites.push_back({place, nobody, vehicle.shift.earliest, vehicle.shift.latest, 0});
    }
    for (auto const& vehicle : problem.vehicles) {
        auto const place = vehicle.end.value_or(problem.place_count);
        sites.push_back({place, nobody, vehicle.shift.earliest, vehicle.shift.latest, 0});
    }
}

// What is dropped before it is picked up is aboard from the start: a job by itself never drops
// more than that, so what it owes is the most that its visits so far have dropped too much.
void Instance::lay_out_loads() {
    for (auto const& job : problem.jobs) {
        Amounts carried{};
        Amounts missing{};
        for (auto const& visit : job.visits) {
            auto& gain = gains.emplace_back();
            for (std::size_t d = 0; d < loads_max; ++d) {
                gain[d] = visit.pickup[d] - visit.dropoff[d];
                carried[d] -= visit.dropoff[d];
                missing[d] -= std::min(carried[d], 0);
                carried[d] = std::max(carried[d], 0) + visit.pickup[d];
            }
        }
        owed.push_back(missing);
        pairs = pairs || job.visits.size() == 2;
    }
}

std::uint32_t Instance::table_for(Vehicle const& vehicle) {
    for (std::uint32_t i = 0; i < tables_.size(); ++i) {
        auto const& table = tables_[i];
        if (table.profile == vehicle.profile && table.per_distance == vehicle.per_distance &&
            table.per_time == vehicle.per_time) {
            return i;
        }
    }
    tables_.push_back(
        {vehicle.profile, vehicle.per_distance, vehicle.per_time, {}, {}, nullptr, nullptr}
    );
    fill(tables_.back());
    return static_cast<std::uint32_t>(tables_.size() - 1);
}

static bool is_symmetric(std::vector<Arc> const& arcs, std::size_t stride) {
    for (std::size_t a = 0; a < stride; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (arcs[a * stride + b] != arcs[b * stride + a]) return false;
        }
    }
    return true;
}

void Instance::fill(Table& table) const {
    auto const& legs = problem.profiles[table.profile].legs;
    table.own.resize(stride_ * stride_);
    for (std::size_t from = 0; from < problem.place_count; ++from) {
        for (std::size_t to = 0; to < problem.place_count; ++to) {
            auto const& leg = legs[from * problem.place_count + to];
            auto const cost =
                table.per_distance * leg.distance / rate_one + table.per_time * leg.time / rate_one;
            table.own[from * stride_ + to] = {leg.time, static_cast<std::int32_t>(cost)};
        }
    }
    table.arcs = table.own.data();
    table.arcs_to = table.own.data();
    if (!pairs || is_symmetric(table.own, stride_)) return;
    table.turned.resize(table.own.size());
    for (std::size_t from = 0; from < stride_; ++from) {
        for (std::size_t to = 0; to < stride_; ++to)
            table.turned[to * stride_ + from] = table.own[from * stride_ + to];
    }
    table.arcs_to = table.turned.data();
}

void Instance::classify_vehicles() {
    auto const key = [&](std::uint32_t i) {
        auto const& v = problem.vehicles[i];
        return std::tuple{
            table_of_[i],
            v.start,
            v.end,
            v.shift.earliest,
            v.shift.latest,
            v.capacity,
            v.skills,
            v.service_class,
            v.fixed,
            v.distance_max,
            v.driving_max,
            v.duration_max,
            v.visits_max};
    };
    std::map<decltype(key(0)), std::uint32_t> classes;
    for (std::uint32_t i = 0; i < vehicle_count; ++i) {
        auto const& vehicle = problem.vehicles[i];
        bool const plain = vehicle.breaks.empty() && vehicle.rest == 0 && vehicle.locked == 0;
        if (!plain) {
            class_of.push_back(class_count++);
            continue;
        }
        auto const [known, is_new] = classes.try_emplace(key(i), class_count);
        if (is_new) ++class_count;
        class_of.push_back(known->second);
    }
}

// What is picked up at the first of two visits is all that is dropped, at the second.
static bool is_pair(Job const& job) {
    return job.visits.size() == 2 && job.visits[0].dropoff == Amounts{} &&
           job.visits[1].pickup == Amounts{} && job.visits[0].pickup == job.visits[1].dropoff;
}

void Instance::find_features() {
    for (auto const& job : problem.jobs) {
        lateness = lateness || job.promise.has_value();
        bool const free = job.position == Position::any && !job.promise;
        exact = exact && free && (job.visits.size() == 1 || is_pair(job));
        for (auto const& visit : job.visits) {
            several_windows = several_windows || visit.windows.size() > 1;
            loads = loads || visit.pickup != Amounts{} || visit.dropoff != Amounts{};
            lateness = lateness || visit.due < time_max;
        }
    }
    for (auto const& vehicle : problem.vehicles) {
        bool const unlimited = vehicle.distance_max == time_max &&
                               vehicle.driving_max == time_max && vehicle.duration_max == time_max;
        exact = exact && unlimited && vehicle.visits_max == 0xffff'ffff && vehicle.breaks.empty() &&
                vehicle.driving_before_rest == time_max;
    }
    for (auto const& profile : problem.profiles)
        traffic = traffic || !profile.traffic.empty();
    bool const related = !problem.together.empty() || !problem.precedences.empty();
    bool const kinds =
        std::ranges::any_of(problem.incompatible, [](auto bits) { return bits != 0; });
    exact = exact && !lateness && !related && !kinds && !traffic;
}

Time Instance::service_of_class(Node visit, std::uint32_t vehicle) const {
    auto const service_class = problem.vehicles[vehicle].service_class;
    auto const& asked = problem.visit(stop_of(visit));
    return service_class < asked.service_by_class.size() ? asked.service_by_class[service_class]
                                                         : asked.service;
}

Time Instance::begin_in_windows(Node visit, Time arrival) const {
    for (auto const& window : problem.visit(stop_of(visit)).windows) {
        if (arrival <= window.latest) return std::max(arrival, window.earliest);
    }
    return arrival;
}

// Vidal et al. (2013): the drive, a fifth of the wait it leads to, and the lateness.
Time Instance::apart(Node from, Node to) const {
    auto const& a = sites[from];
    auto const& b = sites[to];
    auto const& table = tables_.front();
    auto const arc = table.arcs[a.place * stride_ + b.place];
    auto const wait = b.earliest - (a.latest + a.service + arc.time);
    auto const late = a.earliest + a.service + arc.time - b.latest;
    return Time{arc.cost} + std::max<Time>(0, wait) / 5 + std::max<Time>(0, late);
}

std::span<Node const> Instance::near(Node visit) {
    auto& list = near_[visit];
    if (!list.empty() || visit_count == visits_of(sites[visit].job)) return list;
    scratch_.clear();
    for (Node other = 0; other < visit_count; ++other) {
        if (sites[other].job == sites[visit].job) continue;
        scratch_.emplace_back(std::min(apart(visit, other), apart(other, visit)), other);
    }
    auto const count = std::min(near_max, scratch_.size());
    std::ranges::partial_sort(scratch_, scratch_.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i < count; ++i)
        list.push_back(scratch_[i].second);
    return list;
}

}  // namespace posthaste::plan
