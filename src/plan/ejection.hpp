// Which jobs to take out of a route so that another one fits in.
//
// Takes    Tours, an absent job, what each job is worth keeping.
// Gives    the route and at most two of its jobs whose worth is least together and without whom
//          the job fits: by windows, drives and loads alone, as Instance::exact has it; the caller
//          puts it in by Pricing, which has the last word. What is locked stays.
// Order    equal worths: the routes are tried in a random order, the first is taken
// Cost     O(visits of a route x visits of the job) for every set tried, work_max in all
// Threads  one object a thread
// Source   Nagata, Kobayashi (2010), guided ejection search for pickups and deliveries,
//          doi:10.1007/978-3-642-15844-5_48.
#pragma once

#include "base/prng.hpp"
#include "plan/course.hpp"
#include "plan/tours.hpp"

namespace posthaste::plan {

class Ejection {
public:
    Ejection(Instance const& instance, Tours const& tours, Prng& prng)
        : instance_{instance}, tours_{tours}, prng_{prng} {}

    struct Room {
        std::uint32_t vehicle = nobody;  ///< nobody: none was found
        std::vector<std::uint32_t> out;
    };

    Room const& find(std::uint32_t job, std::span<std::int64_t const> worth);

private:
    struct Guest {
        std::int64_t worth = 0;
        std::uint32_t job = nobody;
    };

    void try_route(std::uint32_t vehicle, std::uint32_t job, std::span<std::int64_t const> worth);
    void try_without(std::uint32_t vehicle, std::uint32_t job, Guest const& a, Guest const& b);
    bool fits(std::uint32_t vehicle, std::uint32_t job);
    void load_up(std::uint32_t vehicle, std::uint32_t job);
    void put_between(Course const& course, Node before, std::uint32_t job);
    void go_on(Course const& course, Node before, Node next, std::uint32_t job);
    bool holds(Amounts const& aboard, std::uint32_t vehicle) const;
    bool is_out(Node visit) const {
        auto const job = instance_.sites[visit].job;
        return job == out_[0] || job == out_[1];
    }

    Instance const& instance_;
    Tours const& tours_;
    Prng& prng_;
    Room room_;
    std::int64_t least_ = 0;
    std::int64_t work_ = 0;
    std::array<std::uint32_t, 2> out_{};
    std::vector<Guest> guests_;
    std::vector<std::uint32_t> order_;

    // By how many visits of the job are done: when a node is left, when the last of them is over,
    // what is aboard.
    static constexpr std::size_t done_max = visits_per_job_max + 1;
    std::array<Time, done_max> leave_{};
    std::array<Time, done_max> over_{};
    std::array<Amounts, done_max> aboard_{};
};

}  // namespace posthaste::plan
