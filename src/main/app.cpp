#include "main/app.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <span>

#include "api/road_map.hpp"
#include "main/built_in.hpp"

namespace posthaste::main {

namespace {

constexpr Millis writer_sleep{200};  ///< at most: how late it sees that it should stop

}  // namespace

api::LiveOptions App::live_options(AppOptions const& options) {
    auto live = options.live;
    live.on_seen = [this](std::int64_t micros) { metrics_.observe(api::Layer::seen, micros); };
    return live;
}

App::App(AppOptions const& options)
    : live_{ring_, live_options(options)},
      publisher_{
          ring_, [this](std::span<views::MessagePtr const> messages) { live_.publish(messages); }},
      board_{[this](std::shared_ptr<views::Change const> change) {
          publisher_.give(std::move(change));
      }} {}

App::~App() {
    stop();
}

Result<std::unique_ptr<App>> App::start(AppOptions const& options) {
    std::unique_ptr<App> app{new App{options}};
    TRY(app->open_stores(options));
    TRY(app->open_shard(options));
    app->writer_ = std::thread{[raw = app.get()] { raw->write(); }};
    app->publisher_.start();
    app->history_->start();
    app->snapshots_ = std::make_unique<Snapshots>(*app->log_, options.snapshots);
    app->snapshots_->start();
    if (app->traffic_) {
        app->traffic_worker_ = std::make_unique<TrafficWorker>(
            *app->traffic_, *app->shard_, app->clock_, options.data / "traffic"
        );
        app->traffic_worker_->start();
    }
    if (app->outside_times_) {
        app->fetcher_ = std::make_unique<Fetcher>(
            options.outside, app->outside_times_, *app->shard_, app->clock_
        );
        app->fetcher_->start();
    }
    if (app->replan_) {
        app->replan_worker_ =
            std::make_unique<ReplanWorker>(*app->replan_, *app->shard_, app->clock_);
        app->replan_worker_->start();
    }
    TRY(app->open_doors(options));
    return app;
}

Status App::open_stores(AppOptions const& options) {
    log_ = TRY(log::SqliteLog::open(options.data));
    history_ = TRY(views::History::open(options.data / "history.db", *log_));
    vault_ = TRY(views::Vault::open(options.data / "people"));
    blobs_ = TRY(views::Blobs::open(options.data / "blobs"));
    if (options.roads.empty()) return Unit{};
    auto roads = road::Roads::open(options.roads);
    if (!roads.ok()) {  // not the data folder's fault
        return Error{Errc::malformed, options.roads.string() + ": " + roads.error().detail};
    }
    roads_ = std::move(roads).value();
    if (options.live.map.empty()) live_.set_map(api::road_map(roads_->network()));
    traffic_ = std::make_unique<node::Traffic>(roads_);
    return Unit{};
}

Status App::open_shard(AppOptions const& options) {
    node::ShardOptions shard;
    std::vector<node::Follower*> followers{&board_, &keys_, history_.get()};
    if (traffic_) {
        shard.travel = traffic_->travel();
        followers.push_back(traffic_.get());
    } else if (!options.outside.url.empty()) {
        outside_times_ = std::make_shared<node::OutsideTimes>();
        shard.travel = node::travel_outside(outside_times_);
    }
    if (!outside_times_) {
        replan_ = std::make_unique<node::Replan>(planners_travel());
        followers.push_back(replan_.get());
    }
    shard_ = TRY(node::Shard::open(*log_, clock_, shard, followers));
    warn();
    return make_regions(*shard_, options.genesis);
}

// The same drives as the decisions', looked up by another thread.
match::MakeTravel App::planners_travel() const {
    if (!traffic_) return match::straight_lines;
    return [this](model::Policy const& policy, std::vector<std::string> const& kinds) {
        auto times = std::make_shared<node::RoadTimes>(traffic_->conditions());
        return node::travel_on(std::move(times))(policy, kinds);
    };
}

Status App::open_doors(AppOptions const& options) {
    tracks_ = std::make_unique<api::Tracks>(*shard_, board_, *history_, metrics_);
    service_ = std::make_unique<api::Service>(api::Service{
        *shard_, board_, publisher_, *history_, *vault_, *blobs_, metrics_, clock_, live_, *tracks_}
    );
    service_->roads = roads_;
    service_->open_roads = options.open_roads;
    if (traffic_) service_->conditions = [this] { return traffic_->conditions(); };
    service_->travel = [this] { return travel_stats(); };
    service_->replans = [this]() -> std::optional<node::ReplanCounts> {
        if (!replan_) return std::nullopt;
        return replan_->counts();
    };
    service_->server_stats = [this] {
        auto const* const server = counted_.load();
        return server == nullptr ? api::ServerStats{} : server->stats();
    };
    router_ = std::make_unique<api::Router>(api::RouterOptions{
        .keys = [this](model::KeyId id) { return keys_.find(id); },
        .rate = options.rate,
        .fix_rate = options.fix_rate,
        .clock = [this] { return clock_.now(); },
        .on_answer =
            [this](api::Response const& response) {
                metrics_.answered(response.status);
                if (!response.refusal.empty()) metrics_.refused(response.refusal);
            },
        .version = std::string{version()}});
    add_job_routes(*router_, *service_);
    add_agent_routes(*router_, *service_);
    add_region_routes(*router_, *service_);
    add_fix_routes(*router_, *service_);
    add_road_routes(*router_, *service_);
    add_live_routes(*router_, *service_);
    add_system_routes(*router_, *service_);
    auto const handle = [this](api::Request request, api::Responder responder) {
        router_->dispatch(std::move(request), std::move(responder));
    };
    auto server = api::Server::start(options.server, handle);
    if (!server.ok()) return Error{Errc::malformed, server.error().detail};  // the address's fault
    server_.emplace(std::move(server).value());
    counted_ = &*server_;
    return Unit{};
}

void App::write() {
    while (!stopping_) {
        watch_travel();
        auto const done = shard_->turn();
        if (!done.ok()) {
            std::lock_guard const lock{mutex_};
            failure_ = done.error();
            return;
        }
        measure();
        warn();
        if (!done.value()) shard_->wait(writer_sleep);
    }
    // What was taken in before the end is decided; nothing new comes, so this ends.
    for (auto more = shard_->turn(); more.ok() && more.value(); more = shard_->turn())
        measure();
}

api::TravelStats App::travel_stats() const {
    if (traffic_) {
        auto const source = traffic_->conditions()->source();
        return {.source = source, .answered = traffic_->answered(), .traffic = traffic_->counts()};
    }
    if (!fetcher_) return {};
    auto const settings = board_.settings(first_region);
    return {
        .source = settings ? settings->travel_source : model::TravelSource::great_circle,
        .answered = outside_times_->answered(),
        .outside = fetcher_->counts()};
}

void App::watch_travel() {
    if (!traffic_) return;
    if (auto older = traffic_->watch(clock_.now())) shard_->observe(std::move(*older));
}

void App::warn() {
    for (auto& warning : shard_->take_warnings()) {
        if (warning == warned_) continue;
        fmt::print(stderr, "posthaste: {}\n", warning);
        warned_ = std::move(warning);
    }
}

void App::measure() {
    auto const& times = shard_->last_times();
    if (times.inputs == 0) return;
    metrics_.observe(api::Layer::decide, times.decide_us);
    metrics_.observe(api::Layer::commit, times.commit_us);
    metrics_.observe(api::Layer::publish, times.publish_us);
}

std::optional<Error> App::failure() const {
    std::lock_guard const lock{mutex_};
    return failure_;
}

void App::stop() {
    if (server_) server_->stop();
    if (service_) {
        service_->waits->stop();
        service_->slow->stop();
        service_->routing->stop();
    }
    stopping_ = true;
    if (writer_.joinable()) writer_.join();
    publisher_.stop();
    if (history_) history_->stop();
    if (snapshots_) snapshots_->stop();
    if (traffic_worker_) traffic_worker_->stop();
    if (replan_worker_) replan_worker_->stop();
    if (fetcher_) fetcher_->stop();
}

}  // namespace posthaste::main
