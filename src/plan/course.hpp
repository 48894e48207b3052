// One vehicle's way of driving and serving, as the search prices it.
//
// Gives    the legs it drives, when a drive and a visit are over.
// Threads  pure
#pragma once

#include "plan/drive.hpp"
#include "plan/instance.hpp"

namespace posthaste::plan {

struct Course {
    Instance const& instance;
    std::uint32_t vehicle;
    Arc const* arcs;
    std::size_t stride;
    Profile const* traffic;  ///< null: none

    Course(Instance const& from, std::uint32_t of)
        : instance{from},
          vehicle{of},
          arcs{from.arcs(of)},
          stride{from.stride()},
          traffic{
              from.traffic ? &from.problem.profiles[from.problem.vehicles[of].profile] : nullptr} {}

    Arc arc(Node from, Node to) const {
        auto const& sites = instance.sites;
        return arcs[sites[from].place * stride + sites[to].place];
    }
    Time after(Time leave, Time work) const {
        return traffic == nullptr ? leave + work : drive(*traffic, leave, work);
    }
    Time go(Node from, Time leave, Node to) const { return after(leave, arc(from, to).time); }
    Time serve(Node visit, Time arrival) const {
        return instance.begin(visit, arrival) + instance.service(visit, vehicle);
    }
};

}  // namespace posthaste::plan
