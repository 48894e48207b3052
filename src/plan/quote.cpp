#include "plan/quote.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"
#include "plan/drive.hpp"
#include "plan/tours.hpp"

namespace posthaste::plan {

namespace {

// A position as windows and loads alone see it: the first visit behind `first` stops of the route
// as it is, the last behind `last`.
struct Spotted {
    Cost cost = 0;
    Time late = 0;          // what windows lack
    std::int64_t over = 0;  // what the vehicle lacks
    std::uint32_t vehicle = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t rank = 0;  // among those of its route

    bool holds() const { return late == 0 && over == 0; }
};

std::int64_t above(Amounts const& load, Amounts const& more, Amounts const& capacity) {
    std::int64_t over = 0;
    for (std::size_t d = 0; d < loads_max; ++d)
        over = std::max(over, std::int64_t{load[d]} + more[d] - capacity[d]);
    return over;
}

bool lacks_less(Spotted const& a, Spotted const& b) {
    return std::tuple{a.over, a.late, a.cost} < std::tuple{b.over, b.late, b.cost};
}

bool is_cheaper(Spotted const& a, Spotted const& b) {
    return std::tie(a.cost, a.vehicle, a.first, a.last) <
           std::tie(b.cost, b.vehicle, b.first, b.last);
}

}  // namespace

class Quoter::Inner {
public:
    explicit Inner(Problem const& problem) : instance_{problem}, tours_{instance_} {}

    void set_route(std::uint32_t vehicle, std::vector<Stop> const& stops) {
        tours_.set_route(vehicle, stops);
    }

    // Scores by the timetable, for what quotes are compared with.
    void settle() {
        tours_.holds();
        tours_.mark();
    }

    Quote quote(std::uint32_t job) {
        ASSERT(!tours_.is_served(job));
        job_ = job;
        quote_ = Quote{};
        found_.clear();
        for (vehicle_ = 0; vehicle_ < instance_.vehicle_count; ++vehicle_)
            survey();
        if (instance_.exact) {
            list_exact();
        } else {
            check();
        }
        std::ranges::sort(quote_.conflicts, {}, &Conflict::vehicle);
        return std::move(quote_);
    }

    void put(std::uint32_t job, Fit const& fit) {
        auto const stops = with(fit.vehicle, job, fit.at);
        Placement placement;
        placement.vehicle = fit.vehicle;
        for (std::uint32_t k = 0; k < instance_.visits_of(job); ++k) {
            auto const at = fit.at[k];
            placement.after[k] = instance_.start_of(fit.vehicle);
            if (at == 0) continue;
            auto const before = stops[at - 1];
            placement.after[k] = instance_.first_of[before.job] + before.visit;
        }
        tours_.insert(job, placement);
        settle();
    }

    void remove(std::uint32_t job) {
        ASSERT(tours_.is_served(job));
        tours_.remove(std::span{&job, 1});
        settle();
    }

    std::vector<Stop> with(std::uint32_t vehicle, std::uint32_t job, Positions const& at) const {
        auto const& visits = tours_.visits(vehicle);
        auto const count = instance_.visits_of(job);
        std::vector<Stop> stops;
        stops.reserve(visits.size() + count);
        std::uint32_t k = 0;
        for (std::size_t i = 0; i <= visits.size(); ++i) {
            for (; k < count && at[k] == stops.size(); ++k)
                stops.push_back({job, k});
            if (i < visits.size()) stops.push_back(instance_.stop_of(visits[i]));
        }
        ASSERT(k == count);
        return stops;
    }

    Others const* others() const { return tours_.others(); }

private:
    Vehicle const& vehicle() const { return instance_.problem.vehicles[vehicle_]; }

    Node node_at(std::size_t gap) const {
        return gap == 0 ? instance_.start_of(vehicle_) : tours_.visits(vehicle_)[gap - 1];
    }

    Arc arc(Node from, Node to) const {
        auto const& sites = instance_.sites;
        return arcs_[sites[from].place * instance_.stride() + sites[to].place];
    }

    Time go(Node from, Time leave, Node to) const {
        Time const work = arc(from, to).time;
        if (!instance_.traffic) return leave + work;
        return drive(instance_.problem.profiles[vehicle().profile], leave, work);
    }

    // Made at `arrival`, however late; what it lacks is added up.
    Time serve(Node visit, Time arrival, Time& late) const {
        late = std::max(late, arrival - instance_.sites[visit].latest);
        return instance_.begin(visit, arrival) + instance_.service(visit, vehicle_);
    }

    Time late_for(Node next, Time arrival) const { return arrival - tours_.spot(next).latest; }

    Visit const& asked(std::uint32_t visit) const {
        return instance_.problem.jobs[job_].visits[visit];
    }

    void survey() {
        auto const& wanted = instance_.problem.jobs[job_];
        if ((wanted.skills & ~vehicle().skills) != 0) return refuse(Fault::skills);
        if (wanted.pinned_to != nobody && wanted.pinned_to != vehicle_) {
            return refuse(Fault::pinned);
        }
        arcs_ = instance_.arcs(vehicle_);
        seen_any_ = false;
        begin_ = found_.size();
        auto const gap_count = static_cast<std::uint32_t>(tours_.visits(vehicle_).size() + 1);
        for (std::uint32_t gap = vehicle().locked; gap < gap_count; ++gap) {
            if (is_hopeless(gap)) continue;
            if (instance_.visits_of(job_) == 2) {
                survey_pair(gap, gap_count);
            } else {
                survey_row(gap);
            }
        }
        if (found_.size() == begin_) explain(least_);
        if (!instance_.exact) rank(begin_);
    }

    // However short the drives, windows lack more here than where they lacked least. Asked before
    // the drives are looked up, which lie far apart in memory.
    bool is_hopeless(std::uint32_t gap) const {
        auto const& here = tours_.spot(node_at(gap));
        auto const first = instance_.first_of[job_];
        auto const& site = instance_.sites[first];
        auto late = here.leave - site.latest;
        if (instance_.visits_of(job_) == 1) {
            auto const over =
                std::max(here.leave, site.earliest) + instance_.service(first, vehicle_);
            late = std::max(late, over - tours_.spot(here.next).latest);
        }
        if (late <= 0) return false;
        return found_.size() > begin_ || (seen_any_ && least_.over == 0 && late > least_.late);
    }

    void refuse(Fault fault) {
        Conflict conflict;
        conflict.vehicle = vehicle_;
        conflict.fault = fault;
        quote_.conflicts.push_back(conflict);
    }

    void note(Spotted spotted) {
        spotted.vehicle = vehicle_;
        if (tours_.visits(vehicle_).empty()) spotted.cost += vehicle().fixed;
        if (spotted.holds()) {
            found_.push_back(spotted);
        } else if (!seen_any_ || lacks_less(spotted, least_)) {
            least_ = spotted;
            seen_any_ = true;
        }
    }

    // All visits one behind the other.
    void survey_row(std::uint32_t gap) {
        auto const before = node_at(gap);
        auto const& here = tours_.spot(before);
        auto const first = instance_.first_of[job_];
        auto const count = instance_.visits_of(job_);
        Spotted spotted;
        spotted.first = spotted.last = gap;
        auto leave = here.leave;
        auto last = before;
        for (std::uint32_t k = 0; k < count; ++k) {
            spotted.cost += arc(last, first + k).cost;
            leave = serve(first + k, go(last, leave, first + k), spotted.late);
            last = first + k;
        }
        spotted.cost += arc(last, here.next).cost - Cost{here.onward};
        spotted.late = std::max(spotted.late, late_for(here.next, go(last, leave, here.next)));
        if (instance_.loads && count == 1) {
            auto const& freight = tours_.freight(before);
            auto const& visit = asked(0);
            spotted.over = std::max(
                above(freight.peak_before, visit.dropoff, vehicle().capacity),
                above(freight.peak_after, visit.pickup, vehicle().capacity)
            );
        }
        note(spotted);
    }

    // The first visit at a gap, the second at it and at every one behind it.
    void survey_pair(std::uint32_t gap, std::uint32_t gap_count) {
        auto const before = node_at(gap);
        auto const pickup = instance_.first_of[job_];
        auto const& more = asked(0).pickup;
        Time late = 0;
        std::int64_t over = instance_.loads
                                ? above(tours_.freight(before).after, more, vehicle().capacity)
                                : std::int64_t{0};
        auto leave = serve(pickup, go(before, tours_.spot(before).leave, pickup), late);
        auto last = pickup;
        auto cost = Cost{arc(before, pickup).cost} - tours_.spot(before).onward;
        for (auto to = gap; to < gap_count; ++to) {
            if (to > gap) {
                auto const node = node_at(to);
                if (to == gap + 1) cost += arc(last, node).cost;
                leave = serve(node, go(last, leave, node), late);
                if (instance_.loads) {
                    over =
                        std::max(over, above(tours_.freight(node).after, more, vehicle().capacity));
                }
                last = node;
            }
            close_pair({cost, late, over, 0, gap, to, 0}, last, leave);
        }
    }

    void close_pair(Spotted spotted, Node last, Time leave) {
        auto const dropoff = instance_.first_of[job_] + 1;
        auto const next = tours_.spot(node_at(spotted.last)).next;
        bool const in_row = spotted.first == spotted.last;
        spotted.cost += Cost{arc(last, dropoff).cost} + arc(dropoff, next).cost;
        if (!in_row) spotted.cost -= tours_.spot(last).onward;
        auto const over = serve(dropoff, go(last, leave, dropoff), spotted.late);
        spotted.late = std::max(spotted.late, late_for(next, go(dropoff, over, next)));
        note(spotted);
    }

    void rank(std::size_t begin) {
        auto const own = std::span{found_}.subspan(begin);
        std::ranges::sort(own, is_cheaper);
        std::uint32_t rank = 0;
        for (auto& spotted : own)
            spotted.rank = rank++;
    }

    Positions positions(Spotted const& spotted) const {
        Positions at{};
        auto const count = instance_.visits_of(job_);
        for (std::uint32_t k = 0; k < count; ++k)
            at[k] = (k == 0 ? spotted.first : spotted.last) + k;
        return at;
    }

    Timetable ask(Spotted const& spotted) const {
        auto const stops = with(spotted.vehicle, job_, positions(spotted));
        return assess({instance_.problem, spotted.vehicle, stops, tours_.others()});
    }

    // The timetable has the last word.
    void explain(Spotted const& spotted) {
        ASSERT(seen_any_);
        auto const table = ask(spotted);
        if (!table.feasible()) return add_conflict(spotted, table);
        found_.push_back(spotted);
    }

    void add_conflict(Spotted const& spotted, Timetable const& table) {
        Conflict conflict;
        conflict.vehicle = spotted.vehicle;
        conflict.fault = table.fault;
        conflict.excess = table.excess;
        conflict.load = table.fault_load;
        conflict.cost = spotted.cost;
        conflict.at = positions(spotted);
        auto const stops = with(spotted.vehicle, job_, conflict.at);
        if (table.fault_at < stops.size()) conflict.stop = stops[table.fault_at];
        quote_.conflicts.push_back(conflict);
    }

    void list(Spotted const& spotted, Timetable const& table) {
        auto const& now = tours_.score_of(spotted.vehicle);
        quote_.fits.push_back(
            {spotted.vehicle,
             spotted.cost,
             table.lateness - now.lateness,
             table.disturbance - now.disturbance,
             positions(spotted)}
        );
        ++quote_.fit_count;
    }

    void list_exact() {
        quote_.fit_count += found_.size();
        if (found_.size() > fits_max) {
            auto const end = found_.begin() + static_cast<std::ptrdiff_t>(fits_max);
            std::ranges::nth_element(found_, end, is_cheaper);
            found_.resize(fits_max);
        }
        std::ranges::sort(found_, is_cheaper);
        quote_.fits.reserve(found_.size());
        for (auto const& spotted : found_)
            quote_.fits.push_back({spotted.vehicle, spotted.cost, 0, 0, positions(spotted)});
    }

    // What windows and loads allow, by the timetable; a route of which nothing is left conflicts.
    void check() {
        std::ranges::sort(found_, [](Spotted const& a, Spotted const& b) {
            return a.rank != b.rank ? a.rank < b.rank : is_cheaper(a, b);
        });
        auto const count = std::min(found_.size(), checks_max);
        quote_.unchecked_count = found_.size() - count;
        std::vector<bool> fits(instance_.vehicle_count, false);
        std::vector<std::pair<Spotted, Timetable>> first_faults;
        for (auto const& spotted : std::span{found_}.first(count)) {
            auto const table = ask(spotted);
            if (table.feasible()) {
                fits[spotted.vehicle] = true;
                list(spotted, table);
            } else if (spotted.rank == 0) {
                first_faults.emplace_back(spotted, table);
            }
        }
        for (auto const& [spotted, table] : first_faults)
            if (!fits[spotted.vehicle]) add_conflict(spotted, table);
        std::ranges::sort(quote_.fits, [](Fit const& a, Fit const& b) {
            return std::tie(a.lateness, a.cost, a.disturbance, a.vehicle, a.at) <
                   std::tie(b.lateness, b.cost, b.disturbance, b.vehicle, b.at);
        });
    }

    Instance instance_;
    Tours tours_;
    Quote quote_;
    std::vector<Spotted> found_;
    std::uint32_t job_ = 0;
    std::uint32_t vehicle_ = 0;
    Arc const* arcs_ = nullptr;
    Spotted least_;
    bool seen_any_ = false;
    std::size_t begin_ = 0;  // of found_: this vehicle's
};

Quoter::Quoter(Problem const& problem) : inner_{std::make_unique<Inner>(problem)} {
    for (std::uint32_t i = 0; i < problem.vehicles.size(); ++i)
        inner_->set_route(i, problem.vehicles[i].route);
    inner_->settle();
}

Quoter::Quoter(Problem const& problem, Routes const& routes)
    : inner_{std::make_unique<Inner>(problem)} {
    ASSERT(routes.size() == problem.vehicles.size());
    for (std::uint32_t i = 0; i < routes.size(); ++i)
        inner_->set_route(i, routes[i]);
    inner_->settle();
}

Quoter::~Quoter() = default;

Quote Quoter::quote(std::uint32_t job) {
    return inner_->quote(job);
}

void Quoter::put(std::uint32_t job, Fit const& fit) {
    inner_->put(job, fit);
}

void Quoter::remove(std::uint32_t job) {
    inner_->remove(job);
}

std::vector<Stop> Quoter::with(std::uint32_t vehicle, std::uint32_t job, Positions const& at)
    const {
    return inner_->with(vehicle, job, at);
}

Others const* Quoter::others() const {
    return inner_->others();
}

}  // namespace posthaste::plan
