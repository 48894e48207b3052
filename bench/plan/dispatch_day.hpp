// The dynamic problem of the EURO-NeurIPS 2022 competition: a day in epochs of an hour.
//
// Takes    a static instance, from whose customers requests are drawn, and a seed.
// Gives    in every epoch the open requests and which of them cannot wait; what routes for them
//          cost, or the first rule they break. Equal to the competition's environment, request by
//          request.
// Shapes   a Request's place, window, load and service are those of four customers, each drawn by
//          itself. Row 0 of a Region is the depot.
// Units    seconds of a day, and whole units of load. The cost of a route is its driving time.
// Errors   corrupt: routes that the environment would refuse.
// Threads  one object a thread
#pragma once

#include <vector>

#include "base/result.hpp"
#include "bench/plan/numpy_random.hpp"
#include "plan/problem.hpp"

namespace posthaste::bench {

constexpr plan::Time epoch_length = 3600;
constexpr plan::Time epoch_margin = 3600;  ///< from being told to leaving
constexpr std::uint32_t drawn_an_epoch = 100;

/// Where requests come from, by row.
struct Region {
    plan::Profile drives;
    std::vector<plan::Window> windows;
    std::vector<plan::Time> services;
    std::vector<std::int32_t> loads;
    std::int32_t capacity = 0;

    std::uint32_t place_count() const { return static_cast<std::uint32_t>(windows.size()); }
    plan::Time drive(std::uint32_t from, std::uint32_t to) const {
        return drives.legs[std::size_t{from} * windows.size() + to].time;
    }
    plan::Time closes() const { return windows[0].latest; }
    std::int64_t first_epoch() const;
    std::int64_t last_epoch() const;
};

/// Requires: a problem as read_problem makes it of a VRPTW.
Region region_of(plan::Problem const& problem);

struct Request {
    std::uint32_t id = 0;  ///< 1, 2, ... as they are told
    std::uint32_t place = 0;
    plan::Window window;
    plan::Time service = 0;
    std::int32_t load = 0;
};

/// When the vehicles of an epoch leave.
constexpr plan::Time departure(std::int64_t epoch) {
    return epoch * epoch_length + epoch_margin;
}

/// Whether a vehicle that leaves then and serves nobody else is in time.
bool can_leave(Region const& region, Request const& request, plan::Time then);

/// One request as they are drawn: place, window, load and service each of a customer of its own.
Request request_of(
    Region const& region,
    std::uint32_t place,
    std::uint32_t window,
    std::uint32_t load,
    std::uint32_t service
);

struct Epoch {
    std::int64_t number = 0;
    std::vector<Request> open;  ///< by id; windows begin no earlier than the vehicles leave
    std::vector<bool> must_go;  ///< of those
};

using RequestRoutes = std::vector<std::vector<std::uint32_t>>;  ///< ids

/// What these routes of an epoch cost.
Result<plan::Cost> cost_of(Region const& region, Epoch const& epoch, RequestRoutes const& routes);

class Day {
public:
    Day(Region const& region, std::uint32_t seed);

    bool is_over() const { return number_ > region_.last_epoch(); }
    /// Requires: it is not over.
    Epoch epoch() const;
    /// Sends these routes, and goes on to the next epoch.
    Result<plan::Cost> dispatch(RequestRoutes const& routes);

private:
    void tell();

    Region const& region_;
    NumpyRandom random_;
    std::int64_t number_;
    std::uint32_t told_ = 0;
    std::vector<Request> open_;
};

}  // namespace posthaste::bench
