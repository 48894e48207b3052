// Customers, dispatchers and a planner: ask for jobs, change their minds, meddle.
#pragma once

#include <functional>
#include <vector>

#include "core/state.hpp"

namespace posthaste::sim {

class World;

class Office {
public:
    explicit Office(World& world);
    Office(Office const&) = delete;
    Office& operator=(Office const&) = delete;

    /// No more meddling: what is open is seen through.
    void calm_down();

private:
    void new_job();
    void meddle();
    void see_through();
    void quote(model::JobId job);
    void schedule(model::JobId job);
    void cancel(core::State const& state, model::Job const& job);
    void edit(model::Job const& job);
    void assign(core::State const& state, model::Job const& job);
    void release(core::State const& state);
    void plan(core::State const& state);
    void change_agent(core::State const& state);
    void change_zone();
    void tell(model::Command command, std::function<void(core::Answer const&)> then = {});

    World& world_;
    std::int64_t made_ = 0;
    bool calm_ = false;
};

}  // namespace posthaste::sim
