// The server: every part, put together in the order in which they need each other.
//
// Takes    a data folder and where to listen. In the folder: the log, history.db, people/ (the
//          vault), blobs/, traffic/ (what was learned of the roads). Beside it perhaps a file of
//          roads.
// Gives    a running server; stop() ends it in order: no more requests, what was taken in is
//          decided and answered, then whoever follows the log catches up.
// Errors   of start: what the folder or the port says, one sentence. failure(): the log failed
//          while running; the server takes nothing more in and must be stopped.
// Threads  start, stop: one. failure: any.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "api/live.hpp"
#include "api/service.hpp"
#include "api/tracks.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "main/genesis.hpp"
#include "main/key_book.hpp"
#include "main/outside/fetcher.hpp"
#include "main/replan_worker.hpp"
#include "main/snapshots.hpp"
#include "main/traffic_worker.hpp"

namespace posthaste::main {

struct AppOptions {
    std::filesystem::path data = "data";
    api::ServerOptions server;
    api::RatePolicy rate;
    api::RatePolicy fix_rate;
    api::LiveOptions live;
    Genesis genesis;
    SnapshotPlan snapshots;
    std::filesystem::path roads;  ///< of `posthaste import roads`; empty: none
    bool open_roads = false;      ///< routes are answered without a key
    OutsideOptions outside;       ///< where there are no roads
};

class App {
public:
    static Result<std::unique_ptr<App>> start(AppOptions const& options);
    ~App();
    App(App const&) = delete;
    App& operator=(App const&) = delete;
    App(App&&) = delete;
    App& operator=(App&&) = delete;

    std::uint16_t port() const { return server_->port(); }
    std::size_t key_count() const { return board_.keys().size(); }
    std::optional<Error> failure() const;
    void stop();

private:
    explicit App(AppOptions const& options);

    api::LiveOptions live_options(AppOptions const& options);
    Status open_stores(AppOptions const& options);
    Status open_shard(AppOptions const& options);
    Status open_doors(AppOptions const& options);
    match::MakeTravel planners_travel() const;
    void write();
    void measure();
    void watch_travel();
    api::TravelStats travel_stats() const;
    void warn();

    // In the order of their making; what is above outlives what is below.
    node::SystemClock clock_;
    api::Metrics metrics_;
    std::unique_ptr<log::SqliteLog> log_;
    std::unique_ptr<views::History> history_;
    std::unique_ptr<views::Vault> vault_;
    std::optional<views::Blobs> blobs_;
    std::shared_ptr<road::Roads const> roads_;  ///< may be nothing
    std::unique_ptr<node::Traffic> traffic_;    ///< where there are roads
    std::unique_ptr<node::Replan> replan_;      ///< not with another server's times
    views::Ring ring_;
    api::Live live_;
    views::Publisher publisher_;
    views::Board board_;
    KeyBook keys_;
    std::unique_ptr<node::Shard> shard_;
    std::string warned_;  ///< the last, so that what goes on is told once
    std::unique_ptr<api::Tracks> tracks_;
    std::unique_ptr<api::Service> service_;
    std::unique_ptr<api::Router> router_;
    std::optional<api::Server> server_;
    std::atomic<api::Server const*> counted_ = nullptr;  ///< the server, once it is there
    std::unique_ptr<Snapshots> snapshots_;
    std::shared_ptr<node::OutsideTimes> outside_times_;  ///< of another server
    std::unique_ptr<Fetcher> fetcher_;                   ///< the same
    std::unique_ptr<TrafficWorker> traffic_worker_;      ///< where there are roads
    std::unique_ptr<ReplanWorker> replan_worker_;        ///< where there is a Replan

    std::atomic<bool> stopping_ = false;
    mutable std::mutex mutex_;
    std::optional<Error> failure_;
    std::thread writer_;
};

}  // namespace posthaste::main
