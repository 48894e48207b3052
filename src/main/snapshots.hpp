// The second state: follows the log beside the writer, and saves what it has now and then.
//
// Gives    snapshots, so that a start reads them and the records after them instead of everything.
//          They are disposable. Where there is an archive, what is older than `keep` goes there
//          (trim.hpp), each tenth of that span, but at least daily.
// Errors   one round's error is kept for the operator and the next round begins anew.
// Cost     the memory of a second state of every region; never on the writer's way.
// Threads  run_round: one at a time. start, stop: the owner's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "log/log.hpp"
#include "node/recover.hpp"

namespace posthaste::main {

struct SnapshotPlan {
    std::uint64_t events = 50'000;  ///< after so many a region is saved
    Millis longest{600'000};        ///< or after so long, when it has any
    Millis round{5000};             ///< how often the log is followed
    std::filesystem::path archive;  ///< empty: nothing is trimmed
    Millis keep{30 * 86'400'000LL};
};

class Snapshots {
public:
    Snapshots(log::Log& log, SnapshotPlan plan) : log_{log}, plan_{plan} {}
    ~Snapshots() { stop(); }
    Snapshots(Snapshots const&) = delete;
    Snapshots& operator=(Snapshots const&) = delete;
    Snapshots(Snapshots&&) = delete;
    Snapshots& operator=(Snapshots&&) = delete;

    void start();
    void stop();

    /// Follows every region to the log's end and saves those that are due.
    Status run_round(std::chrono::steady_clock::time_point now);

private:
    struct Followed {
        node::Recovered recovered;
        model::EventNumber saved = 0;
        std::chrono::steady_clock::time_point saved_at;
    };
    Status trim_all();
    Status run_region(RegionId region, std::chrono::steady_clock::time_point now);

    log::Log& log_;
    SnapshotPlan plan_;
    std::map<RegionId, Followed> regions_;
    std::chrono::steady_clock::time_point trimmed_at_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::main
