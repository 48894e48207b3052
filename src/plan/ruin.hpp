// What a step takes out: strings of stops near each other, from routes side by side.
//
// Takes    Tours; what is locked stays.
// Gives    the jobs to take out, each once, in an order that the seed and the routes decide.
// Cost     O(jobs taken + neighbours looked at)
// Threads  one object a thread
// Source   Christiaens, Vanden Berghe (2020), section 5.2: adjacent string removal, doi:10.1287/
//          trsc.2019.0914; here the neighbours are those of Instance::near.
#pragma once

#include "base/prng.hpp"
#include "plan/tours.hpp"

namespace posthaste::plan {

class Ruin {
public:
    struct Size {
        std::uint32_t average = 10;     ///< jobs taken out in a step
        std::uint32_t string_max = 10;  ///< of one route
    };

    Ruin(Instance& instance, Tours const& tours, Prng& prng)
        : instance_{instance}, tours_{tours}, prng_{prng} {
        taken_in_.assign(instance.problem.jobs.size(), 0);
        ruined_in_.assign(instance.vehicle_count, 0);
    }

    std::span<std::uint32_t const> choose(Size const& size);
    /// All jobs of a route that are not locked.
    std::span<std::uint32_t const> choose_route(std::uint32_t vehicle);

private:
    void begin();
    void take_string(Node around, std::uint32_t length);
    void take(Node visit);
    std::uint32_t draw(std::uint32_t most);

    Instance& instance_;
    Tours const& tours_;
    Prng& prng_;
    std::uint64_t number_ = 0;
    std::vector<std::uint64_t> taken_in_;   ///< by job: the choice it was taken in
    std::vector<std::uint64_t> ruined_in_;  ///< by vehicle
    std::vector<std::uint32_t> taken_;
};

}  // namespace posthaste::plan
