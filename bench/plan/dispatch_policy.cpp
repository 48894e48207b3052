#include "bench/plan/dispatch_policy.hpp"

#include <algorithm>

namespace posthaste::bench {

namespace {

constexpr std::uint64_t now_only = std::uint64_t{1} << 63U;

}  // namespace

DispatchPolicy::DispatchPolicy(Region const& region, Effort effort)
    : region_{region}, effort_{std::move(effort)}, prng_{1} {}

RequestRoutes DispatchPolicy::routes_of(Epoch const& epoch) {
    fates_.assign(epoch.open.size(), Fate::open);
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        if (epoch.must_go[i]) fates_[i] = Fate::goes;
    }
    last_.clear();
    if (epoch.number < region_.last_epoch()) decide(epoch);
    return final_routes(epoch);
}

void DispatchPolicy::decide(Epoch const& epoch) {
    auto const begin = effort_.micros > 0 ? effort_.clock() : 0;
    auto const share = effort_.micros * (1000 - t.final_pm) / 1000;
    auto const all = t.rounds * t.scenarios;
    int done = 0;
    for (int round = 0; round < t.rounds; ++round) {
        went_.assign(epoch.open.size(), 0);
        for (int i = 0; i < t.scenarios; ++i) {
            ++done;
            run_scenario(epoch, begin + share * done / all);
        }
        conclude(epoch, t.scenarios, round + 1 == t.rounds);
    }
}

void DispatchPolicy::conclude(Epoch const& epoch, int count, bool last) {
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        if (fates_[i] != Fate::open) continue;
        if (went_[i] * 1000 >= t.go * count) {
            fates_[i] = Fate::goes;
        } else if ((count - went_[i]) * 1000 >= t.wait * count) {
            fates_[i] = Fate::waits;
        } else if (last) {
            fates_[i] = t.undecided_go ? Fate::goes : Fate::waits;
        }
    }
}

// Vehicles of a wave leave an epoch later than those of the wave before.
plan::Problem DispatchPolicy::problem_of(std::int64_t epoch, std::int64_t waves) const {
    plan::Problem problem;
    problem.place_count = region_.place_count();
    problem.profiles.push_back(region_.drives);
    (void)epoch;
    (void)waves;
    return problem;
}

plan::Job DispatchPolicy::job_of(Request const& request) const {
    plan::Job job;
    auto& visit = job.visits.emplace_back();
    visit.place = request.place;
    visit.windows = {request.window};
    visit.service = request.service;
    visit.dropoff[0] = request.load;
    return job;
}

void DispatchPolicy::add_sampled(plan::Problem& problem, std::int64_t epoch, std::int64_t wave) {
    auto const row = [&] {
        return 1 + static_cast<std::uint32_t>(prng_.below(region_.place_count() - 1));
    };
    for (std::uint32_t i = 0; i < drawn_an_epoch; ++i) {
        auto const a = row();
        auto const b = row();
        auto const c = row();
        auto const d = row();
        auto request = request_of(region_, a, b, c, d);
        if (!can_leave(region_, request, departure(epoch))) continue;
        request.window.earliest = std::max(request.window.earliest, departure(epoch));
        auto job = job_of(request);
        job.skills = std::uint64_t{1} << static_cast<unsigned>(wave);
        problem.jobs.push_back(std::move(job));
    }
}

static void add_vehicles(
    plan::Problem& problem,
    Region const& region,
    std::int64_t epoch,
    std::int64_t waves,
    std::size_t each
) {
    for (std::int64_t wave = 0; wave < waves; ++wave) {
        plan::Vehicle vehicle;
        vehicle.start = vehicle.end = 0;
        vehicle.shift = {departure(epoch + wave), region.closes()};
        vehicle.capacity[0] = region.capacity;
        vehicle.skills = (std::uint64_t{2} << static_cast<unsigned>(wave)) - 1;
        if (wave == 0) vehicle.skills |= now_only;
        problem.vehicles.insert(problem.vehicles.end(), each, vehicle);
    }
}

void DispatchPolicy::run_scenario(Epoch const& epoch, std::int64_t until) {
    auto const waves = 1 + std::min<std::int64_t>(t.lookahead, region_.last_epoch() - epoch.number);
    auto problem = problem_of(epoch.number, waves);
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        auto job = job_of(epoch.open[i]);
        if (fates_[i] == Fate::goes) job.skills = now_only;
        if (fates_[i] == Fate::waits) job.skills = 2;
        problem.jobs.push_back(std::move(job));
    }
    for (std::int64_t wave = 1; wave < waves; ++wave)
        add_sampled(problem, epoch.number + wave, wave);
    auto const each = problem.jobs.size() / 2 + 10;
    add_vehicles(problem, region_, epoch.number, waves, each);
    if (t.warm) {
        for (std::size_t wave = 0; wave < last_.size(); ++wave) {
            for (std::size_t r = 0; r < last_[wave].size(); ++r) {
                for (auto const job : last_[wave][r]) {
                    if (fates_[job] == Fate::goes && wave > 0) continue;
                    if (fates_[job] == Fate::waits && wave == 0) continue;
                    problem.vehicles[wave * each + r].route.push_back({job, 0});
                }
            }
        }
    }
    auto const answer = solve(problem, until);
    last_.assign(static_cast<std::size_t>(waves), {});
    for (std::size_t v = 0; v < answer.routes.size(); ++v) {
        std::vector<std::uint32_t> mine;
        for (auto const stop : answer.routes[v]) {
            if (stop.job >= epoch.open.size()) continue;
            mine.push_back(stop.job);
            if (v < each) ++went_[stop.job];
        }
        if (!mine.empty()) last_[v / each].push_back(std::move(mine));
    }
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

RequestRoutes DispatchPolicy::final_routes(Epoch const& epoch) {
    auto problem = problem_of(epoch.number, 1);
    std::vector<std::uint32_t> ids;
    std::vector<std::uint32_t> job_of_open(epoch.open.size(), plan::nobody);
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        if (fates_[i] != Fate::goes) continue;
        job_of_open[i] = static_cast<std::uint32_t>(ids.size());
        ids.push_back(epoch.open[i].id);
        problem.jobs.push_back(job_of(epoch.open[i]));
    }
    if (ids.empty()) return {};
    add_vehicles(problem, region_, epoch.number, 1, ids.size());
    if (!last_.empty()) {
        std::size_t v = 0;
        for (auto const& route : last_[0]) {
            auto& stops = problem.vehicles[v].route;
            for (auto const open : route) {
                if (job_of_open[open] != plan::nobody) stops.push_back({job_of_open[open], 0});
            }
            if (!stops.empty()) ++v;
        }
    }
    auto const until =
        effort_.micros > 0 ? effort_.clock() + effort_.micros * t.final_pm / 1000 : 0;
    auto const answer = solve(problem, until);
    RequestRoutes routes;
    for (auto const& route : answer.routes) {
        if (route.empty()) continue;
        auto& mine = routes.emplace_back();
        for (auto const stop : route)
            mine.push_back(ids[stop.job]);
    }
    return routes;
}

}  // namespace posthaste::bench
