#include "bench/plan/dispatch_day.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace posthaste::bench {

namespace {

using plan::Time;

// An epoch begins so long before a window opens that a vehicle can be told of it.
std::int64_t epoch_of(Time opens) {
    return opens < epoch_margin ? 0 : (opens - epoch_margin) / epoch_length;
}

Error refused(std::uint32_t id, std::string const& rule) {
    return Error{Errc::corrupt, "request " + std::to_string(id) + ": " + rule};
}

Result<plan::Cost> drive_route(
    Region const& region, Time leaves, std::vector<Request const*> const& stops
) {
    std::int64_t load = 0;
    plan::Cost cost = 0;
    auto now = leaves;
    std::uint32_t at = 0;
    for (auto const* stop : stops) {
        cost += region.drive(at, stop->place);
        now = std::max(now + region.drive(at, stop->place), stop->window.earliest);
        if (now > stop->window.latest) return refused(stop->id, "too late");
        now += stop->service;
        at = stop->place;
        load += stop->load;
    }
    if (load > region.capacity) return refused(stops.front()->id, "more than its vehicle carries");
    if (now + region.drive(at, 0) > region.closes())
        return refused(stops.back()->id, "its vehicle is back too late");
    return cost + region.drive(at, 0);
}

}  // namespace

std::int64_t Region::first_epoch() const {
    auto const earliest =
        std::min_element(windows.begin() + 1, windows.end(), [](auto const& a, auto const& b) {
            return a.earliest < b.earliest;
        });
    return epoch_of(earliest->earliest);
}

std::int64_t Region::last_epoch() const {
    auto const latest =
        std::max_element(windows.begin() + 1, windows.end(), [](auto const& a, auto const& b) {
            return a.earliest < b.earliest;
        });
    return epoch_of(latest->earliest);
}

Region region_of(plan::Problem const& problem) {
    Region region;
    region.drives = problem.profiles.front();
    auto const& vehicle = problem.vehicles.front();
    region.capacity = vehicle.capacity[0];
    region.windows.push_back(vehicle.shift);
    region.services.push_back(0);
    region.loads.push_back(0);
    for (auto const& job : problem.jobs) {
        auto const& visit = job.visits.front();
        region.windows.push_back(visit.windows.front());
        region.services.push_back(visit.service);
        region.loads.push_back(visit.dropoff[0]);
    }
    return region;
}

bool can_leave(Region const& region, Request const& request, Time then) {
    auto const begin = std::max(then + region.drive(0, request.place), request.window.earliest);
    return begin <= request.window.latest &&
           begin + request.service + region.drive(request.place, 0) <= region.closes();
}

Request request_of(
    Region const& region,
    std::uint32_t place,
    std::uint32_t window,
    std::uint32_t load,
    std::uint32_t service
) {
    return {0, place, region.windows[window], region.services[service], region.loads[load]};
}

Result<plan::Cost> cost_of(Region const& region, Epoch const& epoch, RequestRoutes const& routes) {
    std::map<std::uint32_t, Request const*> waiting;
    for (auto const& request : epoch.open)
        waiting[request.id] = &request;
    plan::Cost cost = 0;
    for (auto const& route : routes) {
        std::vector<Request const*> stops;
        for (auto const id : route) {
            auto const found = waiting.find(id);
            if (found == waiting.end()) return refused(id, "not open, or on two routes");
            stops.push_back(found->second);
            waiting.erase(found);
        }
        if (stops.empty()) return Error{Errc::corrupt, "a route without requests"};
        cost += TRY(drive_route(region, departure(epoch.number), stops));
    }
    for (std::size_t i = 0; i < epoch.open.size(); ++i) {
        auto const id = epoch.open[i].id;
        if (epoch.must_go[i] && waiting.contains(id)) return refused(id, "cannot wait");
    }
    return cost;
}

Day::Day(Region const& region, std::uint32_t seed)
    : region_{region}, random_{seed}, number_{region.first_epoch()} {
    tell();
}

// Four draws a request, each vector of them in one go; who cannot be served is never told.
void Day::tell() {
    std::array<std::array<std::uint32_t, drawn_an_epoch>, 4> drawn{};
    for (auto& each : drawn) {
        for (auto& row : each)
            row = 1 + random_.below(region_.place_count() - 1);
    }
    for (std::uint32_t i = 0; i < drawn_an_epoch; ++i) {
        auto request = request_of(region_, drawn[0][i], drawn[1][i], drawn[2][i], drawn[3][i]);
        if (!can_leave(region_, request, departure(number_))) continue;
        request.id = ++told_;
        open_.push_back(request);
    }
}

Epoch Day::epoch() const {
    Epoch epoch;
    epoch.number = number_;
    epoch.open = open_;
    for (auto& request : epoch.open) {
        bool const can_wait =
            number_ < region_.last_epoch() && can_leave(region_, request, departure(number_ + 1));
        epoch.must_go.push_back(!can_wait);
        request.window.earliest = std::max(request.window.earliest, departure(number_));
    }
    return epoch;
}

Result<plan::Cost> Day::dispatch(RequestRoutes const& routes) {
    auto const cost = TRY(cost_of(region_, epoch(), routes));
    for (auto const& route : routes) {
        for (auto const id : route)
            std::erase_if(open_, [id](Request const& request) { return request.id == id; });
    }
    ++number_;
    if (!is_over()) tell();
    return cost;
}

}  // namespace posthaste::bench
