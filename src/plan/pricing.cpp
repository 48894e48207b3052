#include "plan/pricing.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "plan/drive.hpp"

namespace posthaste::plan {

namespace {

constexpr Cost too_much = std::numeric_limits<Cost>::max() / 4;

bool within(Amounts const& peak, Amounts const& more, Amounts const& capacity) {
    bool fits = true;
    for (std::size_t d = 0; d < loads_max; ++d)
        fits = fits && peak[d] + more[d] <= capacity[d];
    return fits;
}

}  // namespace

Pricing::Pricing(Instance& instance, Tours const& tours, Prng& prng)
    : instance_{instance}, tours_{tours}, prng_{prng} {
    keep_ = instance.exact ? 1 : tries_max;
    auto const& jobs = instance.problem.jobs;
    all_alike_ = std::ranges::all_of(jobs, [](Job const& job) {
        return job.skills == 0 && job.pinned_to == nobody;
    });
    some_priced_ = std::ranges::any_of(jobs, [](Job const& job) {
        return job.promise && job.promise->price > 0;
    });
    some_locked_ = std::ranges::any_of(instance.problem.vehicles, [](Vehicle const& vehicle) {
        return vehicle.locked > 0;
    });
    seen_.assign(instance.vehicle_count, 0);
}

bool Pricing::best(std::uint32_t job, Look const& look, Placement& placement) {
    look_ = look;
    kept_count_ = 0;
    ++look_number_;
    if (look.reach > 0) {
        look_near(job);
    } else {
        look_everywhere(job);
    }
    if (look.new_vehicles) look_at_idle(job);
    if (some_priced_) look_at_promised(job);
    if (decide(job, placement)) return true;
    if (instance_.exact || !look.new_vehicles) return false;
    kept_count_ = 0;  // those kept were all of vehicles that go already
    look_at_idle(job);
    return decide(job, placement);
}

bool Pricing::best_in(std::uint32_t job, std::uint32_t vehicle, Placement& placement) {
    look_ = Look{};
    kept_count_ = 0;
    if (may_go(job, vehicle)) look_at_route(job, vehicle);
    return decide(job, placement);
}

bool Pricing::may_go(std::uint32_t job, std::uint32_t vehicle) const {
    return all_alike_ || instance_.may_serve(vehicle, job);
}

// Draws once for the many positions until the next one that is overlooked.
bool Pricing::overlooks() {
    if (look_.blink_per_mille == 0) return false;
    if (until_blink_ > 0) {
        --until_blink_;
        return false;
    }
    until_blink_ = prng_.below(2000 / look_.blink_per_mille);
    return true;
}

// Neighbours on vehicles that may not serve it are passed over: they would leave it little choice.
void Pricing::look_near(std::uint32_t job) {
    auto const first = instance_.first_of[job];
    auto const count = instance_.visits_of(job);
    auto left = look_.reach;
    for (auto const node : instance_.near(first)) {
        auto const vehicle = tours_.spot(node).vehicle;
        if (vehicle != nobody && !may_go(job, vehicle)) continue;
        if (left-- == 0) break;
        if (vehicle == nobody) continue;
        if (count == 1) {
            look_behind(first, node);
            look_behind(first, tours_.spot(node).prev);
        } else if (seen_[vehicle] != look_number_) {
            seen_[vehicle] = look_number_;
            look_at_route(job, vehicle);
        }
    }
}

void Pricing::look_everywhere(std::uint32_t job) {
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle) {
        if (!tours_.visits(vehicle).empty()) look_at_route(job, vehicle);
    }
}

void Pricing::look_at_idle(std::uint32_t job) {
    for (std::uint32_t i = 0; i < instance_.class_count; ++i) {
        auto const vehicle = tours_.idle_of(i);
        if (vehicle != nobody) look_at_route(job, vehicle);
    }
}

// Its neighbours may all be on other routes.
void Pricing::look_at_promised(std::uint32_t job) {
    auto const& promise = instance_.problem.jobs[job].promise;
    if (promise && promise->vehicle != nobody) look_at_route(job, promise->vehicle);
}

void Pricing::look_at_route(std::uint32_t job, std::uint32_t vehicle) {
    if (!may_go(job, vehicle)) return;
    auto const count = instance_.visits_of(job);
    if (count == 1) {
        auto const first = instance_.first_of[job];
        look_behind(first, instance_.start_of(vehicle));
        for (auto const before : tours_.visits(vehicle))
            look_behind(first, before);
    } else if (count == 2) {
        pair_in(job, vehicle);
    } else {
        several_in(job, vehicle);
    }
}

Cost Pricing::worst_kept() const {
    return kept_count_ < keep_ ? too_much : kept_[keep_ - 1].cost;
}

// Keeps the cheapest, in order.
void Pricing::offer(Placement const& placement) {
    auto at = std::min(kept_count_, keep_ - 1);
    if (kept_count_ < keep_) ++kept_count_;
    for (; at > 0 && kept_[at - 1].cost > placement.cost; --at)
        kept_[at] = kept_[at - 1];
    kept_[at] = placement;
}

// A job of one visit: behind this node.
inline void Pricing::look_behind(Node visit, Node before) {
    auto const& here = tours_.spot(before);
    auto const& site = instance_.sites[visit];
    if (here.leave > site.latest) return;
    Course const course{instance_, here.vehicle};
    auto const to = course.arc(before, visit);
    auto const from = course.arc(visit, here.next);
    Cost cost = Cost{to.cost} + from.cost - here.onward;
    bool const goes = before < instance_.visit_count || here.next < instance_.visit_count;
    if (!goes) cost += instance_.problem.vehicles[here.vehicle].fixed;
    if (some_priced_) cost += price_of_moving(site.job, here.vehicle);
    if (cost >= worst_kept()) return;
    auto const arrival = course.go(before, here.leave, visit);
    if (arrival > site.latest) return;
    auto const leave = course.serve(visit, arrival);
    if (course.go(visit, leave, here.next) > tours_.spot(here.next).latest) return;
    if (!may_go(site.job, here.vehicle) || is_locked(before, here.vehicle)) return;
    if ((instance_.loads && !fits(visit, here.vehicle, before)) || overlooks()) return;
    Placement placement;
    placement.vehicle = here.vehicle;
    placement.cost = cost;
    placement.after[0] = before;
    offer(placement);
}

Cost Pricing::price_of_moving(std::uint32_t job, std::uint32_t vehicle) const {
    auto const& promise = instance_.problem.jobs[job].promise;
    bool const moves = promise && promise->vehicle != nobody && promise->vehicle != vehicle;
    return moves ? promise->price : 0;
}

bool Pricing::is_locked(Node before, std::uint32_t vehicle) const {
    if (!some_locked_) return false;
    auto const gap = before < instance_.visit_count ? tours_.position(before) + 1 : 0;
    return gap < instance_.problem.vehicles[vehicle].locked;
}

bool Pricing::fits(Node visit, std::uint32_t vehicle, Node before) const {
    auto const& asked = instance_.problem.visit(instance_.stop_of(visit));
    auto const& capacity = instance_.problem.vehicles[vehicle].capacity;
    auto const& freight = tours_.freight(before);
    return within(freight.peak_before, asked.dropoff, capacity) &&
           within(freight.peak_after, asked.pickup, capacity);
}

Pricing::Guest::Guest(Course const& course, Node of)
    : visit{of},
      latest{course.instance.sites[of].latest},
      to{course.instance.arcs_to(course.vehicle) + course.instance.sites[of].place * course.stride},
      from{course.arcs + course.instance.sites[of].place * course.stride},
      instance{course.instance} {}

Node Pricing::node_at(std::uint32_t vehicle, std::size_t gap) const {
    return gap == 0 ? instance_.start_of(vehicle) : tours_.visits(vehicle)[gap - 1];
}

// Both visits of a job into a route: behind every node the first, behind every later the second.
void Pricing::pair_in(std::uint32_t job, std::uint32_t vehicle) {
    Course const course{instance_, vehicle};
    Guest const pickup{course, instance_.first_of[job]};
    Guest const dropoff{course, pickup.visit + 1};
    price_dropoffs(course, pickup, dropoff);
    auto const& of = instance_.problem.vehicles[vehicle];
    Cost const moving = some_priced_ ? price_of_moving(job, vehicle) : 0;
    Opening opening{pickup, dropoff, 0, instance_.start_of(vehicle), 0, 0, 0};
    for (; opening.gap < dropoffs_.size(); ++opening.gap) {
        auto const& here = tours_.spot(opening.before);
        if (here.leave > pickup.latest) return;
        opening.next = here.next;
        opening.cost = moving + pickup.arc_from(opening.before).cost - here.onward;
        if (dropoffs_.size() == 1) opening.cost += of.fixed;
        if (opening.gap >= of.locked) open_pair(course, opening);
        opening.before = here.next;
    }
}

// Without the pickup on the way: with it, no gap is reached sooner.
void Pricing::price_dropoffs(Course const& course, Guest const& pickup, Guest const& dropoff) {
    auto const& capacity = instance_.problem.vehicles[course.vehicle].capacity;
    auto const& more = instance_.problem.visit(instance_.stop_of(pickup.visit)).pickup;
    dropoffs_.resize(tours_.visits(course.vehicle).size() + 1);
    auto next = instance_.end_of(course.vehicle);
    Dropoff here{too_much, too_much, next};
    for (auto gap = dropoffs_.size(); gap-- > 0;) {
        auto const before = tours_.spot(next).prev;
        auto const& spot = tours_.spot(before);
        here.cost = too_much;
        auto const to = dropoff.arc_from(before);
        auto const arrival = course.after(spot.leave, to.time);
        if (arrival <= dropoff.latest) {
            auto const from = dropoff.arc_to(next);
            auto const onward = course.after(course.serve(dropoff.visit, arrival), from.time);
            if (onward <= tours_.spot(next).latest)
                here.cost = Cost{to.cost} + from.cost - spot.onward;
        }
        if (instance_.loads && !within(tours_.freight(before).after, more, capacity)) {
            here.cost = here.least = too_much;
        } else if (here.cost <= here.least) {
            here.least = here.cost;
            here.least_behind = before;
        }
        dropoffs_[gap] = here;
        next = before;
    }
}

void Pricing::open_pair(Course const& course, Opening& opening) {
    auto const& [pickup, dropoff, gap, before, next, leave, cost] = opening;
    auto const together =
        cost + pickup.arc_to(dropoff.visit).cost + Cost{dropoff.arc_to(next).cost};
    auto const apart = cost + pickup.arc_to(next).cost +
                       (gap + 1 < dropoffs_.size() ? dropoffs_[gap + 1].least : too_much);
    if (std::min(together, apart) >= worst_kept()) return;
    auto const arrival = course.after(tours_.spot(before).leave, pickup.arc_from(before).time);
    if (arrival > pickup.latest) return;
    auto const& capacity = instance_.problem.vehicles[course.vehicle].capacity;
    auto const& more = instance_.problem.visit(instance_.stop_of(pickup.visit)).pickup;
    if (instance_.loads && !within(tours_.freight(before).after, more, capacity)) return;
    if (overlooks()) return;
    opening.leave = course.serve(pickup.visit, arrival);
    close_pair(course, opening);
}

void Pricing::close_pair(Course const& course, Opening const& opening) {
    auto const& [pickup, dropoff, first_gap, before, after, first_leave, so_far] = opening;
    auto const attempt = [&](Node last, Node next, Time leave, Cost cost) {
        if (cost >= worst_kept()) return;
        auto const arrival = course.after(leave, dropoff.arc_from(last).time);
        if (arrival > dropoff.latest) return;
        auto const onward = course.serve(dropoff.visit, arrival);
        if (course.after(onward, dropoff.arc_to(next).time) > tours_.spot(next).latest) return;
        offer_pair(course.vehicle, before, last, cost);
    };
    auto const together = pickup.arc_to(dropoff.visit).cost + Cost{dropoff.arc_to(after).cost};
    attempt(pickup.visit, after, first_leave, so_far + together);
    auto const cost = so_far + pickup.arc_to(after).cost;
    auto leave = first_leave;
    auto last = pickup.visit;
    auto node = after;
    for (auto gap = first_gap + 1; gap < dropoffs_.size(); ++gap) {
        auto const& there = dropoffs_[gap];
        if (there.least == too_much || cost + there.least >= worst_kept()) return;
        auto const& spot = tours_.spot(node);
        auto const arrival = course.go(last, leave, node);
        if (arrival > spot.latest) return;
        leave = course.serve(node, arrival);
        if (leave == spot.leave && keep_ == 1) {  // from here on nothing is later than before
            return offer_pair(course.vehicle, before, there.least_behind, cost + there.least);
        }
        attempt(node, spot.next, leave, cost + there.cost);
        last = node;
        node = spot.next;
    }
}

void Pricing::offer_pair(
    std::uint32_t vehicle, Node pickup_behind, Node dropoff_behind, Cost cost
) {
    Placement placement;
    placement.vehicle = vehicle;
    placement.cost = cost;
    placement.after[0] = pickup_behind;
    placement.after[1] = dropoff_behind;
    offer(placement);
}

// Jobs of more visits: the cheapest gaps by dynamic programming over cost alone. The timetable
// says which of them can be driven.
void Pricing::several_in(std::uint32_t job, std::uint32_t vehicle) {
    Course const course{instance_, vehicle};
    auto const first = instance_.first_of[job];
    auto const count = instance_.visits_of(job);
    auto const gap_count = tours_.visits(vehicle).size() + 1;
    std::size_t const open = instance_.problem.vehicles[vehicle].locked;
    steps_.resize(std::max<std::size_t>(steps_.size(), count));
    for (std::uint32_t k = 0; k < count; ++k) {
        auto const visit = first + k;
        steps_[k].assign(gap_count, Step{too_much, 0});
        Step least{k == 0 ? 0 : too_much, 0};
        for (auto gap = open; gap < gap_count; ++gap) {
            auto const before = node_at(vehicle, gap);
            auto const& spot = tours_.spot(before);
            auto const onward = Cost{course.arc(visit, spot.next).cost};
            if (least.cost < too_much && spot.leave <= instance_.sites[visit].latest) {
                auto const cost = course.arc(before, visit).cost + onward - spot.onward;
                steps_[k][gap] = {least.cost + cost, least.from};
            }
            if (k == 0) continue;
            auto const& same = steps_[k - 1][gap];
            auto const cost = same.cost + course.arc(visit - 1, visit).cost + onward -
                              course.arc(visit - 1, spot.next).cost;
            if (same.cost < too_much && cost < steps_[k][gap].cost) {
                steps_[k][gap] = {cost, static_cast<std::uint32_t>(gap)};
            }
            if (same.cost < least.cost) least = {same.cost, static_cast<std::uint32_t>(gap)};
        }
    }
    Cost fixed = gap_count == 1 ? instance_.problem.vehicles[vehicle].fixed : 0;
    if (some_priced_) fixed += price_of_moving(job, vehicle);
    for (auto gap = open; gap < gap_count; ++gap) {
        auto const cost = steps_[count - 1][gap].cost;
        if (cost >= too_much || cost + fixed >= worst_kept() || overlooks()) continue;
        Placement placement;
        placement.vehicle = vehicle;
        placement.cost = cost + fixed;
        auto at = static_cast<std::uint32_t>(gap);
        for (auto k = count; k-- > 0;) {
            auto const from = steps_[k][at].from;
            bool const behind_own = k > 0 && from == at;
            placement.after[k] = behind_own ? first + k - 1 : node_at(vehicle, at);
            at = from;
        }
        offer(placement);
    }
}

// Exact: the cheapest. Else the best by the timetable of those that were kept.
bool Pricing::decide(std::uint32_t job, Placement& placement) {
    if (instance_.exact) {
        if (kept_count_ > 0) placement = kept_.front();
        return kept_count_ > 0;
    }
    bool found = false;
    for (std::size_t i = 0; i < kept_count_; ++i) {
        auto& candidate = kept_[i];
        tours_.stops_with(job, candidate, stops_);
        auto const table = assess({instance_.problem, candidate.vehicle, stops_, tours_.others()});
        if (!table.feasible()) continue;
        auto const added = score_of(instance_.problem, table) - tours_.score_of(candidate.vehicle);
        candidate.lateness = added.lateness;
        candidate.cost = added.cost;
        candidate.disturbance = added.disturbance;
        auto const order = [](Placement const& of) {
            return std::tuple{of.lateness, of.cost, of.disturbance};
        };
        if (!found || order(candidate) < order(placement)) placement = candidate;
        found = true;
        if (!instance_.lateness) break;
    }
    return found;
}

}  // namespace posthaste::plan
