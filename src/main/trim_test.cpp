#include "main/trim.hpp"

#include "log/testing.hpp"
#include "main/doctor.hpp"
#include "node/testing.hpp"

namespace posthaste::main {
namespace {

using node::testing::place;
using node::testing::ride;
using node::testing::Station;
using node::testing::town;

constexpr Millis hour{3'600'000};

log::Archive opened(log::testing::TempFolder const& folder) {
    auto archive = log::Archive::open(folder.path());
    REQUIRE(archive.ok());
    return std::move(archive).value();
}

model::EventNumber save(Station& station) {
    auto recovered = node::recover(station.log, town);
    REQUIRE(recovered.ok());
    auto const snapshot = node::snapshot_of(recovered.value());
    REQUIRE(station.log.save_snapshot(town, snapshot).ok());
    return snapshot.event;
}

/// An hour of the town, and a snapshot at its end.
model::EventNumber an_hour(Station& station) {
    for (int i = 0; i < 5; ++i)
        station.tell(town, ride(place(100 * i), place(900)));
    auto const event = save(station);
    station.clock.time = station.clock.time + hour;
    station.run();
    return event;
}

Result<Trimmed> trim_all_but(Station& station, log::Archive const& archive, Millis keep) {
    return trim(station.log, archive, town, station.clock.time, keep);
}

Digest replayed(log::Log const& log, log::Archive const& archive) {
    auto const done = replay(log, town, &archive);
    REQUIRE(done.ok());
    CHECK(done.value().findings.empty());
    CHECK(done.value().first_event == 1);
    return done.value().hash;
}

}  // namespace

TEST_CASE("Trim: a restart works from the snapshot, and archive and log replay to the same state") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    station.driver("D", place(0));
    for (int day = 0; day < 3; ++day) {
        an_hour(station);
        auto const older = an_hour(station);
        an_hour(station);
        auto const done = trim_all_but(station, archive, Millis{1});
        REQUIRE(done.ok());
        CHECK(done.value().records > 0);
        CHECK(done.value().below == older + 1);
        auto const before = station.log.read(town, older, 1);
        CHECK(before.error().code == Errc::not_found);
        station.restart();
        CHECK(
            core::hash_of(node::recover(station.log, town).value().state) ==
            replayed(station.log, archive)
        );
        CHECK(archive.base(town).value()->event == older);
    }
    CHECK(archive.segments(town).value().size() == 3);
}

TEST_CASE("Trim: without two snapshots nothing goes") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    CHECK(trim_all_but(station, archive, Millis{1}).value().below == 0);
    an_hour(station);
    CHECK(trim_all_but(station, archive, Millis{1}).value().below == 0);
    CHECK(archive.segments(town).value().empty());
    CHECK(station.log.read(town, 1, 1).ok());
}

TEST_CASE("Trim: what is younger than is to be kept stays") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    auto const first = an_hour(station);
    an_hour(station);
    an_hour(station);
    auto const done = trim_all_but(station, archive, Millis{2 * hour.count()});
    REQUIRE(done.ok());
    CHECK(done.value().below == first + 1);
    CHECK(station.log.read(town, first + 1, 1).ok());
    CHECK(trim_all_but(station, archive, Millis{100 * hour.count()}).value().records == 0);
}

TEST_CASE("Trim: a follower that has yet to read holds it back") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    for (int i = 0; i < 3; ++i)
        an_hour(station);
    REQUIRE(station.log.save_cursor("history", 1).ok());
    CHECK(trim_all_but(station, archive, Millis{1}).error().code == Errc::in_use);
    CHECK(station.log.read(town, 1, 1).ok());
    REQUIRE(station.log.save_cursor("history", station.log.tail(town).value()->position).ok());
    CHECK(trim_all_but(station, archive, Millis{1}).value().records > 0);
}

TEST_CASE("Trim: a snapshot that is not what the records give holds it back") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    an_hour(station);
    auto recovered = node::recover(station.log, town);
    REQUIRE(recovered.ok());
    auto at = std::move(recovered).value();
    at.state.policy.radius = at.state.policy.radius + Metres{1};
    REQUIRE(station.log.save_snapshot(town, node::snapshot_of(at)).ok());
    station.tell(town, ride(place(1), place(900)));
    auto newer = node::recover(station.log, town);
    REQUIRE(station.log.save_snapshot(town, node::snapshot_of(newer.value())).ok());
    auto const refused = trim_all_but(station, archive, Millis{1});
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == Errc::corrupt);
    CHECK(refused.error().detail.find("the snapshot at this event") != std::string::npos);
    CHECK(station.log.read(town, 1, 1).ok());
}

TEST_CASE("Trim: a damaged archive holds it back") {
    log::testing::TempFolder const folder;
    auto const archive = opened(folder);
    Station station;
    station.set_up();
    for (int i = 0; i < 3; ++i)
        an_hour(station);
    REQUIRE(trim_all_but(station, archive, Millis{1}).ok());
    an_hour(station);
    an_hour(station);
    auto const first = archive.segments(town).value().front();
    auto const file = archive.load(town, first).value().path;
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
    auto const refused = trim_all_but(station, archive, Millis{1});
    REQUIRE(!refused.ok());
    CHECK(refused.error().detail.find(file.string()) != std::string::npos);
    CHECK(replay(station.log, town, &archive).error().code == Errc::corrupt);
}

}  // namespace posthaste::main
