// The agents: they report where they are, answer offers by their personality, and do their work.
//
// Takes    members (demand/trip.hpp); what the stream tells of offers and assignments.
// Gives    fixes in one batch for all agents that are due in a tick, spread evenly over
//          `fix_every`; each agent's assignments one after the other, by the steps of work.hpp.
//          workers(): the fleet as it knows itself, for the checker.
// Order    an agent does the assignment first that they were told of first.
// Cost     a tick touches fleet / (fix_every / tick) agents.
// Limits   fixes of a tick that find no room in the lane are dropped: the next are newer.
// Threads  one thread
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "demand/places.hpp"
#include "demand/trip.hpp"
#include "load/client.hpp"
#include "load/latencies.hpp"
#include "load/ledger.hpp"
#include "load/personality.hpp"
#include "load/requests.hpp"
#include "load/work.hpp"

namespace posthaste::load {

constexpr Millis tick_every{100};

/// By the clock on the wall.
Instant wall_now();

struct FleetOptions {
    std::uint64_t seed = 42;
    Millis fix_every{4000};
    std::int64_t speed = 1000;  ///< services take less at a higher one
};

struct FleetLanes {
    Lane& fixes;
    Lane& actions;
};

struct FleetCounts {
    std::uint64_t registered = 0;
    std::uint64_t registrations_failed = 0;
    std::uint64_t keys_failed = 0;
    std::uint64_t fixes_sent = 0;
    std::uint64_t fixes_failed = 0;
    std::uint64_t offers = 0;
    std::uint64_t accepted = 0;
    std::uint64_t declined = 0;
    std::uint64_t ignored = 0;
    std::uint64_t steps = 0;
    std::uint64_t steps_refused = 0;
    std::uint64_t completed = 0;
    std::int64_t driven_to_pickup_mm = 0;
    std::int64_t driven_loaded_mm = 0;
    std::int64_t driven_idle_mm = 0;
    std::uint64_t ticks_idle = 0;
    std::uint64_t ticks = 0;
};

class Fleet {
public:
    /// Requires: `places` and the lanes outlive the fleet.
    Fleet(
        FleetOptions options,
        std::vector<demand::Member> members,
        demand::Places const& places,
        Requests& requests,
        FleetLanes lanes
    );

    /// Registers everybody and puts them on duty.
    void sign_on(std::string tenant);
    bool is_signed_on() const;
    /// Every tick_every.
    void tick(Instant now);
    /// They report where they are and do nothing else any more.
    void rest() { resting_ = true; }

    void on_offer(OfferSeen const& offer, std::function<void()> on_declined);
    void on_news(JobSeen const& job, Ledger::News const& news);

    std::vector<Worker> workers(model::Policy const& policy, Instant now) const;
    std::size_t size() const { return agents_.size(); }
    FleetCounts const& counts() const { return counts_; }
    Latencies const& action_latencies() const { return action_latencies_; }
    Latencies const& fix_latencies() const { return fix_latencies_; }

private:
    struct Task {
        model::AssignmentId assignment{};
        model::JobId job{};
        std::vector<StopSeen> stops;
        std::span<Step const> steps;
        std::size_t step = 0;
        Instant serving_until;
        bool under_way = false;  ///< a request of it
    };
    struct Agent {
        demand::Member member;
        Personality who;
        model::AgentId id{};
        std::string key;  ///< made when it is first needed
        bool key_asked = false;
        model::Position place;
        model::Position idle_target;
        bool has_moved = false;
        std::deque<Task> tasks;
    };
    struct Due {
        Instant at;
        std::uint64_t number = 0;  ///< breaks ties
        std::function<void()> what;
        bool operator>(Due const& other) const {
            return at != other.at ? at > other.at : number > other.number;
        }
    };

    void sign_on(std::size_t index);
    void signed_on(std::size_t index, Answer const& answer);
    Agent* find(model::AgentId id);
    void later(Instant at, std::function<void()> what);
    void answer_offer(OfferSeen const& offer, Response response);
    void advance(std::size_t index, Instant now);
    void idle(Agent& agent);
    bool work_on(std::size_t index, Task& task, Instant now);
    void move(Agent& agent, model::Position target, std::int64_t& driven_mm);
    /// `content`: of an attachment, sent once it is named.
    void send_step(std::size_t index, Task& task, Ask ask, std::string content = {});
    void want_key(Agent& agent);
    void step_answered(std::size_t index, model::AssignmentId assignment, Answer const& answer);
    void send_fixes(std::span<FixLine const> lines);

    FleetOptions options_;
    demand::Places const* places_;
    Requests* requests_;
    FleetLanes lanes_;
    Prng prng_;
    std::string tenant_;
    std::vector<Agent> agents_;
    std::map<model::AgentId, std::size_t> by_id_;
    std::map<model::OfferId, model::EventNumber> answered_;  ///< the attempt that was answered
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::uint64_t next_due_ = 0;
    std::size_t next_agent_ = 0;
    std::size_t next_sign_on_ = 0;
    bool resting_ = false;
    Reader reader_;
    FleetCounts counts_;
    Latencies action_latencies_;
    Latencies fix_latencies_;
};

}  // namespace posthaste::load
