#include "views/sqlite/history.hpp"

#include <unistd.h>

#include <filesystem>

#include "views/city_test.hpp"

namespace posthaste::views {
namespace {

using testing::City;

/// A folder that is gone afterwards.
struct Folder {
    Folder() {
        static int count = 0;
        path = std::filesystem::temp_directory_path() /
               ("posthaste-history-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    std::filesystem::path file() const { return path / "history.db"; }
    std::filesystem::path path;
};

void drain(History& history) {
    while (true) {
        auto const stepped = history.step();
        REQUIRE(stepped.ok());
        if (!stepped.value()) return;
    }
}

/// What the log says of each job, found without the history: by replay.
std::map<model::JobId, std::vector<model::EventNumber>> transitions(log::Log const& log) {
    std::map<model::JobId, std::vector<model::EventNumber>> found;
    auto const stored = log.read_from(1, std::size_t{1} << 30U);
    REQUIRE(stored.ok());
    for (auto const& one : stored.value()) {
        auto const record = model::unseal(one.bytes);
        REQUIRE(record.ok());
        auto number = record.value().header.first_event;
        for (auto const& entry : record.value().entries) {
            for (auto const& event : entry.events) {
                auto const* const step = std::get_if<model::JobTransitioned>(&event);
                if (step != nullptr) found[step->job].push_back(number);
                ++number;
            }
        }
    }
    return found;
}

std::vector<HistoryEvent> all_of(History const& history, model::JobId job) {
    std::vector<HistoryEvent> all;
    while (true) {
        auto page = history.of(job, all.empty() ? 0 : all.back().number, 3);
        REQUIRE(page.ok());
        if (page.value().empty()) return all;
        for (auto const& one : page.value())
            all.push_back(one);
    }
}

void check_against_log(History const& history, log::Log const& log) {
    for (auto const& [job, numbers] : transitions(log)) {
        std::vector<model::EventNumber> found;
        for (auto const& one : all_of(history, job)) {
            CHECK(one.job == job);
            if (std::holds_alternative<model::JobTransitioned>(one.event))
                found.push_back(one.number);
        }
        CHECK(found == numbers);
    }
}

TEST_CASE("history has each event once, over restarts at any place and from nothing") {
    Folder const folder;
    log::MemoryLog log;
    City city{21, log, {}};
    for (int life = 0; life < 5; ++life) {
        auto const history = History::open(folder.file(), log);
        REQUIRE(history.ok());
        for (int turn = 0; turn < 30; ++turn) {
            city.random_turn();
            if (turn < 15) drain(*history.value());  // the rest is for the next life
        }
    }
    auto const history = History::open(folder.file(), log);
    REQUIRE(history.ok());
    drain(*history.value());
    check_against_log(*history.value(), log);

    Folder const other;
    auto const rebuilt = History::open(other.file(), log);
    REQUIRE(rebuilt.ok());
    drain(*rebuilt.value());
    check_against_log(*rebuilt.value(), log);
}

TEST_CASE("an offer's and an assignment's events are found by job and by agent") {
    Folder const folder;
    log::MemoryLog log;
    City city{22, log, {}};
    for (int turn = 0; turn < 150; ++turn)
        city.random_turn();
    auto const history = History::open(folder.file(), log);
    REQUIRE(history.ok());
    drain(*history.value());
    std::size_t closed = 0;
    for (auto const& [job, numbers] : transitions(log)) {
        for (auto const& one : all_of(*history.value(), job)) {
            if (!std::holds_alternative<model::OfferClosed>(one.event)) continue;
            ++closed;
            CHECK(raw(one.agent) != 0);
            auto const theirs = history.value()->of(one.agent, one.number - 1, 1);
            REQUIRE(theirs.ok());
            REQUIRE(theirs.value().size() == 1);
            CHECK(theirs.value().front().event == one.event);
        }
    }
    CHECK(closed > 5);
}

TEST_CASE("a job's decisions come back as they were made") {
    Folder const folder;
    log::MemoryLog log;
    City city{23, log, {}};
    for (int turn = 0; turn < 100; ++turn)
        city.random_turn();
    auto const history = History::open(folder.file(), log);
    REQUIRE(history.ok());
    drain(*history.value());
    std::map<model::JobId, std::vector<model::Decision>> wanted;
    auto const stored = log.read_from(1, std::size_t{1} << 30U);
    REQUIRE(stored.ok());
    for (auto const& one : stored.value()) {
        auto const record = model::unseal(one.bytes);
        REQUIRE(record.ok());
        for (auto const& entry : record.value().entries) {
            for (auto const& decision : entry.decisions)
                wanted[decision.job].push_back(decision);
        }
    }
    REQUIRE(wanted.size() > 5);
    for (auto const& [job, decisions] : wanted) {
        auto const found = history.value()->decisions(job, Instant{}, history_rows_max);
        REQUIRE(found.ok());
        CHECK(found.value() == decisions);
    }
}

TEST_CASE("a track holds the fixes of the turns and the late ones, each once, by time") {
    Folder const folder;
    log::MemoryLog log;
    auto const history = History::open(folder.file(), log);
    REQUIRE(history.ok());
    model::AgentId const agent{77};
    model::Fix fix{.agent = agent, .place = {-1, -2}, .time = Instant{1000}};
    fix.speed_mm_s = -1;
    fix.source = model::FixSource::owntracks;
    fix.zone = model::ZoneId{12};
    model::Fix late = fix;
    late.time = Instant{500};
    std::vector<model::Fix> const fixes{fix, late, fix};
    REQUIRE(history.value()->store(fixes).ok());
    REQUIRE(history.value()->store(fixes).ok());
    auto const track = history.value()->track(agent, Instant{0}, Instant{2000}, 10);
    REQUIRE(track.ok());
    CHECK(track.value() == std::vector<model::Fix>{late, fix});
    CHECK(history.value()->track(agent, Instant{600}, Instant{1000}, 10).value().empty());

    City city{24, log, {history.value().get()}};
    for (int turn = 0; turn < 60; ++turn)
        city.random_turn();
    drain(*history.value());
    std::size_t seen = 0;
    for (auto const id : city.region.state.agents.ids())
        seen += history.value()->track(id, Instant{}, instant_max, 1000).value().size();
    CHECK(seen > 10);
}

TEST_CASE("its own thread takes in what comes, and stops") {
    Folder const folder;
    log::MemoryLog log;
    auto const history = History::open(folder.file(), log);
    REQUIRE(history.ok());
    City city{25, log, {history.value().get()}};
    history.value()->start();
    for (int turn = 0; turn < 40; ++turn)
        city.random_turn();
    auto const last = log.read_from(1, std::size_t{1} << 30U).value().back().position;
    while (history.value()->position() < last)
        std::this_thread::yield();
    history.value()->stop();
    CHECK_FALSE(history.value()->failure().has_value());
    check_against_log(*history.value(), log);
}

TEST_CASE("a history ahead of its log is made again; a file that is none is refused") {
    Folder const folder;
    {
        log::MemoryLog log;
        City city{26, log, {}};
        for (int turn = 0; turn < 50; ++turn)
            city.random_turn();
        auto const history = History::open(folder.file(), log);
        REQUIRE(history.ok());
        drain(*history.value());
    }
    log::MemoryLog restored;
    City city{27, restored, {}};
    auto const history = History::open(folder.file(), restored);
    REQUIRE(history.ok());
    CHECK(history.value()->position() == 0);
    drain(*history.value());
    check_against_log(*history.value(), restored);

    std::ofstream{folder.path / "text.db"} << std::string(5000, 'x');
    auto const refused = History::open(folder.path / "text.db", restored);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::corrupt);
    CHECK(refused.error().detail.find("text.db") != std::string::npos);
}

}  // namespace
}  // namespace posthaste::views
