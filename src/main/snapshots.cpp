#include "main/snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "main/trim.hpp"
#include "node/clock.hpp"

namespace posthaste::main {

namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

void Snapshots::start() {
    thread_ = std::thread{[this] {
        std::unique_lock lock{mutex_};
        std::chrono::milliseconds const round{plan_.round.count()};
        while (!wake_.wait_for(lock, round, [&] { return stopping_; })) {
            lock.unlock();
            auto const done = run_round(Steady::now());
            if (!done.ok()) fmt::print(stderr, "posthaste: snapshot: {}\n", done.error().detail);
            lock.lock();
        }
    }};
}

void Snapshots::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Status Snapshots::run_round(Steady::time_point now) {
    for (auto const region : TRY(log_.regions())) {
        auto done = run_region(region, now);
        if (done.ok()) continue;
        regions_.erase(region);  // its state may be half way: begin anew
        return done;
    }
    constexpr std::chrono::milliseconds day{86'400'000};
    auto const every = std::min(std::chrono::milliseconds{plan_.keep.count() / 10}, day);
    if (plan_.archive.empty() || now - trimmed_at_ < every) return Unit{};
    trimmed_at_ = now;
    return trim_all();
}

Status Snapshots::trim_all() {
    auto const archive = TRY(log::Archive::open(plan_.archive));
    auto const now = node::SystemClock{}.now();
    for (auto const region : TRY(log_.regions())) {
        auto const done = trim(log_, archive, region, now, plan_.keep);
        bool const later = !done.ok() && done.error().code == Errc::in_use;
        if (!later) TRY(done);
    }
    return Unit{};
}

Status Snapshots::run_region(RegionId region, Steady::time_point now) {
    if (!regions_.contains(region)) {
        auto recovered = TRY(node::recover(log_, region));
        auto const saved = recovered.snapshot;
        regions_.emplace(region, Followed{std::move(recovered), saved, now});
    }
    auto& followed = regions_.at(region);
    TRY(node::follow(log_, followed.recovered));
    auto const since = followed.recovered.state.last_event - followed.saved;
    std::chrono::milliseconds const longest{plan_.longest.count()};
    bool const due = since >= plan_.events || (since > 0 && now - followed.saved_at >= longest);
    if (!due) return Unit{};
    TRY(log_.save_snapshot(region, node::snapshot_of(followed.recovered)));
    followed.saved = followed.recovered.state.last_event;
    followed.saved_at = now;
    return Unit{};
}

}  // namespace posthaste::main
