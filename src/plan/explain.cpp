#include "plan/explain.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"
#include "plan/relief.hpp"

namespace posthaste::plan {

namespace {

// What gives way before what: times, then what a vehicle has, then what nothing changes.
int hardness(Fault fault) {
    switch (fault) {
        case Fault::none:
        case Fault::window:
        case Fault::precedence:
        case Fault::break_window:
        case Fault::shift:
        case Fault::duration:
        case Fault::driving:
            return 0;
        case Fault::capacity:
        case Fault::visits:
        case Fault::range:
            return 1;
        case Fault::skills:
        case Fault::pinned:
            return 2;
        case Fault::locked:
        case Fault::position:
        case Fault::together:
        case Fault::incompatible:
        case Fault::unreachable:
            return 3;
    }
    return 3;
}

bool lacks_less(Conflict const& a, Conflict const& b) {
    auto const key = [](Conflict const& of) {
        return std::tuple{hardness(of.fault), of.excess, of.cost, of.vehicle};
    };
    return key(a) < key(b);
}

// How much gives, the dear before the cheap.
auto price(Barred const& barred) {
    std::int64_t load = 0;
    std::int64_t range = 0;
    Time time = 0;
    for (auto const& relief : barred.reliefs) {
        if (hardness(relief.fault) == 0) {
            time += relief.amount;
        } else {
            (relief.fault == Fault::range ? range : load) += relief.amount;
        }
    }
    bool const hard = load > 0 || range > 0;
    return std::tuple{hard, barred.reliefs.size(), load, range, time, barred.cost, barred.vehicle};
}

Barred of_all(std::uint32_t job, std::vector<Conflict> const& conflicts) {
    auto const& least = *std::ranges::min_element(conflicts, lacks_less);
    bool const same = std::ranges::all_of(conflicts, [&](Conflict const& conflict) {
        return conflict.fault == least.fault;
    });
    Barred barred;
    barred.job = job;
    barred.fault = least.fault;
    barred.vehicle = same ? nobody : least.vehicle;
    if (hardness(least.fault) == 2) barred.reliefs.push_back({least.fault, {nobody, 0}, 0, 0});
    return barred;
}

Barred explain(Problem const& problem, Quoter& quoter, std::uint32_t job) {
    auto quote = quoter.quote(job);
    Barred best;
    best.job = job;
    if (!quote.fits.empty()) {
        best.vehicle = quote.fits.front().vehicle;
        best.cost = quote.fits.front().cost;
        return best;
    }
    auto& conflicts = quote.conflicts;
    auto const end = std::min(conflicts.size(), tried_max);
    std::ranges::partial_sort(
        conflicts, conflicts.begin() + static_cast<std::ptrdiff_t>(end), lacks_less
    );
    for (auto const& conflict : std::span{conflicts}.first(end)) {
        if (hardness(conflict.fault) >= 2) break;
        auto const stops = quoter.with(conflict.vehicle, job, conflict.at);
        auto relieved = relieve({problem, conflict.vehicle, stops, quoter.others()});
        if (!relieved.holds) continue;
        Barred const barred{
            job, conflict.fault, conflict.vehicle, conflict.cost, std::move(relieved.reliefs)};
        if (best.reliefs.empty() || price(barred) < price(best)) best = barred;
    }
    return best.reliefs.empty() && !conflicts.empty() ? of_all(job, conflicts) : best;
}

}  // namespace

Unserved explain_unserved(Problem const& problem, Routes const& routes) {
    std::vector<bool> served(problem.jobs.size(), false);
    for (auto const& route : routes) {
        for (auto const stop : route)
            served[stop.job] = true;
    }
    Quoter quoter{problem, routes};
    Unserved unserved;
    for (std::uint32_t job = 0; job < problem.jobs.size(); ++job) {
        if (served[job]) continue;
        if (unserved.count++ < explained_max)
            unserved.jobs.push_back(explain(problem, quoter, job));
    }
    return unserved;
}

}  // namespace posthaste::plan
