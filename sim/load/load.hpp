// One load on a live server, from registering the fleet to the table at the end.
//
// Takes    a server's URL and an admin's key; a fleet and demand, from files or made from a seed.
// Gives    a Report. Runs on the caller's thread and stops by itself: after `seconds` of demand,
//          settle_max for what is under way, and reading everything back. Ctrl-C ends the demand
//          early and the report is still made.
// Errors   malformed: a URL, a file or an option; io_failed: the server cannot be reached, or
//          refuses the key, before anything was asked.
// Limits   agents_max and the bounds of client.hpp.
// Threads  one
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "demand/generate.hpp"
#include "load/fleet.hpp"
#include "load/latencies.hpp"
#include "load/ledger.hpp"
#include "load/office.hpp"
#include "load/server_seen.hpp"

namespace posthaste::load {

/// An offer that nobody answers expires by then, and the next one is answered.
constexpr Millis settle_max{45'000};

struct LoadOptions {
    std::string url;
    std::string key;
    std::string metrics_key;  ///< of the installation; empty: the server is not asked
    std::string region;
    std::string name = "load";  ///< of the profile, in the report
    std::int64_t agents = 500;
    std::size_t phones = 1000;  ///< the first of them, over a WebSocket of their own
    std::uint64_t seed = 42;
    std::string trips;  ///< a file; empty: made up
    std::string roads;  ///< of `posthaste import roads`, driven on; empty: straight lines
    std::string map;    ///< GeoJSON of a city's roads; empty: a grid around `centre`
    model::Position centre{577'089'000, 119'746'000};
    std::int64_t jobs_per_second = 10;
    demand::Curve curve = demand::Curve::flat;
    demand::Mix mix;
    demand::Mix fleet;
    std::int64_t speed = 1000;  ///< of the trace, in thousandths
    std::int64_t seconds = 60;  ///< of demand
    Millis fix_every{4000};
    Millis snapshot_every{2000};
    std::optional<std::int32_t> stack_max;  ///< sets the region's policy
    std::size_t job_connections = 8;
    std::size_t action_connections = 16;
};

struct Report {
    std::string name;
    std::int64_t agents = 0;
    std::int64_t demand_ms = 0;  ///< how long jobs were asked for
    Verdict verdict;
    FleetCounts fleet;
    OfficeLatencies office;
    PhoneCounts phones;
    Latencies actions;      ///< an agent's over REST
    Latencies phone_steps;  ///< over their phone
    Latencies fixes;
    Latencies snapshots;
    std::map<std::string, std::uint64_t> refusals;
    std::uint64_t commands = 0;
    std::uint64_t retries = 0;
    std::uint64_t events = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t gaps = 0;
    std::int64_t snapshot_bytes = 0;
    /// The server's own measurement of told_sent; nothing when it was not asked, or made none.
    std::optional<ServerSeen> server_seen;

    std::int64_t retries_per_million() const;
    /// |client - server| in millionths of the client's mean.
    std::optional<std::int64_t> clock_gap() const;
};

/// Said once a second while it runs.
using Progress = std::function<void(std::string const& line)>;

Result<Report> run(LoadOptions const& options, Progress const& progress);

}  // namespace posthaste::load
