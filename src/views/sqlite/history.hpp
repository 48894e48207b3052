// History in SQL: every event, decision and fix, long after the state has forgotten them.
//
// Takes    the log, read by position on a thread of its own; fixes from the turn, and late ones.
// Gives    who did what to a job and when, by device and by server; a job's decisions; an agent's
//          track. Each event exactly once, also over restarts: the place in the log is stored in
//          the same transaction as the rows. Derived: the file may be deleted, and is made again
//          from what the log still has. Fixes are not in the log; they are gone with the file.
// Shapes   tables events, entries (who and when), decisions, fixes, claims (what an offer or
//          assignment id means), regions, place. Bodies are encode(event) and so on.
// Errors   open: in_use, io_failed; corrupt: not a database, delete it. A file of another version,
//          or ahead of the log, is made again. step: what the log or the disk says; the same step
//          can be tried again.
// Order    events by number; decisions by when they were made; a track by time.
// Cost     one transaction for each 4 MiB of log. A job's history is an index look-up a page.
// Threads  follow, reset: the writer's, and never wait. step: one at a time. The rest: any.
// Limits   fixes_waiting_max: past it the oldest go, and are counted. history_rows_max a page.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "log/log.hpp"
#include "views/follower.hpp"

namespace posthaste::views {

constexpr std::size_t fixes_waiting_max = 262'144;
constexpr std::size_t history_rows_max = 1000;
constexpr std::string_view history_follower = "history";

struct HistoryEvent {
    model::EventNumber number = 0;
    model::JobId job{};      ///< zero: of none
    model::AgentId agent{};  ///< zero: of none
    model::Envelope envelope;
    model::Event event;
};

class History final : public Follower {
public:
    /// The log outlives the history.
    static Result<std::unique_ptr<History>> open(std::filesystem::path const& file, log::Log& log);
    ~History() override;

    void follow(Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    /// Stores fixes now: durable when ok. A fix that is there already is left as it is.
    Status store(std::span<model::Fix const> fixes);

    /// One batch of the log and of the fixes that wait. Whether anything was done.
    Result<bool> step();
    /// Steps on a thread of its own until stop(), with a pause after an error.
    void start();
    void stop();

    /// The last record that is in.
    log::Position position() const;
    /// Of the last step; none when it went well.
    std::optional<Error> failure() const;
    std::uint64_t fixes_shed() const;

    /// The page past event `after`, at most history_rows_max.
    Result<std::vector<HistoryEvent>> of(
        model::JobId job, model::EventNumber after, std::size_t limit
    ) const;
    Result<std::vector<HistoryEvent>> of(
        model::AgentId agent, model::EventNumber after, std::size_t limit
    ) const;
    /// Made at `from` or later.
    Result<std::vector<model::Decision>> decisions(
        model::JobId job, Instant from, std::size_t limit
    ) const;
    /// From `from` to before `to`.
    Result<std::vector<model::Fix>> track(
        model::AgentId agent, Instant from, Instant to, std::size_t limit
    ) const;

private:
    struct Rows;
    class Insert;

    History(std::unique_ptr<Rows> rows, log::Log& log);
    Result<bool> step_log();
    Result<bool> step_fixes();
    Result<std::vector<HistoryEvent>> page(
        std::string_view sql, std::uint64_t id, model::EventNumber after, std::size_t limit
    ) const;

    log::Log& log_;
    mutable std::mutex rows_mutex_;  ///< the database
    std::unique_ptr<Rows> rows_;
    std::atomic<log::Position> position_ = 0;
    log::Position cursor_saved_ = 0;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<model::Fix> fixes_;
    std::uint64_t shed_ = 0;
    std::optional<Error> failure_;
    bool awake_ = true;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace posthaste::views
