#include "plan/checker.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/assert.hpp"

namespace posthaste::plan {

namespace {

// Where and when a job is served.
struct Served {
    std::uint32_t vehicle = nobody;
    std::uint32_t visits = 0;  // made so far
    Time begin = 0;            // of the first
    Time over = 0;             // of the last
    std::size_t first_at = 0;  // of the stops of its vehicle
    std::size_t last_at = 0;
};

// How much driving, as the matrix counts it, is done between two instants at most.
std::int64_t driving_between(Profile const& profile, Time from, Time until) {
    if (until <= from) return 0;
    std::int64_t done = 0;
    auto at = from;
    auto per_mille = rate_one;
    for (auto const& period : profile.traffic) {
        if (period.from >= until) break;
        if (period.from > at) {
            done += (period.from - at) * rate_one / per_mille;
            at = period.from;
        }
        per_mille = period.per_mille;
    }
    return done + (until - at) * rate_one / per_mille;
}

bool is_within(std::vector<Window> const& windows, Time instant) {
    return windows.empty() || std::ranges::any_of(windows, [&](Window const& window) {
               return window.earliest <= instant && instant <= window.latest;
           });
}

Time service_time(Visit const& visit, Vehicle const& vehicle) {
    bool const own = vehicle.service_class < visit.service_by_class.size();
    return own ? visit.service_by_class[vehicle.service_class] : visit.service;
}

// What the entries say: all that follows from their times, or those alone.
enum class Told : std::uint8_t { all, times };

class Judge {
public:
    Judge(Problem const& problem, Told told)
        : problem_{problem}, told_{told}, served_(problem.jobs.size()) {}

    Verdict judge(Plan const& plan) {
        if (plan.size() != problem_.vehicles.size()) say("the plan is not of these vehicles");
        auto const count = std::min(plan.size(), problem_.vehicles.size());
        for (std::size_t i = 0; i < count; ++i) {
            vehicle_ = static_cast<std::uint32_t>(i);
            entries_ = &plan[i];
            judge_vehicle();
        }
        where_ = "relations: ";
        judge_jobs();
        judge_together();
        judge_precedences();
        return std::move(verdict_);
    }

private:
    Vehicle const& vehicle() const { return problem_.vehicles[vehicle_]; }
    Profile const& profile() const { return problem_.profiles[vehicle().profile]; }

    void say(std::string const& rule) { verdict_.broken.push_back(where_ + rule); }
    void expect(bool holds, char const* rule) {
        if (!holds) say(rule);
    }
    void expect_told(bool holds, char const* rule) {
        if (told_ == Told::all) expect(holds, rule);
    }
    void at_entry(std::size_t index) {
        where_ = "vehicle " + std::to_string(vehicle_) + ", entry " + std::to_string(index) + ": ";
    }
    void at_vehicle() { where_ = "vehicle " + std::to_string(vehicle_) + ": "; }

    void judge_vehicle() {
        at_vehicle();
        stops_.clear();
        if (entries_->empty()) {
            expect(vehicle().locked == 0, "what is locked is not done");
            return;
        }
        if (!has_sound_shape()) return;
        for (auto const& entry : *entries_) {
            if (entry.doing == Doing::visit) stops_.push_back(entry.stop);
        }
        judge_stops();
        judge_order();
        judge_loads();
        judge_times();
        judge_lateness();
        judge_breaks();
        judge_hours();
        judge_ways();
    }

    // Begins with a start, ends with an end, and names only what there is.
    bool has_sound_shape() {
        bool const framed = entries_->size() >= 2 && entries_->front().doing == Doing::start &&
                            entries_->back().doing == Doing::end;
        if (!framed) {
            say("does not begin with a start and end with an end");
            return false;
        }
        for (std::size_t i = 1; i < entries_->size(); ++i) {
            at_entry(i);
            auto const& entry = (*entries_)[i];
            bool const last = i + 1 == entries_->size();
            bool known = entry.doing != Doing::start && (entry.doing == Doing::end) == last;
            if (entry.doing == Doing::visit) {
                known = known && entry.stop.job < problem_.jobs.size() &&
                        entry.stop.visit < problem_.jobs[entry.stop.job].visits.size();
            }
            if (entry.doing == Doing::pause) known = known && entry.pause < vehicle().breaks.size();
            if (!known) {
                say("there is no such thing to do here");
                return false;
            }
        }
        return true;
    }

    // Who may make these visits, and each job's in their order.
    void judge_stops() {
        std::size_t at = 0;
        for (std::size_t i = 0; i < entries_->size(); ++i) {
            auto const& entry = (*entries_)[i];
            if (entry.doing != Doing::visit) continue;
            at_entry(i);
            auto const& job = problem_.jobs[entry.stop.job];
            auto& served = served_[entry.stop.job];
            if (served.vehicle == nobody) served.vehicle = vehicle_;
            expect(served.vehicle == vehicle_, "another vehicle makes visits of this job too");
            expect(served.visits == entry.stop.visit, "the job's visits are not made in order");
            if (served.visits++ == 0) {
                served.begin = entry.begin;
                served.first_at = at;
            }
            served.over = entry.departure;
            served.last_at = at++;
            expect((job.skills & ~vehicle().skills) == 0, "the vehicle lacks a skill");
            expect(
                job.pinned_to == nobody || job.pinned_to == vehicle_,
                "the job is pinned to another vehicle"
            );
        }
    }

    void judge_order() {
        at_vehicle();
        expect(stops_.size() <= vehicle().visits_max, "more visits than it may make");
        auto const& route = vehicle().route;
        for (std::size_t i = 0; i < vehicle().locked; ++i) {
            bool const there = i < stops_.size() && stops_[i] == route[i];
            if (there) continue;
            say("what is locked does not come first");
            break;
        }
        for (std::size_t i = vehicle().locked; i < stops_.size(); ++i) {
            auto const& job = problem_.jobs[stops_[i].job];
            bool const begins = stops_[i].visit == 0;
            bool const ends = stops_[i].visit + 1 == job.visits.size();
            if (job.position == Position::first && begins)
                expect(i == vehicle().locked, "a job that has to be first is not");
            if (job.position == Position::last && ends)
                expect(i + 1 == stops_.size(), "a job that has to be last is not");
        }
    }

    void judge_loads() {
        std::vector<std::uint32_t> kinds(stops_.size() + 1, 0);
        for (std::size_t dimension = 0; dimension < loads_max; ++dimension) {
            auto const total = carry(dimension, kinds);
            std::size_t made = 0;
            for (std::size_t i = 0; i < entries_->size(); ++i) {
                at_entry(i);
                auto const& entry = (*entries_)[i];
                if (entry.doing == Doing::visit) ++made;
                expect(total[made] <= vehicle().capacity[dimension], "carries more than it can");
                expect_told(total[made] == entry.load[dimension], "the load is told wrong");
            }
        }
        at_vehicle();
        expect(
            std::ranges::none_of(kinds, [&](auto aboard) { return clashes(aboard); }),
            "carries kinds of load together that must not be"
        );
    }

    // What is aboard at the start and after each stop; adds the kinds that it is of.
    std::vector<std::int64_t> carry(std::size_t dimension, std::vector<std::uint32_t>& kinds)
        const {
        std::map<std::uint32_t, std::int64_t> at_start;
        std::map<std::uint32_t, std::int64_t> aboard;
        for (auto const stop : stops_) {
            auto const& visit = problem_.visit(stop);
            auto const left = aboard[stop.job] - visit.dropoff[dimension];
            at_start[stop.job] += std::max<std::int64_t>(0, -left);  // nobody picked it up
            aboard[stop.job] = std::max<std::int64_t>(0, left) + visit.pickup[dimension];
        }
        aboard = at_start;
        std::array<std::uint32_t, load_kinds_max> jobs_of_kind{};
        std::vector<std::int64_t> total(1, 0);
        for (auto const& [job, amount] : aboard) {
            total[0] += amount;
            jobs_of_kind[problem_.jobs[job].load_kind] += amount > 0 ? 1U : 0U;
        }
        for (std::size_t i = 0;; ++i) {
            for (std::size_t kind = 0; kind < load_kinds_max; ++kind)
                kinds[i] |= jobs_of_kind[kind] > 0 ? 1U << kind : 0U;
            if (i == stops_.size()) return total;
            auto const& visit = problem_.visit(stops_[i]);
            auto& amount = aboard[stops_[i].job];
            auto& jobs = jobs_of_kind[problem_.jobs[stops_[i].job].load_kind];
            jobs -= amount > 0 ? 1U : 0U;
            amount += visit.pickup[dimension] - visit.dropoff[dimension];
            jobs += amount > 0 ? 1U : 0U;
            total.push_back(total.back() + visit.pickup[dimension] - visit.dropoff[dimension]);
        }
    }

    bool clashes(std::uint32_t aboard) const {
        for (std::size_t kind = 0; kind < load_kinds_max; ++kind) {
            bool const there = ((aboard >> kind) & 1U) != 0;
            if (there && (problem_.incompatible[kind] & aboard) != 0) return true;
        }
        return false;
    }

    void judge_times() {
        expect_begin();
        Time at = entries_->front().departure;
        for (std::size_t i = 1; i < entries_->size(); ++i) {
            at_entry(i);
            auto const& entry = (*entries_)[i];
            bool const forward = at <= entry.arrival && entry.arrival <= entry.begin &&
                                 entry.begin <= entry.departure;
            expect(forward, "time runs backwards");
            at = entry.departure;
            auto const took = entry.departure - entry.begin;
            if (entry.doing == Doing::visit) {
                judge_visit(entry, took);
            } else if (entry.doing == Doing::pause) {
                auto const& pause = vehicle().breaks[entry.pause];
                expect(took == pause.duration, "the break is not as long as it has to be");
                expect(is_within(pause.windows, entry.begin), "the break is not in its window");
            } else if (entry.doing == Doing::rest) {
                expect(took >= vehicle().rest, "the rest is too short");
            } else {
                expect(entry.begin == entry.arrival && took == 0, "is done when it is there");
            }
            if (entry.doing != Doing::visit)
                expect_told(entry.lateness == 0, "lateness is told wrong");
        }
        at_vehicle();
        expect(at <= vehicle().shift.latest, "is back after its shift");
        auto const away = at - entries_->front().departure;
        expect(away <= vehicle().duration_max, "is away longer than it may be");
    }

    void expect_begin() {
        at_entry(0);
        auto const& start = entries_->front();
        expect(start.departure >= vehicle().shift.earliest, "leaves before its shift");
    }

    void judge_visit(Entry const& entry, Time took) {
        auto const& job = problem_.jobs[entry.stop.job];
        auto const& visit = problem_.visit(entry.stop);
        expect(took == service_time(visit, vehicle()), "the service is not as long as it takes");
        expect(is_within(visit.windows, entry.begin), "begins outside of its windows");
        auto const late = std::max<Time>(0, entry.begin - visit.due);
        expect_told(entry.lateness == late, "lateness is told wrong");
        late_ += late;
        if (!job.promise || entry.stop.visit != 0) return;
        auto const& promise = *job.promise;
        bool const is_other = promise.vehicle != nobody && promise.vehicle != vehicle_;
        auto off = std::max(entry.begin - promise.start, promise.start - entry.begin);
        if (promise.start == time_max || off < promise.tolerance) off = promise.tolerance;
        verdict_.score.disturbance += off - promise.tolerance;
        if (is_other) verdict_.score.disturbance += moved_vehicle;
        if (is_other || off > promise.tolerance) verdict_.score.cost += promise.price;
    }

    // Of the whole route: before all cost, or a part of it.
    void judge_lateness() {
        auto& score = verdict_.score;
        auto const late = std::exchange(late_, 0);
        if (problem_.per_lateness == 0) score.lateness += late;
        // In thousands first: the product has room for them.
        score.cost += late / 1000 * problem_.per_lateness;
        score.cost += late % 1000 * problem_.per_lateness / 1000;
    }

    // In order, and those left out can still be taken once it is back.
    void judge_breaks() {
        std::size_t taken = 0;
        for (std::size_t i = 0; i < entries_->size(); ++i) {
            auto const& entry = (*entries_)[i];
            if (entry.doing != Doing::pause) continue;
            at_entry(i);
            expect(entry.pause == taken++, "breaks are not taken in order");
        }
        at_vehicle();
        auto const back = entries_->back().arrival;
        for (auto k = taken; k < vehicle().breaks.size(); ++k) {
            auto const& windows = vehicle().breaks[k].windows;
            expect(windows.empty() || back <= windows.back().latest, "a break is not taken");
        }
    }

    std::optional<std::uint32_t> place_of(Entry const& entry) const {
        if (entry.doing == Doing::start) return vehicle().start;
        if (entry.doing == Doing::end) return vehicle().end;
        return problem_.visit(entry.stop).place;
    }

    Leg leg_between(Entry const& from, Entry const& to) const {
        auto const source = place_of(from);
        auto const target = place_of(to);
        if (!source || !target) return Leg{};
        return problem_.leg(vehicle().profile, *source, *target);
    }

    static bool is_place(Entry const& entry) {
        return entry.doing != Doing::pause && entry.doing != Doing::rest;
    }

    // Whether there is enough time on every way, and whether the driver rests in time: the most is
    // driven before each rest, so the least is left after it.
    void judge_hours() {
        std::int64_t since_rest = 0;
        std::size_t from = 0;
        for (std::size_t to = 1; to < entries_->size(); ++to) {
            if (!is_place((*entries_)[to])) continue;
            at_entry(to);
            auto const leg = leg_between((*entries_)[from], (*entries_)[to]);
            auto left = std::int64_t{leg.time};
            auto left_unrested = left;
            for (auto i = from + 1; i <= to; ++i) {
                auto const& entry = (*entries_)[i];
                auto const possible =
                    driving_between(profile(), (*entries_)[i - 1].departure, entry.arrival);
                auto const allowed =
                    std::max<std::int64_t>(0, vehicle().driving_before_rest - since_rest);
                auto const driven = std::min({left, possible, allowed});
                left -= driven;
                since_rest += driven;
                left_unrested -= std::min(left_unrested, possible);
                auto const still = i < to ? entry.departure - entry.begin
                                          : entry.begin - entry.arrival;  // waiting there
                if (still >= vehicle().rest) since_rest = 0;
            }
            if (left_unrested > 0) {
                say("is there sooner than the drive takes");
            } else if (left > 0) {
                say("drives longer than it may without a rest");
            }
            from = to;
        }
    }

    // Legs, and what they cost.
    void judge_ways() {
        std::int64_t distance = 0;
        std::int64_t driving = 0;
        auto& cost = verdict_.score.cost;
        std::size_t from = 0;
        for (std::size_t to = 1; to < entries_->size(); ++to) {
            at_entry(to);
            auto const& entry = (*entries_)[to];
            if (is_place(entry)) {
                auto const leg = leg_between((*entries_)[from], entry);
                expect(leg.time != no_way && leg.distance != no_way, "there is no way there");
                distance += leg.distance;
                driving += leg.time;
                cost += leg.distance * vehicle().per_distance / rate_one;
                cost += leg.time * vehicle().per_time / rate_one;
                expect_told(entry.travel == leg.time, "the travel time is told wrong");
                from = to;
            }
            expect_told(entry.distance == distance, "the distance is told wrong");
        }
        if (!stops_.empty()) cost += vehicle().fixed;
        at_vehicle();
        expect(distance <= vehicle().distance_max, "drives farther than it can");
        expect(driving <= vehicle().driving_max, "drives longer than it may");
    }

    void judge_jobs() {
        for (std::size_t i = 0; i < problem_.jobs.size(); ++i) {
            auto const& job = problem_.jobs[i];
            auto const made = served_[i].visits;
            if (made == 0) {
                verdict_.score.unserved += job.weight;
                verdict_.score.cost += job.prize;
            } else if (made != job.visits.size()) {
                say("of job " + std::to_string(i) + " not each visit is made once");
            }
        }
    }

    void judge_together() {
        for (auto const& group : problem_.together) {
            Served const* before = nullptr;
            for (auto const job : group.jobs) {
                auto const& here = served_[job];
                if (here.visits == 0) continue;
                if (before != nullptr && before->vehicle != here.vehicle) {
                    say("job " + std::to_string(job) + " is not with those it belongs to");
                } else if (before != nullptr && group.in_order && before->last_at > here.first_at) {
                    say("job " + std::to_string(job) + " is not behind the one before it");
                }
                before = &here;
            }
        }
    }

    void judge_precedences() {
        for (auto const& [earlier, later] : problem_.precedences) {
            auto const& first = served_[earlier];
            auto const& second = served_[later];
            if (first.visits == 0 || second.visits == 0) continue;
            if (first.over > second.begin ||
                (first.vehicle == second.vehicle && first.last_at > second.first_at)) {
                say("job " + std::to_string(later) + " begins before job " +
                    std::to_string(earlier) + " is over");
            }
        }
    }

    Problem const& problem_;
    Told told_;
    std::vector<Served> served_;
    Verdict verdict_;
    std::string where_;
    std::uint32_t vehicle_ = 0;
    Time late_ = 0;  ///< on its route
    std::vector<Entry> const* entries_ = nullptr;
    std::vector<Stop> stops_;
};

// Gives a route its times, as far as it has any: what is wrong with them is the judge's to say.
class Planner {
public:
    Planner(Problem const& problem, Vehicle const& vehicle, std::vector<Stop> const& stops)
        : problem_{problem}, vehicle_{vehicle} {
        for (auto const stop : stops) {
            bool const known =
                stop.job < problem.jobs.size() && stop.visit < problem.jobs[stop.job].visits.size();
            if (known) stops_.push_back(stop);
        }
        is_known_ = stops_.size() == stops.size();
    }

    std::vector<Entry> entries() const {
        if (!is_known_) return {Entry{}};  // which is no plan of anything
        if (stops_.empty()) return {};
        auto begins = earliest_begins();
        auto leave = vehicle_.shift.earliest;
        if (vehicle_.duration_max < time_max) {
            postpone(begins);
            leave = std::max(leave, begins[0] - leg_to(0));
        }
        Entry start;
        start.doing = Doing::start;
        start.arrival = start.begin = start.departure = leave;
        std::vector<Entry> entries{start};
        for (std::size_t i = 0; i <= stops_.size(); ++i) {
            Entry entry;
            entry.arrival = entry.begin = entry.departure = entries.back().departure + leg_to(i);
            if (i < stops_.size()) {
                entry.stop = stops_[i];
                entry.begin = begins[i];
                entry.departure = begins[i] + service(i);
            } else {
                entry.doing = Doing::end;
            }
            entries.push_back(entry);
        }
        return entries;
    }

private:
    Time leg_to(std::size_t i) const {
        auto const from = i == 0 ? vehicle_.start : visit(i - 1).place;
        auto const to = i == stops_.size() ? vehicle_.end : visit(i).place;
        return from && to ? problem_.leg(vehicle_.profile, *from, *to).time : 0;
    }
    Visit const& visit(std::size_t i) const { return problem_.visit(stops_[i]); }
    Time service(std::size_t i) const { return service_time(visit(i), vehicle_); }

    std::vector<Time> earliest_begins() const {
        std::vector<Time> begins;
        auto at = vehicle_.shift.earliest;
        for (std::size_t i = 0; i < stops_.size(); ++i) {
            at += leg_to(i);
            auto const& windows = visit(i).windows;
            auto const open = std::ranges::find_if(windows, [&](Window const& window) {
                return at <= window.latest;
            });
            if (open != windows.end()) at = std::max(at, open->earliest);
            begins.push_back(at);
            at += service(i);
        }
        return begins;
    }

    // From the last visit on: as late as the next allows, in a window, and not later than due.
    void postpone(std::vector<Time>& begins) const {
        auto next = begins.back() + service(stops_.size() - 1);  // what comes after does not wait
        for (auto i = stops_.size(); i-- > 0;) {
            auto const limit = std::min(next - service(i), std::max(begins[i], visit(i).due));
            auto& begin = begins[i];
            for (auto const& window : visit(i).windows) {
                if (window.earliest <= limit)
                    begin = std::max(begin, std::min(limit, window.latest));
            }
            if (visit(i).windows.empty()) begin = std::max(begin, limit);
            next = begin - leg_to(i);
        }
    }

    Problem const& problem_;
    Vehicle const& vehicle_;
    std::vector<Stop> stops_;
    bool is_known_ = false;
};

}  // namespace

Verdict check_plan(Problem const& problem, Plan const& plan) {
    return Judge{problem, Told::all}.judge(plan);
}

bool has_simple_times(Problem const& problem) {
    bool const drives_plainly = std::ranges::all_of(problem.profiles, [](Profile const& profile) {
        return profile.traffic.empty();
    });
    bool const works_through = std::ranges::all_of(problem.vehicles, [](Vehicle const& vehicle) {
        return vehicle.breaks.empty() && vehicle.driving_before_rest >= time_max;
    });
    return drives_plainly && works_through && problem.precedences.empty();
}

Verdict check_routes(Problem const& problem, Routes const& routes) {
    ASSERT(has_simple_times(problem));
    Plan plan;
    for (std::size_t i = 0; i < routes.size() && i < problem.vehicles.size(); ++i)
        plan.push_back(Planner{problem, problem.vehicles[i], routes[i]}.entries());
    plan.resize(routes.size());
    return Judge{problem, Told::times}.judge(plan);
}

}  // namespace posthaste::plan
