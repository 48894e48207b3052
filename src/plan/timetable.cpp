#include "plan/timetable.hpp"

#include <algorithm>
#include <cstdlib>

#include "plan/drive.hpp"
#include "plan/tour_rules.hpp"

namespace posthaste::plan {

namespace {

// Where a tour stands after some stops, with a number of its breaks taken: the earliest way there.
struct State {
    bool reached = false;
    Time at = 0;     // free to go on
    Time since = 0;  // driving since the last rest
    Time lateness = 0;
    std::uint32_t from = 0;  // breaks taken when leaving the stop before
};

using States = std::array<State, breaks_max + 1>;

// A gap between two stops in the making.
struct Gap {
    Time at = 0;
    Time work = 0;  // driving left
    Time since = 0;
};

Time first_fit(std::vector<Window> const& windows, Time at) {
    if (windows.empty()) return at;
    for (auto const& window : windows) {
        if (at <= window.latest) return std::max(at, window.earliest);
    }
    return time_max;
}

Time last_end(std::vector<Window> const& windows) {
    return windows.empty() ? time_max : windows.back().latest;
}

class Clockwork {
public:
    Clockwork(Tour const& tour, Timetable& table)
        : problem_{tour.problem},
          vehicle_{tour.problem.vehicles[tour.vehicle]},
          profile_{tour.problem.profiles[vehicle_.profile]},
          tour_{tour},
          table_{table} {}

    // Leaves at `leave`. True when every stop and the end are reached in time.
    bool run(Time leave) {
        leave_ = leave;
        layers_.assign(tour_.stops.size() + 2, States{});
        layers_[0][0] = State{true, leave, 0, 0, 0};
        for (std::size_t i = 0; i <= tour_.stops.size(); ++i) {
            if (!advance(i)) return false;
        }
        finish();
        return true;
    }

    Time end() const { return end_; }
    Time first_departure() const { return layers_[1][path_[1]].at; }

    // Of every visit, in order.
    std::vector<Time> begins() const {
        std::vector<Time> begins;
        for (std::size_t i = 0; i < tour_.stops.size(); ++i)
            begins.push_back(
                layers_[i + 1][path_[i + 1]].at - service_of(problem_.visit(tour_.stops[i]))
            );
        return begins;
    }

    // The same way again, writing down what happens.
    void write() {
        table_.entries.clear();
        Entry first;
        first.doing = Doing::start;
        first.arrival = first.begin = first.departure = leave_;
        table_.entries.push_back(first);
        std::int64_t distance = 0;
        for (std::size_t i = 0; i <= tour_.stops.size(); ++i) {
            auto const leg = leg_to(i);
            distance += leg.distance;
            auto const& before = layers_[i][path_[i]];
            Gap gap{before.at, leg.time, before.since};
            for (auto next = path_[i]; next < path_[i + 1]; ++next)
                write_pause(gap, next, distance - leg.distance);
            write_rests(gap, distance - leg.distance);
            Entry entry;
            entry.travel = leg.time;
            entry.distance = distance;
            entry.arrival = gap.at;
            entry.departure = layers_[i + 1][path_[i + 1]].at;
            entry.begin = entry.departure;
            if (i < tour_.stops.size()) {
                entry.stop = tour_.stops[i];
                auto const& visit = problem_.visit(entry.stop);
                entry.begin = entry.departure - service_of(visit);
                entry.lateness = std::max<Time>(0, entry.begin - visit.due);
            } else {
                entry.doing = Doing::end;
            }
            table_.entries.push_back(entry);
        }
    }

private:
    Leg leg_to(std::size_t i) const {
        auto const from = place_before(i);
        auto const to = place_of(i);
        if (!from || !to) return Leg{};
        return problem_.leg(vehicle_.profile, *from, *to);
    }

    std::optional<std::uint32_t> place_of(std::size_t i) const {
        if (i == tour_.stops.size()) return vehicle_.end;
        return problem_.visit(tour_.stops[i]).place;
    }

    std::optional<std::uint32_t> place_before(std::size_t i) const {
        return i == 0 ? vehicle_.start : place_of(i - 1);
    }

    // From the stop before to stop i, for every number of breaks taken by then.
    bool advance(std::size_t i) {
        auto const leg = leg_to(i);
        if (leg.time == no_way) return fail(Fault::unreachable, i, 0);
        auto& here = layers_[i + 1];
        Time missed = time_max;
        for (std::uint32_t taken = 0; taken <= vehicle_.breaks.size(); ++taken) {
            auto const& state = layers_[i][taken];
            if (!state.reached) continue;
            Gap gap{state.at, leg.time, state.since};
            for (auto next = taken;; ++next) {
                missed = std::min(missed, arrive(i, next, taken, state, gap));
                if (next == vehicle_.breaks.size() || !pause(gap, next)) break;
            }
        }
        for (auto const& state : here) {
            if (state.reached) return true;
        }
        return fail_at(i, missed);
    }

    bool fail_at(std::size_t i, Time missed) {
        if (i < tour_.stops.size()) {
            return fail(bounds_missed_ ? Fault::precedence : Fault::window, i, missed);
        }
        return missed == 0 ? fail(Fault::break_window, i, 0) : fail(Fault::shift, i, missed);
    }

    // Takes break number `index` in the gap; false when it is too late for it.
    bool pause(Gap& gap, std::uint32_t index) const {
        auto const& taken = vehicle_.breaks[index];
        auto const begin = first_fit(taken.windows, gap.at);
        if (begin == time_max) return false;
        drive_until(gap, begin);
        gap.at = begin + taken.duration;
        if (taken.duration >= vehicle_.rest) gap.since = 0;
        return true;
    }

    // Drives on until `begin`, as far as hours of service allow without a rest.
    void drive_until(Gap& gap, Time begin) const {
        auto const allowed = std::max<Time>(0, vehicle_.driving_before_rest - gap.since);
        auto const work = std::min({gap.work, driven(profile_, gap.at, begin), allowed});
        gap.work -= work;
        gap.since += work;
    }

    // Drives the rest of the gap, with the rests it needs.
    void drive_out(Gap& gap) const {
        while (gap.since + gap.work > vehicle_.driving_before_rest) {
            bool const whole = gap.work <= vehicle_.driving_before_rest;
            auto const work = whole ? 0 : vehicle_.driving_before_rest - gap.since;
            gap.at = drive(profile_, gap.at, work) + vehicle_.rest;
            gap.work -= work;
            gap.since = 0;
        }
        gap.at = drive(profile_, gap.at, gap.work);
        gap.since += gap.work;
        gap.work = 0;
    }

    // By how much stop i (or the end) is missed with `next` breaks taken; time_max: it is not.
    Time arrive(
        std::size_t i, std::uint32_t next, std::uint32_t taken, State const& state, Gap gap
    ) {
        drive_out(gap);
        State there{true, gap.at, gap.since, state.lateness, taken};
        if (i == tour_.stops.size()) {
            for (auto open = next; open < vehicle_.breaks.size(); ++open) {
                if (gap.at > last_end(vehicle_.breaks[open].windows)) return 0;
            }
            if (gap.at > vehicle_.shift.latest) return gap.at - vehicle_.shift.latest;
        } else if (auto const missed = serve(i, there); missed != time_max) {
            return missed;
        }
        keep(layers_[i + 1][next], there);
        return time_max;
    }

    Time serve(std::size_t i, State& there) {
        auto const stop = tour_.stops[i];
        auto const& visit = problem_.visit(stop);
        auto const arrival = there.at;
        auto const begin = first_fit(visit.windows, std::max(arrival, earliest(stop)));
        if (begin == time_max) {
            bounds_missed_ = arrival <= last_end(visit.windows);
            return arrival - std::min(arrival, last_end(visit.windows));
        }
        auto const service = service_of(visit);
        if (begin + service > latest_over(stop)) {
            bounds_missed_ = true;
            return begin + service - latest_over(stop);
        }
        if (begin - arrival >= vehicle_.rest) there.since = 0;
        there.lateness += std::max<Time>(0, begin - visit.due);
        there.at = begin + service;
        return time_max;
    }

    Time service_of(Visit const& visit) const {
        auto const& by_class = visit.service_by_class;
        return vehicle_.service_class < by_class.size() ? by_class[vehicle_.service_class]
                                                        : visit.service;
    }

    // What precedences with jobs of other vehicles ask of this visit.
    Time earliest(Stop stop) const {
        Time bound = -time_max;
        if (tour_.others == nullptr || stop.visit != 0) return bound;
        for (auto const& precedence : problem_.precedences) {
            if (precedence.later != stop.job || !elsewhere(precedence.earlier)) continue;
            bound = std::max(bound, tour_.others->over[precedence.earlier]);
        }
        return bound;
    }

    Time latest_over(Stop stop) const {
        Time bound = time_max;
        if (tour_.others == nullptr) return bound;
        if (stop.visit + 1 != problem_.jobs[stop.job].visits.size()) return bound;
        for (auto const& precedence : problem_.precedences) {
            if (precedence.earlier != stop.job || !elsewhere(precedence.later)) continue;
            bound = std::min(bound, tour_.others->begin[precedence.later]);
        }
        return bound;
    }

    bool elsewhere(std::uint32_t job) const {
        auto const vehicle = tour_.others->vehicle_of[job];
        return vehicle != nobody && vehicle != tour_.vehicle;
    }

    static void keep(State& known, State const& found) {
        bool const better = !known.reached || found.at < known.at ||
                            (found.at == known.at && found.lateness < known.lateness);
        if (better) known = found;
    }

    void finish() {
        auto const& last = layers_.back();
        std::uint32_t best = 0;
        for (std::uint32_t k = 0; k < last.size(); ++k) {
            if (!last[k].reached) continue;
            bool const better =
                !last[best].reached || last[k].lateness < last[best].lateness ||
                (last[k].lateness == last[best].lateness && last[k].at < last[best].at);
            if (better) best = k;
        }
        end_ = last[best].at;
        table_.lateness = last[best].lateness;
        path_.assign(layers_.size(), 0);
        for (auto i = layers_.size() - 1;; --i) {
            path_[i] = best;
            if (i == 0) break;
            best = layers_[i][best].from;
        }
    }

    void write_pause(Gap& gap, std::uint32_t index, std::int64_t distance) {
        pause(gap, index);
        Entry entry;
        entry.doing = Doing::pause;
        entry.pause = index;
        entry.departure = gap.at;
        entry.begin = entry.arrival = gap.at - vehicle_.breaks[index].duration;
        entry.distance = distance;
        table_.entries.push_back(entry);
    }

    void write_rests(Gap& gap, std::int64_t distance) {
        while (gap.since + gap.work > vehicle_.driving_before_rest) {
            bool const whole = gap.work <= vehicle_.driving_before_rest;
            auto const work = whole ? 0 : vehicle_.driving_before_rest - gap.since;
            Entry entry;
            entry.doing = Doing::rest;
            entry.begin = entry.arrival = drive(profile_, gap.at, work);
            entry.departure = gap.at = entry.begin + vehicle_.rest;
            entry.distance = distance;
            table_.entries.push_back(entry);
            gap.work -= work;
            gap.since = 0;
        }
        gap.at = drive(profile_, gap.at, gap.work);
    }

    bool fail(Fault fault, std::size_t at, Time excess) {
        return plan::fail(table_, fault, at, excess);
    }

    Problem const& problem_;
    Vehicle const& vehicle_;
    Profile const& profile_;
    Tour const& tour_;
    Timetable& table_;
    Time leave_ = 0;
    Time end_ = 0;
    bool bounds_missed_ = false;
    std::vector<States> layers_;
    std::vector<std::uint32_t> path_;
};

Cost at_rate(std::int64_t rate, std::int64_t amount) {
    return rate * amount / rate_one;
}

// Driving, distance and cost are those of the legs: the clock changes none of them.
bool add_up(Tour const& tour, Timetable& table) {
    auto const& vehicle = tour.problem.vehicles[tour.vehicle];
    if (tour.stops.empty()) return true;
    auto const add = [&](std::optional<std::uint32_t> from, std::optional<std::uint32_t> to) {
        if (!from || !to) return;
        auto const& leg = tour.problem.leg(vehicle.profile, *from, *to);
        table.driving += leg.time;
        table.distance += leg.distance;
        table.cost += at_rate(vehicle.per_distance, leg.distance);
        table.cost += at_rate(vehicle.per_time, leg.time);
    };
    auto before = vehicle.start;
    for (auto const stop : tour.stops) {
        auto const place = tour.problem.visit(stop).place;
        add(before, place);
        before = place;
    }
    add(before, vehicle.end);
    table.cost += vehicle.fixed;
    table.fault_at = static_cast<std::uint32_t>(tour.stops.size());
    if (table.distance > vehicle.distance_max) {
        return fail(table, Fault::range, table.fault_at, table.distance - vehicle.distance_max);
    }
    if (table.driving > vehicle.driving_max) {
        return fail(table, Fault::driving, table.fault_at, table.driving - vehicle.driving_max);
    }
    return true;
}

// Leaves as late as it can: without its first visit beginning later, or, where its time away is
// limited, without being back later or later than due anywhere.
bool walk_late(Tour const& tour, Timetable& table, Clockwork& clockwork, bool is_limited) {
    auto const& vehicle = tour.problem.vehicles[tour.vehicle];
    auto const end = clockwork.end();
    auto const first = clockwork.first_departure();
    auto const lateness = table.lateness;
    auto const same = [&](Time leave) {
        Timetable trial;
        Clockwork again{tour, trial};
        return again.run(leave) && again.end() == end && trial.lateness == lateness &&
               (is_limited || again.first_departure() == first);
    };
    auto low = vehicle.shift.earliest;
    auto high = end;
    if (!same(low + 1)) high = low;
    while (low < high) {
        auto const middle = low + (high - low + 1) / 2;
        if (same(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    clockwork.run(low);
    if (end - low <= vehicle.duration_max) return true;
    return fail(table, Fault::duration, tour.stops.size(), end - low - vehicle.duration_max);
}

void judge_promises(Tour const& tour, std::vector<Time> const& begins, Timetable& table) {
    for (std::size_t i = 0; i < tour.stops.size(); ++i) {
        auto const& promise = tour.problem.jobs[tour.stops[i].job].promise;
        if (!promise || tour.stops[i].visit != 0) continue;
        bool const moved = promise->vehicle != nobody && promise->vehicle != tour.vehicle;
        Time off = 0;
        if (promise->start < time_max) off = std::abs(begins[i] - promise->start);
        auto const past = std::max<Time>(0, off - promise->tolerance);
        table.disturbance += past + (moved ? moved_vehicle : 0);
        if (moved || past > 0) table.broken += promise->price;
    }
}

Timetable make(Tour const& tour, bool with_entries) {
    Timetable table;
    if (tour.stops.empty() && tour.problem.vehicles[tour.vehicle].locked == 0) return table;
    auto const loads = check_rules(tour, table);
    if (!loads) return table;
    Clockwork clockwork{tour, table};
    auto const& vehicle = tour.problem.vehicles[tour.vehicle];
    if (!clockwork.run(vehicle.shift.earliest)) return table;
    if (!add_up(tour, table)) return table;
    bool const is_limited = vehicle.duration_max < time_max;
    if ((is_limited || with_entries) && !walk_late(tour, table, clockwork, is_limited)) {
        return table;
    }
    auto const begins = clockwork.begins();
    judge_promises(tour, begins, table);
    if (!with_entries) return table;
    clockwork.write();
    std::size_t made = 0;
    for (auto& entry : table.entries) {
        if (entry.doing == Doing::visit) ++made;
        entry.load = (*loads)[made];
    }
    return table;
}

}  // namespace

Score score_of(Problem const& problem, Timetable const& table) {
    auto const cost = table.cost + table.broken;
    if (problem.per_lateness == 0) return {0, table.lateness, cost, table.disturbance};
    auto const priced = table.lateness / rate_one * problem.per_lateness +
                        table.lateness % rate_one * problem.per_lateness / rate_one;
    return {0, 0, cost + priced, table.disturbance};
}

std::string_view name_of(Fault fault) {
    constexpr auto names = std::to_array<std::string_view>(
        {"none",
         "skills",
         "pinned",
         "locked",
         "position",
         "together",
         "incompatible",
         "capacity",
         "visits",
         "unreachable",
         "window",
         "precedence",
         "break_window",
         "shift",
         "duration",
         "range",
         "driving"}
    );
    return names[static_cast<std::size_t>(fault)];
}

Timetable timetable(Tour const& tour) {
    return make(tour, true);
}

Timetable assess(Tour const& tour) {
    return make(tour, false);
}

}  // namespace posthaste::plan
