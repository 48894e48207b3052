// What the routes work on: the shard that decides, the views that answer, the stores beside them.
//
// Takes    parts that main/ owns and that outlive the router and the server.
// Gives    every route, added to a router by the add_*_routes below; api/router.hpp has done
//          authentication, rate, permission and parsing before a handler runs.
// Threads  handlers run on the server's threads; replies come on the writer's, and only post.
#pragma once

#include <functional>
#include <memory>

#include "api/later.hpp"
#include "api/metrics.hpp"
#include "api/router.hpp"
#include "ingest/track_filter.hpp"
#include "node/shard.hpp"
#include "node/traffic.hpp"
#include "road/conditions.hpp"
#include "views/blobs.hpp"
#include "views/board.hpp"
#include "views/sqlite/history.hpp"
#include "views/sqlite/vault.hpp"
#include "views/stream.hpp"

namespace posthaste::api {

class Live;
class Tracks;

/// How the roads are now.
using CurrentConditions = std::function<std::shared_ptr<road::Conditions const>()>;

struct Service {
    node::Shard& shard;
    views::Board& board;
    views::Publisher& publisher;
    views::History& history;
    views::Vault& vault;
    views::Blobs& blobs;
    Metrics& metrics;
    node::Clock const& clock;
    Live& live;      ///< the publisher's messages go to it
    Tracks& tracks;  ///< where fixes go
    std::function<ServerStats()> server_stats = [] { return ServerStats{}; };
    std::shared_ptr<road::Roads const> roads = nullptr;  ///< may be nothing
    CurrentConditions conditions = nullptr;              ///< where there are roads
    std::function<TravelStats()> travel = [] { return TravelStats{}; };
    std::function<std::optional<node::ReplanCounts>()> replans = [] {
        return std::optional<node::ReplanCounts>{};
    };
    bool open_roads = false;  ///< whoever reaches the port may ask for routes, without a key
    // All are stopped after the server and before the rest goes.
    std::shared_ptr<Later> waits = std::make_shared<Later>();      ///< for answers with a deadline
    std::shared_ptr<Later> slow = std::make_shared<Later>();       ///< for disks and large answers
    std::shared_ptr<Later> routing = std::make_shared<Later>(64);  ///< for many routes at once
};

// routes_*.cpp
void add_job_routes(Router& router, Service& service);     // jobs, quotes, attachments, history
void add_agent_routes(Router& router, Service& service);   // agents, offers, assignments, plans
void add_region_routes(Router& router, Service& service);  // zones, rules, snapshot, keys, tenants
void add_fix_routes(Router& router, Service& service);     // what trackers send
void add_road_routes(Router& router, Service& service);    // routes and tables, as OSRM
void add_live_routes(Router& router, Service& service);    // streams, sockets, sessions, the page
void add_system_routes(Router& router, Service& service);  // health, metrics, the document

}  // namespace posthaste::api
