#include <algorithm>
#include <map>
#include <tuple>

#include "base/assert.hpp"
#include "plan/explain.hpp"

namespace posthaste::plan {

namespace {

// Which of the stops that both routes have stand in another order: all but a longest run of those
// that do not.
std::vector<Stop> reordered(std::vector<Stop> const& before, std::vector<Stop> const& after) {
    std::map<Stop, std::size_t> place;
    for (std::size_t i = 0; i < after.size(); ++i)
        place.emplace(after[i], i);
    std::vector<Stop> common;
    std::vector<std::size_t> at;  // in `after`
    for (auto const stop : before) {
        auto const found = place.find(stop);
        if (found == place.end()) continue;
        common.push_back(stop);
        at.push_back(found->second);
    }
    // tails[n]: of the ascending runs of n + 1, the one that ends lowest ends with this stop.
    std::vector<std::size_t> tails;
    std::vector<std::size_t> previous(at.size(), at.size());
    for (std::size_t i = 0; i < at.size(); ++i) {
        auto const found =
            std::ranges::lower_bound(tails, at[i], {}, [&](std::size_t tail) { return at[tail]; });
        if (found != tails.begin()) previous[i] = *(found - 1);
        if (found == tails.end()) {
            tails.push_back(i);
        } else {
            *found = i;
        }
    }
    std::vector<bool> keeps(at.size(), false);
    for (auto i = tails.empty() ? at.size() : tails.back(); i < at.size(); i = previous[i])
        keeps[i] = true;
    std::vector<Stop> moved;
    for (std::size_t i = 0; i < at.size(); ++i)
        if (!keeps[i]) moved.push_back(common[i]);
    return moved;
}

class Comparison {
public:
    Comparison(Problem const& problem, Routes const& before, Routes const& after)
        : problem_{problem}, before_{before}, after_{after} {
        was_on_ = vehicles_of(before);
        others_.vehicle_of = vehicles_of(after);
        others_.begin.assign(problem.jobs.size(), 0);
        others_.over.assign(problem.jobs.size(), 0);
        for (std::uint32_t vehicle = 0; vehicle < after.size(); ++vehicle)
            look_at(vehicle);
    }

    Moves explain() {
        std::vector<bool> reordered_job(problem_.jobs.size(), false);
        for (std::size_t i = 0; i < before_.size(); ++i) {
            for (auto const stop : reordered(before_[i], after_[i]))
                reordered_job[stop.job] = true;
        }
        Moves moves;
        for (std::uint32_t job = 0; job < problem_.jobs.size(); ++job) {
            auto const from = was_on_[job];
            auto const to = others_.vehicle_of[job];
            if (from == to && !reordered_job[job]) continue;
            if (moves.count++ < explained_max) moves.jobs.push_back(explain(job));
        }
        return moves;
    }

private:
    std::vector<std::uint32_t> vehicles_of(Routes const& routes) const {
        std::vector<std::uint32_t> vehicles(problem_.jobs.size(), nobody);
        for (std::uint32_t vehicle = 0; vehicle < routes.size(); ++vehicle) {
            for (auto const stop : routes[vehicle])
                vehicles[stop.job] = vehicle;
        }
        return vehicles;
    }

    void look_at(std::uint32_t vehicle) {
        auto const table = timetable({problem_, vehicle, after_[vehicle], nullptr});
        for (auto const& entry : table.entries) {
            if (entry.doing != Doing::visit) continue;
            if (entry.stop.visit == 0) others_.begin[entry.stop.job] = entry.begin;
            others_.over[entry.stop.job] = entry.departure;
        }
    }

    Timetable ask(std::uint32_t vehicle, std::vector<Stop> const& stops) const {
        bool const related = !problem_.together.empty() || !problem_.precedences.empty();
        return assess({problem_, vehicle, stops, related ? &others_ : nullptr});
    }

    Move explain(std::uint32_t job) {
        Move move;
        move.job = job;
        move.from = was_on_[job];
        move.to = others_.vehicle_of[job];
        if (move.from == nobody) {
            move.why = Why::served;
        } else if (move.to == nobody) {
            move.why = Why::left_out;
        } else if (move.from == move.to) {
            weigh_order(move);
        } else {
            weigh_vehicle(move);
        }
        return move;
    }

    std::vector<Stop> without(std::vector<Stop> stops, std::uint32_t job) const {
        std::erase_if(stops, [&](Stop stop) { return stop.job == job; });
        return stops;
    }

    // Its visits each behind the nearest stop before them that is still there.
    void weigh_order(Move& move) {
        auto stops = without(after_[move.from], move.job);
        auto behind = stops.begin();
        for (auto const stop : before_[move.from]) {
            if (stop.job == move.job) {
                behind = stops.insert(behind, stop) + 1;
            } else if (auto const found = std::ranges::find(stops, stop); found != stops.end()) {
                behind = std::max(behind, found + 1);
            }
        }
        auto const back = ask(move.from, stops);
        if (!back.feasible()) {
            move.why = Why::barred;
            move.fault = back.fault;
            return;
        }
        auto const now = ask(move.from, after_[move.from]);
        judge(move, score(back) - score(now));
    }

    void weigh_vehicle(Move& move) {
        if (auto const fault = alone(move); fault != Fault::none) {
            move.why = Why::no_longer_may;
            move.fault = fault;
            return;
        }
        others_.vehicle_of[move.job] = move.from;
        auto const back = best_in(move.from, after_[move.from], move.job);
        if (back.feasible()) {
            auto const rest = ask(move.to, without(after_[move.to], move.job));
            others_.vehicle_of[move.job] = move.to;
            auto const now =
                score(ask(move.from, after_[move.from])) + score(ask(move.to, after_[move.to]));
            return judge(move, score(back) + score(rest) - now);
        }
        move.fault = back.fault;
        move.room_for = newcomer_in_the_way(move);
        move.why = move.room_for == nobody ? Why::barred : Why::makes_room;
        others_.vehicle_of[move.job] = move.to;
    }

    // With nothing but what is locked.
    Fault alone(Move const& move) const {
        auto const& vehicle = problem_.vehicles[move.from];
        std::vector<Stop> stops{
            vehicle.route.begin(),
            vehicle.route.begin() + static_cast<std::ptrdiff_t>(vehicle.locked)};
        auto const count = problem_.jobs[move.job].visits.size();
        for (std::uint32_t k = 0; k < count; ++k)
            stops.push_back({move.job, k});
        return assess({problem_, move.from, stops, nullptr}).fault;
    }

    std::uint32_t newcomer_in_the_way(Move const& move) const {
        std::size_t tried = 0;
        for (auto const stop : after_[move.from]) {
            if (stop.visit != 0 || was_on_[stop.job] == move.from) continue;
            if (tried++ == tried_max) break;
            auto const rest = without(after_[move.from], stop.job);
            if (best_in(move.from, rest, move.job).feasible()) return stop.job;
        }
        return nobody;
    }

    // The best way to have the job on a route; where there is none, the one that lacks least.
    Timetable best_in(std::uint32_t vehicle, std::vector<Stop> const& route, std::uint32_t job)
        const {
        auto const count = static_cast<std::uint32_t>(problem_.jobs[job].visits.size());
        std::optional<Timetable> best;
        auto const consider = [&](std::vector<Stop> const& stops) {
            auto const table = ask(vehicle, stops);
            auto const key = [](Timetable const& of) {
                return std::tuple{!of.feasible(), of.excess, of.lateness, of.cost, of.disturbance};
            };
            if (!best || key(table) < key(*best)) best = table;
        };
        for (std::size_t gap = problem_.vehicles[vehicle].locked; gap <= route.size(); ++gap) {
            auto stops = route;
            for (auto k = count; k-- > 0;)
                stops.insert(stops.begin() + static_cast<std::ptrdiff_t>(gap), Stop{job, k});
            consider(stops);
            if (count != 2) continue;
            for (auto at = gap + 1; at < route.size() + 1; ++at) {
                std::swap(stops[at], stops[at + 1]);
                consider(stops);
            }
        }
        ASSERT(best.has_value());
        return *best;
    }

    static Score score(Timetable const& table) {
        return {0, table.lateness, table.cost, table.disturbance};
    }

    void judge(Move& move, Score const& saved) const {
        move.saved = saved;
        auto const late = saved.lateness / rate_one * problem_.per_lateness;
        bool const is_priced = problem_.per_lateness > 0 && saved.lateness != 0;
        if (is_priced && late + saved.cost <= 0) {
            move.why = Why::no_worse;
        } else if (is_priced) {
            move.why = saved.lateness > 0 ? Why::less_late : Why::cheaper;
        } else if (saved.lateness != 0) {
            move.why = saved.lateness > 0 ? Why::less_late : Why::no_worse;
        } else if (saved.cost != 0) {
            move.why = saved.cost > 0 ? Why::cheaper : Why::no_worse;
        } else if (saved.disturbance > 0) {
            move.why = Why::keeps_promise;
        }
    }

    Problem const& problem_;
    Routes const& before_;
    Routes const& after_;
    std::vector<std::uint32_t> was_on_;
    Others others_;  // of the newer routes
};

}  // namespace

std::string_view name_of(Why why) {
    constexpr auto names = std::to_array<std::string_view>(
        {"served",
         "left_out",
         "no_longer_may",
         "makes_room",
         "barred",
         "less_late",
         "cheaper",
         "keeps_promise",
         "no_worse"}
    );
    return names[static_cast<std::size_t>(why)];
}

Moves explain_moves(Problem const& problem, Routes const& before, Routes const& after) {
    ASSERT(before.size() == problem.vehicles.size());
    ASSERT(after.size() == problem.vehicles.size());
    return Comparison{problem, before, after}.explain();
}

}  // namespace posthaste::plan
