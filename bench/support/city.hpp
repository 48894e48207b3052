// A city on a shard, for benchmarks of what goes through turn(): agents on duty, jobs, their lives.
//
// Takes    a log, and followers. Agents and first stops are spread evenly over 40 x 40 km. Of the
//          agents one in eight is on a pause, each of two skills is had by one in two, and each of
//          two vehicle kinds; a job wants a skill and a kind.
// Gives    submissions made before any clock runs, and turns until nothing is left to decide.
// Errors   none are returned: a rejected command or a failed turn is a bug of the bench, asserted.
// Order    everything is drawn from the seed; the clock moves 1 ms a call of turn().
// Threads  one
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/prng.hpp"
#include "bench/support/bench.hpp"
#include "node/shard.hpp"

namespace posthaste::bench {

constexpr RegionId city_region{1};

class HandClock final : public node::Clock {
public:
    Instant now() const override { return now_; }
    void advance(Millis span) { now_ = now_ + span; }

private:
    Instant now_{1'780'000'000'000};
};

/// What an agent is asked to be, and a job asks for.
struct Fit {
    std::uint64_t skill = 0;
    std::uint64_t kind = 0;
    bool on_duty = true;
};

/// Where things are, and how long drives take.
struct CityGround {
    std::function<model::Position(Prng&)> place;  ///< empty: evenly over 40 x 40 km
    match::MakeTravel travel = match::straight_lines;
};

class City {
public:
    explicit City(
        log::Log& log, std::vector<node::Follower*> followers = {}, CityGround ground = {}
    );

    /// From now on commands have no id, so their answers are not remembered.
    void forget_answers() { names_commands_ = false; }

    /// Puts them, on duty or paused, and sees each once.
    void add_agents(std::size_t count);

    /// A job of two stops that one agent in four or so may take.
    node::Submission new_job();
    /// The oldest live job cancelled. Requires: a live job.
    node::Submission end_oldest();
    /// The next input of the mix: the life of parcels, each created, fetched, documented and
    /// delivered by its agent: one decision in life_inputs. Requires: more live jobs than inputs
    /// in a turn.
    node::Submission next_of_lives();
    static constexpr std::size_t life_inputs = 6;

    void submit(node::Submission submission);
    /// Turns until there is nothing to do. Gives the microseconds of their commits.
    std::int64_t turn();
    std::int64_t run(std::vector<node::Submission> submissions);

    node::Shard& shard() { return *shard_; }
    core::Region const& region() const { return shard_->region(city_region); }
    /// Created, assigned and neither delivered nor cancelled, oldest first.
    std::size_t live_count() const { return live_.size(); }

    struct AgentDraft {
        model::AgentId id{};
        model::Position place;
        Fit fit;
    };
    std::vector<AgentDraft> const& agents() const { return agents_; }
    struct JobDraft {
        model::Position place;
        Fit fit;
    };
    JobDraft draw_job(Prng& prng) const;
    /// What the engine's search for such a job wants.
    geo::Wanted wanted_of(JobDraft const& draft) const;
    node::Submission submission_of(JobDraft const& draft);

private:
    struct Live {
        model::JobId job{};
        std::size_t step = 0;
    };

    model::Position place(Prng& prng) const;
    model::CommandId command_id();
    node::Submission as_dispatcher(model::Command command, node::ReplyTo reply_to = {});
    node::Submission step_of(Live& live);
    void set_up();

    CityGround ground_;
    Prng prng_{seed};
    HandClock clock_;
    std::unique_ptr<node::Shard> shard_;
    std::vector<AgentDraft> agents_;
    std::deque<Live> live_;
    bool names_commands_ = true;
    std::uint64_t command_count_ = 0;
    std::size_t mixed_ = 0;
};

}  // namespace posthaste::bench
