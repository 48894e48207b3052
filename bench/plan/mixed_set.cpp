#include "bench/plan/mixed_set.hpp"

#include <algorithm>

#include "bench/support/bench.hpp"
#include "plan/timetable.hpp"

namespace posthaste::bench {

namespace {

using plan::Time;

constexpr Time minute = 60;
constexpr Time hour = 3600;
constexpr std::uint64_t cold = 1;  // skills
constexpr std::uint64_t licence = 2;
constexpr std::size_t store_count = 4;

struct Shape {
    bool has_depot = false;  // parcels; else repairs
    std::size_t jobs = 0;
};
constexpr std::array shapes{
    Shape{true, 50},
    Shape{false, 100},
    Shape{true, 150},
    Shape{false, 200},
    Shape{true, 250},
    Shape{false, 300}};

class Maker {
public:
    Maker(Shape shape, road::Roads const& roads, std::uint64_t seed)
        : shape_{shape}, roads_{roads}, prng_{seed} {}

    plan::Problem make(match::Travel const& travel) {
        for (std::size_t i = 0; i < store_count; ++i)
            add_place();
        for (std::size_t i = 0; i < shape_.jobs; ++i)
            add_job();
        auto const each = shape_.has_depot ? shape_.jobs / 25 + 1 : shape_.jobs / 12 + 1;
        for (std::size_t i = 0; i < each; ++i) {
            add_van();
            add_bicycle();
        }
        problem_.place_count = static_cast<std::uint32_t>(places_.size());
        problem_.profiles.push_back(drives_between(travel, places_, van_kind));
        problem_.profiles.push_back(drives_between(travel, places_, bicycle_kind));
        for (std::uint32_t i = 0; i < problem_.vehicles.size(); i += 3)
            lock_some(i);
        ASSERT(plan::fault_in(problem_).empty());
        return std::move(problem_);
    }

private:
    std::int32_t between(std::int32_t low, std::int32_t high) {
        return static_cast<std::int32_t>(prng_.between(low, high));
    }

    std::uint32_t add_place() {
        places_.push_back(anywhere_on(roads_, prng_));
        return static_cast<std::uint32_t>(places_.size() - 1);
    }

    plan::Window window(Time from, Time until, Time length) {
        auto const begin = prng_.between(from / minute, (until - length) / minute) * minute;
        return {begin, begin + length};
    }

    std::vector<plan::Window> windows() {
        auto const kind = prng_.below(3);
        if (kind == 0) return {};
        if (kind == 1) return {window(0, 8 * hour, 2 * hour)};
        return {window(0, 4 * hour, hour), window(4 * hour + hour / 2, 8 * hour, hour)};
    }

    // Some are heavy, some are bulky, few are both.
    plan::Amounts goods() {
        bool const is_heavy = prng_.chance(300);
        return {between(1, is_heavy ? 60 : 10), between(1, is_heavy ? 3 : 8), 0, 0};
    }

    void add_job() {
        plan::Job job;
        auto const customer = add_place();
        auto const service = shape_.has_depot ? prng_.between(2, 8) : prng_.between(15, 50);
        plan::Visit visit;
        visit.place = customer;
        visit.service = service * minute;
        if (!shape_.has_depot) visit.service_by_class = {visit.service, visit.service * 3 / 4};
        visit.windows = windows();
        auto const kind = prng_.below(20);
        if (kind < 5) {  // fetched first, from a store or from another customer
            plan::Visit fetch;
            auto const store = static_cast<std::uint32_t>(prng_.below(store_count));
            fetch.place = shape_.has_depot ? add_place() : store;
            fetch.service = 4 * minute;
            fetch.pickup = visit.dropoff = goods();
            job.visits.push_back(std::move(fetch));
        } else if (kind < 9) {  // brought back
            visit.pickup = goods();
        } else {
            visit.dropoff = goods();
        }
        job.visits.push_back(std::move(visit));
        auto const wanted = prng_.below(8);
        job.skills = wanted == 0 ? cold : wanted == 1 ? licence : 0;
        problem_.jobs.push_back(std::move(job));
    }

    plan::Vehicle vehicle() {
        plan::Vehicle vehicle;
        vehicle.start = vehicle.end = shape_.has_depot ? 0 : add_place();
        vehicle.per_distance = 0;
        vehicle.breaks.push_back({{{4 * hour, 5 * hour}}, hour / 2});
        if (prng_.chance(400)) vehicle.skills |= licence;
        return vehicle;
    }

    void add_van() {
        auto van = vehicle();
        van.profile = van_kind;
        van.shift = {0, 9 * hour};
        if (shape_.has_depot) van.capacity = {300, 60, 0, 0};
        if (!shape_.has_depot) van.capacity = {150, 25, 0, 0};
        van.per_time = 1000;
        van.fixed = shape_.has_depot ? hour : 0;
        van.breaks.insert(van.breaks.begin(), {{{3 * hour / 2, 5 * hour / 2}}, hour / 4});
        if (problem_.vehicles.empty()) van.skills = cold | licence;  // some van can do everything
        if (prng_.chance(500)) van.skills |= cold;
        problem_.vehicles.push_back(std::move(van));
    }

    void add_bicycle() {
        auto bicycle = vehicle();
        bicycle.profile = bicycle_kind;
        bicycle.shift = {0, 8 * hour};
        bicycle.capacity = {80, 15, 0, 0};
        bicycle.service_class = 1;
        bicycle.per_time = 300;
        bicycle.fixed = shape_.has_depot ? hour / 2 : 0;
        problem_.vehicles.push_back(std::move(bicycle));
    }

    // It is on its way to what is near and could be now, up to three of them.
    void lock_some(std::uint32_t index) {
        auto& vehicle = problem_.vehicles[index];
        auto const count = 1 + prng_.below(3);
        while (vehicle.locked < count) {
            auto const job = nearest_free(vehicle);
            if (job == plan::nobody) return;
            is_locked_.resize(problem_.jobs.size());
            is_locked_[job] = true;
            vehicle.route.push_back({job, 0});
            ++vehicle.locked;
            if (plan::assess({problem_, index, vehicle.route, nullptr}).feasible()) continue;
            vehicle.route.pop_back();
            --vehicle.locked;
        }
    }

    std::uint32_t nearest_free(plan::Vehicle const& vehicle) const {
        auto const from =
            vehicle.route.empty() ? *vehicle.start : problem_.visit(vehicle.route.back()).place;
        auto best = plan::nobody;
        std::int32_t best_time = plan::no_way;
        for (std::uint32_t i = 0; i < problem_.jobs.size(); ++i) {
            auto const& job = problem_.jobs[i];
            bool const is_taken = i < is_locked_.size() && is_locked_[i];
            bool const is_any_time = job.visits.size() == 1 && job.visits[0].windows.empty();
            if (is_taken || !is_any_time || (job.skills & ~vehicle.skills) != 0) continue;
            auto const time = problem_.leg(vehicle.profile, from, job.visits[0].place).time;
            if (time >= best_time) continue;
            best = i;
            best_time = time;
        }
        return best;
    }

    Shape shape_;
    road::Roads const& roads_;
    Prng prng_;
    plan::Problem problem_;
    std::vector<model::Position> places_;
    std::vector<bool> is_locked_;
};

// Of all that may differ from one set to the next.
std::uint64_t hash_of(plan::Problem const& problem) {
    ResultHash hash;
    for (auto const& profile : problem.profiles)
        for (auto const& leg : profile.legs)
            hash.add(static_cast<std::uint64_t>(leg.time));
    for (auto const& job : problem.jobs) {
        hash.add(job.skills);
        for (auto const& visit : job.visits) {
            hash.add(visit.place);
            hash.add(static_cast<std::uint64_t>(visit.service));
            for (auto const& window : visit.windows)
                hash.add(static_cast<std::uint64_t>(window.earliest * 86'400 + window.latest));
            for (std::size_t i = 0; i < plan::loads_max; ++i)
                hash.add(static_cast<std::uint64_t>(visit.pickup[i] * 1000 + visit.dropoff[i]));
        }
    }
    for (auto const& vehicle : problem.vehicles) {
        hash.add(*vehicle.start);
        hash.add(vehicle.skills);
        hash.add(static_cast<std::uint64_t>(vehicle.shift.latest));
        hash.add(static_cast<std::uint64_t>(vehicle.fixed));
        hash.add(static_cast<std::uint64_t>(vehicle.per_time));
        for (auto const amount : vehicle.capacity)
            hash.add(static_cast<std::uint64_t>(amount));
        for (auto const stop : vehicle.route)
            hash.add(stop.job);
        for (auto const& pause : vehicle.breaks)
            hash.add(static_cast<std::uint64_t>(pause.windows[0].earliest * 86'400 + pause.duration)
            );
    }
    return hash.value();
}

}  // namespace

std::vector<MixedInstance> mixed_set(std::shared_ptr<road::Roads const> const& roads) {
    auto const travel = travel_over(roads);
    std::vector<MixedInstance> instances;
    for (auto const& shape : shapes) {
        auto& instance = instances.emplace_back();
        instance.name = (shape.has_depot ? "parcels_" : "repairs_") + std::to_string(shape.jobs);
        instance.problem = Maker{shape, *roads, seed + instances.size()}.make(*travel);
        instance.hash = hash_of(instance.problem);
    }
    return instances;
}

}  // namespace posthaste::bench
