#include "plan/tour_rules.hpp"

#include <algorithm>
#include <map>

namespace posthaste::plan {

namespace {

class Rules {
public:
    Rules(Tour const& tour, Timetable& table)
        : problem_{tour.problem},
          vehicle_{tour.problem.vehicles[tour.vehicle]},
          tour_{tour},
          table_{table} {}

    std::optional<std::vector<Amounts>> check() {
        if (!hold()) return std::nullopt;
        return std::move(loads_);
    }

private:
    bool hold() {
        if (tour_.stops.size() > vehicle_.visits_max) {
            return fail(Fault::visits, vehicle_.visits_max);
        }
        for (std::size_t i = 0; i < tour_.stops.size(); ++i) {
            if (!of_job(i)) return false;
        }
        return locked_first() && ends_hold() && relations_hold() && loads_fit() && kinds_agree();
    }

    bool fail(Fault fault, std::size_t at, Time excess = 0) {
        return plan::fail(table_, fault, at, excess);
    }

    Job const& job_at(std::size_t i) const { return problem_.jobs[tour_.stops[i].job]; }

    bool of_job(std::size_t i) {
        auto const& job = job_at(i);
        if ((job.skills & ~vehicle_.skills) != 0) return fail(Fault::skills, i);
        if (job.pinned_to != nobody && job.pinned_to != tour_.vehicle) {
            return fail(Fault::pinned, i);
        }
        return true;
    }

    bool locked_first() {
        for (std::size_t i = 0; i < vehicle_.locked; ++i) {
            bool const there = i < tour_.stops.size() && tour_.stops[i] == vehicle_.route[i];
            if (!there) return fail(Fault::locked, i);
        }
        return true;
    }

    bool ends_hold() {
        auto const count = tour_.stops.size();
        for (std::size_t i = 0; i < count; ++i) {
            auto const& job = job_at(i);
            auto const stop = tour_.stops[i];
            if (i < vehicle_.locked || job.position == Position::any) continue;
            bool const first = job.position == Position::first;
            if (first && stop.visit == 0 && i != vehicle_.locked) {
                return fail(Fault::position, i);
            }
            if (!first && stop.visit + 1 == job.visits.size() && i + 1 != count) {
                return fail(Fault::position, i);
            }
        }
        return true;
    }

    // By job: where its first and its last visit are.
    using Ends = std::map<std::uint32_t, std::pair<std::size_t, std::size_t>>;

    bool relations_hold() {
        if (problem_.together.empty() && problem_.precedences.empty()) return true;
        Ends ends;
        for (std::size_t i = 0; i < tour_.stops.size(); ++i) {
            auto const [known, is_new] = ends.try_emplace(tour_.stops[i].job, i, i);
            if (!is_new) known->second.second = i;
        }
        for (auto const& group : problem_.together) {
            if (!group_holds(group, ends)) return false;
        }
        for (auto const& precedence : problem_.precedences) {
            auto const earlier = ends.find(precedence.earlier);
            auto const later = ends.find(precedence.later);
            if (earlier == ends.end() || later == ends.end()) continue;
            if (earlier->second.second > later->second.first) {
                return fail(Fault::precedence, later->second.first);
            }
        }
        return true;
    }

    bool group_holds(Together const& group, Ends const& ends) {
        auto last = ends.end();
        bool elsewhere = false;
        for (auto const job : group.jobs) {
            auto const here = ends.find(job);
            if (here == ends.end()) {
                elsewhere = elsewhere ||
                            (tour_.others != nullptr && tour_.others->vehicle_of[job] != nobody &&
                             tour_.others->vehicle_of[job] != tour_.vehicle);
                continue;
            }
            bool const behind = last != ends.end() && last->second.second > here->second.first;
            if (group.in_order && behind) return fail(Fault::together, here->second.first);
            last = here;
        }
        if (last != ends.end() && elsewhere) return fail(Fault::together, last->second.first);
        return true;
    }

    // What is dropped and was never picked up is aboard from the start. All visits of a job are on
    // the route, so each job says by itself what that is.
    Amounts aboard_at_start() const {
        Amounts aboard{};
        for (auto const stop : tour_.stops) {
            if (stop.visit != 0) continue;
            Amounts carried{};
            for (auto const& visit : problem_.jobs[stop.job].visits) {
                for (std::size_t d = 0; d < loads_max; ++d) {
                    carried[d] -= visit.dropoff[d];
                    aboard[d] -= std::min(carried[d], 0);
                    carried[d] = std::max(carried[d], 0) + visit.pickup[d];
                }
            }
        }
        return aboard;
    }

    bool loads_fit() {
        auto load = aboard_at_start();
        loads_.push_back(load);
        if (auto const excess = above_capacity(load); excess > 0) {
            return fail(Fault::capacity, 0, excess);
        }
        for (std::size_t i = 0; i < tour_.stops.size(); ++i) {
            auto const& visit = problem_.visit(tour_.stops[i]);
            for (std::size_t d = 0; d < loads_max; ++d)
                load[d] += visit.pickup[d] - visit.dropoff[d];
            loads_.push_back(load);
            if (auto const excess = above_capacity(load); excess > 0) {
                return fail(Fault::capacity, i, excess);
            }
        }
        return true;
    }

    Time above_capacity(Amounts const& load) {
        std::int32_t excess = 0;
        for (std::uint32_t d = 0; d < loads_max; ++d) {
            auto const above = load[d] - vehicle_.capacity[d];
            if (above <= excess) continue;
            excess = above;
            table_.fault_load = d;
        }
        return excess;
    }

    bool kinds_agree() {
        bool const any =
            std::ranges::any_of(problem_.incompatible, [](auto bits) { return bits != 0; });
        if (!any) return true;
        std::array<std::uint32_t, load_kinds_max> aboard{};
        for (auto const stop : tour_.stops)
            aboard[problem_.jobs[stop.job].load_kind] += comes_aboard_at_start(stop) ? 1U : 0U;
        if (!compatible(aboard)) return fail(Fault::incompatible, 0);
        for (std::size_t i = 0; i < tour_.stops.size(); ++i) {
            auto const stop = tour_.stops[i];
            auto const& job = job_at(i);
            if (comes_aboard_at_start(stop) || is_dropped_at(job, stop)) {
                --aboard[job.load_kind];
            } else if (stop.visit == 0 && picks_up(job.visits.front())) {
                ++aboard[job.load_kind];
            }
            if (!compatible(aboard)) return fail(Fault::incompatible, i);
        }
        return true;
    }

    static bool picks_up(Visit const& visit) { return visit.pickup != Amounts{}; }
    static bool is_dropped_at(Job const& job, Stop stop) {
        return stop.visit > 0 && stop.visit + 1 == job.visits.size() &&
               picks_up(job.visits.front());
    }

    bool comes_aboard_at_start(Stop stop) const {
        auto const& job = problem_.jobs[stop.job];
        return stop.visit == 0 && job.visits.size() == 1 && job.visits[0].dropoff != Amounts{};
    }

    bool compatible(std::array<std::uint32_t, load_kinds_max> const& aboard) const {
        std::uint32_t kinds = 0;
        for (std::size_t k = 0; k < load_kinds_max; ++k)
            kinds |= aboard[k] > 0 ? 1U << k : 0U;
        for (std::size_t k = 0; k < load_kinds_max; ++k) {
            if (aboard[k] > 0 && (problem_.incompatible[k] & kinds) != 0) return false;
        }
        return true;
    }

    Problem const& problem_;
    Vehicle const& vehicle_;
    Tour const& tour_;
    Timetable& table_;
    std::vector<Amounts> loads_;
};

}  // namespace

std::optional<std::vector<Amounts>> check_rules(Tour const& tour, Timetable& table) {
    return Rules{tour, table}.check();
}

}  // namespace posthaste::plan
