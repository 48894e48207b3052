#include "bench/plan/dispatch_policy.hpp"

#include <algorithm>

namespace posthaste::bench {

namespace {

constexpr std::uint64_t policy_seed = 1;
constexpr std::uint32_t rounds = 3;
// As many futures as there is time to plan each well; so few that are planned well say more than
// many that are not.
constexpr std::int64_t micros_a_plan = 75'000;
constexpr std::int64_t futures_least = 10;
constexpr std::int64_t futures_most = 30;
// Of the futures of a round.
constexpr std::uint32_t goes_from_percent = 50;
constexpr std::uint32_t waits_up_to_percent = 20;
// Of an epoch's time: the rest is for the routes of those who go.
constexpr std::int64_t deciding_percent = 50;

// What vehicles have and jobs ask for: who waits cannot leave now, who goes cannot wait.
constexpr std::uint64_t leaves_now = 1;
constexpr std::uint64_t leaves_later = 2;

plan::Problem empty_problem(Region const& region) {
    plan::Problem problem;
    problem.place_count = region.place_count();
    problem.profiles.push_back(region.drives);
    return problem;
}

plan::Job job_of(Request const& request) {
    plan::Job job;
    auto& visit = job.visits.emplace_back();
    visit.place = request.place;
    visit.windows = {request.window};
    visit.service = request.service;
    visit.dropoff[0] = request.load;
    return job;
}

// As many vehicles as jobs could want.
void add_vehicles(
    plan::Problem& problem, Region const& region, std::int64_t epoch, std::uint64_t skills
) {
    plan::Vehicle vehicle;
    vehicle.start = vehicle.end = 0;
    vehicle.shift = {departure(epoch), region.closes()};
    vehicle.capacity[0] = region.capacity;
    vehicle.skills = skills;
    problem.vehicles.insert(problem.vehicles.end(), problem.jobs.size(), vehicle);
}

}  // namespace

DispatchPolicy::DispatchPolicy(Region const& region, Effort effort)
    : region_{region}, effort_{std::move(effort)}, prng_{policy_seed} {}

RequestRoutes DispatchPolicy::routes_of(Epoch const& epoch) {
    auto const begin = effort_.micros > 0 ? effort_.clock() : 0;
    fates_.clear();
    for (bool const must : epoch.must_go)
        fates_.push_back(must ? Fate::goes : Fate::undecided);
    if (epoch.number < region_.last_epoch()) decide(epoch, begin);
    return final_routes(epoch, begin + effort_.micros);
}

void DispatchPolicy::decide(Epoch const& epoch, std::int64_t begin) {
    auto const time = effort_.micros * deciding_percent / 100;
    auto const count = std::clamp(time / micros_a_plan / rounds, futures_least, futures_most);
    draw_futures(epoch, static_cast<std::size_t>(count));
    std::int64_t planned = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        went_.assign(epoch.open.size(), 0);
        for (std::size_t i = 0; i < futures_.size(); ++i) {
            if (round == 0 && i > 0) begin_as(futures_[i - 1], futures_[i]);
            plan_future(epoch, futures_[i], begin + time * ++planned / (rounds * count));
            count_who_went(epoch, futures_[i]);
        }
        settle(epoch);
    }
    // In doubt now: a vehicle that goes is sure, company is not.
    std::ranges::replace(fates_, Fate::undecided, Fate::goes);
}

void DispatchPolicy::settle(Epoch const& epoch) {
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        if (fates_[i] != Fate::undecided) continue;
        auto const percent = 100 * went_[i] / futures_.size();
        if (percent >= goes_from_percent) fates_[i] = Fate::goes;
        if (percent <= waits_up_to_percent) fates_[i] = Fate::waits;
    }
}

void DispatchPolicy::draw_futures(Epoch const& epoch, std::size_t count) {
    auto const row = [&] {
        return 1 + static_cast<std::uint32_t>(prng_.below(region_.place_count() - 1));
    };
    futures_.assign(count, {});
    for (auto& future : futures_) {
        for (std::uint32_t i = 0; i < drawn_an_epoch; ++i) {
            auto const place = row();
            auto const window = row();
            auto const load = row();
            auto const service = row();
            auto const request = request_of(region_, place, window, load, service);
            if (!can_leave(region_, request, departure(epoch.number + 1))) continue;
            future.drawn.push_back(job_of(request));
            future.drawn.back().skills = leaves_later;
        }
    }
}

// The open requests as they are there.
void DispatchPolicy::begin_as(Future const& planned, Future& future) const {
    auto const open_of = [&](std::vector<Group> const& groups) {
        auto open = groups;
        for (auto& group : open)
            std::erase_if(group, [&](auto i) { return i >= fates_.size(); });
        std::erase_if(open, [](Group const& group) { return group.empty(); });
        return open;
    };
    future.now = open_of(planned.now);
    future.later = open_of(planned.later);
}

void DispatchPolicy::plan_future(Epoch const& epoch, Future& future, std::int64_t until) {
    auto problem = empty_problem(region_);
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        problem.jobs.push_back(job_of(epoch.open[i]));
        auto& skills = problem.jobs.back().skills;
        if (fates_[i] == Fate::goes) skills = leaves_now;
        if (fates_[i] == Fate::waits) skills = leaves_later;
    }
    problem.jobs.insert(problem.jobs.end(), future.drawn.begin(), future.drawn.end());
    add_vehicles(problem, region_, epoch.number, leaves_now);
    auto const now = problem.vehicles.size();
    add_vehicles(problem, region_, epoch.number + 1, leaves_later);
    begin_as_before(problem, future, now);
    auto const routes = solve(problem, until).routes;
    future.now.clear();
    future.later.clear();
    for (std::size_t vehicle = 0; vehicle < routes.size(); ++vehicle) {
        Group group;
        for (auto const stop : routes[vehicle])
            group.push_back(stop.job);
        if (!group.empty()) (vehicle < now ? future.now : future.later).push_back(std::move(group));
    }
}

void DispatchPolicy::begin_as_before(plan::Problem& problem, Future const& future, std::size_t now)
    const {
    auto const put = [&](std::vector<Group> const& groups, std::size_t vehicle, Fate barred) {
        for (auto const& group : groups) {
            auto& route = problem.vehicles[vehicle++].route;
            for (auto const i : group) {
                bool const stays = i >= fates_.size() || fates_[i] != barred;
                if (stays) route.push_back({static_cast<std::uint32_t>(i), 0});
            }
        }
    };
    put(future.now, 0, Fate::waits);
    put(future.later, now, Fate::goes);
}

void DispatchPolicy::count_who_went(Epoch const& epoch, Future const& future) {
    for (auto const& group : future.now) {
        bool const settled =
            std::ranges::any_of(group, [&](auto i) { return fates_[i] == Fate::goes; });
        if (!settled && could_leave_later(epoch, group)) continue;
        for (auto const i : group)
            ++went_[i];
    }
}

// The same route an epoch later costs the same.
bool DispatchPolicy::could_leave_later(Epoch const& epoch, Group const& route) const {
    auto now = departure(epoch.number + 1);
    std::uint32_t at = 0;
    for (auto const i : route) {
        auto const& request = epoch.open[i];
        now = std::max(now + region_.drive(at, request.place), request.window.earliest);
        if (now > request.window.latest) return false;
        now += request.service;
        at = request.place;
    }
    return now + region_.drive(at, 0) <= region_.closes();
}

RequestRoutes DispatchPolicy::final_routes(Epoch const& epoch, std::int64_t until) {
    auto problem = empty_problem(region_);
    Group going;
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        if (fates_[i] != Fate::goes) continue;
        going.push_back(i);
        problem.jobs.push_back(job_of(epoch.open[i]));
    }
    if (going.empty()) return {};
    add_vehicles(problem, region_, epoch.number, 0);
    RequestRoutes routes;
    for (auto const& stops : solve(problem, until).routes) {
        if (stops.empty()) continue;
        Group group;
        for (auto const stop : stops)
            group.push_back(going[stop.job]);
        bool const must = std::ranges::any_of(group, [&](auto i) { return epoch.must_go[i]; });
        if (!must && could_leave_later(epoch, group)) continue;
        auto& ids = routes.emplace_back();
        for (auto const i : group)
            ids.push_back(epoch.open[i].id);
    }
    return routes;
}

plan::Answer DispatchPolicy::solve(plan::Problem const& problem, std::int64_t until) {
    plan::Budget budget;
    if (effort_.micros > 0) {
        auto const begin = effort_.clock();
        budget.micros = std::max<std::int64_t>(until - begin, 1000);
        budget.clock = [this, begin] { return effort_.clock() - begin; };
    } else {
        budget.steps = effort_.steps;
    }
    plan::Settings settings;
    settings.seed = prng_.next();
    return plan::solve(problem, budget, settings);
}

}  // namespace posthaste::bench
