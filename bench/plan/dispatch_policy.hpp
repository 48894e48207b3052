// Who leaves now and who waits for company: routes of an epoch, by what days to come may bring.
//
// Takes    the region that requests are drawn from, and an epoch.
// Gives    routes of this epoch that the environment takes.
// Order    equal seed, epochs and steps: equal routes.
// Threads  one object a thread
// Source   Lan, van Doorn, Wouda, Rijal, Bhulai (2024), iterative conditional dispatch,
//          doi:10.1287/trsc.2023.0111.
#pragma once

#include "base/prng.hpp"
#include "bench/plan/dispatch_day.hpp"
#include "plan/search.hpp"

namespace posthaste::bench {

/// What an epoch may take: micros by a clock, or else steps of each search.
struct Effort {
    std::int64_t micros = 0;
    std::uint64_t steps = 0;
    std::function<std::int64_t()> clock;
};

struct Tuning {
    int rounds = 3;
    int scenarios = 30;
    int lookahead = 1;
    int go = 500;
    int wait = 800;
    bool warm = true;
    bool undecided_go = true;
    int final_pm = 300;
};

class DispatchPolicy {
public:
    DispatchPolicy(Region const& region, Effort effort);

    RequestRoutes routes_of(Epoch const& epoch);
    Tuning t;

private:
    enum class Fate : std::uint8_t { open, goes, waits };

    void decide(Epoch const& epoch);
    void run_scenario(Epoch const& epoch, std::int64_t until);
    void conclude(Epoch const& epoch, int count, bool last);
    plan::Problem problem_of(std::int64_t epoch, std::int64_t waves) const;
    plan::Job job_of(Request const& request) const;
    void add_sampled(plan::Problem& problem, std::int64_t epoch, std::int64_t wave);
    plan::Answer solve(plan::Problem const& problem, std::int64_t until);
    RequestRoutes final_routes(Epoch const& epoch);

    Region const& region_;
    Effort effort_;
    Prng prng_;
    std::vector<Fate> fates_;
    std::vector<int> went_;
    plan::Routes routes_;
    std::vector<std::vector<std::vector<std::uint32_t>>> last_;  // by wave: routes of open requests
};

}  // namespace posthaste::bench
