// The whole node on one thread, with a clock, a network and a disk that do what the seed says.
//
// Takes    Options.
// Gives    run(): nothing, or the first thing that was wrong, as a sentence; and a hash of every
// log,
//          the same for the same seed.
// Order    events by (virtual instant, number): there is one order, and no other source of chance
//          than the seed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "log/memory/memory_log.hpp"
#include "node/shard.hpp"
#include "views/board.hpp"
#include "world/checker.hpp"
#include "world/options.hpp"

namespace posthaste::sim {

constexpr RegionId city{1};

class FakeClock final : public node::Clock {
public:
    Instant now() const override { return real + skew; }

    Instant real{1'780'000'000'000};  ///< of the world; never runs back
    Millis skew;                      ///< the node's clock, which may
};

/// How one command is sent until it is answered. The same id each time.
struct Call {
    model::Envelope envelope;
    model::Command command;
    std::function<void(core::Answer const&)> then;
};

struct Outcome {
    std::optional<std::string> wrong;
    Digest logs;
    std::uint64_t events = 0;
    std::uint64_t turns = 0;
    std::uint64_t crashes = 0;
};

class World {
public:
    explicit World(Options options);
    ~World();

    Outcome run();

    // For phones and the office.
    Prng& prng() { return prng_; }
    Options const& options() const { return options_; }
    Instant now() const { return clock_.real; }
    bool is_calm() const { return calm_; }
    void after(Millis span, std::function<void()> what);
    /// Over the network: it may be lost, late or doubled, and comes in any order.
    void send(std::function<void()> what);
    void call(RegionId region, Call call);
    void send_fix(model::Fix const& fix);
    /// What a client reads now; none while the node is down.
    core::State const* read() const;
    model::CommandId new_command_id();
    void complain(std::string what) {
        if (!wrong_) wrong_ = std::move(what);
    }

private:
    struct Event {
        Instant at;
        std::uint64_t number = 0;
        std::function<void()> what;
        bool operator>(Event const& other) const {
            return std::pair{at, number} > std::pair{other.at, other.number};
        }
    };
    struct Pending {
        RegionId region{};
        Call call;
        std::optional<core::Answer> answer;
    };

    void set_up();
    void run_until(Instant end);
    void act(Event& event);
    void run_turns();
    void crash();
    void start();
    void snapshot();
    void jump_clock();
    log::Fault next_fault();
    void attempt(std::size_t call, int tries);
    void answered(std::size_t call, node::Reply const& reply);
    void settle();
    std::optional<std::string> unsettled() const;
    std::optional<std::string> unsettled(model::Job const& job) const;
    bool would_wait(model::Job const& job, std::size_t slot) const;
    std::optional<std::string> first_wrong() const;
    Digest hash_of_logs() const;

    Options options_;
    Prng prng_;
    FakeClock clock_;
    log::MemoryLog log_;
    views::Board board_;
    Checker checker_{board_};
    std::unique_ptr<node::Shard> shard_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t event_count_ = 0;
    std::vector<Pending> calls_;
    std::uint64_t turns_ = 0;
    std::uint64_t crashes_ = 0;
    std::uint64_t down_ = 0;  ///< incarnation; replies of an earlier one are void
    bool calm_ = false;
    std::optional<std::string> wrong_;
};

}  // namespace posthaste::sim
