#include "plan/relief.hpp"

#include <algorithm>
#include <map>

namespace posthaste::plan {

namespace {

// The part of a problem that one route touches, by numbers of its own; the vehicle is 0.
class Excerpt {
public:
    explicit Excerpt(Tour const& tour) : whole_{tour.problem}, tour_{tour} {
        auto const& vehicle = whole_.vehicles[tour.vehicle];
        part_.incompatible = whole_.incompatible;
        part_.vehicles.push_back(vehicle);
        auto& own = part_.vehicles.front();
        own.profile = 0;
        if (vehicle.start) own.start = place(*vehicle.start);
        if (vehicle.end) own.end = place(*vehicle.end);
        own.route.resize(own.locked);
        for (auto& stop : own.route)
            stop.job = job(stop.job);
        for (auto const stop : tour.stops)
            stops_.push_back({job(stop.job), stop.visit});
        relate();
        legs(whole_.profiles[vehicle.profile]);
    }

    Timetable ask() const { return assess({part_, 0, stops_, has_others_ ? &others_ : nullptr}); }

    /// What is in the way gives; nothing when it cannot.
    std::optional<Relief> give(Timetable const& table) {
        auto& vehicle = part_.vehicles.front();
        Relief relief{table.fault, {nobody, 0}, 0, table.excess};
        switch (table.fault) {
            case Fault::window: {
                auto const stop = stops_[table.fault_at];
                relief.stop = tour_.stops[table.fault_at];
                part_.jobs[stop.job].visits[stop.visit].windows.back().latest += table.excess;
                break;
            }
            case Fault::capacity:
                relief.load = table.fault_load;
                vehicle.capacity[table.fault_load] += static_cast<std::int32_t>(table.excess);
                break;
            case Fault::visits: {
                auto const count = static_cast<std::uint32_t>(stops_.size());
                relief.amount = count - vehicle.visits_max;
                vehicle.visits_max = count;
                break;
            }
            case Fault::precedence:
                if (table.excess == 0) return std::nullopt;
                relief.stop = tour_.stops[table.fault_at];
                part_.precedences.clear();
                break;
            case Fault::break_window:
                for (auto& pause : vehicle.breaks)
                    pause.windows.clear();
                break;
            case Fault::shift:
                vehicle.shift.latest += table.excess;
                break;
            case Fault::duration:
                vehicle.duration_max += table.excess;
                break;
            case Fault::range:
                vehicle.distance_max += table.excess;
                break;
            case Fault::driving:
                vehicle.driving_max += table.excess;
                break;
            case Fault::none:
            case Fault::skills:
            case Fault::pinned:
            case Fault::locked:
            case Fault::position:
            case Fault::together:
            case Fault::incompatible:
            case Fault::unreachable:
                return std::nullopt;
        }
        return relief;
    }

private:
    std::uint32_t place(std::uint32_t of_whole) {
        auto const next = static_cast<std::uint32_t>(places_.size());
        auto const [known, is_new] = places_.try_emplace(of_whole, next);
        if (is_new) order_.push_back(of_whole);
        return known->second;
    }

    std::uint32_t job(std::uint32_t of_whole) {
        auto const next = static_cast<std::uint32_t>(part_.jobs.size());
        auto const [known, is_new] = jobs_.try_emplace(of_whole, next);
        if (!is_new) return known->second;
        auto& copy = part_.jobs.emplace_back(whole_.jobs[of_whole]);
        if (copy.pinned_to != nobody) copy.pinned_to = copy.pinned_to == tour_.vehicle ? 0 : 1;
        copy.promise.reset();
        for (auto& visit : copy.visits)
            visit.place = place(visit.place);
        return next;
    }

    // Relations of the route's jobs; those of other routes that they name come along.
    void relate() {
        auto const on_route = jobs_;
        auto const is_here = [&](std::uint32_t of_whole) { return on_route.contains(of_whole); };
        for (auto const& group : whole_.together) {
            if (!std::ranges::any_of(group.jobs, is_here)) continue;
            Together own{{}, group.in_order};
            for (auto const each : group.jobs)
                own.jobs.push_back(job(each));
            part_.together.push_back(std::move(own));
        }
        for (auto const& precedence : whole_.precedences) {
            if (!is_here(precedence.earlier) && !is_here(precedence.later)) continue;
            part_.precedences.push_back({job(precedence.earlier), job(precedence.later)});
        }
        has_others_ = tour_.others != nullptr;
        if (!has_others_) return;
        auto const count = part_.jobs.size();
        others_.vehicle_of.assign(count, nobody);
        others_.begin.assign(count, 0);
        others_.over.assign(count, 0);
        for (auto const& [of_whole, own] : jobs_) {
            auto const vehicle = tour_.others->vehicle_of[of_whole];
            bool const elsewhere = vehicle != nobody && vehicle != tour_.vehicle;
            others_.vehicle_of[own] = elsewhere ? 1 : nobody;
            others_.begin[own] = tour_.others->begin[of_whole];
            others_.over[own] = tour_.others->over[of_whole];
        }
    }

    void legs(Profile const& profile) {
        part_.place_count = static_cast<std::uint32_t>(order_.size());
        auto& own = part_.profiles.emplace_back();
        own.traffic = profile.traffic;
        for (auto const from : order_) {
            for (auto const to : order_)
                own.legs.push_back(profile.legs[std::size_t{from} * whole_.place_count + to]);
        }
    }

    Problem const& whole_;
    Tour const& tour_;
    Problem part_;
    std::vector<Stop> stops_;
    Others others_;
    bool has_others_ = false;
    std::map<std::uint32_t, std::uint32_t> places_;
    std::vector<std::uint32_t> order_;  // places of the whole
    std::map<std::uint32_t, std::uint32_t> jobs_;
};

// The same that gives twice gives once, more.
void add(std::vector<Relief>& reliefs, Relief const& more) {
    for (auto& known : reliefs) {
        bool const same =
            known.fault == more.fault && known.stop == more.stop && known.load == more.load;
        if (!same) continue;
        known.amount += more.amount;
        return;
    }
    reliefs.push_back(more);
}

}  // namespace

Relieved relieve(Tour const& tour) {
    Excerpt excerpt{tour};
    Relieved relieved;
    for (std::size_t i = 0; i <= reliefs_max; ++i) {
        auto const table = excerpt.ask();
        if (table.feasible()) {
            relieved.holds = true;
            return relieved;
        }
        auto const relief = excerpt.give(table);
        if (!relief) break;
        add(relieved.reliefs, *relief);
    }
    relieved.reliefs.clear();
    return relieved;
}

}  // namespace posthaste::plan
