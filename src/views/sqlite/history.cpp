#include "views/sqlite/history.hpp"

#include <algorithm>
#include <chrono>

#include "views/sqlite/history_rows.hpp"

namespace posthaste::views {

using log::Database;
using log::Position;
using model::EventNumber;

namespace {

constexpr std::int64_t schema_version = 2;
constexpr std::size_t read_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t fixes_per_step = 65'536;
constexpr Position cursor_every = 4096;  // records: a cursor costs the log a commit
constexpr std::chrono::milliseconds pause_after_error{1000};

constexpr char const* settings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;";
constexpr char const* drop_all =
    "DROP TABLE IF EXISTS events; DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS decisions;"
    "DROP TABLE IF EXISTS claims; DROP TABLE IF EXISTS regions; DROP TABLE IF EXISTS place;";
constexpr char const* schema =
    "CREATE TABLE IF NOT EXISTS entries(region INTEGER, number INTEGER, at INTEGER,"
    " device_time INTEGER, role INTEGER, key INTEGER, actor INTEGER, envelope BLOB,"
    " PRIMARY KEY(region, number)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS events(region INTEGER, number INTEGER, entry INTEGER,"
    " kind INTEGER, job INTEGER, agent INTEGER, body BLOB,"
    " PRIMARY KEY(region, number)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS events_by_job ON events(job, number) WHERE job <> 0;"
    "CREATE INDEX IF NOT EXISTS events_by_agent ON events(agent, number) WHERE agent <> 0;"
    "CREATE TABLE IF NOT EXISTS decisions(job INTEGER, at INTEGER, entry INTEGER,"
    " place INTEGER, region INTEGER, body BLOB,"
    " PRIMARY KEY(job, at, entry, place)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS claims(id INTEGER PRIMARY KEY, job INTEGER, agent INTEGER);"
    "CREATE TABLE IF NOT EXISTS regions(region INTEGER PRIMARY KEY, number INTEGER);"
    "CREATE TABLE IF NOT EXISTS place(one INTEGER PRIMARY KEY, position INTEGER);"
    "CREATE TABLE IF NOT EXISTS fixes(agent INTEGER, time INTEGER, lat INTEGER, lon INTEGER,"
    " received INTEGER, accuracy_m INTEGER, speed_mm_s INTEGER, heading_deg INTEGER,"
    " source INTEGER DEFAULT 0, zone INTEGER DEFAULT 0, PRIMARY KEY(agent, time)) WITHOUT ROWID;"
    "PRAGMA user_version = 2;";

/// Late fixes are in no log: they are kept.
constexpr char const* from_version_1 =
    "ALTER TABLE fixes ADD COLUMN source INTEGER DEFAULT 0;"
    "ALTER TABLE fixes ADD COLUMN zone INTEGER DEFAULT 0;";

constexpr std::string_view events_of_job =
    "SELECT events.number, job, agent, envelope, body FROM events JOIN entries"
    " ON entries.region = events.region AND entries.number = events.entry"
    " WHERE job = ?1 AND job <> 0 AND events.number > ?2 ORDER BY events.number LIMIT ?3";
constexpr std::string_view events_of_agent =
    "SELECT events.number, job, agent, envelope, body FROM events JOIN entries"
    " ON entries.region = events.region AND entries.number = events.entry"
    " WHERE agent = ?1 AND agent <> 0 AND events.number > ?2 ORDER BY events.number LIMIT ?3";

std::uint64_t bits(std::int64_t number) {
    return static_cast<std::uint64_t>(number);
}

std::uint64_t page_of(std::size_t limit) {
    return std::min(limit, history_rows_max);
}

/// Whether everything that was taken in is still in the log.
Result<bool> is_of(Database& database, log::Log const& log) {
    auto regions = TRY(database.prepare("SELECT region, number FROM regions"));
    while (TRY(regions.step())) {
        auto const region = RegionId{static_cast<std::uint16_t>(regions.integer(0))};
        auto const tail = TRY(log.tail(region));
        if (!tail || tail->last_event < bits(regions.integer(1))) return false;
    }
    return true;
}

/// Empties a file of another version, or of a log that was restored to an earlier time.
Status settle(Database& database, log::Log const& log) {
    TRY(database.run(settings));
    auto const version = TRY(database.integer("PRAGMA user_version"));
    if (version == 1) {
        TRY(database.run(from_version_1));
    } else if (version != 0 && version != schema_version) {
        TRY(database.run(drop_all));
    }
    TRY(database.run(schema));
    if (TRY(is_of(database, log))) return Unit{};
    TRY(database.run(drop_all));
    return database.run(schema);
}

}  // namespace

Result<std::unique_ptr<History>> History::open(std::filesystem::path const& file, log::Log& log) {
    auto rows = std::make_unique<Rows>();
    rows->database = TRY(Database::open(file, log::OpenMode::create, {}));
    TRY(settle(rows->database, log));
    TRY(rows->prepare());
    auto const position =
        TRY(rows->database.integer("SELECT coalesce(max(position), 0) FROM place"));
    std::unique_ptr<History> history{new History{std::move(rows), log}};
    history->position_ = bits(position);
    history->cursor_saved_ = bits(position);
    TRY(log.save_cursor(history_follower, bits(position)));  // holds back trimming from now on
    return history;
}

History::History(std::unique_ptr<Rows> rows, log::Log& log) : log_{log}, rows_{std::move(rows)} {}

History::~History() {
    stop();
}

void History::follow(Turned const& turned) {
    {
        std::lock_guard const lock{mutex_};
        fixes_.insert(fixes_.end(), turned.fixes.begin(), turned.fixes.end());
        while (fixes_.size() > fixes_waiting_max) {
            fixes_.pop_front();
            ++shed_;
        }
        awake_ = true;
    }
    wake_.notify_one();
}

void History::reset(core::State const& /*state*/, core::Field const& /*field*/) {
    {
        std::lock_guard const lock{mutex_};
        awake_ = true;
    }
    wake_.notify_one();
}

Status History::store(std::span<model::Fix const> fixes) {
    std::lock_guard const lock{rows_mutex_};
    return rows_->transaction([&]() -> Status {
        for (auto const& fix : fixes) {
            TRY(rows_->run(
                rows_->put_fix,
                raw(fix.agent),
                bits(fix.time.millis()),
                bits(fix.place.lat),
                bits(fix.place.lon),
                bits(fix.received.millis()),
                bits(fix.accuracy_m),
                bits(fix.speed_mm_s),
                bits(fix.heading_deg),
                static_cast<std::uint64_t>(fix.source),
                raw(fix.zone)
            ));
        }
        return Unit{};
    });
}

Result<bool> History::step_fixes() {
    std::vector<model::Fix> batch;
    {
        std::lock_guard const lock{mutex_};
        auto const count = static_cast<std::ptrdiff_t>(std::min(fixes_.size(), fixes_per_step));
        batch.assign(fixes_.begin(), fixes_.begin() + count);
        fixes_.erase(fixes_.begin(), fixes_.begin() + count);
    }
    if (batch.empty()) return false;
    auto const put = store(batch);
    if (put.ok()) return true;
    std::lock_guard const lock{mutex_};
    fixes_.insert(fixes_.begin(), batch.begin(), batch.end());
    return put.error();
}

Result<bool> History::step_log() {
    auto const records = TRY(log_.read_from(position_ + 1, read_bytes));
    if (records.empty()) return false;
    {
        std::lock_guard const lock{rows_mutex_};
        auto const done = rows_->transaction([&]() -> Status {
            for (auto const& stored : records) {
                auto const record = TRY(model::unseal(stored.bytes));
                TRY((Insert{*rows_, stored.region}.record(record)));
            }
            return rows_->run(rows_->put_place, records.back().position);
        });
        if (!done.ok()) return done.error();
    }
    position_ = records.back().position;
    if (position_ >= cursor_saved_ + cursor_every) {
        TRY(log_.save_cursor(history_follower, position_));
        cursor_saved_ = position_;
    }
    return true;
}

Result<bool> History::step() {
    bool const fixes = TRY(step_fixes());
    bool const records = TRY(step_log());
    return fixes || records;
}

void History::start() {
    thread_ = std::thread{[this] {
        bool more = false;
        while (true) {
            {
                std::unique_lock lock{mutex_};
                if (failure_) {
                    wake_.wait_for(lock, pause_after_error, [&] { return stopping_; });
                } else if (!more) {
                    wake_.wait(lock, [&] { return stopping_ || awake_; });
                }
                if (stopping_) return;
                awake_ = false;
            }
            auto const stepped = step();
            more = stepped.ok() && stepped.value();
            std::lock_guard const lock{mutex_};
            failure_.reset();
            if (!stepped.ok()) failure_ = stepped.error();
        }
    }};
}

void History::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    if (!thread_.joinable()) return;
    thread_.join();
    auto const saved = log_.save_cursor(history_follower, position_);
    if (saved.ok()) cursor_saved_ = position_;
}

Position History::position() const {
    return position_;
}

std::optional<Error> History::failure() const {
    std::lock_guard const lock{mutex_};
    return failure_;
}

std::uint64_t History::fixes_shed() const {
    std::lock_guard const lock{mutex_};
    return shed_;
}

Result<std::vector<HistoryEvent>> History::of(
    model::JobId job, EventNumber after, std::size_t limit
) const {
    return page(events_of_job, raw(job), after, limit);
}

Result<std::vector<HistoryEvent>> History::of(
    model::AgentId agent, EventNumber after, std::size_t limit
) const {
    return page(events_of_agent, raw(agent), after, limit);
}

Result<std::vector<HistoryEvent>> History::page(
    std::string_view sql, std::uint64_t id, EventNumber after, std::size_t limit
) const {
    std::lock_guard const lock{rows_mutex_};
    auto select = TRY(rows_->database.prepare(sql));
    select.bind(id, after, page_of(limit));
    std::vector<HistoryEvent> events;
    while (TRY(select.step())) {
        auto envelope = TRY(decode<model::Envelope>(select.bytes(3)));
        auto event = TRY(decode<model::Event>(select.bytes(4)));
        events.push_back(
            {.number = bits(select.integer(0)),
             .job = model::JobId{bits(select.integer(1))},
             .agent = model::AgentId{bits(select.integer(2))},
             .envelope = std::move(envelope),
             .event = std::move(event)}
        );
    }
    return events;
}

Result<std::vector<model::Decision>> History::decisions(
    model::JobId job, Instant from, std::size_t limit
) const {
    std::lock_guard const lock{rows_mutex_};
    auto select = TRY(rows_->database.prepare(
        "SELECT body FROM decisions WHERE job = ? AND at >= ? ORDER BY at, entry, place LIMIT ?"
    ));
    select.bind(raw(job), bits(from.millis()), page_of(limit));
    std::vector<model::Decision> decisions;
    while (TRY(select.step()))
        decisions.push_back(TRY(decode<model::Decision>(select.bytes(0))));
    return decisions;
}

Result<std::vector<model::Fix>> History::track(
    model::AgentId agent, Instant from, Instant to, std::size_t limit
) const {
    std::lock_guard const lock{rows_mutex_};
    auto select = TRY(rows_->database.prepare(
        "SELECT time, lat, lon, received, accuracy_m, speed_mm_s, heading_deg,"
        " source, zone FROM fixes"
        " WHERE agent = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?"
    ));
    select.bind(raw(agent), bits(from.millis()), bits(to.millis()), page_of(limit));
    std::vector<model::Fix> track;
    auto const number = [&](int column) {
        return static_cast<std::int32_t>(select.integer(column));
    };
    while (TRY(select.step())) {
        track.push_back(
            {.agent = agent,
             .place = {number(1), number(2)},
             .time = Instant{select.integer(0)},
             .received = Instant{select.integer(3)},
             .accuracy_m = number(4),
             .speed_mm_s = number(5),
             .heading_deg = number(6),
             .source = static_cast<model::FixSource>(number(7)),
             .zone = model::ZoneId{bits(select.integer(8))}}
        );
    }
    return track;
}

}  // namespace posthaste::views
