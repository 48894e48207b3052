// The agents: they report where they are, answer offers by their personality, and do their work.
//
// Takes    members (demand/trip.hpp); what the stream tells of offers and assignments.
// Gives    the first `phones` agents speak over a WebSocket of their own and go by what it tells
//          them; the others use REST, and the stream tells them. Fixes are spread evenly over
//          `fix_every`: a phone's one by one, the others' in one batch for all that are due in a
//          tick. Each agent's assignments one after the other, by the steps of work.hpp.
//          On roads they drive the quickest way of their vehicle's kind, at a pace of their own.
//          workers(): the fleet as it knows itself, for the checker.
// Order    an agent does the assignment first that they were told of first.
// Cost     a tick touches fleet / (fix_every / tick) agents.
// Limits   fixes of a tick that find no room in the lane are dropped: the next are newer.
// Threads  one thread
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
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
#include "load/phone.hpp"
#include "load/requests.hpp"
#include "load/work.hpp"
#include "road/journey.hpp"

namespace posthaste::load {

constexpr Millis tick_every{100};

constexpr std::size_t phones_max = 15'000;  ///< a server takes 20,000 connections

/// By the clock on the wall.
Instant wall_now();

struct FleetOptions {
    std::uint64_t seed = 42;
    Millis fix_every{4000};
    std::int64_t speed = 1000;  ///< services take less at a higher one
    std::size_t phones = 0;
    std::shared_ptr<road::Roads const> roads;  ///< driven on; nothing: straight lines
};

struct FleetLanes {
    Lane& fixes;
    Lane& actions;
    boost::asio::io_context& io;  ///< of the phones
    Target target;                ///< the same
};

/// What others want to know of the fleet.
struct FleetListener {
    std::function<void(OfferSeen const&)> declines = [](OfferSeen const&) {};
    /// An offer or an assignment of the job is on an agent's own phone.
    std::function<void(std::string_view job, std::int64_t seen_micros)> was_told =
        [](std::string_view, std::int64_t) {};
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

    void listen(FleetListener listener) { listener_ = std::move(listener); }
    void on_offer(OfferSeen const& offer);
    void on_news(JobSeen const& job, Ledger::News const& news);

    std::vector<Worker> workers(model::Policy const& policy, Instant now) const;
    std::size_t size() const { return agents_.size(); }
    FleetCounts const& counts() const { return counts_; }
    PhoneCounts const& phone_counts() const { return phone_counts_; }
    /// Of the phones, that no answer came to yet.
    std::size_t unanswered() const;
    Latencies const& action_latencies() const { return action_latencies_; }
    Latencies const& phone_latencies() const { return phone_latencies_; }
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
        std::unique_ptr<Phone> phone;
        bool phone_ready = false;  ///< told once of all there is
        model::Position place;
        model::Position idle_target;
        bool has_moved = false;
        std::optional<road::Journey> journey;  ///< on roads, to journey_target
        model::Position journey_target;
        Millis driven;  ///< of the journey
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
    void on_duty(bool is_done);
    bool has_phone(std::size_t index) const { return index < options_.phones; }
    void open_phone(std::size_t index);
    void hear(std::size_t index, MessageSeen const& message, std::int64_t seen_micros);
    void hear_job(Agent& agent, JobSeen const& job, std::int64_t seen_micros);
    void take_offer(std::size_t index, OfferSeen const& offer);
    void take_up(Agent& agent, JobSeen const& job, model::AssignmentId assignment);
    /// Over the phone, or by REST under the agent's own key.
    bool act(Agent& agent, Ask ask, Say say, Then then);
    void answer_offer(std::size_t index, OfferSeen const& offer, Response response);
    void advance(std::size_t index, Instant now);
    void idle(Agent& agent);
    bool work_on(std::size_t index, Task& task, Instant now);
    void move(Agent& agent, model::Position target, std::int64_t& driven_mm);
    std::optional<model::Position> along_roads(Agent& agent, model::Position target);
    void attach(std::size_t index, Task& task, std::string_view kind);
    Then step_of(std::size_t index, Task const& task);
    void want_key(std::size_t index);
    void step_answered(std::size_t index, model::AssignmentId assignment, Answer const& answer);
    void send_fixes(std::span<FixLine const> lines);
    void send_fix(Phone& phone, FixLine const& line);
    void count_fixes(Answer const& answer, std::size_t count);

    FleetOptions options_;
    std::unique_ptr<road::Query> query_;  ///< on roads
    demand::Places const* places_;
    Requests* requests_;
    FleetLanes lanes_;
    FleetListener listener_;
    PhoneCounts phone_counts_;
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
    Latencies phone_latencies_;
    Latencies fix_latencies_;
};

}  // namespace posthaste::load
