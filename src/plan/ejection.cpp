#include "plan/ejection.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace posthaste::plan {

namespace {

constexpr std::int64_t work_max = 20'000;  // visits passed: some hundred microseconds
constexpr Time never = time_max;

void add(Amounts& to, Amounts const& more) {
    for (std::size_t d = 0; d < loads_max; ++d)
        to[d] += more[d];
}

}  // namespace

Ejection::Room const& Ejection::find(std::uint32_t job, std::span<std::int64_t const> worth) {
    room_.vehicle = nobody;
    least_ = std::numeric_limits<std::int64_t>::max();
    work_ = 0;
    order_.clear();
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle) {
        if (!tours_.visits(vehicle).empty() && instance_.may_serve(vehicle, job))
            order_.push_back(vehicle);
    }
    for (auto left = order_.size(); left > 0 && work_ < work_max; --left) {
        std::swap(order_[left - 1], order_[prng_.below(left)]);
        try_route(order_[left - 1], job, worth);
    }
    return room_;
}

// The least worth first: what follows is no better then.
void Ejection::try_route(
    std::uint32_t vehicle, std::uint32_t job, std::span<std::int64_t const> worth
) {
    guests_.clear();
    auto const& visits = tours_.visits(vehicle);
    for (std::size_t i = instance_.problem.vehicles[vehicle].locked; i < visits.size(); ++i) {
        auto const guest = instance_.sites[visits[i]].job;
        if (visits[i] == instance_.first_of[guest]) guests_.push_back({worth[guest], guest});
    }
    std::ranges::sort(guests_, {}, [](Guest const& guest) {
        return std::pair{guest.worth, guest.job};
    });
    for (auto const& guest : guests_) {
        if (guest.worth >= least_ || work_ > work_max) break;
        try_without(vehicle, job, guest, {});
    }
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (guests_[i].worth + guests_[j].worth >= least_ || work_ > work_max) break;
            try_without(vehicle, job, guests_[i], guests_[j]);
        }
    }
}

void Ejection::try_without(
    std::uint32_t vehicle, std::uint32_t job, Guest const& a, Guest const& b
) {
    out_ = {a.job, b.job};
    if (!fits(vehicle, job)) return;
    least_ = a.worth + b.worth;
    room_.vehicle = vehicle;
    room_.out.assign(1, a.job);
    if (b.job != nobody) room_.out.push_back(b.job);
}

// With none of what is out aboard, all of the job that has to be from the start.
void Ejection::load_up(std::uint32_t vehicle, std::uint32_t job) {
    auto& aboard = aboard_[0];
    aboard = tours_.freight(instance_.start_of(vehicle)).after;
    for (std::size_t d = 0; d < loads_max; ++d) {
        aboard[d] += instance_.owed[job][d];
        for (auto const out : out_)
            aboard[d] -= out == nobody ? 0 : instance_.owed[out][d];
    }
    for (std::uint32_t k = 0; k < instance_.visits_of(job); ++k) {
        aboard_[k + 1] = aboard_[k];
        add(aboard_[k + 1], instance_.gains[instance_.first_of[job] + k]);
    }
}

bool Ejection::holds(Amounts const& aboard, std::uint32_t vehicle) const {
    auto const& capacity = instance_.problem.vehicles[vehicle].capacity;
    bool fits = true;
    for (std::size_t d = 0; d < loads_max; ++d)
        fits = fits && aboard[d] <= capacity[d];
    return fits;
}

// The earliest that every node can be left with so many visits of the job done: leaving later is
// never better.
bool Ejection::fits(std::uint32_t vehicle, std::uint32_t job) {
    Course const course{instance_, vehicle};
    auto const& visits = tours_.visits(vehicle);
    auto const count = instance_.visits_of(job);
    auto const locked = instance_.problem.vehicles[vehicle].locked;
    if (instance_.loads) load_up(vehicle, job);
    auto before = instance_.start_of(vehicle);
    leave_.fill(never);
    over_.fill(never);
    if (!instance_.loads || holds(aboard_[0], vehicle)) leave_[0] = tours_.spot(before).leave;
    auto out_left = instance_.visits_of(out_[0]);
    if (out_[1] != nobody) out_left += instance_.visits_of(out_[1]);
    for (std::size_t gap = 0; gap < visits.size(); ++gap) {
        ++work_;
        auto const next = visits[gap];
        if (is_out(next)) {
            --out_left;
            continue;
        }
        if (gap >= locked) put_between(course, before, job);
        go_on(course, before, next, job);
        bool const as_before = !instance_.loads || aboard_[count] == tours_.freight(next).after;
        if (out_left == 0 && as_before && leave_[count] <= tours_.spot(next).leave) return true;
        if (std::ranges::all_of(leave_, [](Time leave) { return leave == never; })) return false;
        before = next;
    }
    put_between(course, before, job);
    go_on(course, before, instance_.end_of(vehicle), job);
    return leave_[count] != never;
}

// Visits of the job one after the other, behind a node that is left with those before them done.
void Ejection::put_between(Course const& course, Node before, std::uint32_t job) {
    for (std::uint32_t k = 0; k < instance_.visits_of(job); ++k) {
        auto const visit = instance_.first_of[job] + k;
        auto arrival = never;
        if (leave_[k] != never) arrival = course.go(before, leave_[k], visit);
        if (over_[k] != never) arrival = std::min(arrival, course.go(visit - 1, over_[k], visit));
        bool const is_possible = arrival <= instance_.sites[visit].latest &&
                                 (!instance_.loads || holds(aboard_[k + 1], course.vehicle));
        over_[k + 1] = is_possible ? course.serve(visit, arrival) : never;
    }
}

void Ejection::go_on(Course const& course, Node before, Node next, std::uint32_t job) {
    bool const is_visit = next < instance_.visit_count;
    for (std::uint32_t k = 0; k <= instance_.visits_of(job); ++k) {
        auto arrival = never;
        if (leave_[k] != never) arrival = course.go(before, leave_[k], next);
        if (over_[k] != never) {
            auto const last = instance_.first_of[job] + k - 1;
            arrival = std::min(arrival, course.go(last, over_[k], next));
        }
        if (instance_.loads && is_visit) add(aboard_[k], instance_.gains[next]);
        bool const is_possible = arrival <= instance_.sites[next].latest &&
                                 (!instance_.loads || holds(aboard_[k], course.vehicle));
        leave_[k] = never;
        if (is_possible) leave_[k] = is_visit ? course.serve(next, arrival) : arrival;
    }
}

}  // namespace posthaste::plan
