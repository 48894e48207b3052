// The thread that fetches travel times from another routing server, for decisions to come.
//
// Takes    wishes of OutsideTimes, a batch at a time: those to one target together.
// Gives    what the server says, as an observation of the shard. A breaker (breaker.hpp) leaves a
//          server alone that fails; meanwhile what is kept is used until it is too old, and then
//          the time without roads: no decision ever waits.
// Errors   told on standard error once a minute; counted. What the server refuses (4xx) is kept
//          as not known and is no failure.
// Threads  start, stop: the owner's. counts: any.
// Limits   sources_max places a question, one question at a time, patience for an answer.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "main/outside/breaker.hpp"
#include "main/outside/dialect.hpp"
#include "node/outside_travel.hpp"
#include "node/shard.hpp"

namespace posthaste::main {

struct OutsideOptions {
    std::string url;  ///< http://HOST:PORT; empty: no other server
    Dialect dialect = Dialect::osrm;
    std::string key;       ///< of a server that wants one
    Millis keep{900'000};  ///< so long a time is used
    Millis patience{3000};
};

class Fetcher {
public:
    static constexpr std::size_t sources_max = 50;

    /// Requires: the shard and the clock outlive it.
    Fetcher(
        OutsideOptions options,
        std::shared_ptr<node::OutsideTimes> times,
        node::Shard& shard,
        node::Clock const& clock
    );
    ~Fetcher() { stop(); }
    Fetcher(Fetcher const&) = delete;
    Fetcher& operator=(Fetcher const&) = delete;
    Fetcher(Fetcher&&) = delete;
    Fetcher& operator=(Fetcher&&) = delete;

    void start();
    void stop();
    node::OutsideCounts counts() const;

private:
    using Batch =
        std::pair<std::pair<model::Position, road::Profile>, std::vector<model::Position>>;

    void run();
    void work(Instant now);
    Result<std::vector<node::OutsideTime>> fetch(Batch const& batch) const;
    void observe(std::vector<node::OutsideTime> times, Instant now);
    void give_up(Instant now);
    void warn(std::string const& what, Instant now);

    OutsideOptions options_;
    std::shared_ptr<node::OutsideTimes> times_;
    node::Shard& shard_;
    node::Clock const& clock_;
    Breaker breaker_;
    /// Wishes by where to.
    std::map<std::pair<model::Position, road::Profile>, std::vector<model::Position>> wanted_;
    Instant warned_;
    Instant fetched_;
    mutable std::mutex mutex_;
    node::OutsideCounts counts_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::main
